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

// addMergedRange adds the range of a mergeCell element. The reference may name any two
// opposite corners.
func (s *sheet) addMergedRange(z *tokenizer) error {
	ref, _ := z.attr(nsNone, "ref")
	first, last, ok := bytes.Cut(ref, []byte(":"))
	if !ok {
		last = first
	}

	var r mergedRange
	var err error
	if r.left, r.top, err = parseCell(first); err != nil {
		return err
	}
	if r.right, r.bottom, err = parseCell(last); err != nil {
		return err
	}

	if r.left > r.right {
		r.left, r.right = r.right, r.left
	}
	if r.top > r.bottom {
		r.top, r.bottom = r.bottom, r.top
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
}

// newMergedCells returns the state before the first row. Only the first columns count.
func newMergedCells(ranges []mergedRange, columns int) *mergedCells {
	slices.SortFunc(ranges, func(a, b mergedRange) int {
		return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left))
	})
	return &mergedCells{ranges: ranges, until: make([]int, columns+1), first: make([]int, columns+1)}
}

// startRow applies the ranges that begin in that row or before it.
func (m *mergedCells) startRow(row int) {
	for len(m.ranges) > 0 && m.ranges[0].top <= row {
		r := m.ranges[0]
		m.ranges = m.ranges[1:]
		if r.left < len(m.until) && m.until[r.left] < r.top {
			m.first[r.left] = r.top
		}
		for column := r.left; column <= min(r.right, len(m.until)-1); column++ {
			m.until[column] = max(m.until[column], r.bottom)
		}
	}
}

// isCovered reports whether another cell covers this cell.
func (m *mergedCells) isCovered(row, column int) bool {
	return column < len(m.until) && row <= m.until[column] && m.first[column] != row
}
