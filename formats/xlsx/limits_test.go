package xlsx_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

func TestLimits(t *testing.T) {
	row := func(n int) string { return fmt.Sprintf(`<row r="%d"><c r="A%d"><v>1</v></c></row>`, n, n) }
	wide := `<row r="1"><c r="A1"><v>1</v></c><c r="E1"><v>1</v></c></row>`
	sst := oneSheet(row(1)).shared("<t>abc</t>", "<t>de</t>")
	spaces := strings.Repeat(" ", 4<<20)
	tests := []struct {
		name   string
		reason string
		book   book
		lim    formats.Limits
		code   string
		max    string
		row    int
	}{
		{"upload", "the file itself", oneSheet(row(1)), formats.Limits{UploadBytes: 100}, "limit.upload", "100", 0},
		{"rows", "never the first n", oneSheet(row(1) + row(2) + row(7)), formats.Limits{Rows: 1}, "limit.rows", "1", 7},
		{"columns", "one cell past them", oneSheet(wide), formats.Limits{Columns: 4}, "limit.columns", "4", 1},
		{"cells", "gaps count", oneSheet(wide), formats.Limits{Cells: 4}, "limit.cells", "4", 1},
		{"cell", "the host's own", oneSheet(`<row r="1">` + inline("A1", "abcdef") + `</row>`), formats.Limits{CellChars: 5}, "limit.cell", "5", 1},
		{"entries", "of the zip", oneSheet(row(1)), formats.Limits{Entries: 4}, "limit.entries", "4", 0},
		{"part", "one part", oneSheet(row(1)), formats.Limits{PartBytes: 200}, "limit.part", "200", 0},
		{"unpacked", "all that are read", oneSheet(row(1)), formats.Limits{UnpackedBytes: 600}, "limit.unpacked", "600", 0},
		{"ratio", "a bomb", oneSheet(row(1) + spaces), formats.Limits{}, "limit.ratio", "100", 0},
		{"ratio of the host", "its own number", oneSheet(row(1) + spaces), formats.Limits{Ratio: 50}, "limit.ratio", "50", 0},
		{"shared strings", "counted, whatever they declare", sst, formats.Limits{SharedStrings: 1}, "limit.shared_strings", "1", 0},
		{"shared bytes", "their text", sst, formats.Limits{SharedBytes: 4}, "limit.shared_bytes", "4", 0},
		{"shared string repeated", "as if it stood in the sheet each time, and in the list once", oneSheet(refuseRepeated(10)).shared("<t>" + strings.Repeat("a", 1000) + "</t>"), formats.Limits{PartBytes: 5000, Ratio: -1}, "limit.part", "5000", 5},
		{"findings", "of all rows", oneSheet(`<row><c t="e"><v>#N/A</v></c><c t="e"><v>#N/A</v></c></row><row><c t="e"><v>#N/A</v></c></row>`), formats.Limits{Findings: 2}, "limit.findings", "2", 2},
		{"merged", "ranges", book{"xl/worksheets/sheet1.xml": strings.Replace(sheetData(row(1)), "</worksheet>", `<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A3:B3"/></mergeCells></worksheet>`, 1)}, formats.Limits{Merged: 1}, "limit.merged", "1", 0},
		{"styles", "formats of cells", oneSheet(row(1)).with("xl/styles.xml", stylesPart("", 0, 0, 0, 0)), formats.Limits{Styles: 2}, "limit.styles", "2", 0},
		{"namespaces of the host", "its own number", oneSheet(`<extLst xmlns:a="x" xmlns:b="y"/>`), formats.Limits{XMLNamespaces: 2}, "limit.xml_namespaces", "2", 0},
		{"namespaces", "held at once", oneSheet("<extLst" + strings.NewReplacer(" a", " xmlns:a", `""`, `"x"`).Replace(numbered(100)) + "/>"), formats.Limits{}, "limit.xml_namespaces", "64", 0},
		{"depth", "200,000 elements", oneSheet(strings.Repeat("<extLst>", 200_000)), formats.Limits{Ratio: -1}, "limit.xml_depth", "64", 0},
		{"depth of the host", "its own number", oneSheet("<extLst><a><b/></a></extLst>"), formats.Limits{XMLDepth: 4}, "limit.xml_depth", "4", 0},
		{"attributes of the host", "its own number", oneSheet("<extLst" + numbered(8) + "/>"), formats.Limits{XMLAttributes: 7}, "limit.xml_attributes", "7", 0},
		{"attributes", "300 of them", oneSheet("<extLst" + numbered(300) + "/>"), formats.Limits{}, "limit.xml_attributes", "256", 0},
		{"token", "a piece of text", oneSheet(`<row r="1">` + inline("A1", strings.Repeat("ab ", 1000)) + `</row>`), formats.Limits{XMLToken: 1000}, "limit.xml_token", "1000", 1},
		{"token in a tag", "an attribute", oneSheet(`<row r="1" a="` + strings.Repeat("ab ", 1000) + `"/>`), formats.Limits{XMLToken: 1000}, "limit.xml_token", "1000", 0},
	}
	named := map[string]bool{"RecordBytes": true} // concerns CSV only, and is tested there
	for _, test := range tests {
		v := reflect.ValueOf(test.lim)
		for i := range v.NumField() {
			named[v.Type().Field(i).Name] = named[v.Type().Field(i).Name] || v.Field(i).Int() > 0
		}
	}
	for f := range reflect.TypeFor[formats.Limits]().Fields() {
		require.True(t, named[f.Name], "no case sets the limit %s", f.Name)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := test.book.zip()
			_, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Limits: test.lim})
			r := refusal(t, err)
			require.Equal(t, test.code, r.Code, test.reason)
			require.Equal(t, test.max, r.Args["max"], test.reason)
			require.Equal(t, test.row, r.Row, test.reason)

			// A host that raises the limit does not get its refusal.
			raised := formats.Limits{UploadBytes: -1, Rows: -1, Columns: -1, Cells: -1, CellChars: -1, Findings: -1, Entries: -1, PartBytes: -1, UnpackedBytes: -1,
				Ratio: -1, SharedStrings: -1, SharedBytes: -1, Merged: -1, Styles: -1, XMLDepth: -1, XMLAttributes: -1, XMLToken: -1, XMLNamespaces: -1}
			if _, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Limits: raised}); err != nil && test.name != "depth" {
				t.Errorf("with every limit raised: %v", err)
			}
		})
	}
}

// TestLimitsRaised: the host can raise every limit.
func TestLimitsRaised(t *testing.T) {
	data := oneSheet(`<row r="1">` + strings.Repeat(" ", 4<<20) + `<c r="ZZ1"><v>1</v></c></row>`).zip()
	table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Limits: formats.Limits{Ratio: -1, Columns: -1, XMLToken: 8 << 20}})
	require.NoError(t, err)
	require.Equal(t, 702, table.Columns())
}

// repeated returns n rows of the first shared string.
func refuseRepeated(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>`, i+1, i+1)
	}
	return b.String()
}

// numbered returns n rows of one number each.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}
