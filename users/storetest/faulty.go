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

// A Faulty is a Store that passes everything on to another, and fails when it
// is told. Its fields are set before it is used; with none set it fails never.
type Faulty struct {
	// Before is called before the n-th call of an operation, counted from 1 for
	// each. If it returns an error the call has no effect and returns that error.
	Before func(op string, n int) error
	// After is called after the n-th call of an operation that succeeded. If it
	// returns an error the call returns that error: it had its effect, and its
	// caller cannot know. A journal that is left early has no After.
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
// operation, by several at once if the Store is used by several.
func NewFaulty(s users.Store) *Faulty { return &Faulty{store: s, calls: map[string]int{}} }

// Calls is how often an operation was called.
func (f *Faulty) Calls(op string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

// Find is users.Store's.
func (f *Faulty) Find(ctx context.Context, keys []users.Key) (recs []users.Record, err error) {
	err = f.do(OpFind, func() (err error) { recs, err = f.store.Find(ctx, keys); return err })
	if err != nil {
		return nil, err
	}
	return recs, nil
}

// List is users.Store's.
func (f *Faulty) List(ctx context.Context, q users.Query) (page users.Page, err error) {
	err = f.do(OpList, func() (err error) { page, err = f.store.List(ctx, q); return err })
	if err != nil {
		return users.Page{}, err
	}
	return page, nil
}

// Apply is users.Store's.
func (f *Faulty) Apply(ctx context.Context, b users.Batch) error {
	return f.do(OpApply, func() error { return f.store.Apply(ctx, b) })
}

// Journal is users.Store's. It is called when its sequence is begun.
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

// MaxWrites is the other Store's limit; 0 if it states none.
func (f *Faulty) MaxWrites() int { return maxWrites(f.store) }

// Amend is users.Amender's. It is errors.ErrUnsupported, and counts as no call,
// if the other Store is none.
func (f *Faulty) Amend(ctx context.Context, imp users.ID, entries []users.Entry) error {
	s, ok := f.store.(users.Amender)
	if !ok {
		return fmt.Errorf("storetest: amend: %w", errors.ErrUnsupported)
	}
	return f.do(OpAmend, func() error { return s.Amend(ctx, imp, entries) })
}

// Discard is users.Amender's. It is errors.ErrUnsupported, and counts as no
// call, if the other Store is none.
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

// begin counts the call and asks Before.
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

// end asks After.
func (f *Faulty) end(op string, n int) error {
	if f.After == nil {
		return nil
	}
	return f.After(op, n)
}
