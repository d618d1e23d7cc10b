package xlsx

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/usher-go/usher/formats"
)

// A mergedRange is a block of cells shown as one, which holds the value of its
// first. Rows and columns are counted from 1.
type mergedRange struct{ top, left, bottom, right int }

// merge takes note of a mergeCell element, whichever of its corners are named.
func (s *sheet) merge(z *tokenizer) error {
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

// merged knows which cells are covered while the rows are read in order.
type merged struct {
	ranges []mergedRange // those to come, by their first cell
	until  []int         // by column: the last row that is covered
	first  []int         // by column: the row whose cell is the first of a range, and under no other
}

func newMerged(ranges []mergedRange, columns int) *merged {
	slices.SortFunc(ranges, func(a, b mergedRange) int {
		return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left))
	})
	return &merged{ranges: ranges, until: make([]int, columns+1), first: make([]int, columns+1)}
}

// begin takes up the ranges that have begun when that row is read.
func (m *merged) begin(row int) {
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

// covers reports whether the cell is covered by another one.
func (m *merged) covers(row, column int) bool {
	return column < len(m.until) && row <= m.until[column] && m.first[column] != row
}
