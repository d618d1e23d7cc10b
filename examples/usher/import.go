package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"github.com/schollz/progressbar/v3"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// importing is the command "import".
type importing struct {
	previewing
	committing
	resume string
	again  bool
}

func importCommand() command {
	return command{
		name: "import", args: "FILE…",
		about: "Show what a file will change in an account, ask, and import the file.",
		more: "Rows with errors are not imported; the other rows are, unless you use --policy all. With --json only the\n" +
			"report is printed: a line for the import, then a line for every row. To finish an interrupted import, use\n" +
			"--resume with the same file: no row is imported twice.",
		example: "usher import --template cloudlink --label \"New in May\" people.xlsx",
		flags: func(f *flag.FlagSet, c *console) action {
			var i importing
			i.previewing.flags(f, c)
			f.StringVar(&i.label, "label", "", "`TEXT` that describes the import")
			i.committing.flags(f)
			f.StringVar(&i.resume, "resume", "", "`ID` of an interrupted import of the same file to finish")
			f.BoolVar(&i.again, "again", false, "import the same data a second time")

			return i.run
		},
	}
}

func (i *importing) run(ctx context.Context, c *console, files []string) error {
	if err := i.askable(c, "import", files...); err != nil {
		return err
	}
	i.shown = i.previewing.view
	i.opts, i.once = importer.Options{Resume: users.ID(i.resume), AllowReplay: i.again}, true
	err := i.previewing.run(ctx, c, files, func(d *desk, p *importer.Preview) error {
		if err := d.exists(ctx, c); err != nil {
			return err
		}
		return i.done(ctx, c, d, p)
	})
	if errors.Is(err, users.ErrDigest) {
		return inputf("idempotency.mismatch", 0, "%v", users.ErrDigest)
	}
	return err
}

// A progress shows the progress of a commit on a terminal.
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
	p.bar.Set(at.Done) // an error here is the terminal's and does not affect the import
}

func (p *progress) end() {
	if p.bar != nil {
		p.bar.Clear()
	}
}
