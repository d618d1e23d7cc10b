package importer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// newGrid recognises the tables by their headings and lays out their rows. readings,
// if not nil, says for each table how it was read before; see [gridReading].
func newGrid(tpl *Template, tables []*formats.Table, maps []ColumnMap, readings []gridReading) (*grid, error) {
	if len(tables) == 0 || len(tables) > len(tpl.Tables) {
		return nil, fmt.Errorf("%w: %d", ErrTables, len(tables))
	}
	g := &grid{tpl: tpl, tables: make([]gridTable, len(tpl.Tables))}

	free, err := g.matchTables(tables, maps, readings)
	if err != nil {
		return nil, err
	}
	if err := g.noteMissing(free); err != nil {
		return nil, err
	}

	// Rows come after all tables are known: their order is the template's, and not
	// the order in which files were given.
	known := tpl.headingWords()
	for i := range g.tables {
		g.layRows(i, known)
	}
	if !g.hasPeople() {
		return nil, formats.Refuse("file.no_rows")
	}
	return g, nil
}

// hasPeople reports whether a row is not one of those that a file has beside people.
func (g *grid) hasPeople() bool {
	for r := range g.rows {
		if why := g.reason(uint32(r)); why != passAbove && why != passExample {
			return true
		}
	}
	return false
}

// matchTables finds the table of the template for each file. It returns the
// tables that no file gave.
func (g *grid) matchTables(tables []*formats.Table, maps []ColumnMap, readings []gridReading) ([]int, error) {
	free := make([]int, len(g.tpl.Tables))
	for i := range free {
		free[i] = i
	}

	known := g.tpl.headingWords()
	for i, read := range tables {
		if read.Len() == 0 {
			return nil, refusedAt(i, len(tables), formats.Refuse("file.empty"))
		}

		var as *gridReading
		if i < len(readings) && readings[i].Table != "" {
			as = &readings[i]
		}
		h, err := g.match(known, read, free, mapsOf(maps, i), as)
		if err != nil {
			return nil, refusedAt(i, len(tables), err)
		}
		h.passes = readings == nil || as != nil && !as.old
		g.given = append(g.given, h.table)
		free = slices.DeleteFunc(free, func(t int) bool { return t == h.table })
		g.tables[h.table] = g.tableOf(h, read)
	}
	return free, nil
}

// match returns how a file is read: as it was before, or by its headings.
func (g *grid) match(known headingWords, read *formats.Table, free []int, maps []ColumnMap, as *gridReading) (*heading, error) {
	if as != nil {
		return as.heading(g.tpl, read, free, maps)
	}
	h, err := matchHeadings(g.tpl, known, read, free, maps)
	if err != nil {
		return nil, g.refuseRepeated(known, read, maps, err)
	}
	return h, nil
}

// A gridReading says how a table of a file was read, so that it is read the same way
// again: by a later release that knows more headings, or with other columns mapped by
// hand.
type gridReading struct {
	// Table is the name of the template's table.
	Table string `json:"table"`
	// Head is the index of the row of headings, or -1. First is the index of the first
	// row below.
	Head  int `json:"head"`
	First int `json:"first"`
	// Assumed says that no heading was recognised.
	Assumed bool `json:"assumed,omitempty"`
	// Lang is the language of the headings.
	Lang string `json:"lang"`
	// Fields has for each column of the file the field whose heading it has, or "".
	Fields []string `json:"fields"`

	// old says that the table is of a document of an earlier release. It has no reading,
	// and rows that are passed over now were left out or read.
	old bool
}

// readings returns how the tables were read, in the order in which they were given.
func (g *grid) readings() []gridReading {
	var out []gridReading
	for _, i := range g.given {
		out = append(out, g.reading(i))
	}
	return out
}

// reading returns how a table was read.
func (g *grid) reading(table int) gridReading {
	t, spec := &g.tables[table], &g.tpl.Tables[table]
	r := gridReading{Table: spec.Name, Head: t.head, First: t.first, old: !t.passes, Assumed: t.assumed, Lang: t.lang, Fields: make([]string, len(t.words))}
	for c, i := range t.words {
		if i >= 0 {
			r.Fields[c] = spec.Columns[i].Field
		}
	}
	return r
}

// heading returns the reading as it was, with the columns that a person mapped. The
// reading may come from outside, so that all of it is checked.
func (r *gridReading) heading(tpl *Template, read *formats.Table, free []int, maps []ColumnMap) (*heading, error) {
	at := slices.IndexFunc(free, func(i int) bool { return tpl.Tables[i].Name == r.Table })
	if at < 0 {
		return nil, ErrTables
	}
	if err := checkMaps(maps, read.Columns()); err != nil {
		return nil, err
	}
	if r.Head < -1 || r.Head >= read.Len() || r.First <= r.Head || r.First < 0 || r.First > read.Len() {
		return nil, ErrRow
	}
	t := &tpl.Tables[free[at]]

	var folded []string
	if r.Head >= 0 {
		folded = foldRow(read.Row(r.Head))
	}
	if len(r.Fields) > read.Columns() || len(r.Fields) > len(folded) {
		return nil, ErrColumn
	}
	words := slices.Repeat([]int{-1}, len(r.Fields))
	for c, f := range r.Fields {
		if f == "" {
			continue
		}
		if words[c] = t.column(f); words[c] < 0 {
			return nil, fmt.Errorf("%w: %s", ErrField, f)
		}
	}

	h, err := readHeadings(t, folded, r.Lang, words, maps)
	if err != nil {
		return nil, err
	}
	h.table, h.row, h.first, h.assumed = free[at], r.Head, r.First, r.Assumed
	switch {
	case len(h.twice) > 0:
		return nil, duplicateHeadings(read, h)
	case !h.complete():
		s := &headingSearch{tpl: tpl, known: tpl.headingWords(), read: read, free: free, maps: maps}
		return nil, s.missingColumns(t, h)
	}
	return h, nil
}

