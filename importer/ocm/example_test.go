package ocm_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// account is a directory of an account with three org units and two roles.
func account(ctx context.Context) *users.Directory {
	store := memstore.New()
	host := users.Open(store, users.Host("setup"), nil)
	b := users.Batch{Import: "setup", Writes: []users.Write{{ID: "setup", Record: &users.Record{Head: users.Head{ID: "setup", Account: "acme"}, Data: &users.Import{State: users.ImportDone}}}}}
	for i, d := range []users.Data{&users.Unit{Path: "Acme"}, &users.Unit{Path: "Acme/Sales"}, &users.Unit{Path: "Acme/Sales/North/Team 1"}, &users.Role{Name: "Desk"}, &users.Role{Name: "Lead"}} {
		id := users.ID(fmt.Sprint("r", i))
		b.Rows = append(b.Rows, users.RowNote{Row: users.RowAt(0, i+1)})
		b.Writes = append(b.Writes, users.Write{Row: users.RowAt(0, i+1), ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: "acme"}, Data: d}})
	}
	if err := host.Apply(ctx, b); err != nil {
		panic(err)
	}
	return users.Open(store, users.AccountAdmin("pat", "acme"), nil)
}

// read reads the three files, whichever they are.
func read(ctx context.Context, tpl *importer.Template, files ...string) []*formats.Table {
	var out []*formats.Table
	for _, text := range files {
		t, err := csv.Read(ctx, strings.NewReader(text), &csv.Options{Format: csv.Format{Comment: tpl.Comment, Headings: tpl.Headings()}})
		if err != nil {
			panic(err)
		}
		out = append(out, t)
	}
	return out
}

// Three files are one preview, and one import: the supervisor below the team is made first.
func Example() {
	ctx := context.Background()
	dir := account(ctx)
	opts, err := ocm.Read(ctx, dir, "acme")
	if err != nil {
		panic(err)
	}
	tpl := ocm.Users(opts)
	p, err := importer.New(dir, tpl, nil).Preview(ctx, read(ctx, tpl,
		"LAN ID,Channel,Count\nada,Chat,3\nnobody,Voice,1\n",
		"LAN ID,First Name,Last Name,Agent ID,PBX ID,Profile,Supervisor,Org Unit,Role\n"+
			"ada,Ada,Lovelace,,4021,Agent,cyd,Team 1,Desk\n"+
			"bob,Bob,Bell,,4022,Agent,cyd,Acme/Sales,Desk\n"+
			"cyd,Cyd,Chief,,4000,Supervisor,,Acme,Lead\n",
		"LAN ID,Feature,Enabled\n# as downloaded\n")...)
	if err != nil {
		panic(err)
	}
	for row := range p.Rows() {
		fmt.Print(row.Table, "/", row.Number, " ", row.Action, " ", row.Who)
		for _, f := range row.Findings {
			fmt.Print(" ", f.Code)
		}
		fmt.Println()
	}

	report, err := p.Commit(ctx, nil)
	if err != nil {
		panic(err)
	}
	results := ocm.Results(report)
	for _, r := range []ocm.Result{ocm.Duplicate, ocm.Inserted, ocm.Invalid} {
		fmt.Print(r, " ", len(results[r]), ":")
		for _, line := range results[r] {
			fmt.Print(" ", line.Who)
		}
		fmt.Println()
	}
	// Output:
	// UserDetails/2 create ada
	// UserDetails/3 error bob org_unit.level
	// UserDetails/4 create cyd
	// ChannelCountDetails/2 update ada
	// ChannelCountDetails/3 error nobody lanid.unknown
	// duplicate 0:
	// inserted 2: ada cyd
	// invalid 2: bob nobody
}

// An account whose teams stand at another level says so.
func ExampleOptions() {
	tree, err := roles.NewTree([]string{"Acme", "Acme/Desk"}, &roles.TreeOptions{Levels: 2})
	if err != nil {
		panic(err)
	}
	tpl := ocm.Users(&ocm.Options{Tree: tree, Roles: []string{"Desk"}, Signs: "._", Strict: true})
	fmt.Println(tpl.Modes, tpl.Tables[0].Missing)
	for _, c := range tpl.Sheet(0, "fr").Columns {
		if len(c.Values) > 0 {
			fmt.Println(c.Heading, c.Values)
		}
	}
	// Output:
	// [create] error
	// Profil [Agent Superviseur]
	// Unité organisationnelle [Acme/Desk]
	// Rôle [Desk]
}
