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
	shown         view   // the rows to show
	question      string // replaces the question of an import
	restarts      bool   // an interrupted change is started again instead of resumed
}

func (i *committing) flags(f *flag.FlagSet) {
	f.BoolVar(&i.yes, "yes", false, "do not ask")
	choice(f, &i.policy, "policy", "`POLICY` if some rows have errors (valid: leave out those rows; all: change nothing)", "valid", "all")
	f.Var(&i.approve, "approve", "`CODE` of a mass change to approve; may be repeated")
}

// askable returns an error if the command must ask but has no terminal.
func (i *committing) askable(c *console, name string, args ...string) error {
	if !i.yes && (!c.inTTY || slices.Contains(args, standardInput)) {
		return usagef("%s: standard input is not a terminal, so the command cannot ask; use --yes. Nothing was written.", name)
	}
	return nil
}

// done shows the preview, asks, and commits the preview.
func (i *committing) done(ctx context.Context, c *console, d *desk, p *importer.Preview) error {
	if !c.json {
		c.previewText(p, i.shown)
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
		fmt.Fprintf(w, c.words().recap+"\n", formats.Show(string(p.Account())), c.mode(p.Mode()))
	}

	if i.policy == "all" && !allHappen(p.Summary()) {
		lines = []string{c.words().allHeld}
	}

	for _, line := range lines {
		c.indented(w, "  "+line)
	}

	if i.policy != "all" || allHappen(p.Summary()) {
		c.does(w, p)
		c.moves(w, p)
	}

	var held []given
	for _, f := range p.Findings() {
		if f.Severity == formats.Brake && !slices.Contains(i.approve, f.Code) && !slices.Contains(held, given{"approve", f.Code}) {
			held = append(held, given{"approve", f.Code})
		}
	}

	if len(held) > 0 {
		c.indented(w, "  "+c.say("Needs your approval, so some rows are left out. To approve, run:"))
		fmt.Fprintf(w, "    %s\n", c.again(held))
	}
}

// mode returns the word for a mode.
func (c *console) mode(m importer.Mode) string {
	switch m {
	case importer.ModeCreate:
		return c.say("create")
	case importer.ModeUpdate:
		return c.say("update")
	case importer.ModeUpsert:
		return c.say("upsert")
	}
	return string(m)
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
	if err = c.replayed(ctx, d, err); errors.As(err, new(*advisedError)) {
		return err
	}
	if errors.As(err, new(*formats.Refusal)) || err != nil && len(report.Lines) == 0 { // nothing was written, so there is no result to print
		return err
	}

	if shown := i.result(c, report, err); err == nil {
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

// getsMail reports whether a row created a person with an e-mail address.
func getsMail(l importer.ReportLine) bool {
	return l.Outcome == importer.OutcomeCreated && slices.ContainsFunc(l.Changes, func(x importer.Change) bool {
		return x.Field == users.FieldEmail && x.New != ""
	})
}

// result prints the result and the id of an import.
func (i *committing) result(c *console, r *importer.Report, err error) error {
	if err != nil { // this process was running the import
		r.State = users.ImportInterrupted
	}

	if c.json {
		if err != nil && !i.restarts {
			c.note(c.say("To go on, run: %s", c.goOn(r.ID)))
		}
		return r.WriteJSON(c.out)
	}

	fmt.Fprintln(c.out)
	c.indented(c.out, c.lang.Result(r))
	c.results(c.out, r)
	if !i.undoing && slices.ContainsFunc(r.Lines, getsMail) {
		c.indented(c.out, c.words().mail)
	}

	fmt.Fprintln(c.out, c.say("Import %s", string(r.ID)))
	fmt.Fprintln(c.out, c.say("Report: %s", c.commandLine("report", nil, nil, string(r.ID))))
	if err != nil && !i.restarts {
		fmt.Fprintln(c.out, c.say("To go on, run: %s", c.goOn(r.ID)))
	}

	return nil
}
