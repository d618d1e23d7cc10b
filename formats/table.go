package formats

import (
	"iter"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// A Table is one sheet of text, as read. It never changes once it is built.
//
// The text lies in a few large strings and cells are slices of them, so a row
// costs no allocation to keep or to read.
type Table struct {
	// Name is the sheet's name, or the file's.
	Name string
	// Source says how the file was read: "format", "encoding", "delimiter", "sheet"
	// as far as the format knows them.
	Source map[string]string
	// Cells is whether the format names its cells ("B3").
	Cells bool

	chunks   []string
	rows     []rowHead
	ends     []uint32 // end of each cell within its row's chunk
	findings found
	columns  int
}

type rowHead struct {
	number, line uint32
	chunk        uint32
	start        uint32 // of the row's text in its chunk
	cell         uint32 // index in ends of its first cell
}

// Len is the number of rows that hold something.
func (t *Table) Len() int { return len(t.rows) }

// Columns is the width of the widest row.
func (t *Table) Columns() int { return t.columns }

// Row is the i-th row that holds something, from 0. It panics if i is out of range.
func (t *Table) Row(i int) Row { return Row{t, i} }

// Rows yields the rows in the order of the file.
func (t *Table) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for i := range t.rows {
			if !yield(Row{t, i}) {
				return
			}
		}
	}
}

// Findings are those of the whole file (row 0) and of every row, in order of row and column.
func (t *Table) Findings() []Finding { return slices.Collect(t.findings.all()) }

// Stray are the findings that stand in no row of the table: those of the whole
// file, and warnings about rows that were left out because they show nothing.
func (t *Table) Stray() []Finding {
	var out []Finding
	i := 0
	for f := range t.findings.all() {
		for i < len(t.rows) && int(t.rows[i].number) < f.Row {
			i++
		}
		if f.Row == 0 || i == len(t.rows) || int(t.rows[i].number) != f.Row {
			out = append(out, f)
		}
	}
	return out
}

// A Row is one record of a [Table]. The zero Row has no cells.
type Row struct {
	t *Table
	i int
}

// Number is the record number a spreadsheet shows. The first record of a file is 1 whatever it holds.
func (r Row) Number() int { return int(r.t.rows[r.i].number) }

// Line is the physical line on which the record began, from 1; for a workbook it is the number.
func (r Row) Line() int { return int(r.t.rows[r.i].line) }

// Len is the number of cells from the first column to the last that is not empty.
func (r Row) Len() int {
	if r.t == nil {
		return 0
	}
	return int(r.last() - r.t.rows[r.i].cell)
}

func (r Row) last() uint32 {
	if r.i+1 < len(r.t.rows) {
		return r.t.rows[r.i+1].cell
	}
	return uint32(len(r.t.ends))
}

// Cell is the text of column c, from 0. A column the row does not have is empty.
func (r Row) Cell(c int) string {
	if c < 0 || c >= r.Len() {
		return ""
	}
	h := r.t.rows[r.i]
	k := h.cell + uint32(c)
	start := h.start
	if c > 0 {
		start = r.t.ends[k-1]
	}
	return r.t.chunks[h.chunk][start:r.t.ends[k]]
}

// Cells are all the cells of the row.
func (r Row) Cells() []string {
	out := make([]string, r.Len())
	for c := range out {
		out[c] = r.Cell(c)
	}
	return out
}

// Findings are what the format found in this row.
func (r Row) Findings() []Finding {
	if r.t == nil || len(r.t.findings) == 0 {
		return nil
	}
	return r.t.findings.of(r.Number())
}

// A Builder makes a [Table] row by row, within limits. It is for formats.
type Builder struct {
	t      *Table
	lim    Limits
	chunk  []byte
	open   rowHead
	filled uint32 // cells of the open row up to the last that is not empty
	end    uint32 // end of the text up to there
	failed int    // the last record with an error
	found  collector
}

const chunkSize = 1 << 18

// NewBuilder begins a table of that name within lim, whose zeros are taken for the defaults.
func NewBuilder(name string, lim Limits) *Builder {
	return &Builder{t: &Table{Name: name}, lim: lim.WithDefaults()}
}

