package importer_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
)

// faultyFile is a list with a good row and, last, a row with a fault that a format
// finds in a cell.
type faultyFile struct {
	name string
	code string // of the fault
	bare string // why the cell passes when the columns of the marks were deleted, or ""
	read func(t tb) *formats.Table
}

const faultyHeadings = "LAN ID,EMAIL,NAME,SUPERVISOR,ROLE,PIN,NOTE"

// faultyTemplate has a sensitive column, and names that are text.
func faultyTemplate() *importer.Template {
	tpl := pinned()
	tpl.Tables[0].Columns[2].AsText = true
	return tpl
}

// faultyText returns a list with a row in CSV.
func faultyText(row string) func(tb) *formats.Table {
	return func(t tb) *formats.Table {
		t.Helper()
		text := "\ufeff" + faultyHeadings + "\nl1,p1@x.com,Zoë,,User,,\n" + row + "\n"
		table, err := csv.Read(t.Context(), strings.NewReader(text), nil)
		require.NoError(t, err)
		return table
	}
}

// faultyBook returns a list with a row in XLSX. cells are those of the row, by column.
func faultyBook(after string, cells map[string]string) func(tb) *formats.Table {
	return func(t tb) *formats.Table {
		t.Helper()
		text := func(s string) string { return `t="inlineStr"><is><t>` + s + `</t></is></c>` }
		all := map[string]string{"A": text("l2"), "B": text("p2@x.com"), "C": text("Bob"), "E": text("User")}
		for c, s := range cells {
			all[c] = s
		}

		rows := `<row r="1">`
		for i, h := range strings.Split(faultyHeadings, ",") {
			rows += fmt.Sprintf(`<c r="%s" %s`, formats.CellName(i+1, 1), text(h))
		}
		rows += `</row><row r="2"><c r="A2" ` + text("l1") + `<c r="B2" ` + text("p1@x.com") + `<c r="C2" ` + text("Ada") + `</row><row r="3">`
		for c := 'A'; c <= 'I'; c++ {
			if s := all[string(c)]; s != "" {
				rows += fmt.Sprintf(`<c r="%c3" %s`, c, s)
			}
		}

		data := zipped(t, map[string]string{
			"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
			"_rels/.rels":                relation("officeDocument", "xl/workbook.xml"),
			"xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
			"xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
				`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			"xl/worksheets/sheet1.xml": `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</row></sheetData>` + after + `</worksheet>`,
		})
		table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), nil)
		require.NoError(t, err)
		return table
	}
}

func relation(kind, target string) string {
	return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="` + target + `"/></Relationships>`
}

func zipped(t tb, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func faultyFiles() []faultyFile {
	const unknown = "the column is not of the template"
	return []faultyFile{
		{"bytes that are not text", "csv.encoding", "", faultyText("l2,p2@x.com,Ren\xe9,,User,,")},
		{"bytes in a role", "csv.encoding", "", faultyText("l2,p2@x.com,Bob,,Us\xe9r,,")},
		{"bytes in an unknown column", "csv.encoding", unknown, faultyText("l2,p2@x.com,Bob,,User,,caf\xe9")},
		{"bytes in a sensitive column", "csv.encoding", "", faultyText("l2,p2@x.com,Bob,,User,12\xe9,")},
		{"quotation mark in a text", "csv.quote", "", faultyText(`l2,p2@x.com,"Bob" Bee,,User,,`)},
		{"quotation mark after a blank", "csv.quote", "", faultyText(`l2,p2@x.com, "Bob",,User,,`)},
		{"cells without a column", "csv.field_count", "", faultyText("l2,p2@x.com,Bob,,User,,,more,and more")},
		{"NUL", "text.control", "", faultyText("l2,p2@x.com,B\x00b,,User,,")},
		{"control character", "text.control", "", faultyText("l2,p2@x.com,B\x01b,,User,,")},
		{"letters that were lost before", "text.replacement", "", faultyText("l2,p2@x.com,Ren\ufffd,,User,,")},
		{"escape that was copied as text", "text.control", "", faultyText("l2,p2@x.com,B_x0002_b,,User,,")},
		{"date", "cell.date", "", faultyBook("", map[string]string{"C": `t="d"><v>2026-05-01</v></c>`})},
		{"date in a sensitive column", "cell.date", "", faultyBook("", map[string]string{"F": `t="d"><v>2026-05-01</v></c>`})},
		{"lost digits", "number.precision", "", faultyBook("", map[string]string{"C": `><v>12345678901234567890</v></c>`})},
		{"fraction in a text", "cell.fraction", "", faultyBook("", map[string]string{"C": `><v>1002.5</v></c>`})},
		{"formula without a value, required", "cell.formula_no_value", "", faultyBook("", map[string]string{"A": `><f>1+1</f></c>`})},
		{"formula without a value, optional", "cell.formula_no_value", "", faultyBook("", map[string]string{"C": `><f>1+1</f></c>`})},
		{"formula without a value, unknown column", "cell.formula_no_value", unknown, faultyBook("", map[string]string{"G": `><f>1+1</f></c>`})},
		{"spreadsheet error", "cell.excel_error", "", faultyBook("", map[string]string{"C": `t="e"><v>#REF!</v></c>`})},
		{"unknown spreadsheet error", "cell.excel_error", "", faultyBook("", map[string]string{"C": `t="e"><v>#BUSY!</v></c>`})},
		{"spreadsheet error beyond the headings", "cell.excel_error", "", faultyBook("", map[string]string{"I": `t="e"><v>#REF!</v></c>`})},
		{"no number", "cell.number", "", faultyBook("", map[string]string{"C": `t="b"><v>maybe</v></c>`})},
		{"under a merged cell", "cell.merged", "", faultyBook(`<mergeCells><mergeCell ref="C2:C3"/></mergeCells>`, nil)},
		{"too long", "text.too_long", "", faultyBook("", map[string]string{"C": `t="inlineStr"><is><t>` + strings.Repeat("x", 40_000) + `</t></is></c>`})},
	}
}

// writtenForm writes a preview in one form and reads it again.
type writtenForm struct {
	name string
	bare bool // without the columns of the marks
	make func(t tb, s *scene, p *importer.Preview) *importer.Preview
}

func writtenForms() []writtenForm {
	failing := func(_ tb, p *importer.Preview) formats.Sheet { return p.Failing(0, messages.For("fr")) }
	sheet := func(_ tb, p *importer.Preview) formats.Sheet { return p.Sheet(0, messages.For("en")) }
	corrected := func(t tb, p *importer.Preview) formats.Sheet {
		_, err := p.Edit(t.Context(), importer.Set(lastRow(p).ID, "supervisor", "l1"))
		require.NoError(t, err)
		return sheet(t, p)
	}

	file := func(of func(tb, *importer.Preview) formats.Sheet, w formats.Writer, change func(tb, *formats.Table) *formats.Table) func(tb, *scene, *importer.Preview) *importer.Preview {
		return func(t tb, s *scene, p *importer.Preview) *importer.Preview {
			table := through(t, w, of(t, p))
			if change != nil {
				table = change(t, table)
			}
			return listPreview(t, s, table)
		}
	}
	twice := func(t tb, s *scene, p *importer.Preview) *importer.Preview {
		q := listPreview(t, s, through(t, xlsx.Writer{}, sheet(t, p)))
		return listPreview(t, s, through(t, csv.Writer{}, failing(t, q)))
	}
	document := func(t tb, s *scene, p *importer.Preview) *importer.Preview {
		return reopened(t, s, s.store(t), saved(t, p))
	}

	return []writtenForm{
		{"CSV", false, file(sheet, csv.Writer{}, nil)},
		{"XLSX", false, file(sheet, xlsx.Writer{}, nil)},
		{"failing CSV", false, file(failing, csv.Writer{}, nil)},
		{"failing XLSX", false, file(failing, xlsx.Writer{}, nil)},
		{"corrected", false, file(corrected, csv.Writer{}, nil)},
		{"columns moved", false, file(failing, csv.Writer{}, reversed)},
		{"written twice", false, twice},
		{"document", false, document},
		{"CSV, no marks", true, file(sheet, csv.Writer{}, withoutMarks)},
		{"XLSX, no marks", true, file(sheet, xlsx.Writer{}, withoutMarks)},
		{"failing, no marks", true, file(failing, xlsx.Writer{}, withoutMarks)},
	}
}

// listPreview is the preview of a table in the scene.
func listPreview(t tb, s *scene, table *formats.Table) *importer.Preview {
	t.Helper()
	p, err := importer.New(s.open(s.store(t)), s.template, &importer.Options{Account: acme}).Preview(t.Context(), table)
	require.NoError(t, err)
	return p
}

// lastRow is the last row of a preview.
func lastRow(p *importer.Preview) importer.RowView {
	all := slices.Collect(p.Rows())
	return all[len(all)-1]
}

// reversed is the table with its columns in reverse order.
func reversed(t tb, table *formats.Table) *formats.Table {
	return rewritten(t, table, func(_ int, cells []string) []string {
		slices.Reverse(cells)
		return cells
	})
}

// withoutMarks is the table without the columns of what is wrong and of the marks.
func withoutMarks(t tb, table *formats.Table) *formats.Table {
	var drop []int
	for c, heading := range table.Row(0).Cells() {
		for _, lang := range []string{"en", "fr"} {
			if l := messages.For(lang); heading == l.Label("errors") || heading == l.Label("row_id") {
				drop = append(drop, c)
			}
		}
	}
	require.Contains(t, []int{0, 2}, len(drop), "both or, without a fault, none")
	return rewritten(t, table, func(_ int, cells []string) []string {
		for _, c := range slices.Backward(drop) {
			cells = slices.Delete(cells, c, c+1)
		}
		return cells
	})
}

// TestFaultsSurviveWriting: a row in which a format found an error has that error in
// every file that is written from its preview, until its cell is corrected. Without
// the columns of the marks the row is still in error. testdata/faults.txt shows the
// action and the codes of each fault in each form.
func TestFaultsSurviveWriting(t *testing.T) {
	var out strings.Builder
	for _, f := range faultyFiles() {
		s := asHost(faultyTemplate(), nil)
		first := lastRow(listPreview(t, s, f.read(t)))
		require.Equal(t, importer.ActionError, first.Action, "%s: %v", f.name, first)
		require.Contains(t, errorCodes(first), f.code, f.name)
		fmt.Fprintf(&out, "%s: %s\n", f.name, faultText(first))

		for _, form := range writtenForms() {
			r := lastRow(form.make(t, s, listPreview(t, s, f.read(t))))
			fmt.Fprintf(&out, "\t%-18s %s", form.name, faultText(r))
			switch {
			case !form.bare:
				require.Equal(t, importer.ActionError, r.Action, "%s, %s", f.name, form.name)
				require.Contains(t, errorCodes(r), f.code, "%s, %s", f.name, form.name)
			case f.bare != "":
				fmt.Fprintf(&out, " (%s)", f.bare)
			default:
				require.Equal(t, importer.ActionError, r.Action, "%s, %s", f.name, form.name)
			}
			out.WriteString("\n")
		}
	}

	const golden = "testdata/faults.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(out.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), out.String()), "(-want +got); -update rewrites it")
}

// faultText is the action of a row and the codes of its errors.
func faultText(r importer.RowView) string {
	return strings.TrimSpace(r.Action.String() + " " + strings.Join(errorCodes(r), " "))
}

// errorCodes are the codes of the errors of a row, sorted.
func errorCodes(r importer.RowView) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Severity == formats.Error {
			out = append(out, f.Code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestMarksAreVoid: a row is an error no longer once a person has corrected the cell, in
// the file or in the preview of the file, and other corrections change nothing.
func TestMarksAreVoid(t *testing.T) {
	for _, f := range faultyFiles() {
		s := asHost(faultyTemplate(), nil)
		first := listPreview(t, s, f.read(t))
		cells := lastRow(first).Cells
		at := ""
		for _, x := range lastRow(first).Findings {
			if x.Code == f.code {
				at = x.Field
			}
		}
		if at == "" {
			continue // the fault is in a column that the template does not have
		}
		good := map[string]string{"lan_id": "l2", "name": "Bob", "role": "User", "custom.pin": "1234"}[at]
		column := slices.Index([]string{"lan_id", "email", "name", "supervisor", "role", "custom.pin"}, at)
		correct := func(n int, c []string) []string {
			if n == 3 || n == 2 && c[0] != "l1" {
				c[column] = good
			}
			return c
		}
		other := func(n int, c []string) []string {
			if n == 3 || n == 2 && c[0] != "l1" {
				c[1] = mail(7)
			}
			return c
		}

		for _, w := range writers() {
			for _, sheet := range []formats.Sheet{first.Sheet(0, messages.For("en")), first.Failing(0, messages.For("en"))} {
				file := through(t, w, sheet)
				r := lastRow(listPreview(t, s, rewritten(t, file, correct)))
				require.Equal(t, importer.ActionCreate, r.Action, "%s: corrected in the file: %v", f.name, r)
				require.Equal(t, good == "1234", strings.Contains(fmt.Sprint(r.Changes), "custom.pin"))

				p := listPreview(t, s, rewritten(t, file, other))
				require.Contains(t, errorCodes(lastRow(p)), f.code, "%s: another cell corrected: %v", f.name, cells)
				require.Equal(t, mail(7), lastRow(p).Cells["email"])
				_, err := p.Edit(t.Context(), importer.Set(lastRow(p).ID, at, good))
				require.NoError(t, err)
				require.Equal(t, importer.ActionCreate, lastRow(p).Action, "%s: corrected in the preview: %v", f.name, lastRow(p))
			}
		}
	}
}

// TestMarksAreOfCells: of two cells with a fault, the one that is not corrected stays an
// error.
func TestMarksAreOfCells(t *testing.T) {
	s := asHost(faultyTemplate(), nil)
	p := listPreview(t, s, faultyText("l2,p2@x.com,Ren\xe9,,Us\xe9r,,")(t))
	for _, w := range writers() {
		for _, sheet := range []formats.Sheet{p.Sheet(0, messages.For("en")), p.Failing(0, messages.For("en"))} {
			q := listPreview(t, s, rewritten(t, through(t, w, sheet), func(_ int, c []string) []string {
				c[2] = strings.Replace(c[2], "Ren\ufffd", "René", 1)
				return c
			}))
			require.Equal(t, []string{"csv.encoding"}, errorCodes(lastRow(q)))
			_, err := q.Edit(t.Context(), importer.Set(lastRow(q).ID, "role", "User"))
			require.NoError(t, err)
			require.Equal(t, importer.ActionCreate, lastRow(q).Action)
		}
	}
}

// TestMarksName: the columns of the marks are known in any place, say what is wrong, and
// are not written again when nothing is wrong any more.
func TestMarksName(t *testing.T) {
	s := asHost(faultyTemplate(), nil)
	p := listPreview(t, s, faultyText("l2,p2@x.com,Ren\xe9,,User,,")(t))
	file := through(t, csv.Writer{}, p.Sheet(0, messages.For("en")))
	require.Equal(t, []string{"LAN ID", "EMAIL", "NAME", "SUPERVISOR", "ROLE", "PIN", "NOTE", "What is wrong", "Row id (leave as it is)"}, file.Row(0).Cells())
	require.Equal(t, []string{"l1", mail(1), "Zoë", "", "User"}, file.Row(1).Cells())
	require.Contains(t, file.Row(2).Cell(7), "characters that are not utf-8", "what is wrong")

	for _, table := range []*formats.Table{file, reversed(t, file)} {
		q := listPreview(t, s, table)
		require.Equal(t, []string{"header.unknown 7 NOTE"}, replaceColumn(told(q)), "no word about the other two columns")
		r := lastRow(q)
		require.Equal(t, map[string]string{"encoding": "utf-8"}, r.Findings[0].Args)

		_, err := q.Edit(t.Context(), importer.Set(r.ID, "name", "René"))
		require.NoError(t, err)
		require.Len(t, q.Sheet(0, messages.For("en")).Columns, 7)
	}
}

// replaceColumn puts 7 for the column that NOTE has in a reversed file.
func replaceColumn(told []string) []string {
	out := slices.Clone(told)
	for i := range out {
		out[i] = strings.Replace(out[i], " 3 NOTE", " 7 NOTE", 1)
	}
	return out
}

// TestFailingIsImported: a file of failing rows that is read as a list says so, also one
// of an earlier version, and a row whose cells were emptied is no row.
func TestFailingIsImported(t *testing.T) {
	s := asHost(pinned(), nil, row("l1", "bad", "Ada"), row("l2", "worse", "Bob"), []string{"l3", "wrong", "Cyd", "", "", "s3cr3t"})
	out := s.preview(t, s.store(t)).Failing(0, messages.For("en"))
	correct := func(n int, c []string) []string {
		switch n {
		case 2:
			c[1] = mail(1)
		case 3:
			copy(c, make([]string, 6))
		case 4:
			c[1] = mail(3)
		}
		return c
	}
	for _, w := range writers() {
		p := listPreview(t, s, rewritten(t, through(t, w, out), correct))
		require.Equal(t, []string{"failing.imported 0 "}, told(p))
		require.Equal(t, []string{
			"2 create l1 lan_id:>l1 email:>p1@x.com name:>Ada",
			"4 error !cell.withheld",
		}, briefs(show(p)), "the secret cell is blank in the file and must be typed again")
	}

	before := "LAN ID,EMAIL,NAME,What is wrong,Row id (leave as it is)\nl1,p1@x.com,Ada,bad,2~k3v6qa~abcdef\n"
	table, err := csv.Read(t.Context(), strings.NewReader(before), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"failing.imported 0 "}, told(listPreview(t, s, table)))
}
