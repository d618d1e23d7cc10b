package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/usher-go/usher/users"
)

// The operations of a [Faulty] Store.
const (
	OpFind    = "find"
	OpList    = "list"
	OpApply   = "apply"
	OpJournal = "journal"
	OpAmend   = "amend"
	OpDiscard = "discard"
)

// A Faulty is a Store that passes every call on to another Store and fails on demand.
// Set its fields before its first use. Without them it never fails.
type Faulty struct {
	// Before is called before the n-th call of an operation; each operation counts
	// from 1. If it returns an error, the call has no effect and returns that error.
	Before func(op string, n int) error
	// After is called after the n-th call of an operation that succeeded. If it
	// returns an error, the call returns that error although it had its effect. It is
	// not called for a journal whose loop ends early.
	After func(op string, n int) error

	store users.Store
	mu    sync.Mutex
	calls map[string]int
}

var (
	_ users.Limited = (*Faulty)(nil)
	_ users.Amender = (*Faulty)(nil)
)

// NewFaulty wraps a Store. Before and After are called on the goroutine of the
// operation, by several at once if several use the Store.
func NewFaulty(s users.Store) *Faulty { return &Faulty{store: s, calls: map[string]int{}} }

// Calls returns how often an operation was called.
func (f *Faulty) Calls(op string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

// Find calls Find of the other Store.
func (f *Faulty) Find(ctx context.Context, keys []users.Key) (recs []users.Record, err error) {
	err = f.do(OpFind, func() (err error) { recs, err = f.store.Find(ctx, keys); return err })
	if err != nil {
		return nil, err
	}
	return recs, nil
}

// List calls List of the other Store.
func (f *Faulty) List(ctx context.Context, q users.Query) (page users.Page, err error) {
	err = f.do(OpList, func() (err error) { page, err = f.store.List(ctx, q); return err })
	if err != nil {
		return users.Page{}, err
	}
	return page, nil
}

// Apply calls Apply of the other Store.
func (f *Faulty) Apply(ctx context.Context, b users.Batch) error {
	return f.do(OpApply, func() error { return f.store.Apply(ctx, b) })
}

// Journal calls Journal of the other Store when its sequence begins.
func (f *Faulty) Journal(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
	return func(yield func(users.Entry, error) bool) {
		n, err := f.begin(OpJournal)
		if err == nil {
			for e, err := range f.store.Journal(ctx, imp, after) {
				if !yield(e, err) || err != nil {
					return
				}
			}
			err = f.end(OpJournal, n)
		}
		if err != nil {
			yield(users.Entry{}, err)
		}
	}
}

// MaxWrites returns the other Store's limit, and 0 if it has none.
func (f *Faulty) MaxWrites() int { return maxWrites(f.store) }

// Amend calls Amend of the other Store. If that is no [users.Amender], it returns
// errors.ErrUnsupported and does not count as a call.
func (f *Faulty) Amend(ctx context.Context, imp users.ID, entries []users.Entry) error {
	s, ok := f.store.(users.Amender)
	if !ok {
		return fmt.Errorf("storetest: amend: %w", errors.ErrUnsupported)
	}
	return f.do(OpAmend, func() error { return s.Amend(ctx, imp, entries) })
}

// Discard calls Discard of the other Store. If that is no [users.Amender], it returns
// errors.ErrUnsupported and does not count as a call.
func (f *Faulty) Discard(ctx context.Context, imp users.ID) error {
	s, ok := f.store.(users.Amender)
	if !ok {
		return fmt.Errorf("storetest: discard: %w", errors.ErrUnsupported)
	}
	return f.do(OpDiscard, func() error { return s.Discard(ctx, imp) })
}

func (f *Faulty) do(op string, call func() error) error {
	n, err := f.begin(op)
	if err == nil {
		err = call()
	}
	if err == nil {
		err = f.end(op, n)
	}
	return err
}

// begin counts the call and calls Before.
func (f *Faulty) begin(op string) (n int, err error) {
	f.mu.Lock()
	f.calls[op]++
	n = f.calls[op]
	f.mu.Unlock()
	if f.Before == nil {
		return n, nil
	}
	return n, f.Before(op, n)
}

// end calls After.
func (f *Faulty) end(op string, n int) error {
	if f.After == nil {
		return nil
	}
	return f.After(op, n)
}
