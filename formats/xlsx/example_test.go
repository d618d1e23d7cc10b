package xlsx_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

func ExampleOpen() {
	file := bytes.NewReader(oneSheet(
		`<row r="1">`+inline("A1", "NAME")+inline("B1", "EXTENSION")+inline("C1", "SINCE")+`</row>`+
			`<row r="3">`+inline("A3", "Ada")+`<c r="B3" s="1"><v>42</v></c><c r="C3" s="2"><v>45385</v></c></row>`,
	).with("xl/styles.xml", stylesPart("0000", 0, 164, 14)).zip())

	table, err := xlsx.Open(context.Background(), file, file.Size(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for row := range table.Rows() {
		fmt.Printf("%d %q\n", row.Number(), row.Cells())
		for _, f := range row.Findings() {
			fmt.Println(" ", f.Severity, f.Code, f.Cell)
		}
	}
	// Output:
	// 1 ["NAME" "EXTENSION" "SINCE"]
	// 3 ["Ada" "0042" "2024-04-03"]
	//   warning cell.date C3
}

// A file that is no workbook, or a damaged one, is refused with one reason.
func ExampleOpen_refused() {
	file := bytes.NewReader(ole2("Workbook"))
	_, err := xlsx.Open(context.Background(), file, file.Size(), nil)
	var refused *formats.Refusal
	if errors.As(err, &refused) {
		fmt.Println(refused.Code, refused.Args["found"])
	}
	// Output: file.type xls
}

func ExampleWriter() {
	var file bytes.Buffer
	err := xlsx.Writer{}.WriteSheet(&file, formats.Sheet{
		Name: "Users",
		Columns: []formats.SheetColumn{
			{Heading: "NAME"},
			{Heading: "PHONE", Text: true},
			{Heading: "ROLE", Values: []string{"User", "Admin"}, Strict: true},
		},
		Rows: formats.Rows([]string{"Ada", "+33612345678", "Admin"}),
	})
	if err != nil {
		log.Fatal(err)
	}
	table, err := xlsx.Open(context.Background(), bytes.NewReader(file.Bytes()), int64(file.Len()), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %q\n", table.Name, table.Row(1).Cells())
	// Output: Users ["Ada" "+33612345678" "Admin"]
}
