package xlsx_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
)

// inline returns a cell of inline text.
func inline(ref, text string) string {
	return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
}

func TestRows(t *testing.T) {
	tests := []struct {
		name     string
		reason   string
		book     book
		want     map[int][]string
		findings []string
	}{
		{"no names of cells", "positions are counted", oneSheet(`<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row><c><v>1</v></c></row>`),
			map[int][]string{1: {"a", "b"}, 2: {"1"}}, nil},
		{"gaps", "r rules", oneSheet(`<row r="2"><c r="B2"><v>1</v></c></row><row r="5"><c r="A5"><v>2</v></c><c><v>3</v></c></row><row><c r="A6"><v>4</v></c></row>`),
			map[int][]string{2: {"", "1"}, 5: {"2", "3"}, 6: {"4"}}, nil},
		{"rows without numbers", "the names of their cells rule", oneSheet(`<row><c r="A2"><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row><row><c r="B9"><v>4</v></c></row>`),
			map[int][]string{2: {"1", "2"}, 4: {"3"}, 9: {"", "4"}}, nil},
		{"out of order", "cells are sorted", oneSheet(`<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>`),
			map[int][]string{1: {"1", "2", "3"}}, nil},
		{"lower case", "names of cells have no case", oneSheet(`<row r="1"><c r="b1"><v>2</v></c></row>`), map[int][]string{1: {"", "2"}}, nil},
		{"empty cells", "only a style", oneSheet(`<row r="1"><c r="A1" s="3"/><c r="B1"><v>2</v></c><c r="C1" s="3"/><c r="D1"><v/></c></row><row r="2" s="1"/>`),
			map[int][]string{1: {"", "2"}}, nil},
		{"dimension lies", "nothing is believed", book{"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNS + `"><dimension ref="A1:XFD1048576"/><sheetData><row r="1" spans="1:9"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`},
			map[int][]string{1: {"1"}}, nil},
		{"counts lie", "nothing is believed", oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).with("xl/sharedStrings.xml", `<sst xmlns="`+mainNS+`" count="4000000000" uniqueCount="4000000000"><si><t>x</t></si></sst>`),
			map[int][]string{1: {"x"}}, nil},
		{"prefixes", "any will do", book{"xl/worksheets/sheet1.xml": `<x:worksheet xmlns:x="` + mainNS + `"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>`},
			map[int][]string{1: {"1"}}, nil},
		{"another namespace within", "is not SpreadsheetML", book{"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNS + `"><a xmlns="x"><sheetData><row r="9"><c><v>9</v></c></row></sheetData></a><sheetData xmlns:y="y"><row r="1" y:r="7"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`},
			map[int][]string{1: {"1"}}, nil},
		{"strict", "the other namespace", book{
			"xl/workbook.xml":            `<workbook xmlns="` + strictNS + `" xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			"_rels/.rels":                `<Relationships xmlns="` + relNS + `"><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
			"xl/_rels/workbook.xml.rels": `<Relationships xmlns="` + relNS + `"><Relationship Id="rId1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml":   `<worksheet xmlns="` + strictNS + `"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`,
		}, map[int][]string{1: {"1"}}, nil},
		{"byte order mark", "of UTF-8", book{"xl/worksheets/sheet1.xml": "\xef\xbb\xbf" + sheetData(`<row r="1">`+inline("A1", "é")+`</row>`)}, map[int][]string{1: {"é"}}, nil},
		{"UTF-16 LE", "a package may use it", book{"xl/worksheets/sheet1.xml": utf16Part(binary.LittleEndian, true, `<?xml version="1.0" encoding="UTF-16"?>`+sheetData(`<row r="1">`+inline("A1", "é😀")+`</row>`))},
			map[int][]string{1: {"é😀"}}, nil},
		{"UTF-16 BE", "without a mark", book{"xl/worksheets/sheet1.xml": utf16Part(binary.BigEndian, false, sheetData(`<row r="1">`+inline("A1", "é😀")+`</row>`))},
			map[int][]string{1: {"é😀"}}, nil},
		{"every part in UTF-16", "and the strings", utf16Book(oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).shared(`<t>é😀</t>`), binary.LittleEndian, true),
			map[int][]string{1: {"é😀"}}, nil},
		{"every part in UTF-16 BE", "without a mark", utf16Book(oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).shared(`<t>é😀</t>`), binary.BigEndian, false),
			map[int][]string{1: {"é😀"}}, nil},
		{"prefixes in every part", "also on the id of the sheet", book{
			"_rels/.rels":                `<p:Relationships xmlns:p="` + relNS + `"><p:Relationship Id="a" Type="` + docNS + `/officeDocument" Target="xl/workbook.xml"/></p:Relationships>`,
			"xl/workbook.xml":            `<x:workbook xmlns:x="` + mainNS + `" xmlns:d3p1="` + docNS + `"><x:sheets><x:sheet name="S" sheetId="1" d3p1:id="rId1"/></x:sheets></x:workbook>`,
			"xl/worksheets/sheet1.xml":   `<x:worksheet xmlns:x="` + mainNS + `"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="B1" t="inlineStr"><x:is><x:r><x:t>b</x:t></x:r></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
			"xl/sharedStrings.xml":       `<x:sst xmlns:x="` + mainNS + `"><x:si><x:t>a</x:t></x:si></x:sst>`,
			"xl/styles.xml":              `<x:styleSheet xmlns:x="` + mainNS + `"><x:cellXfs><x:xf numFmtId="0"/></x:cellXfs></x:styleSheet>`,
			"xl/_rels/workbook.xml.rels": rels("", "worksheet", "worksheets/sheet1.xml", "sharedStrings", "sharedStrings.xml", "styles", "styles.xml"),
		}, map[int][]string{1: {"a", "b"}}, nil},
		{"strings in CDATA", "and with references, comments and escapes", oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>`).
			shared(`<t><![CDATA[<a>]]></t>`, `<t>b&#x26;<!-- c --></t>`, `<t>_x0063_</t><phoneticPr fontId="1"/>`), map[int][]string{1: {"<a>", "b&", "c"}}, nil},
		{"two sheetData", "read on", book{"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNS + `"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData><row r="2"><c r="A2"><v>2</v></c></row></sheetData></worksheet>`},
			map[int][]string{1: {"1"}, 2: {"2"}}, nil},
		{"hidden rows and columns", "are read and told", book{"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNS + `"><cols><col min="1" max="1" hidden="0"/><col min="2" max="3" hidden="1"/><col min="5" max="16384" hidden="1"/></cols><sheetData>` +
			`<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="true"><c r="C2"><v>3</v></c></row><row r="3" hidden="1"/></sheetData></worksheet>`},
			map[int][]string{1: {"1"}, 2: {"", "", "3"}}, []string{"xlsx.hidden_columns 2", "xlsx.hidden_rows 2", "xlsx.hidden_row", "xlsx.hidden_row"}},
		{"merged", "the first cell holds the value", book{"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNS + `"><sheetData>` +
			`<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row><row r="2"><c r="A2"><v>4</v></c><c r="B2"><v>5</v></c></row><row r="3"><c r="A3"><v>6</v></c></row></sheetData>` +
			`<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="A2:A3"/></mergeCells></worksheet>`},
			map[int][]string{1: {"1", "", "3"}, 2: {"4", "5"}, 3: {}}, []string{"xlsx.merged 2", "B1 cell.merged=2", "A3 cell.merged=6"}},
		{"a whole row under merged cells", "it stays, in error", merges(`<row r="1">`+inline("A1", "Name")+inline("B1", "Mail")+`</row><row r="2">`+inline("A2", "Ann")+inline("B2", "a@x")+`</row><row r="3">`+inline("A3", "Bob")+inline("B3", "b@x")+`</row>`, "A2:A3", "B2:B3"),
			map[int][]string{1: {"Name", "Mail"}, 2: {"Ann", "a@x"}, 3: {}}, []string{"xlsx.merged 2", "A3 cell.merged=Bob", "B3 cell.merged=b@x"}},
		{"nothing under merged cells", "as Excel leaves it", merges(`<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2" s="1"/></row>`, "A1:A2"),
			map[int][]string{1: {"1"}}, []string{"xlsx.merged 1"}},
		{"merged, named backwards", "the same cells", merges(`<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>`, "A3:A2", "C2:B2"),
			map[int][]string{2: {"1", "2"}, 3: {}}, []string{"xlsx.merged 2", "A3 cell.merged=3"}},
		{"merged, corners crossed", "the same cells", merges(`<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>`, "B1:A2"),
			map[int][]string{1: {"1"}, 2: {}}, []string{"xlsx.merged 1", "B1 cell.merged=2", "A2 cell.merged=3", "B2 cell.covered"}},
		{"merged ranges that overlap", "the first of one may lie under another", merges(`<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row><row r="5"><c r="A5"><v>5</v></c></row>`, "A3:A4", "B1:B2", "A1:C1", "A1:A5"),
			map[int][]string{1: {"1"}, 3: {}, 5: {}}, []string{"xlsx.merged 4", "B1 cell.merged=2", "A3 cell.merged=3", "A5 cell.merged=5"}},
		{"merged ranges one after the other", "each has its first", merges(`<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="A3"><v>3</v></c></row><row r="4"><c r="A4"><v>4</v></c></row>`, "A3:A4", "A1:A2"),
			map[int][]string{1: {"1"}, 3: {"3"}, 4: {}}, []string{"xlsx.merged 2", "A4 cell.merged=4"}},
		{"styles are missing", "numbers are read, and it is told", oneSheet(`<row r="1"><c r="A1" s="5"><v>45385</v></c></row>`).with("xl/_rels/workbook.xml.rels", rels("", "worksheet", "worksheets/sheet1.xml", "styles", "styles.xml")),
			map[int][]string{1: {"45385"}}, []string{"xlsx.no_styles"}},
		{"no rows", "an empty table is none of our business", oneSheet(``), map[int][]string{}, nil},
		{"no sheetData", "nothing there", book{"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNS + `"/>`}, map[int][]string{}, nil},
		{"comments and instructions", "are left out", book{"xl/worksheets/sheet1.xml": `<?xml version='1.0' encoding='utf-8' standalone="yes" ?><!-- a --><?x?>` + sheetData(`<!-- b --><row r="1"><?y z?><c r="A1"><v><!-- c -->1<?p?>2</v></c></row>`) + ` <!-- d --> `},
			map[int][]string{1: {"12"}}, nil},
		{"single quotes and space", "are XML", book{"xl/worksheets/sheet1.xml": "<worksheet\nxmlns = '" + mainNS + "' ><sheetData ><row r\t=\n'1' ><c r='A1' ><v >1</v\n></c ></row ></sheetData></worksheet >\n"},
			map[int][]string{1: {"1"}}, nil},
		{"odd names of parts", "backslashes, another case, an absolute and a winding target", book{
			"_rels/.rels": rels("", "officeDocument", `/xl/Workbook.xml`), "xl/workbook.xml": "",
			"XL\\workbook.xml":           workbookPart(`<sheet name="S" sheetId="1" r:id="rId1"/>`),
			"xl/_rels/workbook.xml.rels": rels("", "worksheet", `../XL\worksheets/.//a/../My%20Sheet.xml`),
			"xl/worksheets/my sheet.XML": sheetData(`<row r="1"><c r="A1"><v>1</v></c></row>`),
		}, map[int][]string{1: {"1"}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, err := read(t, test.book.zip())
			require.NoError(t, err, test.reason)
			if diff := cmp.Diff(test.want, cells(table)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			if diff := cmp.Diff(test.findings, codes(table)); diff != "" {
				t.Errorf("%s: findings (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// merges returns a workbook with these rows and merged ranges.
func merges(rows string, ranges ...string) book {
	cells := `<mergeCells><mergeCell ref="` + strings.Join(ranges, `"/><mergeCell ref="`) + `"/></mergeCells></worksheet>`
	return book{"xl/worksheets/sheet1.xml": strings.Replace(sheetData(rows), "</worksheet>", cells, 1)}
}

// utf16Book returns a book with all its parts in UTF-16.
func utf16Book(b book, order binary.AppendByteOrder, mark bool) book {
	all := b.parts()
	for name, content := range all {
		all[name] = utf16Part(order, mark, content)
	}
	return all
}

// utf16Part returns s in UTF-16.
func utf16Part(order binary.AppendByteOrder, mark bool, s string) string {
	var out []byte
	if mark {
		out = order.AppendUint16(out, 0xfeff)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return string(out)
}

// TestFinding checks every field of a finding and of a table.
func TestFinding(t *testing.T) {
	table, err := read(t, oneSheet(`<row r="3"><c r="AB3" t="e"><v>#REF!</v></c></row>`).zip())
	require.NoError(t, err)
	want := []formats.Finding{{Severity: formats.Error, Code: "cell.excel_error", Row: 3, Line: 3, Column: 28, Cell: "AB3", Value: "#REF!"}}
	if diff := cmp.Diff(want, table.Findings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	require.Equal(t, "Sheet1", table.Name)
	require.Equal(t, map[string]string{"format": "xlsx", "sheet": "Sheet1"}, table.Source)
	require.True(t, table.Cells)
}

// TestEmptyStyledRows: rows with formatting only are not rows of the table.
func TestEmptyStyledRows(t *testing.T) {
	var rows strings.Builder
	rows.WriteString(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	for r := 2; r <= 50_000; r++ {
		fmt.Fprintf(&rows, `<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>`, r, r, r)
	}
	table, err := read(t, oneSheet(rows.String()).zip())
	require.NoError(t, err)
	require.Equal(t, map[int][]string{1: {"1"}}, cells(table))
	require.Empty(t, table.Findings())
}

// people3 are the rows of three people, the first of which has a role.
const people3 = `<row r="1"><c r="A1" t="str"><v>NAME</v></c><c r="B1" t="str"><v>ROLE</v></c></row>` +
	`<row r="2"><c r="A2" t="str"><v>Ada</v></c><c r="B2" t="str"><v>Account Admin</v></c></row>` +
	`<row r="3"><c r="A3" t="str"><v>Alan</v></c></row><row r="4"><c r="A4" t="str"><v>Grace</v></c><c r="B4" s="1"/></row>`

// TestCoveredBlanks: a blank cell under a merged cell shows the text of that cell.
func TestCoveredBlanks(t *testing.T) {
	covered := func(cell, area, text string) string { return cell + " " + area + " " + text }
	for _, tt := range []struct {
		name, reason string
		book         book
		want         []string
	}{
		{"a role for three people", "the rows after the first have none", merges(people3, "B2:B4"),
			[]string{covered("B3", "B2:B4", "Account Admin"), covered("B4", "B2:B4", "Account Admin")}},
		{"ends earlier", "the last row is blank on the sheet too", merges(people3, "B2:B3"), []string{covered("B3", "B2:B3", "Account Admin")}},
		{"a blank merged cell", "the sheet shows nothing", merges(people3, "B3:B4"), nil},
		{"merged in a row", "the text is that of the first", merges(`<row r="1">`+inline("A1", "Name")+inline("C1", "Mail")+`</row>`, "A1:B1"),
			[]string{covered("B1", "A1:B1", "Name")}},
		{"a title", "every column is blank below it", merges(`<row r="1">`+inline("A1", "Staff")+`</row>`+`<row r="3">`+inline("A3", "a")+inline("B3", "b")+inline("C3", "c")+`</row>`, "A1:C1"), nil},
		{"a title of two", "the same", merges(`<row r="1">`+inline("A1", "Staff")+inline("C1", "2026")+`</row>`+`<row r="3">`+inline("E3", "c")+`</row>`, "A1:B1", "C1:E1"), nil},
		{"beyond the last column", "no row has a text there", merges(people3, "B2:XFD1048576"),
			[]string{covered("B3", "B2:XFD1048576", "Account Admin"), covered("B4", "B2:XFD1048576", "Account Admin")}},
		{"blank rows", "are not rows", merges(`<row r="1">`+inline("A1", "a")+`</row><row r="2"/><row r="3"><c r="A3"/></row>`, "A1:A9"), nil},
		{"the first cell in no row", "shows nothing", merges(`<row r="2">`+inline("A2", "a")+inline("C2", "c")+`</row>`, "B1:B2"), nil},
		{"cells out of order", "are sorted first", merges(`<row r="1">`+inline("B1", "b")+inline("A1", "a")+`</row><row r="2">`+inline("B2", "c")+`</row>`, "A1:A2"),
			[]string{covered("A2", "A1:A2", "a")}},
		{"overlapping", "the longer one shows", merges(`<row r="1">`+inline("A1", "a")+inline("B1", "b")+`</row><row r="2">`+inline("B2", "x")+`</row><row r="3">`+inline("B3", "y")+`</row>`, "A1:A2", "A1:A3"),
			[]string{covered("A2", "A1:A3", "a"), covered("A3", "A1:A3", "a")}},
		{"the first cell under another", "is not shown", merges(`<row r="1">`+inline("A1", "a")+inline("B1", "b")+`</row><row r="2">`+inline("C2", "x")+`</row>`, "A1:B1", "B1:B2"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := read(t, tt.book.zip())
			require.NoError(t, err)
			var got []string
			for _, f := range table.Findings() {
				if f.Code != "cell.covered" {
					continue
				}
				require.Equal(t, formats.Warning, f.Severity)
				require.Equal(t, f.Cell, formats.CellName(f.Column, f.Row))
				require.Equal(t, f.Args["text"], *f.Fix)
				got = append(got, covered(f.Cell, f.Args["range"], f.Args["text"]))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// TestNamesOfWhatIsHidden: the findings of the sheet name rows, columns and ranges.
func TestNamesOfWhatIsHidden(t *testing.T) {
	var rows strings.Builder
	for r := 1; r <= 60; r++ {
		hidden := ""
		if r%2 == 0 || r == 3 {
			hidden = ` hidden="1"`
		}
		fmt.Fprintf(&rows, `<row r="%d"%s>%s%s</row>`, r, hidden, inline(fmt.Sprint("A", r), "a"), inline(fmt.Sprint("F", r), "f"))
	}
	sheet := strings.Replace(sheetData(rows.String()+`<row r="61" ht="0" customHeight="1">`+inline("A61", "a")+`</row>`), "<sheetData>",
		`<cols><col min="2" max="2" hidden="1"/><col min="4" max="5" width="0" customWidth="1"/><col min="9" max="99" hidden="1"/></cols><sheetData>`, 1)
	var merged strings.Builder
	for r := 101; r < 125; r++ {
		fmt.Fprintf(&merged, `<mergeCell ref="A%d:B%d"/>`, r, r)
	}
	sheet = strings.Replace(sheet, "</worksheet>", "<mergeCells>"+merged.String()+"</mergeCells></worksheet>", 1)
	table, err := read(t, book{"xl/worksheets/sheet1.xml": sheet}.zip())
	require.NoError(t, err)

	got := map[string]map[string]string{}
	var hidden []int
	for _, f := range table.Findings() {
		require.Equal(t, formats.Warning, f.Severity)
		if f.Code == "xlsx.hidden_row" {
			hidden = append(hidden, f.Row)
			continue
		}
		got[f.Code] = f.Args
	}
	want := map[string]map[string]string{
		"xlsx.hidden_rows":    {"count": "32", "rows": "2-4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, …"},
		"xlsx.hidden_columns": {"count": "3", "columns": "B, D-E"},
		"xlsx.merged": {"count": "24", "ranges": "A101:B101, A102:B102, A103:B103, A104:B104, A105:B105, A106:B106, A107:B107, A108:B108, A109:B109, A110:B110, " +
			"A111:B111, A112:B112, A113:B113, A114:B114, A115:B115, A116:B116, A117:B117, A118:B118, A119:B119, A120:B120, …"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	require.Len(t, hidden, 32)
	require.Equal(t, []int{2, 3, 4, 6}, hidden[:4])
	require.Equal(t, 61, hidden[31])
}

// TestHiddenRowOfErrors: a hidden row that has an error only is a row too.
func TestHiddenRowOfErrors(t *testing.T) {
	table, err := read(t, oneSheet(`<row r="1" hidden="1"><c r="A1"><f>B1</f></c></row>`).zip())
	require.NoError(t, err)
	require.Equal(t, []string{"xlsx.hidden_rows 1", "xlsx.hidden_row", "A1 cell.formula_no_value"}, codes(table))
}
