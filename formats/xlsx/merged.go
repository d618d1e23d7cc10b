package xlsx

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/usher-go/usher/formats"
)

// A mergedRange is a block of cells that is shown as one cell, with the value of its
// first cell. Rows and columns count from 1.
type mergedRange struct{ top, left, bottom, right int }

// String returns the range as a spreadsheet names it: "E2:E4".
func (r mergedRange) String() string {
	return formats.CellName(r.left, r.top) + ":" + formats.CellName(r.right, r.bottom)
}

// parseRange parses the name of a cell or a range, which may name any two opposite
// corners.
func parseRange(ref []byte) (r mergedRange, err error) {
	first, last, ok := bytes.Cut(ref, []byte(":"))
	if !ok {
		last = first
	}
	if r.left, r.top, err = parseCell(first); err != nil {
		return r, err
	}
	if r.right, r.bottom, err = parseCell(last); err != nil {
		return r, err
	}

	if r.left > r.right {
		r.left, r.right = r.right, r.left
	}
	if r.top > r.bottom {
		r.top, r.bottom = r.bottom, r.top
	}
	return r, nil
}

// addMergedRange adds the range of a mergeCell element.
func (s *sheet) addMergedRange(z *tokenizer) error {
	ref, _ := z.attr(nsNone, "ref")
	r, err := parseRange(ref)
	if err != nil {
		return err
	}
	if len(s.ranges) == s.lim.Merged {
		return formats.OverLimit("merged", s.lim.Merged)
	}
	s.ranges = append(s.ranges, r)
	return nil
}

// A mergedCells tells which cells are covered by a merged cell. Rows must be asked for
// in ascending order.
type mergedCells struct {
	ranges []mergedRange // ranges that begin in later rows, ordered by first cell
	until  []int         // by column: the last covered row
	first  []int         // by column: the row whose cell is the first of a range and not covered by another
	owner  []*merge      // by column: the range that covers the column up to until
	begun  []*merge      // scratch of startRow
}

// A merge is a merged range that has begun.
type merge struct {
	mergedRange
	text *string           // of the first cell; nil if that is blank
	args map[string]string // of the findings, which share them
}

// newMergedCells returns the state before the first row. Only the first columns count.
func newMergedCells(ranges []mergedRange, columns int) *mergedCells {
	slices.SortFunc(ranges, func(a, b mergedRange) int {
		return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left))
	})
	return &mergedCells{ranges: ranges, until: make([]int, columns+1), first: make([]int, columns+1), owner: make([]*merge, columns+1)}
}

// startRow applies the ranges that begin in that row or before it. cells are the cells
// of the row in order.
func (m *mergedCells) startRow(row int, cells []cell) {
	m.begun = m.begun[:0]
	for len(m.ranges) > 0 && m.ranges[0].top <= row {
		r := &merge{mergedRange: m.ranges[0]}
		m.ranges = m.ranges[1:]
		if r.left < len(m.until) && m.until[r.left] < r.top {
			m.first[r.left] = r.top
		}
		for column := r.left; column <= min(r.right, len(m.until)-1); column++ {
			if m.until[column] <= r.bottom {
				m.until[column], m.owner[column] = r.bottom, r
			}
		}
		if r.top == row {
			m.begun = append(m.begun, r)
		}
	}

	// A first cell that another range covers shows nothing, so its text waits until all
	// ranges of the row are applied.
	for _, r := range m.begun {
		i, found := slices.BinarySearchFunc(cells, r.left, func(c cell, column int) int { return c.column - column })
		if found && len(cells[i].text) > 0 && !m.isCovered(row, r.left) {
			text := string(cells[i].text)
			r.text = &text
		}
	}
}

// isCovered reports whether another cell covers this cell.
func (m *mergedCells) isCovered(row, column int) bool {
	return column < len(m.until) && row <= m.until[column] && m.first[column] != row
}

// isFirst reports whether the cell is the first of a range.
func (m *mergedCells) isFirst(row, column int) bool {
	return column < len(m.until) && row <= m.until[column] && m.first[column] == row
}

// findingArgs returns the arguments of a finding about a cell that r covers.
func (r *merge) findingArgs() map[string]string {
	if r.args == nil {
		r.args = map[string]string{"range": r.String()}
		if r.text != nil {
			r.args["text"] = formats.Show(*r.text)
		}
	}
	return r.args
}

// findCoveredBlanks adds a warning for each blank cell of the row that a merged cell
// with a text covers: the sheet shows the text there, and the table has none. A title
// is left out: a row in which only first cells of merged cells have a text.
func (s *sheet) findCoveredBlanks() {
	m := s.merged
	isTitle := !slices.ContainsFunc(s.cells, func(c cell) bool { return len(c.text) > 0 && !m.isFirst(s.row, c.column) })
	next := 0
	for column := 1; column < len(m.until); column++ {
		for next < len(s.cells) && s.cells[next].column < column {
			next++
		}
		blank := next == len(s.cells) || s.cells[next].column > column || len(s.cells[next].text) == 0
		if !blank || !m.isCovered(s.row, column) {
			continue
		}
		r := m.owner[column]
		if r.text == nil || isTitle && r.top == s.row {
			continue
		}
		s.b.Find(formats.Finding{
			Severity: formats.Warning, Code: "cell.covered", Row: s.row, Line: s.row, Column: column,
			Cell: formats.CellName(column, s.row), Args: r.findingArgs(), Fix: r.text,
		})
	}
}
