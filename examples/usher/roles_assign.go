package main

import (
	"cmp"
	"context"
	"flag"
	"io"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/assign"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
)

// assigning is the commands "roles assign" and "roles remove".
type assigning struct {
	listing
	committing
	name   string
	remove bool
	roles  list
	text   string
}

const assignMore = "Choose people with --filter, --product and --search (all must match), or give e-mail addresses, LAN IDs,\n" +
	"logins or ids. \"-\" reads names from standard input, one per line or separated by commas; then --yes is\n" +
	"needed. The command shows the changes before it asks. The change is an import: \"usher history\" lists it,\n" +
	"and \"usher undo\" undoes it. With --json only the report is printed."

func rolesAssignCommand() command {
	return command{
		name: "roles assign", args: "[USER…|-]",
		about:   "Give roles to many people at once.",
		more:    "People who already have a role are unchanged.\n" + assignMore,
		example: "usher roles assign --role \"Agent desk\" --search night",
		flags: func(f *flag.FlagSet, c *console) action {
			a := assigning{name: "roles assign"}
			return a.flags(f, c)
		},
	}
}

func rolesRemoveCommand() command {
	return command{
		name: "roles remove", args: "[USER…|-]",
		about:   "Remove roles from many people at once.",
		more:    "People who do not have a role are unchanged.\n" + assignMore,
		example: "usher roles remove --role \"Agent desk\" ada@example.com alovelace",
		flags: func(f *flag.FlagSet, c *console) action {
			a := assigning{name: "roles remove", remove: true}
			return a.flags(f, c)
		},
	}
}

func (a *assigning) flags(f *flag.FlagSet, c *console) action {
	f.Var(&a.roles, "role", "`ROLE` of the account, or admin; may be repeated")
	f.Var(&oneFilter{&a.filter}, "filter", "choose people by `PROPERTY` (users: all people)")
	f.StringVar(&a.product, "product", "", "choose people with a licence of the `PRODUCT`")
	f.StringVar(&a.text, "search", "", "choose people whose name, login or e-mail address contains every word of the `TEXT`")
	f.StringVar(&a.label, "label", "", "`TEXT` that describes the change (default: the roles)")
	a.committing.flags(f)
	a.committing.shown.rowFlags(f)
	return inPlace(f, c, a.run)
}

func (a *assigning) run(ctx context.Context, c *console, d *desk, args []string) error {
	queried := a.filter != "" || a.product != "" || a.text != ""
	switch {
	case len(a.roles) == 0:
		return usagef("%s: --role is missing; \"usher roles list\" lists them", a.name)
	case queried && len(args) > 0:
		return usagef("%s: give names, or --filter, --product and --search, but not both", a.name)
	case !queried && len(args) == 0:
		return usagef("%s: no people are chosen; give names, or --filter users for all people", a.name)
	}
	if err := a.askable(c, a.name); err != nil {
		return err
	}

	tpl, names, err := a.template(ctx, c, d)
	if err != nil {
		return err
	}

	var people []roles.Person
	if queried {
		people, err = a.matched(ctx, d)
	} else {
		people, err = a.named(ctx, c, d, args)
	}
	if err != nil {
		return err
	}

	if len(people) == 0 {
		c.note(c.lang.People(0))
		return nil
	}

	table, err := assign.Table(people, names...)
	if err != nil {
		return err
	}

	a.label = cmp.Or(a.label, strings.Join(names, ", "))
	p, err := importer.New(d.dir, tpl, &importer.Options{Account: d.account}).Preview(ctx, table)
	if err != nil {
		return err
	}

	a.restarts, a.question = true, c.words().giveAsk
	if a.remove {
		a.question = c.words().takeAsk
	}

	return a.done(ctx, c, d, p)
}

// matched returns the people that the flags choose.
func (a *assigning) matched(ctx context.Context, d *desk) ([]roles.Person, error) {
	if a.text == "" {
		return roles.Matching(ctx, d.dir, d.account, a.query(d))
	}

	var out []roles.Person
	for u, err := range d.matching(ctx, a.query(d), a.text) {
		if err != nil {
			return nil, err
		}
		name := cmp.Or(u.Email, u.Field(users.FieldLANID), u.Login, string(u.ID))
		out = append(out, roles.Person{Name: name, IDs: []users.ID{u.ID}})
	}
	return out, nil
}

// template returns the template of the change, and the roles as the account
// writes them.
func (a *assigning) template(ctx context.Context, c *console, d *desk) (*importer.Template, []string, error) {
	asked := slices.Clone(a.roles)
	every := (&hand{columns: cloudlink.Users().Tables[0].Columns}).column(users.FieldRole)
	for i, r := range asked {
		if role, ok := valueOf(every, r); ok && role == users.RoleAdmin {
			asked[i] = role
		}
	}

	var also []string
	if a.remove { // a role that was deleted from the catalogue can be removed, but not given
		also = asked
	}

	catalogue, err := roles.ReadCatalogue(ctx, d.dir, d.account, also...)
	if err != nil {
		return nil, nil, err
	}

	names, problems := catalogue.Parse(strings.Join(asked, ","))
	for _, p := range problems {
		hint := usagef("use one of %s", c.roleNames(p.Args["allowed"]))
		if p.Fix != "" {
			hint = usagef("did you mean \"%s\"?", p.Fix)
		}
		if !p.Warning {
			return nil, nil, usagef("%s: the role \"%s\" does not exist; %v", a.name, formats.Show(cmp.Or(p.Args["role"], strings.Join(asked, ","))), hint)
		}
	}

	if names == "" {
		return nil, nil, usagef("%s: --role is empty", a.name)
	}

	tpl := assign.Add(catalogue)
	if a.remove {
		tpl = assign.Remove(catalogue)
	}

	return tpl, strings.Split(names, ","), nil
}

// named returns the people that args name. "-" stands for the names on standard
// input.
func (a *assigning) named(ctx context.Context, c *console, d *desk, args []string) ([]roles.Person, error) {
	var names []string
	for _, arg := range args {
		if arg == "-" {
			text, err := io.ReadAll(c.in)
			if err != nil {
				return nil, err
			}
			arg = string(text)
		}
		names = append(names, roles.Split(arg)...)
	}
	return roles.Named(ctx, d.dir, d.account, names...)
}
