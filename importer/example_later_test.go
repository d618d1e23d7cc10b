package importer_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// uploaded is a preview of a text file, as a request would make it.
func uploaded(ctx context.Context, dir *users.Directory, text string) *importer.Preview {
	table, err := csv.Read(ctx, strings.NewReader(text), nil)
	if err != nil {
		panic(err)
	}
	preview, err := importer.New(dir, cloudlink.Users(), &importer.Options{Label: "March starters"}).Preview(ctx, table)
	if err != nil {
		panic(err)
	}
	return preview
}

// A preview is kept between two requests as a document. Whoever opens it, on
// another replica and later, sees what would happen then.
func ExampleOpen() {
	ctx := context.Background()
	store := memstore.New()
	dir := users.Open(store, users.AccountAdmin("pat", "acme"), nil)

	var document bytes.Buffer // a column of the host's database
	if err := uploaded(ctx, dir, "NAME,EMAIL\nAda,ada@example.com\nBob,bob@example\n").Save(&document); err != nil {
		panic(err)
	}

	// Meanwhile somebody adds Ada by hand.
	if _, err := dir.Add(ctx, "acme", users.Profile{DisplayName: "Countess", Email: "ada@example.com"}); err != nil {
		panic(err)
	}

	preview, err := importer.Reopen(ctx, dir, &document, cloudlink.Users())
	if err != nil {
		panic(err)
	}
	for row := range preview.Rows() {
		fmt.Println("row", row.Number, row.Action, "changed:", row.Stale)
	}
	// Output:
	// row 2 error changed: true
	// row 3 error changed: false
}

// An import is taken back: a preview as well, shown first and then committed.
func ExampleUndo() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
	report, err := uploaded(ctx, dir, "NAME,EMAIL\nAda,ada@example.com\nBob,bob@example.com\n").Commit(ctx, nil)
	if err != nil {
		panic(err)
	}
	found, err := dir.Find(ctx, users.KeyOf("acme", users.SpaceEmail, "bob@example.com"))
	if err != nil {
		panic(err)
	}
	bob, _ := found.Records[0].User()
	bob.Mobile = "+33612345678" // since then
	if _, err := dir.Edit(ctx, bob); err != nil {
		panic(err)
	}

	undo, err := importer.Undo(ctx, dir, report.ID, nil)
	if err != nil {
		panic(err)
	}
	for row := range undo.Rows() {
		fmt.Println(row.Who, row.Action)
		for _, f := range row.Findings {
			fmt.Println(" ", messages.For("en").Finding(f))
		}
	}
	if report, err = undo.Commit(ctx, nil); err != nil {
		panic(err)
	}
	history, err := importer.History(ctx, dir, nil)
	if err != nil {
		panic(err)
	}
	for _, past := range history.Imports {
		if past.ID != report.ID {
			fmt.Println(past.Label, past.State)
		}
	}
	// Output:
	// ada@example.com delete
	// bob@example.com skip
	//   “Mobile” was changed to “+33612345678” after the import. The new value is kept.
	// March starters undone
}

// Rows in error go to a spreadsheet, are corrected there, and come back.
func ExamplePreview_Merge() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
	preview := uploaded(ctx, dir, "NAME,EMAIL\nAda,ada@example.com\nBob,bob@example\n")

	var file bytes.Buffer
	if err := (csv.Writer{NoBOM: true}).WriteSheet(&file, preview.Failing(0, messages.For("en"))); err != nil {
		panic(err)
	}
	corrected := strings.Replace(file.String(), "bob@example,", "bob@example.com,", 1)

	table, err := csv.Read(ctx, strings.NewReader(corrected), nil)
	if err != nil {
		panic(err)
	}
	delta, err := preview.Merge(ctx, table)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(delta.Rows), "row corrected,", delta.Summary.Errors, "errors left")
	// Output: 1 row corrected, 0 errors left
}

// One correction mends every row that has the same fault.
func ExamplePreview_Repair() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
	preview := uploaded(ctx, dir, "NAME,EMAIL,ROLE\nAda,ada@example.com,Usre\nBob,bob@example.com,Usre\nCyd,cyd@example.com,User\n")
	for _, r := range preview.Repairs() {
		fmt.Printf("%d rows: %s %q, did you mean %q?\n", r.Rows, r.Field, r.Value, *r.Fix)
		if _, err := preview.Repair(ctx, r); err != nil {
			panic(err)
		}
	}
	fmt.Println(preview.Summary().Actions)
	// Output:
	// 2 rows: role "Usre", did you mean "User"?
	// map[create:3]
}
