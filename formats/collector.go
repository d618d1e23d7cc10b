package formats

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// A findingList holds the findings of a table, ordered by row, column and code, in a form
// that takes a third of the memory: a file within the limits may have half a million.
// All findings of a row are in the same piece. The list is divided into pieces because a
// growing slice would be copied.
type findingList struct {
	pieces [][]note
	codes  []string  // by number
	values []string  // chunks of valueChunk bytes with the values
	whole  []Finding // the findings that do not fit in a note
}

// A note is a [Finding] in short form.
type note struct {
	row, line, column uint32
	code              uint8 // index in codes
	severity          Severity
	form              noteForm
	value             uint32 // start in values; or the index in whole
	length            uint16
	args              map[string]string
	fix               *string
}

// A noteForm is a set of flags.
type noteForm uint8

const (
	isNamed noteForm = 1 << iota // the finding has the name of its cell
	isWhole                      // the finding is in whole
)

// pieceSize is the number of findings after which the collector begins a new piece, at the end of the row.
const pieceSize = 1024

// valueChunk is more than the longest value takes: [MaxShown] characters of up to ten
// bytes each.
const (
	chunkBits  = 16
	valueChunk = 1 << chunkBits
)

// finding returns the finding of a note.
func (f *findingList) finding(n *note) Finding {
	if n.form&isWhole != 0 {
		return f.whole[n.value]
	}

	out := Finding{
		Severity: n.severity, Code: f.codes[n.code], Row: int(n.row), Line: int(n.line), Column: int(n.column), Args: n.args, Fix: n.fix,
	}
	if n.form&isNamed != 0 {
		out.Cell = CellName(out.Column, out.Row)
	}
	if n.length > 0 {
		from := n.value & (valueChunk - 1)
		out.Value = f.values[n.value>>chunkBits][from : from+uint32(n.length)]
	}
	return out
}

// all yields every finding in order.
func (f *findingList) all() iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, piece := range f.pieces {
			for i := range piece {
				if !yield(f.finding(&piece[i])) {
					return
				}
			}
		}
	}
}

// ofRow returns the findings of the row with that number.
func (f *findingList) ofRow(row int) []Finding {
	i, _ := slices.BinarySearchFunc(f.pieces, row, func(piece []note, row int) int {
		return cmp.Compare(int(piece[len(piece)-1].row), row)
	})
	if i == len(f.pieces) {
		return nil
	}

	piece := f.pieces[i]
	by := func(n note, row int) int { return cmp.Compare(int(n.row), row) }
	from, _ := slices.BinarySearchFunc(piece, row, by)
	to := from
	for to < len(piece) && int(piece[to].row) == row {
		to++
	}
	if from == to {
		return nil
	}

	out := make([]Finding, 0, to-from)
	for k := from; k < to; k++ {
		out = append(out, f.finding(&piece[k]))
	}
	return out
}

// A collector collects findings while a table is built. They arrive mostly in the order of the rows.
type collector struct {
	rows   int    // findings of rows, not of the file
	file   []note // row 0
	open   []note // the last piece, which is not full yet
	full   [][]note
	values []byte // the last chunk, which is not full yet
	last   [8]note
	kept   findingList
}

// add adds a finding with a value that [Show] returned.
func (c *collector) add(x Finding) {
	n := c.note(x)
	if x.Row == 0 {
		c.file = append(c.file, n)
		return
	}
	c.rows++
	c.open = append(c.open, n)
}

// note returns the short form of a finding.
func (c *collector) note(x Finding) note {
	n := note{row: uint32(x.Row), line: uint32(x.Line), column: uint32(x.Column), severity: x.Severity, args: x.Args, fix: x.Fix}
	code, known := c.code(x.Code)
	n.code = code
	named := x.Cell != "" && x.Cell == CellName(x.Column, x.Row)
	if named {
		n.form = isNamed
	}
	if x.Table != "" || x.Field != "" || x.Cell != "" && !named || !known ||
		uint64(x.Row|x.Line|x.Column) > math.MaxUint32 || len(x.Value) > math.MaxUint16 {
		n.form, n.value = isWhole, uint32(len(c.kept.whole))
		c.kept.whole = append(c.kept.whole, x)
		return n
	}
	c.keepValue(&n, x.Value)
	return n
}

// code returns the number of a code. ok is false if there are too many codes: a format
// has a few.
func (c *collector) code(code string) (number uint8, ok bool) {
	i := slices.Index(c.kept.codes, code)
	if i < 0 && len(c.kept.codes) <= math.MaxUint8 {
		i = len(c.kept.codes)
		c.kept.codes = append(c.kept.codes, code)
	}
	return uint8(max(i, 0)), i >= 0
}

// keepValue keeps the value of a note. Equal values that follow each other in a column are
// kept once: they may be one shared string of a workbook.
func (c *collector) keepValue(n *note, value string) {
	if value == "" {
		return
	}

	last := &c.last[n.column%uint32(len(c.last))]
	if c.keeps(last, value) {
		n.value, n.length = last.value, last.length
		return
	}
	if len(c.values)+len(value) > valueChunk {
		c.kept.values = append(c.kept.values, string(c.values))
		c.values = c.values[:0]
	}
	n.value, n.length = uint32(len(c.kept.values)<<chunkBits|len(c.values)), uint16(len(value))
	c.values = append(c.values, value...)
	*last = *n
}

// keeps reports whether the value of a note is this one. It is not looked for in a chunk
// that is full.
func (c *collector) keeps(n *note, value string) bool {
	if int(n.length) != len(value) || int(n.value>>chunkBits) != len(c.kept.values) {
		return false
	}
	from := n.value & (valueChunk - 1)
	return string(c.values[from:from+uint32(n.length)]) == value
}

// endRow ends the current row: no more findings of that row follow.
func (c *collector) endRow() {
	if len(c.open) >= pieceSize {
		c.full, c.open = append(c.full, c.open), make([]note, 0, pieceSize)
	}
}

// finish returns the findings in order.
func (c *collector) finish() findingList {
	out := c.kept
	out.pieces = c.full
	if len(c.values) > 0 {
		out.values = append(out.values, string(c.values))
	}
	if len(c.file) > 0 {
		out.pieces = slices.Insert(out.pieces, 0, c.file)
	}
	if len(c.open) > 0 {
		out.pieces = append(out.pieces, c.open)
	}

	// Each piece is sorted alone. Only a finding that arrived after its row had
	// ended can break the order between pieces; then one sort of all repairs it.
	last := uint32(0)
	for i, piece := range out.pieces {
		slices.SortStableFunc(piece, out.compare)
		if i > 0 && piece[0].row <= last {
			one := slices.Concat(out.pieces...)
			slices.SortStableFunc(one, out.compare)
			out.pieces = [][]note{one}
			return out
		}
		last = piece[len(piece)-1].row
	}
	return out
}

// compare orders notes by row, column and code.
func (f *findingList) compare(x, y note) int {
	return cmp.Or(cmp.Compare(x.row, y.row), cmp.Compare(x.column, y.column), cmp.Compare(f.codeOf(&x), f.codeOf(&y)))
}

// codeOf returns the code of a note.
func (f *findingList) codeOf(n *note) string {
	if n.form&isWhole != 0 {
		return f.whole[n.value].Code
	}
	return f.codes[n.code]
}
