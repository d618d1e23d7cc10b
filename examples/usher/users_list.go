package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/property"
)

// listing implements the commands "users list" and "users search".
type listing struct {
	filter, product string
	columns         string
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
			l.filter = string(property.Users)
			f.Var(&oneFilter{&l.filter}, "filter", "list only people with this `PROPERTY`")

			return l.flags(f, c, func(args []string) (string, error) {
				if len(args) > 0 {
					return "", usagef("users list: takes no arguments; \"usher users search\" looks for people")
				}
				return "", nil
			})
		},
	}
}

// A oneFilter is the value of --filter: the name of a property, or the word of the
// product for it in one of its languages.
type oneFilter struct{ p *string }

// String returns the name of the property. The flag package also calls it on a
// zero oneFilter.
func (o *oneFilter) String() string {
	if o.p == nil {
		return ""
	}
	return *o.p
}

func (o *oneFilter) allowed() []string { return filterNames() }

// Set accepts a property by its name or by a word of the product.
func (o *oneFilter) Set(s string) error {
	for _, x := range property.All() {
		if slices.ContainsFunc(append(filterWords()[x], string(x)), func(word string) bool { return folded(word) == folded(s) }) {
			*o.p = string(x)
			return nil
		}
	}
	return usagef("use %s", anyOf(filterNames()))
}

