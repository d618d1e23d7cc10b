package main

import (
	"context"
	"errors"
	"flag"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// undoing is the command "undo".
type undoing struct {
	place
	committing
	resume string
}

func undoCommand() command {
	return command{
		name: "undo", args: "ID",
		about: "Show what undoing an import would change, ask, and undo the import.",
		more: "People that the import created are deleted, people that the import deleted are created again, and changed\n" +
			"fields get their earlier values. Data that was edited after the import is kept and reported. An undo is an\n" +
			"import too, and can be undone.",
		example: "usher undo vq3kx5o4zsm7h2y6f3n5jd7c4e",
		flags: func(f *flag.FlagSet, c *console) action {
			u := undoing{committing: committing{undoing: true}}
			u.place.flags(f)
			f.StringVar(&u.label, "label", "", "`TEXT` that describes the undo (default: the text of the import)")
			u.committing.flags(f)
			u.shown.rowFlags(f)
			f.StringVar(&u.resume, "resume", "", "`ID` of an interrupted undo of the same import to finish")
			c.jsonFlag(f)
			c.langFlag(f)

			return u.run
		},
	}
}

func (u *undoing) run(ctx context.Context, c *console, args []string) (err error) {
	if len(args) != 1 {
		return usagef("undo: give the ID of one import")
	}
	if err := u.askable(c, "undo"); err != nil {
		return err
	}

	d, err := u.place.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()

	if err := d.exists(ctx, c); err != nil {
		return err
	}

	if u.resume != "" {
		if _, err := d.dir.Get(ctx, users.ID(u.resume)); err != nil {
			return &namedError{u.resume, err}
		}
	}

	p, err := importer.Undo(ctx, d.dir, users.ID(args[0]), &importer.UndoOptions{Resume: users.ID(u.resume)})
	if err != nil {
		return &namedError{args[0], err}
	}

	return u.done(ctx, c, d, p)
}
