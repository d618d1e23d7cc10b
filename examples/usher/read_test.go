package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// book is a workbook whose sheets have these rows. The second cell format is a date.
func book(t *testing.T, sheets ...string) string {
	t.Helper()
	const (
		main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
		doc  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
		rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`
		rel  = `<Relationship Id="r%d" Type="` + doc + `/%s" Target="%s"/>`
	)
	parts := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":         fmt.Sprintf(rels, fmt.Sprintf(rel, 1, "officeDocument", "xl/workbook.xml")),
		"xl/styles.xml":       `<styleSheet ` + main + `><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>`,
	}
	list, targets := "", fmt.Sprintf(rel, 0, "styles", "styles.xml")
	for i, sheet := range sheets {
		parts[fmt.Sprintf("xl/sheet%d.xml", i)] = `<worksheet ` + main + `>` + sheet + `</worksheet>`
		targets += fmt.Sprintf(rel, i+1, "worksheet", fmt.Sprintf("sheet%d.xml", i))
		list += fmt.Sprintf(`<sheet name="S%d" sheetId="%d" r:id="r%d"/>`, i, i+1, i+1)
	}
	parts["xl/workbook.xml"] = `<workbook ` + main + ` xmlns:r="` + doc + `"><sheets>` + list + `</sheets></workbook>`
	parts["xl/_rels/workbook.xml.rels"] = fmt.Sprintf(rels, targets)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range parts {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return fileOf(t, "book.xlsx", out.String())
}

func fileOf(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// TestReadJSON checks the output of "read --json", object by object: every line
// is a row, and no finding is lost.
func TestReadJSON(t *testing.T) {
	rows := `<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>NAME</t></is></c><c r="B1" t="inlineStr"><is><t>SINCE</t></is></c></row>` +
		`<row r="3"><c r="A3" t="e"><v>#N/A</v></c><c r="B3" s="1"><v>45385</v></c><c r="C3"/></row>` +
		`<row r="4"><c r="A4"><v>442083661177</v></c></row><row r="5"><c r="A5"><v>7</v></c></row></sheetData><mergeCells><mergeCell ref="A4:A5"/></mergeCells>`
	tests := []struct {
		name, reason string
		path         string
		status       int
		want         string
		problems     string
	}{
		{"a good file", "rows alone", fileOf(t, "a.csv", "NAME,EMAIL\nAda,ada@example.com\n"), 0,
			`{"row":1,"line":1,"cells":["NAME","EMAIL"],"findings":[]}
{"row":2,"line":2,"cells":["Ada","ada@example.com"],"findings":[]}
`, ""},
		{"the whole file", "leads the first row, without a row of its own", fileOf(t, "a.csv", "NAME\nJos\xe9\n"), 0,
			`{"row":1,"line":1,"cells":["NAME"],"findings":[{"severity":"warning","code":"csv.encoding_guessed","args":{"encoding":"windows-1252","sample":"José"}}]}
{"row":2,"line":2,"cells":["José"],"findings":[]}
`, ""},
		{"a workbook", "cells have names; a row that shows nothing tells what it had, with its number", book(t, rows), 1,
			`{"row":1,"line":1,"cells":["NAME","SINCE"],"findings":[{"severity":"warning","code":"xlsx.merged","args":{"count":"1","ranges":"A4:A5"}}]}
{"row":3,"line":3,"cells":["#N/A","2024-04-03"],"findings":[{"severity":"error","code":"cell.excel_error","row":3,"line":3,"column":1,"cell":"A3","value":"#N/A"},{"severity":"warning","code":"cell.date","row":3,"line":3,"column":2,"cell":"B3","value":"2024-04-03"}]}
{"row":4,"line":4,"cells":["442083661177"],"findings":[]}
{"row":5,"line":5,"cells":[],"findings":[{"severity":"error","code":"cell.merged","row":5,"line":5,"column":1,"cell":"A5","value":"7","args":{"range":"A4:A5","text":"442083661177"}}]}
`, ""},
		{"an error where nothing shows", "keeps its row", book(t, `<sheetData><row r="7"><c r="B7"><f>A1</f></c></row></sheetData>`), 1,
			`{"row":7,"line":7,"cells":[],"findings":[{"severity":"error","code":"cell.formula_no_value","row":7,"line":7,"column":2,"cell":"B7"}]}
`, ""},
		{"no rows", "what was found goes to standard error", book(t, ``, ``), 0, "", "xlsx.other_sheets"},
		{"refused", "one object, one line", book(t, `<sheetData><row r="2"><c r="A3"/></row></sheetData>`), 2,
			`{"error":{"code":"xlsx.cell_ref","message":"Row 2: “A3” is not a valid cell name in this place. Open the workbook in Excel and save it again.","row":2}}
`, ""},
		{"refused as a whole", "row 0", fileOf(t, "a.csv", "PK\x03\x04"), 2,
			`{"error":{"code":"file.type","message":"This is a zip archive. Unpack the archive and choose the file inside.","row":0}}
`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, problems bytes.Buffer
			require.Equal(t, test.status, run(t.Context(), []string{"read", "--json", test.path}, strings.NewReader(""), &out, &problems), test.reason)
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			if test.problems == "" {
				require.Empty(t, problems.String(), test.reason)
			} else {
				require.Contains(t, problems.String(), test.problems, test.reason)
			}
		})
	}
}
