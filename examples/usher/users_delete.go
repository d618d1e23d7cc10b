package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

func usersDeleteCommand() command {
	return command{
		name: "users delete", args: "EMAIL|ID…",
		about:   "Delete people. You confirm by typing the word \"delete\".",
		more:    "People who come from a PBX or SCIM lose their account but stay in the list. A person who is the supervisor of others is deleted only with --approve leader.deleted.",
		example: "usher users delete ada@example.com grace@example.com",
		flags: func(f *flag.FlagSet, c *console) action {
			var approve list
			yes := f.Bool("yes", false, "do not ask")
			f.Var(&approve, "approve", "`CODE` of a brake to approve, such as leader.deleted; may be repeated")

			return inPlace(f, c, func(ctx context.Context, c *console, d *desk, args []string) error {
				if len(args) == 0 {
					return usagef("users delete: give at least one EMAIL or ID")
				}
				if !*yes && !c.inTTY {
					return usagef("users delete: standard input is not a terminal, so the command cannot ask; use --yes. Nothing was written.")
				}
				return deleteUsers(ctx, c, d, args, *yes, approve)
			})
		},
	}
}

// A jsonDeleted is a line of "users delete --json": the result for one person.
type jsonDeleted struct {
	ID    users.ID `json:"id"`
	Email string   `json:"email"`
	// Outcome is "deleted", "listed" (the person stays in the list) or "denied".
	Outcome string `json:"outcome"`
}

func deleteUsers(ctx context.Context, c *console, d *desk, names []string, yes bool, approve []string) error {
	var people []users.User
	for _, name := range names { // find all people before the first one is deleted
		u, err := d.person(ctx, name)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(people, func(p users.User) bool { return p.ID == u.ID }) {
			people = append(people, u)
		}
	}

	if !yes {
		for _, u := range people {
			fmt.Fprintf(c.err, "  %s  %s\n", known(&u), printable(u.Name()))
		}
		answer, err := c.ask(ctx, c.words().deleteAsk)
		if err != nil {
			return err
		}
		if !slices.Contains([]string{"delete", c.words().deleteWord}, users.Fold(answer)) {
			c.note(c.words().nothing)

			return nil
		}
	}

	var failed error
	for _, u := range people {
		if err := c.deleteOne(ctx, d, u, approve); errors.Is(err, errFound) {
			failed = err
		} else if err != nil {
			return err
		}
	}

	return failed
}

func (c *console) deleteOne(ctx context.Context, d *desk, u users.User, approve []string) error {
	stays, err := d.dir.Delete(ctx, u.ID, approve...)
	outcome, word := "deleted", c.words().deleted
	if stays {
		outcome, word = "listed", c.words().staysListed
	}
	if err != nil {
		outcome = "denied"
		fmt.Fprintf(c.err, "%s: ", known(&u))
		if err = c.denied(err); !errors.Is(err, errFound) {
			return err
		}
	}

	if c.json {
		return errors.Join(c.object(jsonDeleted{u.ID, u.Email, outcome}), err)
	}
	if err == nil {
		fmt.Fprintf(c.out, "%s: %s\n", known(&u), word)
	}

	return err
}