// filterWords returns the words of the console of the product, English and French.
func filterWords() map[property.Filter][]string {
	return map[property.Filter][]string{
		property.Users:        {"Users", "Utilisateurs"},
		property.Admins:       {"Admins"},
		property.Registered:   {"Registered", "Enregistré", "Enregistrés"},
		property.Unregistered: {"Unregistered", "Non enregistré", "Non enregistrés"},
		property.PBX:          {"PBX Users", "Utilisateurs PBX", "Utilisateurs de PBX"},
		property.MiCloud:      {"MiCloud Connected", "Connecté à MiCloud", "Connectés à MiCloud"},
		property.IoT:          {"IoT Connected", "Connecté à IoT", "Connectés à IoT", "Connecté IdT"},
		property.Inactive:     {"Inactive", "Inactif", "Inactifs"},
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
		more:    "Letter case, accents and apostrophes do not count.",
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
	f.StringVar(&l.columns, "columns", "", "show these `FIELDS`, separated by commas, such as email,org_unit,lines")
	f.BoolVar(&l.all, "all-fields", false, "also show versions and times")
	return inPlace(f, c, func(ctx context.Context, c *console, d *desk, args []string) error {
		t, err := text(args)
		if err != nil {
			return err
		}
		return l.run(ctx, c, d, t)
	})
}

// A column is a column of a list of people.
type column struct {
	name string
	// always keeps a column that is blank for everyone.
	always bool
}

// chosen returns the columns to show: those of --columns, or else the usual ones.
func (l *listing) chosen() ([]column, error) {
	if l.columns == "" {
		out := []column{{"email", false}, {"lan_id", false}, {"login", false}, {"name", true}, {"roles", true},
			{"org_unit", false}, {"lines", false}, {"state", true}, {"source", true}, {"id", true}}
		if l.all {
			out = append(out, column{"version", true}, column{"created", true}, column{"updated", true})
		}
		return out, nil
	}

	known := append(users.ProfileFields(), "lines", "state", "id", "version", "created", "updated")
	var out []column
	for _, name := range strings.Split(l.columns, ",") {
		name = strings.TrimSpace(name)
		open := slices.ContainsFunc([]string{users.PrefixCustom, users.PrefixFeature, users.PrefixChannel}, func(p string) bool {
			return len(name) > len(p) && strings.HasPrefix(name, p)
		})
		if !open && !slices.Contains(known, name) {
			return nil, usagef("--columns: the field \"%s\" does not exist; use %s, or custom.NAME", name, anyOf(known))
		}
		out = append(out, column{name, true})
	}

	return out, nil
}

func (l *listing) run(ctx context.Context, c *console, d *desk, text string) error {
	columns, err := l.chosen()
	if err != nil {
		return err
	}

	var rows [][]string
	n := 0
	for part, err := range inParts(d.matching(ctx, l.query(d), text)) {
		if err != nil {
			return err
		}
		n += len(part)
		if c.json && l.columns == "" {
			for _, u := range part {
				if err := c.object(l.shown(u)); err != nil {
					return err
				}
			}
			continue
		}

		cells, err := c.cells(ctx, d, part, columns)
		if err != nil {
			return err
		}
		rows = append(rows, cells...)
	}

	if c.json {
		return c.cellsJSON(columns, rows)
	}

	slices.SortFunc(rows, func(a, b []string) int { return slices.CompareFunc(a, b, natural) })
	c.people(columns, rows)
	fmt.Fprintln(c.out, c.lang.People(n))
	return nil
}

// cellsJSON prints a row of chosen columns as an object.
func (c *console) cellsJSON(columns []column, rows [][]string) error {
	for _, r := range rows {
		object := map[string]string{}
		for i, col := range columns {
			object[col.name] = r[i]
		}
		if err := c.object(object); err != nil {
			return err
		}
	}
	return nil
}

// people prints a list of people, without the columns that are blank for everyone.
func (c *console) people(columns []column, rows [][]string) {
	var t grid
	var used []int
	for i, col := range columns {
		if col.always || slices.ContainsFunc(rows, func(r []string) bool { return r[i] != "" }) {
			used = append(used, i)
			t.head = append(t.head, c.heading(col.name))
		}
	}

	for _, r := range rows {
		var cells []string
		for _, i := range used {
			cells = append(cells, r[i])
		}
		t.add(style{printable(cells[0]), 0}, cells[1:]...)
	}
	t.print(c)
}

// heading returns the label of a column of a list of people.
func (c *console) heading(column string) string {
	switch column {
	case "state", "id":
		return c.lang.Label(column)
	case "lines":
		return c.say("Lines")
	case "version":
		return c.say("Version")
	case "created":
		return c.say("Created on")
	case "updated":
		return c.say("Updated on")
	}
	return c.lang.Field(column)
}

// cells returns the columns of people. With --json, values are as they are stored.
func (c *console) cells(ctx context.Context, d *desk, people []users.User, columns []column) ([][]string, error) {
	has := func(name string) bool {
		return slices.ContainsFunc(columns, func(col column) bool { return col.name == name })
	}
	var lines map[users.ID][]string
	var err error
	if has("lines") {
		if lines, err = d.linesOf(ctx, people); err != nil {
			return nil, err
		}
	}

	names := map[users.ID]string{}
	if has("org_unit") || has("supervisor") {
		if names, err = d.namesOf(ctx, people); err != nil {
			return nil, err
		}
	}

	var out [][]string
	for _, u := range people {
		row := make([]string, len(columns))
		for i, col := range columns {
			switch col.name {
			case "lines":
				row[i] = strings.Join(lines[u.ID], ", ")
			case "org_unit", "supervisor":
				id := users.ID(u.Field(col.name))
				row[i] = cmp.Or(names[id], string(id))
			case "name":
				row[i] = u.Name()
			case "state":
				row[i] = c.state(&u)
			case "id":
				row[i] = string(u.ID)
			case "version":
				row[i] = fmt.Sprint(u.Version)
			case "created":
				row[i] = when(u.Created)
			case "updated":
				row[i] = when(u.Updated)
			default:
				row[i] = u.Field(col.name)
				if !c.json {
					row[i] = c.shown(col.name, row[i])
				}
			}
		}
		out = append(out, row)
	}

	return out, nil
}

// linesOf returns the lines of people, in natural order: by their short numbers, or
// else by their public ones.
func (d *desk) linesOf(ctx context.Context, people []users.User) (map[users.ID][]string, error) {
	var keys []users.Key
	for _, u := range people {
		keys = append(keys, users.KeyOf(d.account, users.LinkHolder, string(u.ID)))
	}
	found, err := d.dir.Find(ctx, keys...)
	if err != nil {
		return nil, err
	}

	out := map[users.ID][]string{}
	for _, r := range found.Records {
		if l, ok := r.Data.(*users.Line); ok {
			out[l.Holder] = append(out[l.Holder], cmp.Or(l.Short, l.Internal, l.Number))
		}
	}
	for _, l := range out {
		slices.SortFunc(l, natural)
	}
	return out, nil
}

// namesOf returns readable names for the units and supervisors of people.
func (d *desk) namesOf(ctx context.Context, people []users.User) (map[users.ID]string, error) {
	var keys []users.Key
	for _, u := range people {
		for _, f := range []string{"org_unit", "supervisor"} {
			if id := u.Field(f); id != "" {
				keys = append(keys, users.ByID(users.ID(id)))
			}
		}
	}
	found, err := d.dir.Find(ctx, keys...)
	if err != nil {
		return nil, err
	}

	out := map[users.ID]string{}
	for _, r := range found.Records {
		out[r.ID] = calledIn(r)
	}
	return out, nil
}

// inParts groups people, so that their lines are read together.
func inParts(people iter.Seq2[users.User, error]) iter.Seq2[[]users.User, error] {
	return func(yield func([]users.User, error) bool) {
		var part []users.User
		for u, err := range people {
			if err != nil {
				yield(nil, err)
				return
			}
			if part = append(part, u); len(part) == users.MaxFind {
				if !yield(part, nil) {
					return
				}
				part = nil
			}
		}
		if len(part) > 0 {
			yield(part, nil)
		}
	}
}

// matching yields the people that fit a query and whose name, login or address
// contains every word of a text. Stores compare accents; a person who searches does
// not type them, so the command compares the words itself.
func (d *desk) matching(ctx context.Context, q users.Query, text string) iter.Seq2[users.User, error] {
	words := strings.Fields(folded(text))
	return func(yield func(users.User, error) bool) {
		for rec, err := range d.dir.All(ctx, q) {
			u, _ := rec.User()
			if err == nil && !contains(&u, words) {
				continue
			}
			if !yield(u, err) || err != nil {
				return
			}
		}
	}
}

// contains reports whether every word is in a name, login or address of a person.
func contains(u *users.User, words []string) bool {
	if len(words) == 0 {
		return true
	}
	all := []string{u.Name(), u.FirstName, u.LastName, u.Login, u.Email}
	if u.ContactCentre != nil {
		all = append(all, u.ContactCentre.LANID, u.ContactCentre.PBXID)
	}
	text := folded(strings.Join(all, "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// query returns the query for the people that the flags choose.
func (l *listing) query(d *desk) users.Query {
	having, _ := property.Filter(l.filter).Having()
	if l.product != "" {
		having = append(having, property.Licensed(l.product))
	}
	return users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{d.account}}, Having: having, Limit: 1000}
}

// when returns a time as all screens show it.
func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

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

// known returns the text by which a person is known: the address, or else the LAN
// ID, the login, the name or the id.
func known(u *users.User) string {
	return formats.Show(cmp.Or(u.Email, u.Field("lan_id"), u.Login, u.Name(), string(u.ID)))
}
