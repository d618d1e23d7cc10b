package templatetest

import (
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
)

func faultCases() []Case {
	return []Case{
		{Name: "files/faults", Rule: "A cell that a format could not read is an error, and is the same error in every file that is written from the preview.", run: filesFaults},
	}
}

// filesFaults reads each file with a fault of the format in every cell, writes the preview
// and reads what was written.
func filesFaults(b *bench) {
	for _, f := range b.s.Files {
		var tables []*formats.Table
		for _, s := range b.sheets(f) {
			tables = append(tables, b.faulty(s))
		}
		p := b.previewOf(b.dir(b.store()), f.Mode, tables)
		want := faultsOf(p)
		for row, fields := range want {
			if len(fields) == 0 {
				b.errorf("file %q, row %d: no column keeps the errors that the format found", f.Name, row+1)
			}
		}

		for _, w := range b.writers() {
			for name, of := range map[string]func(int) formats.Sheet{
				"the corrected file":       func(i int) formats.Sheet { return p.Sheet(i, messages.For("en")) },
				"the file of failing rows": func(i int) formats.Sheet { return p.Failing(i, messages.For("en")) },
			} {
				var again []*formats.Table
				for _, s := range b.sheets(f) {
					again = append(again, b.written(w, of(s.table)))
				}
				q := b.previewOf(b.dir(b.store()), f.Mode, again)
				if diff := cmp.Diff(want, faultsOf(q)); diff != "" {
					b.errorf("file %q, %s %s: the columns with an error of the format, by row (-before +read again):\n%s", f.Name, name, w.Ext(), diff)
				}
			}
		}
	}
}

// faultCode is an error that a format finds in a cell and that no text has.
const faultCode = "cell.number"

// faulty is the sheet as a format would have read it that could read no cell.
func (b *bench) faulty(s *sheet) *formats.Table {
	b.t.Helper()
	build := formats.NewBuilder(b.tpl.Tables[s.table].Name, formats.Limits{Rows: -1, Cells: -1, CellChars: -1, Findings: -1})
	for r := range b.read(s).Rows() {
		for c := range b.tpl.Tables[s.table].Columns {
			if err := build.Cell([]byte(r.Cell(c))); err != nil {
				b.fatalf("a cell cannot be read: %v", err)
			}
			if r.Number() > 1 {
				build.Find(formats.Finding{Severity: formats.Error, Code: faultCode, Row: r.Number(), Column: c + 1})
			}
		}
		if _, err := build.EndRow(r.Number(), r.Line()); err != nil {
			b.fatalf("a row cannot be read: %v", err)
		}
	}
	return build.Table()
}

// faultsOf are the fields of each row that have the fault.
func faultsOf(p *importer.Preview) [][]string {
	var out [][]string
	for r := range p.Rows() {
		var fields []string
		for _, f := range r.Findings {
			if f.Code == faultCode && f.Severity == formats.Error && r.Action == importer.ActionError {
				fields = append(fields, f.Field)
			}
		}
		slices.Sort(fields)
		out = append(out, fields)
	}
	return out
}
