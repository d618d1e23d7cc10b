package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/schollz/progressbar/v3"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
)

// importing is the command "import".
type importing struct {
	previewing
	label, policy string
	yes           bool
	approve       list
}

func importCommand() command {
	return command{
		name: "import", args: "FILE…",
		about: "Show what a file will do to an account, ask, and do it.",
		more: "Rows in error are not done; the others are, unless --policy all. With --json only the report is\n" +
			"printed: the report, then a line for every row.",
		example: "usher import --template cloudlink --label \"New in May\" people.xlsx",
		flags: func(f *flag.FlagSet, c *console) action {
			var i importing
			i.previewing.flags(f, c)
			f.StringVar(&i.label, "label", "", "`TEXT` to know the import by")
			f.BoolVar(&i.yes, "yes", false, "do not ask")
			choice(f, &i.policy, "policy", "`POLICY`, which rows are done when others are in error", "valid", "all")
			f.Var(&i.approve, "approve", "`CODE` of a mass change to let through; may be repeated")
			return i.run
		},
	}
}

func (i *importing) run(ctx context.Context, c *console, files []string) error {
	if !i.yes && !c.inTTY {
		return usagef("import: standard input is no terminal, so nobody can be asked; use --yes. Nothing was written.")
	}
	return i.previewing.run(ctx, files, func(d *desk, p *importer.Preview) error {
		if err := d.exists(ctx); err != nil {
			return err
		}
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
	})
}

// recap says what will happen.
func (i *importing) recap(w io.Writer, c *console, p *importer.Preview) {
	fmt.Fprintf(w, c.words().recap+"\n", formats.Show(string(p.Account())), p.Mode())
	for _, line := range c.lang.Recap(p.Summary()) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	for _, f := range p.Findings() {
		if f.Severity == formats.Brake && !slices.Contains(i.approve, f.Code) {
			fmt.Fprintf(w, "  "+c.words().held+"\n", f.Code)
		}
	}
}

func (i *importing) agreed(ctx context.Context, c *console) (bool, error) {
	if i.yes {
		return true, nil
	}
	answer, err := c.ask(ctx, c.lang.Question())
	if err != nil {
		return false, err
	}
	if !c.lang.Agrees(answer) {
		c.note(c.words().nothing)
		return false, nil
	}
	return true, nil
}

func (i *importing) commit(ctx context.Context, c *console, d *desk, p *importer.Preview) error {
	if err := d.prepare(ctx); err != nil {
		return err
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
	if shown := i.result(c, report); err == nil {
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

// result prints how an import ended, and its id.
func (i *importing) result(c *console, r *importer.Report) error {
	if c.json {
		return r.WriteJSON(c.out)
	}
	fmt.Fprintf(c.out, "\n%s\n", c.lang.Result(r))
	if r.Counts[importer.Created] > 0 {
		fmt.Fprintln(c.out, c.words().mail)
	}
	again := string(r.ID)
	if i.store != defaultStore {
		again = "--store " + i.store + " " + again
	}
	fmt.Fprintf(c.out, c.words().report+"\n", r.ID, printable(again))
	return nil
}

// A progress shows how far a commit is, on a terminal.
type progress struct {
	w   io.Writer
	bar *progressbar.ProgressBar
}

func (c *console) progress() *progress {
	if !c.errTTY {
		return &progress{}
	}
	return &progress{w: c.err}
}

func (p *progress) show(at importer.Progress) {
	if p.w == nil {
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions(at.Total, progressbar.OptionSetWriter(p.w), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(40), progressbar.OptionClearOnFinish())
	}
	p.bar.Set(at.Done) // the bar's errors are the terminal's, and cost nobody a row
}

func (p *progress) end() {
	if p.bar != nil {
		p.bar.Clear()
	}
}
