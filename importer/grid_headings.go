package importer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/users"
)

// headRows is the number of rows among which the headings are looked for.
const headRows = 20

// heading is a row read as headings, in one language.
type heading struct {
	table   int
	row     int // index in the table as read
	lang    string
	cols    []int    // by column of the template: the file's column from 0, or -1
	known   int      // the number of columns recognised
	unknown []int    // columns of the file that the template does not know
	twice   [][2]int // pairs of columns of the file with one meaning
	missing []int    // columns that must be in the file and are not
}

// better reports whether h is a better reading than o, which may be nil. A
// complete one is better, then one with more columns recognised, then one with
// fewer unknown.
func (h *heading) better(o *heading) bool {
	switch {
	case o == nil:
		return true
	case h.complete() != o.complete():
		return h.complete()
	case h.known != o.known:
		return h.known > o.known
	}
	return len(h.unknown) < len(o.unknown)
}

// complete reports whether every column that must be in the file is there.
func (h *heading) complete() bool { return len(h.missing) == 0 }

// matchHeadings finds the row of headings of a file among the free tables of the
// template. It reads a row in one language as a whole, because NOME is the first
// name in Italian and no heading in English. The first complete row is the one,
// even if a later row matches more columns.
func matchHeadings(tpl *Template, known headingWords, read *formats.Table, free []int, maps []ColumnMap) (*heading, error) {
	var best *heading
	var fieldErr error // of a table that lacks a field of maps, when another table may have it
	for i := range min(read.Len(), headRows) {
		folded := foldRow(read.Row(i))
		for _, table := range free {
			for _, lang := range known.languages {
				h, err := matchRow(&tpl.Tables[table], folded, lang, known.columns[table][lang], maps, read.Columns())
				if errors.Is(err, ErrField) {
					fieldErr = err
					continue
				}
				if err != nil {
					return nil, err
				}

				h.table, h.row = table, i
				if (h.known > 0 || len(maps) > 0) && h.better(best) {
					best = h
				}
			}
		}
		if best.isFinal(i, len(maps) > 0) {
			break
		}
	}

	switch {
	case best == nil && fieldErr != nil:
		return nil, fieldErr
	case best == nil:
		return nil, missingHeadings(&tpl.Tables[free[0]], read, &heading{lang: "en", missing: required(&tpl.Tables[free[0]])})
	case len(best.twice) > 0:
		return nil, duplicateHeadings(read, best)
	case !best.complete():
		return nil, missingHeadings(&tpl.Tables[best.table], read, best)
	}
	return best, nil
}

// isFinal reports whether the best heading up to row i needs no later row. With
// columns mapped by hand the first row may have no heading that is recognised.
func (h *heading) isFinal(i int, mapped bool) bool {
	return h != nil && h.complete() && (h.known > 0 || mapped && i == 0)
}

// required returns the columns that must be in the file.
func required(t *Table) []int {
	var out []int
	for i := range t.Columns {
		if t.Columns[i].Required || t.Columns[i].Expected {
			out = append(out, i)
		}
	}
	return out
}

// headingWords indexes a template's headings.
type headingWords struct {
	languages []string
	columns   []map[string]map[string]int // by table, language and folded heading: the column
}

// headingWords indexes the headings of all tables in all languages.
func (t *Template) headingWords() headingWords {
	w := headingWords{languages: t.Languages()}
	for i := range t.Tables {
		byLang := map[string]map[string]int{}
		for _, lang := range w.languages {
			byLang[lang] = map[string]int{}
			for c := range t.Tables[i].Columns {
				for _, word := range t.Tables[i].Columns[c].Headings[lang] {
					byLang[lang][folding.Heading(word)] = c
				}
			}
		}
		w.columns = append(w.columns, byLang)
	}
	return w
}

// foldRow returns the cells of a row folded as headings.
func foldRow(row formats.Row) []string {
	out := make([]string, row.Len())
	for c := range out {
		out[c] = folding.Heading(row.Cell(c))
	}
	return out
}

// matchRow reads a row as headings in a language. words are the table's folded
// headings. Columns mapped by hand are not read.
func matchRow(t *Table, folded []string, lang string, words map[string]int, maps []ColumnMap, width int) (*heading, error) {
	h := &heading{lang: lang, cols: slices.Repeat([]int{-1}, len(t.Columns))}
	byHand := map[int]bool{}
	for _, m := range maps {
		if m.Column < 1 || m.Column > width {
			return nil, fmt.Errorf("%w: %d", ErrColumn, m.Column)
		}
		byHand[m.Column-1] = true
	}

	for c, word := range folded {
		if word == "" || byHand[c] {
			continue
		}
		switch i, ok := words[word]; {
		case !ok:
			h.unknown = append(h.unknown, c)
		case h.cols[i] >= 0:
			h.twice = append(h.twice, [2]int{h.cols[i], c})
		default:
			h.cols[i] = c
			h.known++
		}
	}

	// Columns mapped by hand come second: they displace what was recognised.
	if err := h.mapByHand(t, maps); err != nil {
		return nil, err
	}
	slices.Sort(h.unknown)
	h.applyReading(t)
	h.findMissing(t)
	return h, nil
}

