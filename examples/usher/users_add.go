package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"github.com/usher-go/usher/users"
)

func usersAddCommand() command {
	return command{
		name:    "users add",
		about:   "Add one person.",
		more:    "Give at least one of --name, --first-name and --last-name.",
		example: "usher users add --email ada@example.com --first-name Ada --last-name Lovelace --role admin",
		flags: func(f *flag.FlagSet, c *console) action {
			var set list
			for _, field := range []string{"email", "first_name", "last_name", "name", "login", "mobile", "role"} {
				f.Func(strings.ReplaceAll(field, "_", "-"), addUsage(field), func(s string) error { return set.Set(field + "=" + s) })
			}
			f.Var(&set, "set", "`FIELD=VALUE` for any other field; may be repeated")

			return inPlace(f, c, func(ctx context.Context, c *console, d *desk, args []string) error {
				if len(args) > 0 {
					return usagef("users add: takes no arguments")
				}
				return addUser(ctx, c, d, set)
			})
		},
	}
}

func addUsage(field string) string {
	if field == "role" {
		return "`ROLE`: user or admin (default user)"
	}
	return "`" + strings.ToUpper(field) + "`"
}

func addUser(ctx context.Context, c *console, d *desk, set list) error {
	var p users.Profile
	if err := c.setFields(ctx, d, &p, set); err != nil {
		return err
	}

	if p.Email == "" {
		return usagef("users add: --email is missing")
	}
	if err := d.prepare(ctx); err != nil {
		return err
	}

	u, err := d.dir.Add(ctx, d.account, p)
	if err != nil {
		return c.denied(err)
	}

	if c.json {
		return c.object((&listing{}).shown(u))
	}

	fmt.Fprintf(c.out, "%s %s %s\n", c.lang.Outcome("created"), known(&u), u.ID)
	return nil
}
