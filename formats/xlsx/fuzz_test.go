package xlsx_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

// fuzzLimits keep one input short.
var fuzzLimits = formats.Limits{
	UploadBytes: 1 << 20, Rows: 10_000, Cells: 100_000, PartBytes: 4 << 20, UnpackedBytes: 8 << 20, SharedBytes: 1 << 20,
}.WithDefaults()

// FuzzRead checks the laws of reading for any content of the parts. Reading does not
// panic. The shortcuts and the size of the window change nothing. A cut sheet or a cut
// list of strings is refused, or gives the same rows with the same cells.
func FuzzRead(f *testing.F) {
	style := stylesPart("dd/mm/yyyy", 0, 164, 14)
	for _, rows := range []string{
		`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>42</v></c></row>`,
		`<row><c t="inlineStr"><is><r><t>a&amp;_x0041_</t></r><rPh><t>x</t></rPh></is></c></row><row r="7" hidden="1"><c r="B7" s="1"><f>x</f><v>4.5E3</v></c></row>`,
		`<row r="2"><c r="C2" t="b"><v>1</v></c><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="d"><v>2024-04-03</v></c></row><!-- c --><row r="3"><c r="A3" t="str"><v><![CDATA[]]]></v></c></row>`,
	} {
		f.Add([]byte(sheetData(rows)), []byte(`<sst xmlns="`+mainNS+`"><si><t>a</t></si><si><t>b&#xA;</t></si></sst>`), []byte(style), uint16(100))
	}
	f.Add([]byte(`<worksheet xmlns="`+mainNS+`"><cols><col min="1" max="9" hidden="1"/></cols><sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>`), []byte(""), []byte(""), uint16(300))
	f.Fuzz(func(t *testing.T, sheet, shared, styles []byte, cut uint16) {
		parts := func(sheet, shared []byte) []byte {
			return book{
				"xl/worksheets/sheet1.xml": string(sheet), "xl/sharedStrings.xml": string(shared), "xl/styles.xml": string(styles),
				"xl/_rels/workbook.xml.rels": rels("", "worksheet", "worksheets/sheet1.xml", "sharedStrings", "sharedStrings.xml", "styles", "styles.xml"),
			}.pack(zip.Store) // compression would take most of the time
		}
		data := parts(sheet, shared)
		fast, errFast := xlsx.Format{}.Read(t.Context(), source(data), fuzzLimits)
		if errFast != nil && !isRefusal(errFast) {
			t.Fatalf("not a refusal: %v", errFast)
		}
		slow, errSlow := xlsx.Slow().Read(t.Context(), source(data), fuzzLimits)
		if diff := sameTable(slow, fast, errSlow, errFast); diff != "" {
			t.Fatalf("(-slow +fast):\n%s", diff)
		}
		if errFast != nil {
			return
		}
		if fast.Len() > fuzzLimits.Rows+1 || fast.Columns() > fuzzLimits.Columns || len(fast.Findings()) > fuzzLimits.Findings {
			t.Fatal("more than the limits let through")
		}
		small := fuzzLimits
		small.XMLToken = 300 + int(cut)%100
		if table, err := (xlsx.Format{}).Read(t.Context(), source(data), small); err == nil {
			if diff := sameTable(fast, table, nil, nil); diff != "" {
				t.Fatalf("(-whole +small window):\n%s", diff)
			}
		}
		for _, damaged := range [][]byte{parts(sheet[:int(cut)%(len(sheet)+1)], shared), parts(sheet, shared[:int(cut)%(len(shared)+1)])} {
			if table, err := (xlsx.Format{}).Read(t.Context(), source(damaged), fuzzLimits); err == nil {
				if diff := lostRow(fast, table); diff != "" {
					t.Fatalf("cut at %d, and no error: %s", cut, diff)
				}
			}
		}
	})
}

// FuzzOpen: any bytes give a table or a refusal. A cut file never gives a table with
// fewer rows or other cells.
func FuzzOpen(f *testing.F) {
	f.Add(oneSheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).shared(`<t>a</t>`).zip(), uint16(10))
	f.Add(ole2("Workbook"), uint16(10))
	f.Add(book{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}.zip(), uint16(10))
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		lim := fuzzLimits
		open := func(data []byte) (*formats.Table, error) {
			return xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Limits: lim})
		}
		table, err := open(data)
		if err != nil {
			if !isRefusal(err) {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		if short, err := open(data[:int(cut)%(len(data)+1)]); err == nil {
			if diff := lostRow(table, short); diff != "" {
				t.Fatalf("cut at %d, and no error: %s", cut, diff)
			}
		}
	})
}

// lostRow returns the first row of the whole table that differs in the table of a cut
// file, or "".
func lostRow(whole, beginning *formats.Table) string {
	for i := range whole.Len() {
		want := whole.Row(i)
		if i == beginning.Len() {
			return fmt.Sprintf("row %d is missing", want.Number())
		}
		got := beginning.Row(i)
		if diff := cmp.Diff(want.Cells(), got.Cells()); diff != "" || want.Number() != got.Number() {
			return fmt.Sprintf("row %d for row %d (-whole +beginning):\n%s", got.Number(), want.Number(), diff)
		}
	}
	return ""
}

// FuzzWrite: any text reads the same after it was written, with and without the
// shortcuts.
func FuzzWrite(f *testing.F) {
	f.Add("a\x1fb\x1e\x1f=1+1\x1e_x0041_\x1f_x005F_x0041_\x1e 0042 \x1f\r\n\x1e")
	f.Add("_xD83D__xDE00_\x1f]]>&amp;<\x1e\xff\x1f\x00\ufffe\U0001F600")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		want := map[int][]string{1: {"h1", "h2", "h3"}}
		var rows [][]string
		for i, line := range strings.Split(text, "\x1e") {
			row := strings.Split(line, "\x1f")
			row = row[:min(len(row), 3)]
			rows = append(rows, row)
			shown := make([]string, len(row))
			for c := range row {
				shown[c] = storable(row[c])
			}
			if shown = trimmed(shown); len(shown) > 0 {
				want[i+2] = shown
			}
		}
		data := write(t, formats.Sheet{Columns: []formats.SheetColumn{{Heading: "h1"}, {Heading: "h2", Text: true}, {Heading: "h3"}}, Rows: formats.Rows(rows...)})
		fast, err := xlsx.Format{}.Read(t.Context(), source(data), formats.Limits{})
		require.NoError(t, err)
		if diff := cmp.Diff(want, cells(fast)); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
		slow, err := xlsx.Slow().Read(t.Context(), source(data), formats.Limits{})
		if diff := sameTable(slow, fast, err, nil); diff != "" {
			t.Fatalf("(-slow +fast):\n%s", diff)
		}
	})
}