// mapByHand gives columns of the file to the fields that a person chose. The
// columns that were recognised for those fields become unknown.
func (h *heading) mapByHand(t *Table, maps []ColumnMap) error {
	for _, m := range maps {
		if m.Field == "" {
			continue
		}
		i := t.column(m.Field)
		if i < 0 {
			return fmt.Errorf("%w: %s", ErrField, m.Field)
		}
		if h.cols[i] >= 0 {
			h.unknown = append(h.unknown, h.cols[i])
		}
		h.cols[i] = m.Column - 1
	}
	return nil
}

// applyReading lets [Table.Reading] correct the fields that were recognised.
func (h *heading) applyReading(t *Table) {
	if t.Reading == nil || h.known == 0 {
		return
	}

	has := func(field string) bool { c := t.column(field); return c >= 0 && h.cols[c] >= 0 }
	exchange := t.Reading(h.lang, has)
	for _, from := range sortedKeys(exchange) {
		a, b := t.column(from), t.column(exchange[from])
		if a >= 0 && b >= 0 && h.cols[b] < 0 {
			h.cols[b], h.cols[a] = h.cols[a], -1
		}
	}
}

// findMissing lists the columns that must be in the file and are not.
func (h *heading) findMissing(t *Table) {
	h.missing = nil
	for _, i := range required(t) {
		if h.cols[i] < 0 {
			h.missing = append(h.missing, i)
		}
	}
}

// missingHeadings refuses a file that lacks columns. It names the columns and up
// to 12 cells of the heading row. If an unknown heading is near to a missing one,
// it suggests that column.
func missingHeadings(t *Table, read *formats.Table, h *heading) *formats.Refusal {
	var want, found []string
	for _, i := range h.missing {
		want = append(want, t.Columns[i].Heading(h.lang))
	}

	row := read.Row(h.row)
	for _, c := range row.Cells() {
		if !isBlank(c) {
			found = append(found, formats.Show(c))
		}
	}
	r := formats.Refuse("header.missing", "want", strings.Join(want, ", "), "found", strings.Join(found[:min(len(found), 12)], ", "))
	r.Row = row.Number()
	if others := read.Source["other_sheets"]; others != "" {
		r.Args["sheets"] = others
	}

	for _, c := range h.unknown {
		if near, ok := nearby.Best(row.Cell(c), want); ok {
			r.Args["near"], r.Args["nearest"] = formats.Show(row.Cell(c)), near
			r.Args["column"], r.Args["field"] = strconv.Itoa(c+1), t.Columns[h.missing[slices.Index(want, near)]].Field
			break
		}
	}
	return r
}

// duplicateHeadings refuses a file with two columns of one meaning.
func duplicateHeadings(read *formats.Table, h *heading) *formats.Refusal {
	row := read.Row(h.row)
	a, b := h.twice[0][0], h.twice[0][1]
	r := formats.Refuse("header.duplicate", "heading", formats.Show(row.Cell(a)), "other", formats.Show(row.Cell(b)),
		"column", strconv.Itoa(a+1), "other_column", strconv.Itoa(b+1))
	r.Row = row.Number()
	return r
}

// findings returns the warnings about the heading row: rows above it, and columns
// that the template does not know.
func (h *heading) findings(tpl *Template, read *formats.Table) []formats.Finding {
	var out []formats.Finding
	row := read.Row(h.row)
	above := 0
	for i := range h.row {
		if !tpl.isComment(read, read.Row(i)) {
			above++
		}
	}
	if above > 0 {
		out = append(out, formats.Finding{Severity: formats.Warning, Code: "header.late", Row: row.Number(), Line: row.Line(),
			Args: map[string]string{"rows": strconv.Itoa(above)}})
	}
	return append(out, h.unknownColumns(&tpl.Tables[h.table], read)...)
}

