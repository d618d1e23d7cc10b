package assign_test

import (
	"context"
	"fmt"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/assign"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// Everybody whom a search finds is given a role; whoever has it is unchanged.
func Example() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.Partner("pat"), nil)
	for _, u := range []users.Profile{
		{FirstName: "Ada", Email: "ada.night@example.com"},
		{FirstName: "Bob", Email: "bob.night@example.com", Roles: []string{users.RoleAdmin}},
		{FirstName: "Cyd", Email: "cyd.day@example.com"},
	} {
		if _, err := dir.Add(ctx, "acme", u); err != nil {
			fmt.Println(err)
			return
		}
	}
	people, err := roles.Matching(ctx, dir, "acme", users.Query{Text: "night"})
	if err != nil {
		fmt.Println(err)
		return
	}
	catalogue, err := roles.ReadCatalogue(ctx, dir, "acme")
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := assign.Table(people, users.RoleAdmin)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := importer.New(dir, assign.Add(catalogue), &importer.Options{Account: "acme"}).Preview(ctx, table)
	if err != nil {
		fmt.Println(err)
		return
	}
	for r := range p.Rows() {
		fmt.Println(r.Who, r.Action, r.Changes)
	}
	report, err := p.Commit(ctx, nil)
	fmt.Println(report.Counts[importer.OutcomeUpdated], "changed,", err)
	// Output:
	// ada.night@example.com update [{roles  account_admin}]
	// bob.night@example.com unchanged []
	// 1 changed, <nil>
}

// A pasted list names people by address, LAN ID, login or id.
func ExampleRemove() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.Partner("pat"), nil)
	for _, u := range []users.Profile{
		{FirstName: "Ada", Email: "ada@example.com", Roles: []string{users.RoleAdmin}},
		{FirstName: "Bob", Login: "bob", Roles: []string{users.RoleAdmin}},
	} {
		if _, err := dir.Add(ctx, "acme", u); err != nil {
			fmt.Println(err)
			return
		}
	}
	catalogue, err := roles.ReadCatalogue(ctx, dir, "acme")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, list := range []string{"bob, zoe@example.com", "bob; Ada@example.com"} {
		people, err := roles.Named(ctx, dir, "acme", roles.Split(list)...)
		if err != nil {
			fmt.Println(err)
			return
		}
		table, err := assign.Table(people, users.RoleAdmin)
		if err != nil {
			fmt.Println(err)
			return
		}
		p, err := importer.New(dir, assign.Remove(catalogue), &importer.Options{Account: "acme"}).Preview(ctx, table)
		if err != nil {
			fmt.Println(err)
			return
		}
		for r := range p.Rows() {
			fmt.Print(r.Cells["user"], ": ", r.Action)
			for _, f := range r.Findings {
				fmt.Print(" ", f.Code)
			}
			fmt.Println()
		}
	}
	// Output:
	// bob: update
	// zoe@example.com: error user.unknown
	// bob: error admin.last
	// Ada@example.com: error admin.last
}
