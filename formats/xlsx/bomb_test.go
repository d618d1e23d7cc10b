package xlsx_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

// TestBombs: a file that is made to cost much is refused after a few windows were
// allocated. The declared and the unpacked size do not matter.
func TestBombs(t *testing.T) {
	one := `<row r="1"><c r="A1"><v>1</v></c></row>`
	part := func(content string) book { return book{"xl/worksheets/sheet1.xml": content} }
	laughs := `<!DOCTYPE sst [<!ENTITY a0 "ha">`
	for i := range 9 {
		laughs += fmt.Sprintf(`<!ENTITY a%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&a%d;", i), 10))
	}
	laughs += "]>"
	endless := strings.Repeat(" ", 20<<20)
	loose := formats.Limits{Ratio: -1, PartBytes: -1, UnpackedBytes: -1}
	tests := []struct {
		name, reason string
		book         book
		lim          formats.Limits
		code         string
	}{
		{"billion laughs", "in the strings", oneSheet(one).with("xl/sharedStrings.xml", laughs+`<sst xmlns="`+mainNS+`"><si><t>&a9;</t></si></sst>`), loose, "xlsx.doctype"},
		{"quadratic entities", "one long, often", part(`<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("a", 1000) + `">]>` + sheetData(strings.Repeat("&a;", 1000))), loose, "xlsx.doctype"},
		{"200,000 deep", "elements", oneSheet(strings.Repeat("<extLst>", 200_000)), loose, "limit.xml_depth"},
		{"200,000 deep in the styles", "elements", oneSheet(one).with("xl/styles.xml", `<styleSheet xmlns="`+mainNS+`">`+strings.Repeat("<a>", 200_000)), loose, "limit.xml_depth"},
		{"50,000 attributes", "of one element", oneSheet("<row" + numbered(50_000) + "/>"), loose, "limit.xml_attributes"},
		{"50,000 namespaces", "of one element", oneSheet("<extLst" + strings.ReplaceAll(numbered(50_000), " a", " xmlns:a") + "/>"), loose, "limit.xml_attributes"},
		{"20 MB of white space", "it grows 1,000 times", part(sheetData(endless)), formats.Limits{}, "limit.ratio"},
		{"20 MB of text", "one piece", part(sheetData(endless)), loose, "limit.xml_token"},
		{"20 MB in a name", "one tag", part(`<worksheet xmlns="` + mainNS + `"><` + strings.ReplaceAll(endless, " ", "a")), loose, "limit.xml_token"},
		{"20 MB in a comment", "one piece", part("<!--" + endless), loose, "limit.xml_token"},
		{"20 MB in the workbook part", "it is read before the sheet", oneSheet(one).with("xl/workbook.xml", workbookPart(endless)), loose, "limit.xml_token"},
		{"2 million cells", "100 KB", oneSheet(strings.Repeat(`<row>`+strings.Repeat(`<c><v>1</v></c>`, 250)+`</row>`, 8_000)), formats.Limits{}, "limit.ratio"},
		{"a million relationships", "that lead nowhere", oneSheet(one).with("xl/_rels/workbook.xml.rels", rels(strings.Repeat(`<Relationship Id="a" Type="b" Target="c"/>`, 1_000_000))), loose, "limit.entries"},
		{"a million sheets", "of one part", oneSheet(one).with("xl/workbook.xml", workbookPart(strings.Repeat(`<sheet name="a" sheetId="1" r:id="rId1"/>`, 1_000_000))), loose, "limit.entries"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := test.book.zip()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Limits: test.lim})
			runtime.ReadMemStats(&after)
			require.Equal(t, test.code, refusal(t, err).Code, test.reason)
			if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
				t.Errorf("%d MB allocated", took>>20)
			}
		})
	}
}

// TestHarmlessBombs: a file that only looks expensive is read, and costs little.
func TestHarmlessBombs(t *testing.T) {
	row := `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`
	b := oneSheet(row).with("xl/sharedStrings.xml", `<sst xmlns="`+mainNS+`" count="4294967295" uniqueCount="4294967295"><si><t>Ann</t></si></sst>`).
		with("xl/worksheets/sheet1.xml", `<worksheet xmlns="`+mainNS+`"><dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384" hidden="1"/></cols><sheetData>`+row+
			`<row r="1048576"><c r="XFD1048576" s="4294967295"/></row></sheetData><mergeCells count="4294967295"><mergeCell ref="A2:XFD1048576"/></mergeCells></worksheet>`).
		with("xl/media/bomb.bin", strings.Repeat("\x00", 20<<20))
	data := b.pack(zip.Deflate)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	table, err := read(t, data)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Equal(t, map[int][]string{1: {"Ann"}}, cells(table))
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
}
