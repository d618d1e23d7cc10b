package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// committing is the part that import, undo and the role commands share: show a
// preview, ask, and commit the preview.
type committing struct {
	label, policy string
	yes           bool
	approve       list
	undoing       bool
	question      string // replaces the question of an import
	restarts      bool   // an interrupted change is started again instead of resumed
}

func (i *committing) flags(f *flag.FlagSet) {
	f.BoolVar(&i.yes, "yes", false, "do not ask")
	choice(f, &i.policy, "policy", "`POLICY` if some rows have errors (valid: leave out those rows; all: change nothing)", "valid", "all")
	f.Var(&i.approve, "approve", "`CODE` of a mass change to approve; may be repeated")
}

// askable returns an error if the command must ask but has no terminal.
func (i *committing) askable(c *console, name string) error {
	if !i.yes && !c.inTTY {
		return usagef("%s: standard input is not a terminal, so the command cannot ask; use --yes. Nothing was written.", name)
	}
	return nil
}

// done shows the preview, asks, and commits the preview.
func (i *committing) done(ctx context.Context, c *console, d *desk, p *importer.Preview) error {
	if !c.json {
		c.previewText(p)
		fmt.Fprintln(c.out)
		i.recap(c.out, c, p)
	} else if !i.yes {
		i.recap(c.err, c, p)
	}
	if ok, err := i.agreed(ctx, c); err != nil || !ok {
		return err
	}
	return i.commit(ctx, c, d, p)
}

// recap prints what the commit will change.
func (i *committing) recap(w io.Writer, c *console, p *importer.Preview) {
	lines := c.lang.Recap(p.Summary())
	if len(p.Template().Tables) > 1 {
		lines = c.lang.TablesRecap(p.Summary())
	}

	if i.undoing {
		fmt.Fprintf(w, c.words().undo+"\n", formats.Show(string(p.Account())))
		lines = c.lang.UndoRecap(p.Summary())
	} else {
		fmt.Fprintf(w, c.words().recap+"\n", formats.Show(string(p.Account())), p.Mode())
	}

	if i.policy == "all" && !allHappen(p.Summary()) {
		lines = []string{c.words().allHeld}
	}

	for _, line := range lines {
		fmt.Fprintf(w, "  %s\n", line)
	}

	if i.policy != "all" || allHappen(p.Summary()) {
		c.does(w, p)
		c.moves(w, p)
	}

	for _, f := range p.Findings() {
		if f.Severity == formats.Brake && !slices.Contains(i.approve, f.Code) {
			fmt.Fprintf(w, "  "+c.words().held+"\n", f.Code)
		}
	}
}

// allHappen reports whether no row has an error or is blocked.
func allHappen(s importer.Summary) bool {
	return s.Actions["error"]+s.Actions["blocked"] == 0
}

func (i *committing) agreed(ctx context.Context, c *console) (bool, error) {
	if i.yes {
		return true, nil
	}

	question := cmp.Or(i.question, c.lang.Question())
	if i.undoing {
		question = c.lang.UndoQuestion()
	}

	answer, err := c.ask(ctx, question)
	if err != nil {
		return false, err
	}

	if !c.lang.Agrees(answer) {
		c.note(c.words().nothing)
		return false, nil
	}

	return true, nil
}

func (i *committing) commit(ctx context.Context, c *console, d *desk, p *importer.Preview) error {
	if !i.undoing {
		if err := d.prepare(ctx); err != nil {
			return err
		}
	}
	if err := c.out.Flush(); err != nil {
		return err
	}

	policy := importer.ValidRows
	if i.policy == "all" {
		policy = importer.AllOrNothing
	}

	bar := c.progress()
	report, err := p.Commit(ctx, &importer.CommitOptions{Label: i.label, Policy: policy, Approve: i.approve, Progress: bar.show})
	bar.end()
	var refusal *formats.Refusal
	if errors.As(err, &refusal) || err != nil && len(report.Lines) == 0 { // nothing was written, so there is no result to print
		return err
	}

	if shown := i.result(c, d, report, err); err == nil {
		err = shown
	}

	switch {
	case err != nil:
		return err
	case !report.Done():
		return errFound
	}

	return nil
}

// result prints the result and the id of an import.
func (i *committing) result(c *console, d *desk, r *importer.Report, err error) error {
	if err != nil { // this process was running the import
		r.State = users.ImportInterrupted
	}

	if c.json {
		return r.WriteJSON(c.out)
	}

	fmt.Fprintf(c.out, "\n%s\n", c.lang.Result(r))
	c.results(c.out, r)
	if r.Counts[importer.OutcomeCreated] > 0 && !i.undoing {
		fmt.Fprintln(c.out, c.words().mail)
	}

	again := string(r.ID)
	if d.store != defaultStore {
		again = "--store " + d.store + " " + again
	}

	fmt.Fprintf(c.out, c.words().report+"\n", r.ID, printable(again))
	if err != nil && !i.undoing && !i.restarts {
		fmt.Fprintf(c.out, c.words().resume+"\n", printable(again))
	}

	return nil
}
