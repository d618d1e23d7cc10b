package templatetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// T is what a case needs of a [*testing.T].
type T interface {
	Helper()
	// Context is done when the test is.
	Context() context.Context
	// Errorf notes a failure.
	Errorf(format string, args ...any)
	// Fatalf notes a failure and ends the calling goroutine, which is the one
	// that called Run.
	Fatalf(format string, args ...any)
}

// Samples are what a Template is tried with.
type Samples struct {
	// Stored are the records that a store has when a file comes to it. One without
	// an id is given one; one without an account is in Account.
	Stored []users.Record
	// Files are what people may upload.
	Files []File
	// New makes the template anew. With it a row is also read by a template that
	// has read nothing before. It may be nil.
	New func() *importer.Template
	// Account is where the rows go. Default: "acme".
	Account users.AccountID
	// OwnCodes are codes of the template's own, for which the host has the texts.
	// Package messages must have a text for every other code.
	OwnCodes []string
	// Shown are columns, by field, whose values would be shown even if the column
	// were sensitive, each with the reason. Do not make such a column sensitive.
	Shown map[string]string
	// NoExport says why what is stored cannot be written in the template's
	// columns. It is empty for a template that can be exported.
	NoExport string
}

// A File is one upload, in rows of cells.
type File struct {
	Name string
	// Mode is one of the Template's. Default: its first.
	Mode importer.Mode
	// Tables are the rows of each table, in the Template's order, a cell for each
	// column in its order; cells that are left out are blank. A nil table is not
	// uploaded.
	Tables [][][]string
}

// A Case is one rule of the contract.
type Case struct {
	// Name is "subject/what". It is unique and does not change.
	Name string
	// Rule is what a Template must do, in a sentence.
	Rule string

	run func(*bench)
	// skipped says why the rule is not about the template; "" where it is. It may be nil.
	skipped func(*importer.Template, Samples) string
}

// Cases are all rules, in the order in which an author of a Template meets them.
func Cases() []Case {
	return slices.Concat(templateCases(), rowCases(), fileCases(), faultCases(), sensitiveCases())
}

// Skipped says in words why the rule does not bind the Template. It is empty if
// the Template must keep the rule.
func (c Case) Skipped(tpl *importer.Template, s Samples) string {
	if c.skipped == nil {
		return ""
	}
	return c.skipped(tpl, s)
}

// patience is how long one case may take before its context is done.
const patience = time.Minute

// Run holds the Template against the rule, which must bind it: see [Case.Skipped].
func (c Case) Run(t T, tpl *importer.Template, s Samples) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c.run(newBench(t, ctx, c.Rule, tpl, s))
}

// Run holds a Template against every rule, each in a subtest of the case's name,
// and skips, saying why, those that do not bind it ([Case.Skipped]).
func Run(t *testing.T, tpl *importer.Template, s Samples) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			if why := c.Skipped(tpl, s); why != "" {
				t.Skip(why)
			}
			c.Run(t, tpl, s)
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
