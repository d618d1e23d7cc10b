package importer

import (
	"iter"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
)

// Sheet returns table number i, from 0, with all edits, to be written to a file.
// It has the columns of the file, also those that the Template does not know.
// Then come the Template's other columns in which an edit wrote a value. Cells
// keep the text that was typed, and withheld ones are blank. Removed rows are
// left out. The same template reads the sheet as the same rows.
func (p *Preview) Sheet(i int) formats.Sheet {
	s, order := p.sheet(i)
	s.Rows = p.sheetRows(i, order)
	return s
}

// sheet returns the columns of a table as a sheet, and the source of each column:
// a column of the template, or -1-n for column n of the file, from 0, that the
// template does not know.
func (p *plan) sheet(i int) (formats.Sheet, []int) {
	g := p.grid
	t, spec := &g.tables[i], &g.tpl.Tables[i]
	s := formats.Sheet{Name: spec.Name, Comment: g.tpl.Comment, AsRead: true}
	var order []int
	if t.read != nil {
		order, s.Columns = t.sheetColumns(spec)
	}

	for c := range spec.Columns {
		if t.cols[c] < 0 && (t.read == nil || p.anyIn(i, c)) {
			order, s.Columns = append(order, c), append(s.Columns, spec.sheetColumn(c, spec.Columns[c].Heading(t.lang), t.lang))
		}
	}

	for i := range s.Columns {
		s.Columns[i].Width = max(20, len(s.Columns[i].Heading)+4)
	}
	return s, order
}

// sheetColumns returns the columns of the file, in its order.
func (t *gridTable) sheetColumns(spec *Table) (order []int, columns []formats.SheetColumn) {
	byFile := map[int]int{} // template column by file column
	head := t.read.Row(t.head)
	width := head.Len()
	for c, at := range t.cols {
		if at >= 0 {
			byFile[at] = c
			width = max(width, at+1)
		}
	}

	for n := range width {
		heading := head.Cell(n)
		c, ok := byFile[n]
		if !ok {
			order, columns = append(order, -1-n), append(columns, formats.SheetColumn{Heading: heading, Text: true})
			continue
		}
		if !spec.knows(c, heading, t.lang) {
			// The column was mapped by hand. Its own heading would not be
			// recognised when the sheet is read again.
			heading = spec.Columns[c].Heading(t.lang)
		}
		order, columns = append(order, c), append(columns, spec.sheetColumn(c, heading, t.lang))
	}
	return order, columns
}

// sheetColumn returns a column of the template as a column of a sheet: its
// heading, help and values in the language.
func (t *Table) sheetColumn(c int, heading, lang string) formats.SheetColumn {
	col := &t.Columns[c]
	out := formats.SheetColumn{Heading: heading, Text: col.AsText, Comment: col.Help[lang]}
	if out.Comment == "" {
		out.Comment = col.Help["en"]
	}
	if len(col.Values) == 0 {
		out.Values = col.Offers
	}
	for _, v := range col.Values {
		out.Values = append(out.Values, col.Label(v.Name, lang))
	}
	return out
}

// knows reports whether the language has the heading for the column.
func (t *Table) knows(c int, heading, lang string) bool {
	folded := folding.Heading(heading)
	return slices.ContainsFunc(t.Columns[c].Headings[lang], func(h string) bool { return folding.Heading(h) == folded })
}

// anyIn reports whether an edit wrote a value in the column of the table.
func (p *plan) anyIn(table, column int) bool {
	for at, s := range p.grid.over {
		if int(at.column) == column && p.grid.rows[at.row].id.Table() == table && s != "" {
			return true
		}
	}
	return false
}

// sheetRows yields the cells of the table's rows. Each slice is valid until the
// next is yielded.
func (p *plan) sheetRows(table int, order []int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		cells := make([]string, 0, len(order))
		for r := range p.grid.ordered {
			if p.grid.rows[r].id.Table() != table {
				continue
			}
			cells = p.sheetRow(cells[:0], table, r, order)
			if !yield(cells) {
				return
			}
		}
	}
}

// sheetRow appends the cells of a row in the order that sheet returned.
func (p *plan) sheetRow(to []string, table int, row uint32, order []int) []string {
	g := p.grid
	at := &g.rows[row]

	for _, c := range order {
		text := ""
		switch {
		case c >= 0:
			text = g.text(row, c)
			if text == withheld {
				text = ""
			}
		case at.src >= 0:
			text = g.tables[table].read.Row(int(at.src)).Cell(-1 - c)
		}
		to = append(to, text)
	}
	return to
}
