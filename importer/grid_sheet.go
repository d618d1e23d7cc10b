package importer

import (
	"iter"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
)

// Sheet is table number i as it stands now, to be written to a file: the
// columns of the file as it was read, those nobody asked for included, then
// the Template's other columns as far as a row was given a value there. Cells
// keep what was typed; rows removed are left out. It reads as the same rows in
// the same template.
func (p *Preview) Sheet(i int) formats.Sheet {
	s, order := p.sheet(i)
	s.Rows = p.sheetRows(i, order)
	return s
}

// sheet is the head of a table as it stands: its columns, and where each comes
// from: a column of the template, or -1-n for the file's column n that nobody asked for.
func (p *plan) sheet(i int) (formats.Sheet, []int) {
	g := p.grid
	t, spec := &g.tables[i], &g.tpl.Tables[i]
	s := formats.Sheet{Name: spec.Name, Comment: g.tpl.Comment}
	byFile := map[int]int{} // file column → template column
	for c, at := range t.cols {
		if at >= 0 {
			byFile[at] = c
		}
	}
	var order []int
	if t.read != nil {
		head := t.read.Row(t.head)
		width := head.Len()
		for at := range byFile {
			width = max(width, at+1)
		}
		for n := range width {
			col := formats.SheetColumn{Heading: head.Cell(n), Text: true}
			c, ok := byFile[n]
			if ok && !spec.knows(c, col.Heading, t.lang) { // given by hand: the file read again must be understood
				col.Heading = spec.Columns[c].Heading(t.lang)
			}
			if !ok {
				order, s.Columns = append(order, -1-n), append(s.Columns, col)
				continue
			}
			order, s.Columns = append(order, c), append(s.Columns, spec.sheetColumn(c, col.Heading, t.lang))
		}
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

// sheetColumn describes a column of the template for a sheet.
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

// knows reports whether a heading stands for the column in the language.
func (t *Table) knows(c int, heading, lang string) bool {
	folded := folding.Heading(heading)
	return slices.ContainsFunc(t.Columns[c].Headings[lang], func(h string) bool { return folding.Heading(h) == folded })
}

func (p *plan) anyIn(table, column int) bool {
	for at, s := range p.grid.over {
		if int(at.column) == column && p.grid.rows[at.row].id.Table() == table && s != "" {
			return true
		}
	}
	return false
}

func (p *plan) sheetRows(table int, order []int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		cells := make([]string, 0, len(order))
		for r := range p.grid.ordered {
			if p.grid.rows[r].id.Table() == table {
				if cells = p.sheetRow(cells[:0], table, r, order); !yield(cells) {
					return
				}
			}
		}
	}
}

// sheetRow appends the cells of a row.
func (p *plan) sheetRow(to []string, table int, row uint32, order []int) []string {
	g := p.grid
	at := &g.rows[row]
	for _, c := range order {
		text := ""
		switch {
		case c >= 0:
			if text = g.text(row, c); text == withheld {
				text = ""
			}
		case at.src >= 0:
			text = g.tables[table].read.Row(int(at.src)).Cell(-1 - c)
		}
		to = append(to, text)
	}
	return to
}
