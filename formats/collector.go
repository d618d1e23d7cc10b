package formats

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// A findingList holds the findings of a table, ordered by row, column and code.
// All findings of a row are in the same piece. The list is divided into pieces
// because a growing slice would be copied: half a million findings are 64 MB.
type findingList [][]Finding

// pieceSize is the number of findings after which the collector begins a new piece, at the end of the row.
const pieceSize = 1024

// compareFindings orders findings by row, column and code.
func compareFindings(x, y Finding) int {
	return cmp.Or(cmp.Compare(x.Row, y.Row), cmp.Compare(x.Column, y.Column), strings.Compare(x.Code, y.Code))
}

// all yields every finding in order.
func (f findingList) all() iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, piece := range f {
			for _, x := range piece {
				if !yield(x) {
					return
				}
			}
		}
	}
}

// ofRow returns the findings of the row with that number.
func (f findingList) ofRow(row int) []Finding {
	i, _ := slices.BinarySearchFunc(f, row, func(piece []Finding, row int) int {
		return cmp.Compare(piece[len(piece)-1].Row, row)
	})
	if i == len(f) {
		return nil
	}

	by := func(x Finding, row int) int { return cmp.Compare(x.Row, row) }
	from, _ := slices.BinarySearchFunc(f[i], row, by)
	to, _ := slices.BinarySearchFunc(f[i], row+1, by)
	return f[i][from:to:to]
}

// A collector collects findings while a table is built. They arrive mostly in the order of the rows.
type collector struct {
	rows         int       // findings of rows, not of the file
	fileFindings []Finding // row 0
	open         []Finding // the last piece, which is not full yet
	full         findingList
}

func (c *collector) add(x Finding) {
	if x.Row == 0 {
		c.fileFindings = append(c.fileFindings, x)
		return
	}
	c.rows++
	c.open = append(c.open, x)
}

// endRow ends the current row: no more findings of that row follow.
func (c *collector) endRow() {
	if len(c.open) >= pieceSize {
		c.full, c.open = append(c.full, c.open), make([]Finding, 0, pieceSize)
	}
}

// finish returns the findings in order.
func (c *collector) finish() findingList {
	out := c.full
	if len(c.fileFindings) > 0 {
		out = slices.Insert(out, 0, c.fileFindings)
	}
	if len(c.open) > 0 {
		out = append(out, c.open)
	}

	// Each piece is sorted alone. Only a finding that arrived after its row had
	// ended can break the order between pieces; then one sort of all repairs it.
	last := 0
	for i, piece := range out {
		slices.SortStableFunc(piece, compareFindings)
		if i > 0 && piece[0].Row <= last {
			one := slices.Concat(out...)
			slices.SortStableFunc(one, compareFindings)
			return findingList{one}
		}
		last = piece[len(piece)-1].Row
	}
	return out
}
