package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
)

// ownColumns are the columns of a file that were written beside those of the list,
// by Sheet or Failing. They count from 1; 0 is a column that the file does not have.
type ownColumns struct {
	marks   int // the rows' marks
	errors  int // what is wrong, in words
	surplus int // cells that have no column
	rows    int // the number of rows in the file of failing rows that this was, 0 for another file
}

// has reports whether a column of the file, from 0, is one of them.
func (o *ownColumns) has(column int) bool {
	n := column + 1
	return n == o.marks || n == o.errors || n == o.surplus
}

// findOwn finds the columns by what is in them, under any heading and in any place.
// A column that the template knows is none of them.
func findOwn(read *formats.Table, head int, cols []int) ownColumns {
	var own ownColumns
	var first rowMark
	headings := read.Row(head)
	for c := range read.Columns() {
		switch {
		case slices.Contains(cols, c):
		case own.surplus == 0 && strings.EqualFold(strings.TrimSpace(headings.Cell(c)), headSurplus):
			own.surplus = c + 1
		case own.marks == 0:
			if m, ok := firstMark(read, head, c); ok {
				own.marks, first = c+1, m
			}
		}
	}
	if own.marks == 0 {
		return own
	}

	if first.check != "" {
		own.rows = max(1, first.rows)
	}
	for c := range headings.Len() {
		if first.errors != "" && !slices.Contains(cols, c) && headingSum(headings.Cell(c)) == first.errors {
			own.errors = c + 1
		}
	}

	// Files of earlier versions have the texts before the marks.
	if before := own.marks - 2; first.errors == "" && before >= 0 && !slices.Contains(cols, before) {
		own.errors = before + 1
	}
	return own
}

// firstMark returns the first mark in a column of the file, from 0.
func firstMark(read *formats.Table, head, column int) (rowMark, bool) {
	for i := head + 1; i < read.Len(); i++ {
		if m, ok := parseMark(read.Row(i).Cell(column)); ok {
			return m, true
		}
	}
	return rowMark{}, false
}

// headingSum returns the sum of a heading in a mark.
func headingSum(heading string) string { return shortSum(folding.Heading(heading)) }

// marked returns the faults of a row of the table as read that its mark names and
// that are still in their cells. Cells that have no column are a fault also without
// the mark.
func (t *gridTable) marked(spec *Table, src int) []formats.Finding {
	if t.own.marks == 0 && t.own.surplus == 0 {
		return nil
	}

	var out []formats.Finding
	row := t.read.Row(src)
	surplus := t.own.surplus > 0 && !isBlank(row.Cell(t.own.surplus-1))
	if m, ok := parseMark(row.Cell(t.own.marks - 1)); ok {
		for i := range m.faults {
			f := &m.faults[i]
			if at, there := t.faultAt(spec, row, f); there {
				surplus = surplus && at != t.own.surplus
				out = append(out, t.faultFinding(row, at, f))
			}
		}
	}
	if surplus {
		out = append(out, t.faultFinding(row, t.own.surplus, &markFault{code: codeSurplus}))
	}
	return out
}

// faultAt returns the column of the file, from 1, in which a row has a fault, or 0
// for the whole row. there is false if the text is not what it was.
func (t *gridTable) faultAt(spec *Table, row formats.Row, f *markFault) (column int, there bool) {
	same := func(c int) bool { return markSum(row.Cell(c)) == f.sum }
	switch {
	case f.column == wholeRow:
		return 0, t.rowSum(spec, row) == f.sum
	case f.column == surplusColumn:
		return t.own.surplus, t.own.surplus > 0 && same(t.own.surplus-1)
	case f.column[0] != '?':
		i := spec.column(f.column)
		if i < 0 || t.cols[i] < 0 {
			return 0, false
		}
		return t.cols[i] + 1, same(t.cols[i])
	}

	// Several columns may have the same unknown heading, such as none.
	head := t.read.Row(t.head)
	for c := range head.Len() {
		if headingSum(head.Cell(c)) == f.column[1:] && !slices.Contains(t.cols, c) && same(c) {
			return c + 1, true
		}
	}
	return 0, false
}

// rowSum returns the sum of the cells of a row of the file.
func (t *gridTable) rowSum(spec *Table, row formats.Row) string {
	return rowSum(spec.Columns, func(c int) (string, bool) { return row.Cell(t.cols[c]), t.cols[c] >= 0 })
}

// faultFinding returns a fault as a finding of this file.
func (t *gridTable) faultFinding(row formats.Row, column int, f *markFault) formats.Finding {
	out := formats.Finding{Severity: formats.Error, Code: f.code, Row: row.Number(), Line: row.Line(), Column: column, Args: f.args, Fix: f.fix}
	if column > 0 {
		_, shown := spoilt(plain(row.Cell(column - 1)))
		out.Value = formats.Show(shown)
		if t.read.Cells {
			out.Cell = formats.CellName(column, out.Row)
		}
	}
	return out
}

// fieldColumn returns the template's column that the file has in column n, from 1, or
// -1. It returns -1 for column 0, the whole row.
func (t *gridTable) fieldColumn(n int) int {
	if n == 0 {
		return -1
	}
	return t.column(n)
}

// fileFindings returns the findings of a row as read: those of its format, and the
// faults that its mark adds.
func (t *gridTable) fileFindings(spec *Table, src int) []formats.Finding {
	all := t.read.Row(src).Findings()
	for _, f := range t.marked(spec, src) {
		known := slices.ContainsFunc(all, func(x formats.Finding) bool { return x.Code == f.Code && x.Column == f.Column })
		if !known {
			all = append(slices.Clip(all), f)
		}
	}
	return all
}

// isEmptied reports whether a row of the file has nothing but a mark and its text:
// a person deleted the cells of the row and not the row.
func (t *gridTable) isEmptied(row formats.Row) bool {
	if t.own.marks == 0 {
		return false
	}
	for c := range row.Len() {
		if !t.own.has(c) && !isBlank(row.Cell(c)) {
			return false
		}
	}
	return true
}
