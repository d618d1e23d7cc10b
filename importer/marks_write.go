package importer

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// surplusOrder is the source of the column of a sheet that holds cells without a
// column; see plan.sheet.
const surplusOrder = math.MinInt

// faults returns the errors of a row that its cells do not show as text: those that
// the format found, and cells whose text a document left out. Their columns are
// those of the file, and 0 for the whole row. Value is not set.
func (p *plan) faults(row uint32) []formats.Finding {
	g := p.grid
	found := g.notes(row)
	spec := g.spec(row)

	var out []formats.Finding
	if len(found) > 0 {
		t := &g.tables[g.rows[row].id.Table()]
		notes := p.read(row).says.notes
		for _, f := range found {
			c := t.fieldColumn(f.Column)
			isError := slices.ContainsFunc(notes, func(n note) bool {
				return n.code == f.Code && n.column == c && n.severity == formats.Error
			})
			if isError {
				out = append(out, formats.Finding{Code: f.Code, Column: f.Column, Field: spec.fieldAt(c), Args: f.Args, Fix: f.Fix})
			}
		}
	}

	for c := range spec.Columns {
		if spec.Columns[c].Sensitive && g.text(row, c) == withheld {
			out = append(out, formats.Finding{Code: "cell.withheld", Field: spec.Columns[c].Field})
		}
	}
	return out
}

// fieldAt returns the field of a column, or "" for column -1.
func (t *Table) fieldAt(column int) string {
	if column < 0 {
		return ""
	}
	return t.Columns[column].Field
}

// hasFault reports whether one of the faults is in the field.
func hasFault(faults []formats.Finding, field string) (code string, ok bool) {
	for _, f := range faults {
		if f.Field == field {
			return f.Code, true
		}
	}
	return "", false
}

// written returns the text of a cell for a file. A cell with a fault is written so
// that no column accepts its text: with a sign before it, or as the error of a
// spreadsheet if it has no text or a secret one.
func (p *plan) written(row uint32, column int, faults []formats.Finding) string {
	c := &p.grid.spec(row).Columns[column]
	text := p.grid.text(row, column)
	if text == withheld {
		return ""
	}
	if p.actionOf(row) == ActionError {
		text = cutToCell(escaped(text))
	}

	code, ok := hasFault(faults, c.Field)
	switch {
	case !ok:
		return text
	case c.Sensitive:
		return signSecret
	case isBlank(text):
		return signLost
	case refusesItself(text):
		return text
	}
	return cutToCell(signed(code, text))
}

// writtenOther returns the text of column n of the file, from 0, that the Template
// does not know.
func (p *plan) writtenOther(row uint32, n int) string {
	at := &p.grid.rows[row]
	if at.src < 0 {
		return ""
	}
	text := p.grid.tables[at.id.Table()].read.Row(int(at.src)).Cell(n)
	if p.actionOf(row) == ActionError {
		text = cutToCell(escaped(text))
	}
	return text
}

// writtenSurplus returns the text of the cells of a row that have no column in the
// sheet, if one of them has a fault.
func (p *plan) writtenSurplus(row uint32, order []int, faults []formats.Finding) string {
	at := &p.grid.rows[row]
	if at.src < 0 || !slices.ContainsFunc(faults, func(f formats.Finding) bool { return isSurplus(f, order) }) {
		return ""
	}

	t := &p.grid.tables[at.id.Table()]
	r := t.read.Row(int(at.src))
	var texts []string
	for n := range r.Len() {
		own := t.own.has(n) && n != t.own.surplus-1
		if !own && !slices.Contains(t.cols, n) && !slices.Contains(order, -1-n) && !isBlank(r.Cell(n)) {
			texts = append(texts, r.Cell(n))
		}
	}
	if len(texts) == 0 {
		return signLost
	}
	return cutToCell(escaped(strings.Join(texts, "; ")))
}

// isSurplus reports whether a fault is in a cell without a column in the sheet.
func isSurplus(f formats.Finding, order []int) bool {
	return f.Column > 0 && f.Field == "" && !slices.Contains(order, -f.Column)
}

// markFaults returns the faults of a row for its mark. cells are the row's cells as
// they are written, in the order of the sheet.
func (p *plan) markFaults(row uint32, order []int, cells []string, faults []formats.Finding) []markFault {
	spec := p.grid.spec(row)
	t := &p.grid.tables[p.grid.rows[row].id.Table()]

	var out []markFault
	for _, f := range faults {
		x := markFault{code: f.Code, args: f.Args, fix: f.Fix}
		source := -f.Column // of an unknown column
		switch {
		case f.Field != "":
			source = spec.column(f.Field)
			x.column = f.Field
			if spec.Columns[source].Sensitive {
				x.args, x.fix = nil, nil
			}
		case f.Column == 0:
			x.column = wholeRow
			x.sum = rowSum(spec.Columns, func(c int) (string, bool) { return cellOf(order, cells, c) })
			out = append(out, x)
			continue
		case isSurplus(f, order):
			x.column, source = surplusColumn, surplusOrder
		default:
			x.column = "?" + headingSum(t.read.Row(t.head).Cell(f.Column-1))
		}

		if text, there := cellOf(order, cells, source); there {
			x.sum = markSum(text)
			out = append(out, x)
		}
	}
	return out
}

// cellOf returns the cell of a source, and whether the sheet has it.
func cellOf(order []int, cells []string, source int) (string, bool) {
	n := slices.Index(order, source)
	if n < 0 {
		return "", false
	}
	return cells[n], true
}

// errorTexts returns the errors of a row in words.
func (p *plan) errorTexts(row uint32, t Texter) string {
	var texts []string
	for _, f := range p.show(row).Findings {
		if f.Severity == formats.Error {
			texts = append(texts, strings.TrimSpace(t.Finding(f)+" "+t.Suggestion(f)))
		}
	}
	return cutToCell(strings.Join(texts, " "))
}

// surplusHeading returns the column for cells that have no column.
func surplusHeading() formats.SheetColumn {
	return formats.SheetColumn{Heading: headSurplus, Text: true, Width: 20}
}

// ownHeadings returns the columns for what is wrong and for the marks.
func ownHeadings(t Texter) []formats.SheetColumn {
	return []formats.SheetColumn{
		{Heading: t.Label("errors"), Text: true, Width: 60},
		{Heading: t.Label("row_id"), Text: true, Width: 16},
	}
}

// withFaults reports whether any live row of the table that keep chooses has a fault,
// and whether one has a fault in a cell without a column.
func (p *plan) withFaults(table int, order []int, keep func(row uint32) bool) (any, surplus bool) {
	for r := range p.grid.ordered {
		if p.grid.rows[r].id.Table() != table || !keep(r) {
			continue
		}
		faults := p.faults(r)
		any = any || len(faults) > 0
		if slices.ContainsFunc(faults, func(f formats.Finding) bool { return isSurplus(f, order) }) {
			return true, true
		}
	}
	return any, false
}

// isFailing reports whether the row is in error or blocked.
func (p *plan) isFailing(row uint32) bool {
	a := p.actionOf(row)
	return a == ActionError || a == ActionBlocked
}

// rowIDText returns a row id as a file has it: "7", or "2/7" for the second table.
func rowIDText(id users.RowID) string {
	s := strconv.Itoa(id.Number())
	if t := id.Table(); t > 0 {
		s = strconv.Itoa(t+1) + "/" + s
	}
	return s
}
