package formats

import (
	"iter"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// A Table is one sheet of text as it was read. A table never changes after
// [Builder.Table] has returned it.
//
// The text is kept in a few large strings, and cells are slices of them. So
// neither keeping nor reading a row allocates memory.
type Table struct {
	// Name is the name of the sheet, or of the file.
	Name string
	// Source records how the file was read: "format", "encoding", "delimiter" and
	// "sheet", as far as the format knows them, and "file": the name of the file that
	// [Open] was given, without folders.
	Source map[string]string
	// Cells is true if the format names its cells ("B3").
	Cells bool

	chunks   []string
	rows     []rowHead
	ends     []uint32 // end of each cell in the chunk of its row
	findings findingList
	columns  int
}

// A rowHead is the position of a row in the file and of its cells in the table.
type rowHead struct {
	number, line uint32
	chunk        uint32
	start        uint32 // start of the text in the chunk
	cell         uint32 // index of the first cell in ends
}

// Len returns the number of rows. Blank records are not rows.
func (t *Table) Len() int { return len(t.rows) }

// Columns returns the number of cells of the longest row.
func (t *Table) Columns() int { return t.columns }

// Row returns row i, from 0. The methods of a row that is out of range panic.
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

// Findings returns the findings of the file (row 0) and of every row, ordered by row and column.
func (t *Table) Findings() []Finding { return slices.Collect(t.findings.all()) }

// Stray returns the findings that belong to no row of the table: the findings of
// the file, and warnings about records that the table leaves out as blank.
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

// Number returns the record number that a spreadsheet shows. The first record of
// a file has number 1, even if it is blank.
func (r Row) Number() int { return int(r.t.rows[r.i].number) }

// Line returns the physical line on which the record begins, from 1. In a
// workbook, it is the record number.
func (r Row) Line() int { return int(r.t.rows[r.i].line) }

// Len returns the number of cells from the first column to the last cell that is
// not empty.
func (r Row) Len() int {
	if r.t == nil {
		return 0
	}
	return int(r.endCell() - r.t.rows[r.i].cell)
}

// endCell returns the index after the last cell of the row.
func (r Row) endCell() uint32 {
	if r.i+1 < len(r.t.rows) {
		return r.t.rows[r.i+1].cell
	}
	return uint32(len(r.t.ends))
}

// Cell returns the text of column c, from 0. It returns "" for a column that the
// row does not have.
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

// Cells returns a new slice with all cells of the row.
func (r Row) Cells() []string {
	out := make([]string, r.Len())
	for c := range out {
		out[c] = r.Cell(c)
	}
	return out
}

// Findings returns the findings of this row.
func (r Row) Findings() []Finding {
	if r.t == nil || len(r.t.findings.pieces) == 0 {
		return nil
	}
	return r.t.findings.ofRow(r.Number())
}

// A Builder builds a [Table] row by row, within limits. Formats use it.
type Builder struct {
	t         *Table
	lim       Limits
	chunk     []byte
	row       rowHead
	filled    uint32 // cells of the current row up to the last that is not empty
	end       uint32 // end of the text of these cells
	errorRow  int    // number of the last record with an error
	collected collector
}

const chunkSize = 1 << 18

// NewBuilder returns a builder for a table of that name. Zeros in lim mean the defaults.
func NewBuilder(name string, lim Limits) *Builder {
	return &Builder{t: &Table{Name: name}, lim: lim.WithDefaults()}
}

// Cell appends a cell to the current row. A cell that is not empty and exceeds a
// limit is refused with "limit.columns", "limit.cells" or "limit.cell". Empty cells
// count only if a cell that is not empty follows.
func (b *Builder) Cell(text []byte) error {
	n := uint32(len(b.t.ends)) - b.row.cell
	if len(text) > 0 {
		switch {
		case int(n) >= b.lim.Columns:
			return b.refuse(OverLimit("columns", b.lim.Columns))
		case len(b.t.ends) >= b.lim.Cells:
			return b.refuse(OverLimit("cells", b.lim.Cells))
		case len(text) > b.lim.CellChars && countUnits(text) > b.lim.CellChars:
			return b.refuse(OverLimit("cell", b.lim.CellChars))
		}
	} else if int(n) >= HardColumns {
		return nil // no spreadsheet has this column: an empty cell there is not needed
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

// refuse returns r for the row after the kept ones. A format that knows the record
// number replaces it.
func (b *Builder) refuse(r *Refusal) *Refusal {
	r.Row = len(b.t.rows) + 1
	return r
}

// atRow returns r with that row.
func atRow(row int, r *Refusal) *Refusal {
	r.Row = row
	return r
}

// countUnits returns the number of UTF-16 code units of text.
func countUnits(text []byte) int {
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n += max(1, utf16.RuneLen(r))
		text = text[size:]
	}
	return n
}

// grow makes room for n more bytes. It begins a new chunk and moves the current
// row there, because a row must lie in one chunk.
func (b *Builder) grow(n int) {
	tail := b.chunk[b.row.start:]
	if b.row.start > 0 {
		b.t.chunks = append(b.t.chunks, string(b.chunk[:b.row.start]))
	}
	next := make([]byte, len(tail), max(chunkSize, 2*(len(tail)+n)))
	copy(next, tail)

	// The ends count from the start of the chunk, which is now the start of the row.
	for i := b.row.cell; i < uint32(len(b.t.ends)); i++ {
		b.t.ends[i] -= b.row.start
	}
	b.end -= min(b.end, b.row.start)
	b.chunk, b.row.start = next, 0
}

// EndRow ends the current row, which is the record number that begins on the
// physical line. Numbers must ascend. EndRow reports whether it kept the row: it
// leaves out a row whose cells are all empty, unless an error was found in it. It
// refuses too many rows with "limit.rows" and too many findings with "limit.findings".
func (b *Builder) EndRow(number, line int) (kept bool, err error) {
	b.collected.endRow()
	if b.collected.rows > b.lim.Findings {
		return false, atRow(number, OverLimit("findings", b.lim.Findings))
	}

	blank := b.filled == 0 && (b.errorRow == 0 || b.errorRow != number)
	if !blank {
		if len(b.t.rows) > b.lim.Rows {
			return false, atRow(number, OverLimit("rows", b.lim.Rows))
		}
		b.row.number, b.row.line, b.row.chunk = uint32(number), uint32(line), uint32(len(b.t.chunks))
		b.t.rows = append(b.t.rows, b.row)
		b.t.columns = max(b.t.columns, int(b.filled))
		b.t.ends = b.t.ends[:b.row.cell+b.filled]
		b.chunk = b.chunk[:b.end]
	} else {
		// Drop the empty cells and anything they left in the chunk.
		b.t.ends = b.t.ends[:b.row.cell]
		b.chunk = b.chunk[:b.row.start]
	}

	b.row = rowHead{start: uint32(len(b.chunk)), cell: uint32(len(b.t.ends))}
	b.filled, b.end = 0, b.row.start
	return !blank, nil
}

// Text returns the text of a cell, in column from 1, of the row with that record number.
// ok is false if no such row was kept.
func (b *Builder) Text(number, column int) (text string, ok bool) {
	i, ok := slices.BinarySearchFunc(b.t.rows, number, func(r rowHead, number int) int { return int(r.number) - number })
	if !ok {
		return "", false
	}

	h, last := b.t.rows[i], b.row.cell
	if i+1 < len(b.t.rows) {
		last = b.t.rows[i+1].cell
	}
	k := h.cell + uint32(column) - 1
	if column < 1 || k >= last {
		return "", true
	}
	from, to := h.start, b.t.ends[k]
	if column > 1 {
		from = b.t.ends[k-1]
	}
	if int(h.chunk) < len(b.t.chunks) {
		return b.t.chunks[h.chunk][from:to], true
	}
	return string(b.chunk[from:to]), true
}

// Rows returns the number of rows kept so far.
func (b *Builder) Rows() int { return len(b.t.rows) }

// Find adds a finding. A finding with row 0 concerns the whole file.
func (b *Builder) Find(f Finding) {
	f.Value = Show(f.Value)
	if f.Severity == Error {
		b.errorRow = f.Row
	}
	b.collected.add(f)
}

// Table returns the finished table. The builder must not be used again.
func (b *Builder) Table() *Table {
	if len(b.chunk) > 0 || len(b.t.chunks) == 0 {
		b.t.chunks = append(b.t.chunks, string(b.chunk))
	}
	b.t.findings = b.collected.finish()
	b.chunk = nil
	return b.t
}
