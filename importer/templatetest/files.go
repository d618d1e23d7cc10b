package templatetest

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
)

func fileCases() []Case {
	return []Case{
		{Name: "files/blank", Rule: "The headings of a blank template are recognised in each language, each as its own column.", run: filesBlank},
		{
			Name: "files/export", Rule: "An export that is written to a file and read back changes nothing, in any mode and language.", run: filesExport,
			skipped: func(_ *importer.Template, s Samples) string { return s.NoExport },
		},
		{
			Name: "files/failing", Rule: "A file of the rows in error that comes back as it is changes nothing, and a corrected one corrects the same cells.", run: filesFailing,
			skipped: func(tpl *importer.Template, _ Samples) string {
				if tpl.Fixed {
					return "rows of this template can only be removed"
				}
				return ""
			},
		},
	}
}

// filesBlank writes a blank template with one row, in which each cell names its own column.
func filesBlank(b *bench) {
	cell := func(table, column int) string { return fmt.Sprintf("cell-%d-%d", table+1, column+1) }
	for _, lang := range b.tpl.Languages() {
		for _, w := range b.writers() {
			var tables []*formats.Table
			for i := range b.tpl.Tables {
				s := b.tpl.Sheet(i, lang)
				var cells []string
				for c := range s.Columns {
					cells = append(cells, cell(i, c))
				}
				s.Rows = formats.Rows(cells)
				tables = append(tables, b.written(w, s))
			}
			where := fmt.Sprintf("in %s, written to a file %s", lang, w.Ext())
			p, err := b.importer(b.dir(b.store()), "").Preview(b.ctx, tables...)
			if err != nil {
				b.errorf("a blank template %s is refused: %v", where, err)
				continue
			}

			for _, f := range p.Findings() {
				if f.Code != "mass.lowered" {
					b.errorf("a blank template %s has the finding %s: %v %q", where, f.Code, f.Args, f.Value)
				}
			}
			rows := slices.Collect(p.Rows())
			if len(rows) != len(b.tpl.Tables) {
				b.errorf("a blank template %s with a row in each table has %d rows", where, len(rows))
			}
			for _, r := range rows {
				table := r.ID.Table()
				want := map[string]string{}
				for c, col := range b.tpl.Tables[table].Columns {
					want[col.Field] = cell(table, c)
				}
				if diff := cmp.Diff(want, r.Cells); diff != "" {
					b.errorf("table %q, a blank template %s (-filled in +read):\n%s", b.tpl.Tables[table].Name, where, diff)
				}
			}
		}
	}
}

// filesExport exports the stored people, and the people after each file.
func filesExport(b *bench) {
	written := 0
	files := append([]File{{Name: "none"}}, b.s.Files...)
	for _, f := range files {
		store := b.store()
		if len(f.Tables) > 0 {
			b.commit(b.preview(b.dir(store), f.Mode, b.sheets(f)))
		}
		for _, lang := range b.tpl.Languages() {
			written += b.exported(f, lang, b.dir(store))
		}
	}
	if written == 0 {
		b.errorf("nothing is exported: store a person of whom the template has a column for every field, or say in NoExport why it cannot be exported")
	}
}

// exported writes what the store has in all tables, and reads it. It returns the number of rows.
func (b *bench) exported(f File, lang string, dir *users.Directory) (rows int) {
	b.t.Helper()
	var sheets []formats.Sheet
	for i := range b.tpl.Tables {
		out, err := importer.Export(b.ctx, dir, b.tpl, &importer.ExportOptions{Account: b.s.Account, Table: i, Lang: lang})
		if err != nil {
			b.fatalf("the table %q cannot be exported: %v", b.tpl.Tables[i].Name, err)
		}
		rows += out.Rows
		sheets = append(sheets, out.Sheet)
	}
	if rows == 0 {
		return 0
	}

	for _, w := range b.writers() {
		var tables []*formats.Table
		for _, s := range sheets {
			tables = append(tables, b.written(w, s))
		}
		for _, m := range b.modes() {
			p := b.previewOf(dir, m, tables)
			for r := range p.Rows() {
				if r.Action != importer.ActionUnchanged {
					b.errorf("what is stored after the file %q, exported in %s to a file %s and read in mode %s: row %d of table %q is %s:\n%s",
						f.Name, lang, w.Ext(), m, r.Number, b.tpl.Tables[r.ID.Table()].Name, r.Action, b.text(r))
				}
			}
		}
	}
	return rows
}

