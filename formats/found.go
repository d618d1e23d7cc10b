package formats

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// found are the findings of a table in pieces, none of which is ever copied to
// make room: half a million findings are 64 MB. They are in order, and those of
// one row lie in one piece.
type found [][]Finding

// foundPiece is how many findings a piece has, before the row ends that it is full in.
const foundPiece = 1024

func orderFindings(x, y Finding) int {
	return cmp.Or(cmp.Compare(x.Row, y.Row), cmp.Compare(x.Column, y.Column), strings.Compare(x.Code, y.Code))
}

// all yields every finding.
func (f found) all() iter.Seq[Finding] {
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

// of are the findings of that row.
func (f found) of(row int) []Finding {
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

// A collector takes findings as they come: mostly in order of the rows.
type collector struct {
	n     int       // of rows
	whole []Finding // of the whole file
	piece []Finding // the last, which is not full yet
	full  found
}

func (c *collector) add(x Finding) {
	if x.Row == 0 {
		c.whole = append(c.whole, x)
		return
	}
	c.n++
	c.piece = append(c.piece, x)
}

// endRow says that no more findings of the row are to come.
func (c *collector) endRow() {
	if len(c.piece) >= foundPiece {
		c.full, c.piece = append(c.full, c.piece), make([]Finding, 0, foundPiece)
	}
}

// finish puts what was collected in order.
func (c *collector) finish() found {
	out := c.full
	if len(c.whole) > 0 {
		out = slices.Insert(out, 0, c.whole)
	}
	if len(c.piece) > 0 {
		out = append(out, c.piece)
	}
	last := 0
	for i, piece := range out {
		slices.SortStableFunc(piece, orderFindings)
		if i > 0 && piece[0].Row <= last { // a row's findings came late
			one := slices.Concat(out...)
			slices.SortStableFunc(one, orderFindings)
			return found{one}
		}
		last = piece[len(piece)-1].Row
	}
	return out
}
