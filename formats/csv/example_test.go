package csv_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

// The encoding, the delimiter and the line ends are detected. Each row has the record
// number that a spreadsheet shows next to it.
func ExampleOpen() {
	file := strings.NewReader("sep=;\r\nName;Phone;Note\r\nAda;+33 1 23 45 67 89;\"two\r\nlines\"\r\n\r\nBob;0042;;too much\r\n")

	table, err := csv.Open(context.Background(), file, file.Size(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for row := range table.Rows() {
		fmt.Printf("row %d, line %d: %q\n", row.Number(), row.Line(), row.Cells())
		for _, f := range row.Findings() {
			fmt.Printf("  %s %s in column %d: %q\n", f.Severity, f.Code, f.Column, f.Value)
		}
	}
	// Output:
	// row 2, line 2: ["Name" "Phone" "Note"]
	// row 3, line 3: ["Ada" "+33 1 23 45 67 89" "two\r\nlines"]
	// row 5, line 6: ["Bob" "0042" "" "too much"]
	//   error csv.field_count in column 4: "too much"
}

// A file with a quote that is never closed is refused, with the line of the quote.
func ExampleOpen_refused() {
	file := strings.NewReader("Name,Note\nAda,\"the quote is open\nBob,lost\n")
	_, err := csv.Open(context.Background(), file, file.Size(), nil)
	fmt.Println(err)
	// Output: formats: file refused: csv.quote line=2
}

// A caller that knows the format better than the detection sets the fields of Format.
func ExampleRead() {
	stream := strings.NewReader("# exported by hand\nName|Town\nJos\xe9|Z\xfcrich\n")

	table, err := csv.Read(context.Background(), stream, &csv.Options{
		Format: csv.Format{Encoding: "iso-8859-15", Delimiter: '|', Comment: '#'},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for row := range table.Rows() {
		fmt.Printf("row %d: %q\n", row.Number(), row.Cells())
	}
	// Output:
	// row 2: ["Name" "Town"]
	// row 3: ["José" "Zürich"]
}

// Every cell is inert: a spreadsheet that opens the file evaluates nothing.
func ExampleWriter() {
	sheet := formats.Sheet{
		Preamble: []string{"# one person a line"},
		Columns:  []formats.SheetColumn{{Heading: "Name"}, {Heading: "Phone"}},
		Rows:     formats.Rows([]string{"Lovelace, Ada", "+33123456789"}, []string{`=HYPERLINK("http://x")`, ""}),
	}
	w := csv.Writer{NoBOM: true, LF: true}
	if err := w.WriteSheet(os.Stdout, sheet); err != nil {
		fmt.Println(err)
	}
	// Output:
	// # one person a line
	// Name,Phone
	// "Lovelace, Ada",'+33123456789
	// "'=HYPERLINK(""http://x"")",
}

// The field tags are the headings.
func ExampleMarshal() {
	type line struct {
		Row   int    `csv:"row"`
		Email string `csv:"email"`
	}
	var out bytes.Buffer
	if err := csv.Marshal(&out, []line{{2, "ada@example.com"}, {3, "bob@example.com"}}); err != nil {
		fmt.Println(err)
	}
	for _, line := range strings.Split(strings.TrimPrefix(out.String(), "\ufeff"), "\r\n") {
		fmt.Println(line)
	}
	// Output:
	// row,email
	// 2,ada@example.com
	// 3,bob@example.com
}