// unknownColumns returns a warning for each heading that the template does not
// know. It suggests the nearest heading that the file does not have.
func (h *heading) unknownColumns(t *Table, read *formats.Table) []formats.Finding {
	var free, fields []string
	for i := range t.Columns {
		if h.cols[i] < 0 {
			free, fields = append(free, t.Columns[i].Heading(h.lang)), append(fields, t.Columns[i].Field)
		}
	}

	var out []formats.Finding
	row := read.Row(h.row)
	for _, c := range h.unknown {
		f := formats.Finding{Severity: formats.Warning, Code: "header.unknown", Row: row.Number(), Line: row.Line(), Column: c + 1, Value: formats.Show(row.Cell(c))}
		if read.Cells {
			f.Cell = formats.CellName(c+1, row.Number())
		}
		if near, ok := nearby.Best(row.Cell(c), free); ok {
			f.Args = map[string]string{"nearest": near, "field": fields[slices.Index(free, near)]}
		}
		out = append(out, f)
	}
	return out
}

// headless counts, for every column without a heading, the rows that hold
// something in it.
func (h *heading) headless(read *formats.Table) map[int]int {
	out := map[int]int{}
	row := read.Row(h.row)
	for c := range read.Columns() {
		if !isBlank(row.Cell(c)) || slices.Contains(h.cols, c) {
			continue
		}
		for i := h.row + 1; i < read.Len(); i++ {
			if !isBlank(read.Row(i).Cell(c)) {
				out[c]++
			}
		}
	}
	return out
}

// newGrid recognises the tables by their headings and lays out their rows.
func newGrid(tpl *Template, tables []*formats.Table, maps []ColumnMap) (*grid, error) {
	if len(tables) == 0 || len(tables) > len(tpl.Tables) {
		return nil, fmt.Errorf("%w: %d", ErrTables, len(tables))
	}
	g := &grid{tpl: tpl, tables: make([]gridTable, len(tpl.Tables))}

	free, err := g.matchTables(tables, maps)
	if err != nil {
		return nil, err
	}
	if err := g.noteMissing(free); err != nil {
		return nil, err
	}

	// Rows come after all tables are known: their order is the template's, and not
	// the order in which files were given.
	for i := range g.tables {
		g.layRows(i)
	}
	if len(g.rows) == 0 {
		return nil, formats.Refuse("file.no_rows")
	}
	return g, nil
}

// matchTables finds the table of the template for each file. It returns the
// tables that no file gave.
func (g *grid) matchTables(tables []*formats.Table, maps []ColumnMap) ([]int, error) {
	free := make([]int, len(g.tpl.Tables))
	for i := range free {
		free[i] = i
	}

	known := g.tpl.headingWords()
	for i, read := range tables {
		if read.Len() == 0 {
			return nil, refusedAt(i, len(tables), formats.Refuse("file.empty"))
		}
		h, err := matchHeadings(g.tpl, known, read, free, mapsOf(maps, i))
		if err != nil {
			return nil, refusedAt(i, len(tables), g.refuseRepeated(known, read, mapsOf(maps, i), err))
		}
		g.given = append(g.given, h.table)
		free = slices.DeleteFunc(free, func(t int) bool { return t == h.table })
		g.tables[h.table] = g.tableOf(h, read)
	}
	return free, nil
}

// tableOf returns a table of the grid that has no rows yet.
func (g *grid) tableOf(h *heading, read *formats.Table) gridTable {
	t := gridTable{read: read, head: h.row, cols: h.cols, lang: h.lang, own: findOwn(read, h.row, h.cols), headless: h.headless(read)}

	// Columns that were written beside those of the list are known.
	h.unknown = slices.DeleteFunc(h.unknown, t.own.has)
	maps.DeleteFunc(t.headless, func(c, _ int) bool { return t.own.has(c) })

	t.extras = append(findingsOutsideRows(read, h.row), h.findings(g.tpl, read)...)
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

// findingsOutsideRows returns the findings of a file that are in none of its data
// rows.
func findingsOutsideRows(read *formats.Table, head int) []formats.Finding {
	out := read.Stray()
	for i := range head + 1 {
		out = append(out, read.Row(i).Findings()...)
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

// layRows adds the rows of a table: those below its headings that are neither
// blank nor comments.
func (g *grid) layRows(table int) {
	t := &g.tables[table]
	t.from = uint32(len(g.rows))
	if t.read == nil {
		t.cols = slices.Repeat([]int{-1}, len(g.tpl.Tables[table].Columns))
		t.last = 1 // row 1 is for the headings
		return
	}

	g.rows = slices.Grow(g.rows, t.read.Len()-t.head-1)
	for i := t.head + 1; i < t.read.Len(); i++ {
		if row := t.read.Row(i); !blankRow(row) && !g.tpl.isComment(t.read, row) && !t.isEmptied(row) {
			g.rows = append(g.rows, gridRow{id: users.RowAt(table, row.Number()), src: int32(i)})
		}
	}
	t.count = uint32(len(g.rows)) - t.from
	t.last = t.read.Row(t.read.Len() - 1).Number()
}
