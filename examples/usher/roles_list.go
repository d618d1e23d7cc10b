package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
)

func rolesListCommand() command {
	return command{
		name:    "roles list",
		about:   "List the roles of an account, with the number of people and the actors who may give each role.",
		more:    "With --json a role is {\"name\":\"Agent desk\",\"about\":\"…\",\"granted_by\":\"partner\",\"people\":3,\"may_grant\":true};\n\"may_grant\" says whether the actor may give the role.",
		example: "usher roles list --account acme --as admin:ada",
		flags: func(f *flag.FlagSet, c *console) action {
			return inPlace(f, c, func(ctx context.Context, c *console, d *desk, args []string) error {
				if len(args) > 0 {
					return usagef("roles list: takes no arguments")
				}
				return listRoles(ctx, c, d)
			})
		},
	}
}

// A jsonRole is a role under "roles list --json".
type jsonRole struct {
	users.Role
	People   int  `json:"people"`
	MayGrant bool `json:"may_grant"`
}

func listRoles(ctx context.Context, c *console, d *desk) error {
	catalogue, err := roles.ReadCatalogue(ctx, d.dir, d.account)
	if err != nil {
		return err
	}

	w := c.words()
	t := grid{head: []string{c.lang.Field("role"), w.people, w.mayGrant, w.grantedBy, w.about}}
	for _, r := range catalogue.Roles() {
		page, err := d.dir.List(ctx, users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{d.account}},
			Having: []users.Key{{Space: users.LinkGrant, Value: users.Fold(r.Name)}}, Limit: 1, Count: true})
		if err != nil {
			return err
		}
		shown := jsonRole{r, page.Total, catalogue.MayGrant(r.Name)}
		if c.json {
			if err := c.object(shown); err != nil {
				return err
			}
			continue
		}
		may := "no"
		if shown.MayGrant {
			may = "yes"
		}
		t.add(style{printable(c.lang.Value(users.FieldRole, r.Name)), 0}, fmt.Sprint(shown.People), c.lang.Value("active", may), c.lang.Value("role", string(r.GrantedBy)), r.About)
	}

	t.print(c)
	return nil
}
