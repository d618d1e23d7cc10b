package importer

import (
	"maps"
	"slices"
	"sort"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// grid holds the cells of a preview: as read, the edits over them, and the rows
// added and removed. Preview and commit share it: it holds no decision.
type grid struct {
	tpl    *Template
	tables []gridTable         // by number of the template's table
	given  []int               // numbers of the tables in the order in which they were given
	rows   []gridRow           // the rows as read of all tables in order, then the added ones
	added  []users.RowID       // every added row in order, also those in left
	left   []users.RowID       // rows that are not part of this grid, sorted; see Remaining
	over   map[gridCell]string // edited texts
}

// gridTable is one table of the template as a file gave it.
type gridTable struct {
	read     *formats.Table // nil if no file gave it
	head     int            // index of the heading row, or -1
	first    int            // index of the first row below
	assumed  bool           // see heading
	passes   bool           // see heading
	passing  *passing       // nil if rows are not passed over
	words    []int          // see heading
	cols     []int          // by column of the template: the file's column from 0, or -1
	lang     string         // language of the headings
	from     uint32         // its first row in grid.rows
	count    uint32         // its rows as read
	last     int            // the highest record number in use
	own      ownColumns
	extras   []formats.Finding
	headless map[int]int // by column without a heading: the rows that hold something there
}

// files returns the names of the files that were read, where they are known.
func (g *grid) files() []string {
	var out []string
	for _, i := range g.given {
		if name := g.tables[i].read.Source["file"]; name != "" {
			out = append(out, name)
		}
	}
	return out
}

// headingAt returns the heading of a column of the file, from 0, or "".
func (t *gridTable) headingAt(column int) string {
	if t.read == nil || t.head < 0 || t.head >= t.read.Len() {
		return ""
	}
	return t.read.Row(t.head).Cell(column)
}

type gridRow struct {
	id      users.RowID
	src     int32 // index in the table as read, -1 for an added row
	removed bool
	edited  bool
	above   bool // the row is above the headings
	plain   bool // as read, it is a row like any other; see passing
}

type gridCell struct {
	row    uint32
	column uint16
}

// text returns the cell's present text: the edited one, or the text as read.
func (g *grid) text(row uint32, column int) string {
	if len(g.over) > 0 {
		if s, ok := g.over[gridCell{row, uint16(column)}]; ok {
			return s
		}
	}
	return g.typed(row, column)
}

// away reports whether the row has no such cell: its file has no such column, and
// no edit wrote there.
func (g *grid) away(row uint32, column int) bool {
	if g.tables[g.rows[row].id.Table()].cols[column] >= 0 {
		return false
	}
	_, written := g.over[gridCell{row, uint16(column)}]
	return !written
}

// typed returns the cell's text as read, before any edit.
func (g *grid) typed(row uint32, column int) string {
	r := &g.rows[row]
	t := &g.tables[r.id.Table()]
	if r.src < 0 || t.cols[column] < 0 {
		return ""
	}
	return t.read.Row(int(r.src)).Cell(t.cols[column])
}

// spec returns the row's table in the template.
func (g *grid) spec(row uint32) *Table { return &g.tpl.Tables[g.rows[row].id.Table()] }

// find returns the row with the id.
func (g *grid) find(id users.RowID) (uint32, bool) {
	if id.Table() >= len(g.tables) {
		return none, false
	}

	// Rows as read are sorted by id.
	t := &g.tables[id.Table()]
	i := uint32(sort.Search(int(t.count), func(i int) bool { return g.rows[t.from+uint32(i)].id >= id }))
	if i < t.count && g.rows[t.from+i].id == id {
		return t.from + i, true
	}

	// Added rows are sorted only if they belong to one table and none is left out.
	first := g.read()
	if i, ok := slices.BinarySearch(g.added, id); ok && len(g.left) == 0 && len(g.tables) == 1 {
		return first + uint32(i), true
	}
	for r := first; r < uint32(len(g.rows)); r++ {
		if g.rows[r].id == id {
			return r, true
		}
	}
	return none, false
}

// read returns the number of rows as read. The rows from that index on were added.
func (g *grid) read() uint32 {
	t := &g.tables[len(g.tables)-1]
	return t.from + t.count
}

// add appends an empty row to a table, with the next record number.
func (g *grid) add(table int) uint32 {
	t := &g.tables[table]
	t.last++
	id := users.RowAt(table, t.last)
	g.added = append(g.added, id)
	g.rows = append(g.rows, gridRow{id: id, src: -1, edited: true})
	return uint32(len(g.rows) - 1)
}

// write sets the text of a cell and marks its row as edited.
func (g *grid) write(row uint32, column int, text string) {
	g.cover(gridCell{row, uint16(column)}, text)
	g.rows[row].edited = true
}

// cover sets the text of a cell.
func (g *grid) cover(at gridCell, text string) {
	if g.over == nil {
		g.over = map[gridCell]string{}
	}
	g.over[at] = text
}

// remove takes a row out if gone, and puts it back if not.
func (g *grid) remove(row uint32, gone bool) {
	r := &g.rows[row]
	if r.removed == gone {
		return
	}
	r.removed = gone

	// A row that was taken out no longer counts for the warning about columns
	// without a heading.
	t := &g.tables[r.id.Table()]
	for c := range t.headless {
		if r.src >= 0 && !isBlank(t.read.Row(int(r.src)).Cell(c)) {
			if gone {
				t.headless[c]--
			} else {
				t.headless[c]++
			}
		}
	}
}

// findings returns the findings of table number i that belong to no single row.
func (g *grid) findings(i int) []formats.Finding {
	t := &g.tables[i]
	out := t.extras
	for _, c := range slices.Sorted(maps.Keys(t.headless)) {
		if t.headless[c] == 0 {
			continue
		}

		f := formats.Finding{Severity: formats.Warning, Code: "header.unknown", Column: c + 1}
		if t.head >= 0 {
			f.Row, f.Line = t.read.Row(t.head).Number(), t.read.Row(t.head).Line()
		}
		if t.read.Cells && t.head >= 0 {
			f.Cell = formats.CellName(c+1, f.Row)
		}
		if len(g.tables) > 1 {
			f.Table = g.tpl.Tables[i].Name
		}
		out = append(slices.Clip(out), f) // never into the array of extras
	}
	return out
}

// less orders rows by table and record number.
func (g *grid) less(a, b uint32) bool { return g.rows[a].id < g.rows[b].id }

// ordered yields the rows that were not removed, by table and record number.
// Rows added while it runs are not yielded.
func (g *grid) ordered(yield func(uint32) bool) {
	// The end is read once: a caller that adds a row for every row it is given
	// would never reach an end that moves.
	next, end := g.read(), uint32(len(g.rows))

	for ti := range g.tables {
		t := &g.tables[ti]
		for r := t.from; r < t.from+t.count; r++ {
			if !g.rows[r].removed && !yield(r) {
				return
			}
		}
		for r := next; r < end; r++ {
			if g.rows[r].id.Table() == ti && !g.rows[r].removed && !yield(r) {
				return
			}
		}
	}
}

// notes returns the findings of the file in the row that no edit resolved.
// An edited cell loses its findings, and an edited row those of the whole row.
func (g *grid) notes(row uint32) []formats.Finding {
	r := &g.rows[row]
	if r.src < 0 {
		return nil
	}
	t := &g.tables[r.id.Table()]
	all := t.fileFindings(g.spec(row), int(r.src))
	if !r.edited || len(all) == 0 {
		return all
	}

	var out []formats.Finding
	for _, f := range all {
		c := t.column(f.Column)
		_, set := g.over[gridCell{row, uint16(c)}]
		if f.Column > 0 && (c < 0 || !set) {
			out = append(out, f)
		}
	}
	return out
}

// column returns the template's column that the file has in column n, from 1, or -1.
func (t *gridTable) column(n int) int {
	for i, c := range t.cols {
		if c == n-1 {
			return i
		}
	}
	return -1
}
