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

// The text of a cell is the text that Excel shows. Formats that change a value, such as
// dates, are findings.
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

// A file that is not a workbook, or is damaged, is refused with one reason.
func ExampleOpen_refused() {
	file := bytes.NewReader(ole2("Workbook"))
	_, err := xlsx.Open(context.Background(), file, file.Size(), nil)
	var refused *formats.Refusal
	if errors.As(err, &refused) {
		fmt.Println(refused.Code, refused.Args["found"])
	}
	// Output: file.type xls
}

// A Format can name the worksheet. Formats are tried in order by formats.Open.
func ExampleFormat() {
	file := bytes.NewReader(oneSheet(`<row r="1">`+inline("A1", "draft")+`</row>`).
		with("xl/workbook.xml", workbookPart(`<sheet name="Notes" sheetId="1" r:id="rId1"/><sheet name="People" sheetId="2" r:id="rId2"/>`)).
		with("xl/_rels/workbook.xml.rels", rels("", "worksheet", "worksheets/sheet1.xml", "worksheet", "worksheets/sheet2.xml")).
		with("xl/worksheets/sheet2.xml", sheetData(`<row r="1">`+inline("A1", "NAME")+`</row><row r="2">`+inline("A2", "Ada")+`</row>`)).
		zip())

	src := formats.Source{Name: "people.xlsx", ReaderAt: file, Size: file.Size()}
	table, err := formats.Open(context.Background(), src, nil, xlsx.Format{Sheet: "People"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(table.Name, table.Len(), table.Row(1).Cells())
	// Output: People 2 [Ada]
}

// All cells of a written workbook are text. Columns can have drop-downs.
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