// Cell appends a cell to the open row. It refuses with "limit.columns",
// "limit.cells" or "limit.cell" as soon as a cell that is not empty passes them.
func (b *Builder) Cell(text []byte) error {
	n := uint32(len(b.t.ends)) - b.open.cell
	if len(text) > 0 {
		switch {
		case int(n) >= b.lim.Columns:
			return b.over(OverLimit("columns", b.lim.Columns))
		case len(b.t.ends) >= b.lim.Cells:
			return b.over(OverLimit("cells", b.lim.Cells))
		case len(text) > b.lim.CellChars && units(text) > b.lim.CellChars:
			return b.over(OverLimit("cell", b.lim.CellChars))
		}
	} else if int(n) >= HardColumns {
		return nil // nothing there, and nowhere to put it
	}
	if len(b.chunk)+len(text) > cap(b.chunk) {
		b.grow(len(text))
	}
	b.chunk = append(b.chunk, text...)
	b.t.ends = append(b.t.ends, uint32(len(b.chunk)))
	if len(text) > 0 {
		b.filled, b.end = n+1, uint32(len(b.chunk))
	}
	return nil
}

func (b *Builder) over(r *Refusal) *Refusal {
	r.Row = len(b.t.rows) + 1
	return r
}

func at(row int, r *Refusal) *Refusal {
	r.Row = row
	return r
}

func units(text []byte) int {
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n += max(1, utf16.RuneLen(r))
		text = text[size:]
	}
	return n
}

// grow makes room for n more bytes, taking the open row along: a row lies in one chunk.
func (b *Builder) grow(n int) {
	tail := b.chunk[b.open.start:]
	if b.open.start > 0 {
		b.t.chunks = append(b.t.chunks, string(b.chunk[:b.open.start]))
	}
	next := make([]byte, len(tail), max(chunkSize, 2*(len(tail)+n)))
	copy(next, tail)
	for i := b.open.cell; i < uint32(len(b.t.ends)); i++ {
		b.t.ends[i] -= b.open.start
	}
	b.end -= min(b.end, b.open.start)
	b.chunk, b.open.start = next, 0
}

// EndRow closes the open row as record number, begun on physical line line.
// A row without a cell that is not empty is left out, and false is returned,
// unless an error was found in it: that must not vanish. Numbers must rise. It
// refuses with "limit.rows", and with "limit.findings" as soon as a row ends with more.
func (b *Builder) EndRow(number, line int) (kept bool, err error) {
	b.found.endRow()
	if b.found.n > b.lim.Findings {
		return false, at(number, OverLimit("findings", b.lim.Findings))
	}
	blank := b.filled == 0 && (b.failed == 0 || b.failed != number)
	if !blank {
		if len(b.t.rows) > b.lim.Rows {
			return false, at(number, OverLimit("rows", b.lim.Rows))
		}
		b.open.number, b.open.line, b.open.chunk = uint32(number), uint32(line), uint32(len(b.t.chunks))
		b.t.rows = append(b.t.rows, b.open)
		b.t.columns = max(b.t.columns, int(b.filled))
		b.t.ends = b.t.ends[:b.open.cell+b.filled]
		b.chunk = b.chunk[:b.end]
	} else {
		b.t.ends = b.t.ends[:b.open.cell]
		b.chunk = b.chunk[:b.open.start]
	}
	b.open = rowHead{start: uint32(len(b.chunk)), cell: uint32(len(b.t.ends))}
	b.filled, b.end = 0, b.open.start
	return !blank, nil
}

// Rows is how many rows were kept so far.
func (b *Builder) Rows() int { return len(b.t.rows) }

// Find adds a finding. One with a Row of 0 is the file's.
func (b *Builder) Find(f Finding) {
	f.Value = Show(f.Value)
	if f.Severity == Error {
		b.failed = f.Row
	}
	b.found.add(f)
}

// Table ends the building and is the result. The builder must not be used again.
func (b *Builder) Table() *Table {
	if len(b.chunk) > 0 || len(b.t.chunks) == 0 {
		b.t.chunks = append(b.t.chunks, string(b.chunk))
	}
	b.t.findings = b.found.finish()
	b.chunk = nil
	return b.t
}