// tableOf returns a table of the grid that has no rows yet.
func (g *grid) tableOf(h *heading, read *formats.Table) gridTable {
	t := gridTable{read: read, head: h.row, first: h.first, passes: h.passes, assumed: h.assumed, words: h.words, cols: h.cols, lang: h.lang,
		own: findOwn(read, h.row, h.cols), headless: h.headless(read)}

	// Columns that were written beside those of the list are known.
	h.unknown = slices.DeleteFunc(h.unknown, t.own.has)
	maps.DeleteFunc(t.headless, func(c, _ int) bool { return t.own.has(c) })

	t.extras = append(findingsOutsideRows(g.tpl, read, h), h.findings(g.tpl, read)...)
	if t.own.rows > 0 {
		t.extras = append(t.extras, formats.Finding{Severity: formats.Warning, Code: "failing.imported", Row: read.Row(h.row).Number()})
	}
	if len(g.tpl.Tables) > 1 {
		for i := range t.extras {
			t.extras[i].Table = g.tpl.Tables[h.table].Name
		}
	}
	return t
}

// refusedAt adds to a refusal which of several files it is about, from 1.
func refusedAt(i, of int, err error) error {
	var r *formats.Refusal
	if of > 1 && errors.As(err, &r) {
		r.File = i + 1
	}
	return err
}

// refuseRepeated refuses a file that repeats a table given before. For any other
// file it returns err, the reason why the file is none of the free tables.
func (g *grid) refuseRepeated(known headingWords, read *formats.Table, maps []ColumnMap, err error) error {
	for _, table := range g.given {
		if h, _ := matchHeadings(g.tpl, known, read, []int{table}, maps); h != nil && len(g.tpl.Tables) > 1 {
			return formats.Refuse("table.repeated", "table", g.tpl.Tables[table].Name)
		}
	}
	return err
}

// noteMissing adds a warning, or returns a refusal, for tables that no file gave,
// as [Table.Missing] says.
func (g *grid) noteMissing(tables []int) error {
	var names []string
	for _, i := range tables {
		t := &g.tpl.Tables[i]
		switch t.Missing {
		case formats.Error:
			names = append(names, t.Name)
		case formats.Warning:
			g.tables[i].extras = []formats.Finding{{Severity: formats.Warning, Code: "table.missing", Table: t.Name, Args: map[string]string{"want": t.Name}}}
		}
	}
	if len(names) > 0 {
		return formats.Refuse("table.missing", "want", strings.Join(names, ", "))
	}
	return nil
}

// findingsOutsideRows returns the findings of a file that are in none of the rows of
// the grid.
func findingsOutsideRows(tpl *Template, read *formats.Table, h *heading) []formats.Finding {
	out := read.Stray()
	for i := range min(max(h.first, h.row+1), read.Len()) {
		row := read.Row(i)
		isData := i != h.row && (i >= h.first || h.passes && !tpl.isComment(read, row) && !blankRow(row))
		if !isData {
			out = append(out, row.Findings()...)
		}
	}
	slices.SortStableFunc(out, func(a, b formats.Finding) int { return a.Row - b.Row })
	return out
}

// mapsOf returns the columns mapped by hand in the table, by its number as given.
func mapsOf(maps []ColumnMap, table int) []ColumnMap {
	var out []ColumnMap
	for _, m := range maps {
		if m.Table == table {
			out = append(out, m)
		}
	}
	return out
}

// isComment reports whether a row of a workbook is a comment. In a text file the
// reader leaves comments out, and a cell that looks like one was quoted.
func (t *Template) isComment(read *formats.Table, row formats.Row) bool {
	return t.Comment != 0 && read.Cells && strings.HasPrefix(row.Cell(0), string(t.Comment))
}

// blankRow reports whether a row holds nothing but blanks and has no error.
func blankRow(r formats.Row) bool {
	for c := range r.Len() {
		if !isBlank(r.Cell(c)) {
			return false
		}
	}
	return !slices.ContainsFunc(r.Findings(), func(f formats.Finding) bool { return f.Severity == formats.Error })
}

// layRows adds the rows of a table that are neither its headings nor blank nor
// comments. Those that are no person's are marked as passed over.
func (g *grid) layRows(table int, known headingWords) {
	t := &g.tables[table]
	t.from = uint32(len(g.rows))
	if t.read == nil {
		t.cols = slices.Repeat([]int{-1}, len(g.tpl.Tables[table].Columns))
		t.last = 1 // row 1 is for the headings
		return
	}

	from := t.first
	if t.passes {
		from, t.passing = 0, g.newPassing(table, known)
	}
	g.rows = slices.Grow(g.rows, t.read.Len()-from)
	for i := from; i < t.read.Len(); i++ {
		row := t.read.Row(i)
		if i == t.head || blankRow(row) || g.tpl.isComment(t.read, row) || t.isEmptied(row) {
			continue
		}
		g.rows = append(g.rows, gridRow{id: users.RowAt(table, row.Number()), src: int32(i), above: i < t.first, plain: t.passing == nil || i >= t.first && t.passing.isPlain(row)})
	}
	for r := t.from; r < uint32(len(g.rows)); r++ {
		if at := &g.rows[r]; !at.plain {
			at.plain = g.reason(r) == passNot && !g.fillsDown(r)
		}
	}
	t.count = uint32(len(g.rows)) - t.from
	t.last = t.read.Row(t.read.Len() - 1).Number()
}
