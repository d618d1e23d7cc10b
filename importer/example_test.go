package importer_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// A file is previewed, corrected and committed.
func Example() {
	ctx := context.Background()
	store := memstore.New()
	upload := strings.NewReader("FIRST NAME,LAST NAME,EMAIL,ROLE\n" +
		"Ada,Lovelace,ada@example.com,Account Admin\n" +
		"Bob,Baker,bob@example,User\n" +
		"Cyd,Carter,cyd@example.com,\n")

	dir := users.Open(store, users.AccountAdmin("pat", "acme"), nil)

	table, err := csv.Read(ctx, upload, nil)
	if err != nil {
		panic(err)
	}
	preview, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
	if err != nil {
		panic(err)
	}

	// Rows must not be edited while they are read: collect the edits, then apply them.
	var edits []importer.Edit
	for row := range preview.Rows(importer.WithFindings) {
		for _, f := range row.Findings {
			fmt.Println("row", row.Number, f.Field, f.Code, f.Value)
		}
		edits = append(edits, importer.Set(row.ID, "email", "bob@example.com"))
	}
	if _, err := preview.Edit(ctx, edits...); err != nil {
		panic(err)
	}

	report, err := preview.Commit(ctx, &importer.CommitOptions{Label: "March starters"})
	if err != nil {
		panic(err)
	}
	for _, l := range report.Lines {
		fmt.Println("row", l.Number, l.Outcome, l.Who)
	}
	// Output:
	// row 3 email email.form bob@example
	// row 2 created ada@example.com
	// row 3 created bob@example.com
	// row 4 created cyd@example.com
}

// Edit returns the rows whose decision changed: here the two that shared an address.
func ExamplePreview_Edit() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
	table, err := csv.Read(ctx, strings.NewReader("NAME;EMAIL\nAda;a@example.com\nBob;b@example.com\nAlan;a@example.com\n"), nil)
	if err != nil {
		panic(err)
	}
	preview, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
	if err != nil {
		panic(err)
	}
	fmt.Println(preview.Summary().Actions)
	delta, err := preview.Edit(ctx, importer.Set(users.RowAt(0, 4), "email", "alan@example.com"))
	if err != nil {
		panic(err)
	}
	for _, id := range delta.Rows {
		row, err := preview.Row(id)
		if err != nil {
			panic(err)
		}
		fmt.Println("row", row.Number, row.Action)
	}
	// Output:
	// map[create:1 error:2]
	// row 2 create
	// row 4 create
}

// A Template is columns as data and a function that reads one row. This one
// knows people by LAN ID. A supervisor may be a row of the same file, in any order.
func ExampleTemplate() {
	template := &importer.Template{
		Name:  "staff",
		Modes: []importer.Mode{importer.ModeUpsert},
		Tables: []importer.Table{{
			Name: "Staff",
			Columns: []importer.Column{
				{Field: "lan_id", Required: true, Headings: map[string][]string{"en": {"LAN ID"}}},
				{Field: "name", Required: true, Headings: map[string][]string{"en": {"NAME"}}},
				{Field: "supervisor", Headings: map[string][]string{"en": {"SUPERVISOR", "BOSS"}}},
			},
			Draft: func(r importer.Row, d *importer.Draft) {
				d.About(users.SpaceLANID, r.Value("lan_id"))
				d.Claim(users.SpaceLANID, r.Value("lan_id"))
				d.WantCell("name")
				d.Refer("supervisor", users.SpaceLANID, r.Value("supervisor"))
				d.OneRowPerPerson()
			},
		}},
	}

	ctx := context.Background()
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
	table, err := csv.Read(ctx, strings.NewReader("LAN ID,NAME,BOSS\nada,Ada,bob\nbob,Bob,\ncyd,Cyd,zed\n"), nil)
	if err != nil {
		panic(err)
	}
	preview, err := importer.New(dir, template, nil).Preview(ctx, table)
	if err != nil {
		panic(err)
	}
	for row := range preview.Rows() {
		fmt.Print(row.Who, " ", row.Action)
		for _, f := range row.Findings {
			fmt.Print(" ", f.Code, " ", f.Value)
		}
		fmt.Println()
	}
	// Output:
	// ada create
	// bob create
	// cyd error supervisor.unknown zed
}
