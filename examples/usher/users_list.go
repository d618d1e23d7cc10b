package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/property"
)

// listing implements the commands "users list" and "users search".
type listing struct {
	filter, product string
	all             bool
}

func usersListCommand() command {
	return command{
		name:    "users list",
		about:   "List the people of an account, by e-mail address.",
		more:    "With --json every line is a user, in the form that \"usher account load\" reads.",
		example: "usher users list --filter admins --json",
		flags: func(f *flag.FlagSet, c *console) action {
			var l listing
			choice(f, &l.filter, "filter", "list only people with this `PROPERTY`", filterNames()...)

			return l.flags(f, c, func(args []string) (string, error) {
				if len(args) > 0 {
					return "", usagef("users list: takes no arguments; \"usher users search\" looks for people")
				}
				return "", nil
			})
		},
	}
}

func filterNames() []string {
	var out []string
	for _, x := range property.All() {
		out = append(out, string(x))
	}
	return out
}

func usersSearchCommand() command {
	return command{
		name: "users search", args: "TEXT",
		about:   "List the people whose name, login or e-mail address contains every word of a text.",
		example: "usher users search love",
		flags: func(f *flag.FlagSet, c *console) action {
			l := listing{filter: string(property.Users)}

			return l.flags(f, c, func(args []string) (string, error) {
				if len(args) == 0 {
					return "", usagef("users search: give a TEXT to look for")
				}
				return strings.Join(args, " "), nil
			})
		},
	}
}

// flags declares the flags of both commands. text returns the words to search
// for.
func (l *listing) flags(f *flag.FlagSet, c *console, text func(args []string) (string, error)) action {
	f.StringVar(&l.product, "product", "", "list only people with a licence of the `PRODUCT`")
	f.BoolVar(&l.all, "all-fields", false, "also show versions and times")
	return inPlace(f, c, func(ctx context.Context, c *console, d *desk, args []string) error {
		t, err := text(args)
		if err != nil {
			return err
		}
		return l.run(ctx, c, d, t)
	})
}

func (l *listing) run(ctx context.Context, c *console, d *desk, text string) error {
	q := l.query(d, text)
	head := []string{c.lang.Field("email"), c.lang.Field("name"), c.lang.Field("roles"), c.lang.Label("state"), c.lang.Field("source"), c.lang.Label("id")}
	if l.all {
		head = append(head, "version", "created", "updated")
	}

	t := grid{head: head}
	n := 0
	for rec, err := range d.dir.All(ctx, q) {
		if err != nil {
			return err
		}
		u, _ := rec.User()
		n++
		if c.json {
			if err := c.object(l.shown(u)); err != nil {
				return err
			}
			continue
		}
		cells := []string{u.Name(), strings.Join(u.Roles, ", "), c.state(&u), u.Field("source"), string(u.ID)}
		if l.all {
			cells = append(cells, fmt.Sprint(u.Version), u.Created.Format(timeForm), u.Updated.Format(timeForm))
		}
		t.add(style{printable(u.Email), 0}, cells...)
	}

	if !c.json {
		t.print(c)
		fmt.Fprintln(c.out, c.lang.People(n))
	}

	return nil
}

// query returns the query for the people that the flags and the text choose.
func (l *listing) query(d *desk, text string) users.Query {
	having, _ := property.Filter(l.filter).Having()
	if l.product != "" {
		having = append(having, property.Licensed(l.product))
	}
	return users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{d.account}}, Having: having, Text: text, Limit: 1000}
}

const timeForm = "2006-01-02T15:04:05.000Z"

// shown returns a user in the form that --json prints. Version and times differ
// between stores, so they are printed only with --all-fields.
func (l *listing) shown(u users.User) users.User {
	if !l.all {
		u.Head = users.Head{ID: u.ID, Account: u.Account}
	}
	return u
}

// state returns whether a user is registered or inactive, as one word.
func (c *console) state(u *users.User) string {
	w := c.words()
	switch {
	case u.Inactive:
		return w.inactive
	case u.Registered:
		return w.registered
	}
	return w.unregistered
}
