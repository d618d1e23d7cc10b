package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/users"
)

func usersShowCommand() command {
	return command{
		name: "users show", args: "EMAIL|ID",
		about:   "Show everything about one person, including lines.",
		example: "usher users show ada@example.com",
		flags: func(f *flag.FlagSet, c *console) action {
			return inPlace(f, c, showUser)
		},
	}
}

// A jsonUser is the object that "users show --json" prints.
type jsonUser struct {
	users.User
	Lines []jsonLine `json:"lines"`
}

type jsonLine struct {
	ID users.ID `json:"id"`
	*users.Line
}

func showUser(ctx context.Context, c *console, d *desk, args []string) error {
	if len(args) != 1 {
		return usagef("users show: give one EMAIL or ID")
	}

	u, err := d.person(ctx, args[0])
	if err != nil {
		return err
	}

	lines, err := d.lines(ctx, u)
	if err != nil {
		return err
	}

	if c.json {
		return c.object(jsonUser{u, some(lines)})
	}

	say := func(label, value string) {
		if value != "" {
			c.indented(c.out, label+c.words().colon+formats.Show(value))
		}
	}

	say(c.lang.Label("id"), string(u.ID))
	say(c.lang.Label("account"), string(u.Account))
	for _, f := range u.Record().Fields() {
		if k, custom := strings.CutPrefix(f, "custom."); custom {
			say(formats.Show(k), u.Custom[k])
			continue
		}
		value := u.Field(f)
		if f == "supervisor" || f == "org_unit" {
			if value, err = d.called(ctx, users.ID(value)); err != nil {
				return err
			}
		}
		say(c.lang.Field(f), c.shown(f, value))
	}

	for _, l := range lines {
		say(c.lang.Field("line"), users.Record{Data: l.Line}.Name(users.SpaceLine))
		for _, f := range []string{"internal", "number", "group"} {
			say("  "+c.lang.Field(f), users.Record{Data: l.Line}.Field(f))
		}
	}

	say(c.heading("version"), fmt.Sprint(u.Version))
	say(c.heading("created"), when(u.Created))
	say(c.heading("updated"), when(u.Updated))
	return nil
}

// shown returns the value of a field in the words of the reader.
func (c *console) shown(field, value string) string {
	switch field {
	case users.FieldSource:
		if value == string(users.Local) {
			return c.say("this account")
		}
	case users.FieldProfile:
		return (&hand{columns: ocm.Users(nil).Tables[0].Columns}).column(field).Label(value, c.lang.String())
	}
	return c.lang.Value(field, value)
}

// called returns a readable name for a record that a field refers to: the path
// of a unit, or the LAN ID, address or name of a person. Without one of these it
// returns the id.
func (d *desk) called(ctx context.Context, id users.ID) (string, error) {
	r, err := d.dir.Get(ctx, id)
	if errors.Is(err, users.ErrNotFound) {
		return string(id), nil
	}
	if err != nil {
		return "", err
	}
	return calledIn(r), nil
}

// calledIn returns the readable name of a record.
func calledIn(r users.Record) string {
	u, _ := r.User()
	return cmp.Or(r.Name(users.SpaceUnit), r.Name(users.SpaceLANID), r.Name(users.SpaceEmail), u.Name(), string(r.ID))
}

// lines returns the lines of a user, sorted by PBX and number.
func (d *desk) lines(ctx context.Context, u users.User) ([]jsonLine, error) {
	found, err := d.dir.Find(ctx, users.KeyOf(u.Account, users.LinkHolder, string(u.ID)))
	if err != nil {
		return nil, err
	}
	var out []jsonLine
	for _, r := range found.Records {
		if l, ok := r.Data.(*users.Line); ok {
			out = append(out, jsonLine{r.ID, l})
		}
	}
	slices.SortFunc(out, func(a, b jsonLine) int {
		return natural(users.Record{Data: a.Line}.Name(users.SpaceLine), users.Record{Data: b.Line}.Name(users.SpaceLine))
	})
	return out, nil
}
