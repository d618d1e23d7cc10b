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

// T is what a case needs of a [*testing.T].
type T interface {
	Helper()
	// Context is done when the test is.
	Context() context.Context
	// Errorf notes a failure. It may be called by several goroutines.
	Errorf(format string, args ...any)
	// Fatalf notes a failure and ends the calling goroutine, which is the one
	// that called Run.
	Fatalf(format string, args ...any)
}

// A Case is one rule of the contract.
type Case struct {
	// Name is "subject/what". It is unique and does not change.
	Name string
	// Rule is what a Store must do, in a sentence.
	Rule string

	run func(*bench)

	// Writes is how many records the case's largest batch writes, the record of
	// its import aside, where the rule is about batches of so many; 0 for a case
	// that every Store must pass, whatever its limit.
	Writes int
	// Because says what the rule wants with so many at once.
	Because string

	needs need
}

// A need is what a Store must be able to do for a case to say anything about it.
type need uint8

const (
	nothing  need = iota
	aLimit        // users.Limited, with a limit
	amending      // users.Amender
)

// Skipped says in words why the rule does not bind the Store: its batches are
// too small for it ([users.Limited]), or it is about what only some Stores do.
// It is empty if the Store must keep the rule.
func (c Case) Skipped(s users.Store) string {
	limit := maxWrites(s)
	switch {
	case limit > 0 && c.Writes > limit:
		return fmt.Sprintf("a batch of this Store writes %d at the most, and the rule is about %d at once: %s", limit, c.Writes, c.Because)
	case c.needs == aLimit && limit == 0:
		return "a batch of this Store may write any number of records"
	case c.needs == amending && amender(s) == nil:
		return "the journals of this Store cannot be changed: it is no users.Amender"
	}
	return ""
}

// maxWrites is the Store's limit; 0 for none.
func maxWrites(s users.Store) int {
	if l, ok := s.(users.Limited); ok {
		return max(0, l.MaxWrites())
	}
	return 0
}

// amender is the Store if its journals can be changed, else nil. One that wraps
// a Store that cannot says so when it is asked for nothing.
func amender(s users.Store) users.Amender {
	a, ok := s.(users.Amender)
	if !ok || errors.Is(a.Amend(context.Background(), setup, nil), errors.ErrUnsupported) {
		return nil
	}
	return a
}

// patience is how long one case may take before its context is done. A Store
// that hangs fails then, if it minds its context.
const patience = 30 * time.Second

// Run holds the Store, which must be empty, against the rule, which must bind
// it: see [Case.Skipped].
func (c Case) Run(t T, s users.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c.run(&bench{t: t, ctx: ctx, store: s, rule: c.Rule, limit: maxWrites(s)})
}

// Cases are all rules, in the order in which an author of a Store meets them.
func Cases() []Case {
	return slices.Concat(findCases(), listCases(), applyCases(), conflictCases(), journalCases(),
		limitCases(), amendCases(), dataCases(), concurrentCases())
}

// Run holds a Store against every rule, each in a subtest of the case's name,
// and skips, saying why, those that do not bind it ([Case.Skipped]). It calls
// open once a case, for a Store that is empty; what open needs to release it
// hands to t.Cleanup.
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

// failf is the message of a failure, with the rule it breaks.
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