// filesFailing takes the rows in error out of each file and gives them back.
func filesFailing(b *bench) {
	failing := 0
	for _, f := range b.s.Files {
		for i := range b.tpl.Tables {
			for _, w := range b.writers() {
				failing += b.failing(f, i, w)
			}
		}
	}
	if failing == 0 {
		b.errorf("no row of the samples is in error: add one to a file")
	}
}

// failing holds the file of failing rows of one table against the rule. It
// returns the number of rows.
func (b *bench) failing(f File, table int, w formats.Writer) int {
	b.t.Helper()
	dir := b.dir(b.store())
	sheets := b.sheets(f)
	p := b.preview(dir, f.Mode, sheets)
	want := b.text(show(p))

	out := p.Failing(table, messages.For("en"))
	var rows [][]string
	for r := range out.Rows {
		rows = append(rows, slices.Clone(r))
	}
	in := 0
	for r := range p.Rows(importer.WithAction(importer.ActionError, importer.ActionBlocked)) {
		if r.ID.Table() == table {
			in++
		}
	}
	if len(rows) != in {
		b.errorf("file %q, table %q: %d rows are in error, and the file of them has %d", f.Name, b.tpl.Tables[table].Name, in, len(rows))
	}
	if len(rows) == 0 {
		return 0
	}

	where := fmt.Sprintf("file %q, table %q, the rows in error in a file %s", f.Name, b.tpl.Tables[table].Name, w.Ext())
	out.Rows = formats.Rows(rows...)
	if _, err := p.Merge(b.ctx, b.written(w, out)); err != nil {
		b.errorf("%s cannot be given back: %v", where, err)
		return len(rows)
	}
	if diff := cmp.Diff(want, b.text(show(p))); diff != "" {
		b.errorf("%s, given back as they are (-before +after):\n%s", where, diff)
		return len(rows)
	}
	b.corrected(f, table, w, out, rows, sheets, where)
	return len(rows)
}

// corrected corrects one cell after the other in the file of failing rows, and
// in the table that they came from.
func (b *bench) corrected(f File, table int, w formats.Writer, out formats.Sheet, rows [][]string, sheets []*sheet, where string) {
	b.t.Helper()
	s := sheets[slices.IndexFunc(sheets, func(s *sheet) bool { return s.table == table })]
	for c, col := range b.tpl.Tables[table].Columns {
		if col.Sensitive {
			continue
		}
		dir := b.dir(b.store())
		p := b.preview(dir, f.Mode, sheets)
		edited := clones(sheets)
		e := edited[slices.Index(sheets, s)]
		corrected := make([][]string, len(rows))
		at := 0
		for r := range p.Rows(importer.WithAction(importer.ActionError, importer.ActionBlocked)) {
			if r.ID.Table() != table {
				continue
			}
			corrected[at] = slices.Clone(rows[at])
			corrected[at][c] = "corrected"
			e.rows[slices.IndexFunc(e.rows, func(x row) bool { return x.number == r.Number })].cells[c] = "corrected"
			at++
		}

		out.Rows = formats.Rows(corrected...)
		if _, err := p.Merge(b.ctx, b.written(w, out)); err != nil {
			b.errorf("%s, corrected in column %s, cannot be given back: %v", where, col.Field, err)
			continue
		}
		if diff := cmp.Diff(b.text(show(b.preview(dir, f.Mode, edited))), b.text(show(p))); diff != "" {
			b.errorf("%s, corrected in column %s (-the corrected table +given back):\n%s", where, col.Field, diff)
			return
		}
	}
}
