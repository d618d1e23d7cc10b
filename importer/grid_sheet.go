package importer

import (
	"slices"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
)

// Sheet returns table number i, from 0, with all edits, to be written to a file.
// It has the columns of the file, also those that the Template does not know.
// Then come the Template's other columns in which an edit wrote a value. Cells
// keep the text that was typed, and withheld ones are blank. Removed rows are
// left out. The same template reads the sheet as the same rows.
//
// A cell with an error that its text does not show, such as a date, is written so
// that it remains an error: with a sign before its text ("#DATE! 2026-05-01"), or as
// "#N/A" if it has none. Then the sheet has two more columns, as in [Preview.Failing]:
// what is wrong, in the words of t, and a mark. The mark is void for a cell that was
// changed. A column "#SURPLUS!" holds cells that have no column.
func (p *Preview) Sheet(i int, t Texter) formats.Sheet {
	s, order := p.sheet(i)
	marked, surplus := p.withFaults(i, order, func(uint32) bool { return true })
	if surplus {
		order, s.Columns = append(order, surplusOrder), append(s.Columns, surplusHeading())
	}
	if marked {
		s.Columns = append(s.Columns, ownHeadings(t)...)
	}

	s.Rows = func(yield func([]string) bool) {
		cells := make([]string, 0, len(s.Columns))
		for r := range p.grid.ordered {
			if p.grid.rows[r].id.Table() != i || p.grid.isAbove(r) {
				continue
			}
			if cells = p.correctedRow(cells[:0], r, order, t); !yield(cells) {
				return
			}
		}
	}
	return s
}

// correctedRow appends the cells of a row for Sheet. A row with faults has what is
// wrong and the mark after them.
func (p *Preview) correctedRow(cells []string, r uint32, order []int, t Texter) []string {
	faults := p.faults(r)
	cells = p.sheetRow(cells, r, order, faults)
	if len(faults) == 0 {
		return cells
	}

	m := rowMark{id: rowIDText(p.grid.rows[r].id), errors: headingSum(t.Label("errors"))}
	m.faults = p.markFaults(r, order, cells, faults)
	return append(cells, p.errorTexts(r, t), m.String())
}

// sheet returns the columns of a table as a sheet, and the source of each column:
// a column of the template, or -1-n for column n of the file, from 0, that the
// template does not know. Columns of marks are left out.
func (p *plan) sheet(i int) (formats.Sheet, []int) {
	g := p.grid
	t, spec := &g.tables[i], &g.tpl.Tables[i]
	s := formats.Sheet{Name: spec.Name, Comment: g.tpl.Comment, AsRead: true}
	var order []int
	if t.read != nil {
		if d := t.read.Source["delimiter"]; d != "" {
			s.Delimiter, _ = utf8.DecodeRuneInString(d)
		}
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
	var head formats.Row    // without cells if the file has no headings
	if t.head >= 0 {
		head = t.read.Row(t.head)
	}
	width := head.Len()
	for c, at := range t.cols {
		if at >= 0 {
			byFile[at] = c
			width = max(width, at+1)
		}
	}

	for n := range width {
		if t.own.has(n) {
			continue
		}
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

// sheetRow appends the cells of a row in the order that sheet returned.
func (p *plan) sheetRow(to []string, row uint32, order []int, faults []formats.Finding) []string {
	for _, c := range order {
		switch {
		case c >= 0:
			to = append(to, p.written(row, c, faults))
		case c == surplusOrder:
			to = append(to, p.writtenSurplus(row, order, faults))
		default:
			to = append(to, p.writtenOther(row, -1-c))
		}
	}
	return to
}
