package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/usher-go/usher/users"
)

// T is the part of a [*testing.T] that a case needs.
type T interface {
	Helper()
	// Context is done when the test ends.
	Context() context.Context
	// Errorf reports a failure. Several goroutines may call it.
	Errorf(format string, args ...any)
	// Fatalf reports a failure and ends the calling goroutine, which must be the one
	// that called Run.
	Fatalf(format string, args ...any)
}

// A Case is one rule of the contract.
type Case struct {
	// Name is "subject/rule". It is unique and never changes.
	Name string
	// Rule says in a sentence what a Store must do.
	Rule string

	run func(*bench)

	// Writes is the number of records, without the record of its import, that the
	// case's largest batch must write for the rule to make sense. It is 0 for a case
	// that every Store must pass, whatever its limit.
	Writes int
	// Because says why the rule needs so many records at once.
	Because string

	needs need
}

// A need is an ability that a Store must have for a case to apply to it.
type need uint8

const (
	nothing  need = iota
	aLimit        // users.Limited, with a limit
	amending      // users.Amender
)

// Skipped returns the reason why the rule does not apply to the Store: its batches are
// too small ([users.Limited]), or the rule is about an optional interface that it does
// not have. It is empty if the Store must keep the rule.
func (c Case) Skipped(s users.Store) string {
	limit := maxWrites(s)
	switch {
	case limit > 0 && c.Writes > limit:
		return fmt.Sprintf("a batch of this Store writes at most %d records, and the rule needs %d at once: %s", limit, c.Writes, c.Because)
	case c.needs == aLimit && limit == 0:
		return "a batch of this Store may write any number of records"
	case c.needs == amending && amender(s) == nil:
		return "the journals of this Store cannot be changed, because it is no users.Amender"
	}
	return ""
}

// maxWrites returns the Store's limit, and 0 for none.
func maxWrites(s users.Store) int {
	if l, ok := s.(users.Limited); ok {
		return max(0, l.MaxWrites())
	}
	return 0
}

// amender returns the Store if its journals can be changed, and else nil. A wrapper
// around a Store without journals that can be changed says so for an empty Amend.
func amender(s users.Store) users.Amender {
	a, ok := s.(users.Amender)
	if !ok || errors.Is(a.Amend(context.Background(), setup, nil), errors.ErrUnsupported) {
		return nil
	}
	return a
}

// patience is how long one case may take before its context is done. A Store that
// hangs then fails, if it obeys its context.
const patience = 30 * time.Second

// Run checks the rule on the Store. The Store must be empty, and the rule must apply
// to it ([Case.Skipped]).
func (c Case) Run(t T, s users.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c.run(&bench{t: t, ctx: ctx, store: s, rule: c.Rule, limit: maxWrites(s)})
}

// Cases returns all rules, in the order in which the author of a Store meets them.
func Cases() []Case {
	return slices.Concat(findCases(), listCases(), applyCases(), conflictCases(), journalCases(),
		limitCases(), amendCases(), dataCases(), concurrentCases())
}

// Run checks every rule on a Store, each in a subtest with the case's name. It skips,
// with the reason, the rules that do not apply ([Case.Skipped]). It calls open once for
// each case; open must return an empty Store and pass its clean-up to t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) users.Store) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			s := open(t)
			if why := c.Skipped(s); why != "" {
				t.Skip(why)
			}
			c.Run(t, s)
		})
	}
}

// failf returns the message of a failure, with the rule that is broken.
func (b *bench) failf(format string, args []any) string {
	return fmt.Sprintf(format, args...) + "\nThe rule: " + b.rule
}

func (b *bench) errorf(format string, args ...any) {
	b.t.Helper()
	b.t.Errorf("%s", b.failf(format, args))
}

func (b *bench) fatalf(format string, args ...any) {
	b.t.Helper()
	b.t.Fatalf("%s", b.failf(format, args))
}
