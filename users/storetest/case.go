package storetest

import (
	"context"
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
}

// patience is how long one case may take before its context is done. A Store
// that hangs fails then, if it minds its context.
const patience = 30 * time.Second

// Run holds the Store, which must be empty, against the rule.
func (c Case) Run(t T, s users.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c.run(&bench{t: t, ctx: ctx, store: s, rule: c.Rule})
}

// Cases are all rules, in the order in which an author of a Store meets them.
func Cases() []Case {
	return slices.Concat(findCases(), listCases(), applyCases(), conflictCases(), journalCases(), dataCases(), concurrentCases())
}

// Run holds a Store against every rule, each in a subtest of the case's name.
// It calls open once a case, for a Store that is empty; what open needs to
// release it hands to t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) users.Store) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) { c.Run(t, open(t)) })
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
