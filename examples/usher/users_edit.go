package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

func usersEditCommand() command {
	return command{
		name: "users edit", args: "EMAIL|ID",
		about:   "Change fields of one person.",
		example: "usher users edit --set mobile=+33612345678 --set role=admin ada@example.com",
		flags: func(f *flag.FlagSet, c *console) action {
			var set list
			f.Var(&set, "set", "`FIELD=VALUE`; an empty VALUE clears the field; may be repeated")
			return inPlace(f, c, func(ctx context.Context, c *console, d *desk, args []string) error {
				if len(args) != 1 || len(set) == 0 {
					return usagef("users edit: give --set FIELD=VALUE and one EMAIL or ID")
				}
				return editUser(ctx, c, d, args[0], set)
			})
		},
	}
}

func editUser(ctx context.Context, c *console, d *desk, who string, set list) error {
	before, err := d.person(ctx, who)
	if err != nil {
		return err
	}

	u, _ := before.Record().User()
	if err := c.setFields(ctx, d, &u.Profile, set); err != nil {
		return err
	}

	changes := changed(&before.Profile, &u.Profile)
	if len(changes) > 0 {
		if u, err = d.dir.Edit(ctx, u); err != nil {
			return c.denied(err)
		}
	}

	if c.json {
		return c.object((&listing{}).shown(u))
	}

	if len(changes) == 0 {
		fmt.Fprintln(c.out, c.lang.Outcome("unchanged"))
	}

	for _, x := range changes {
		old, now, err := d.readable(ctx, x)
		if err != nil {
			return err
		}
		if old = c.shown(x.Field, old); old != "" {
			old += " "
		}
		c.indented(c.out, c.lang.Field(x.Field)+c.words().colon+strings.TrimRight(printable(old+"→ "+c.shown(x.Field, now)), " "))
	}

	return nil
}

// readable returns the values of a change with names for the records that they
// refer to.
func (d *desk) readable(ctx context.Context, x importer.Change) (old, now string, err error) {
	if x.Field != users.FieldSupervisor && x.Field != users.FieldOrgUnit {
		return x.Old, x.New, nil
	}
	if x.Old != "" {
		if old, err = d.called(ctx, users.ID(x.Old)); err != nil {
			return "", "", err
		}
	}
	if x.New != "" {
		now, err = d.called(ctx, users.ID(x.New))
	}
	return old, now, err
}

// changed returns the fields in which two profiles differ.
func changed(before, after *users.Profile) []importer.Change {
	fields := append(users.Record{Data: before}.Fields(), users.Record{Data: after}.Fields()...)
	slices.Sort(fields)
	var out []importer.Change
	for _, f := range slices.Compact(fields) {
		if old, now := before.Field(f), after.Field(f); old != now {
			out = append(out, importer.Change{Field: f, Old: old, New: now})
		}
	}
	return out
}
