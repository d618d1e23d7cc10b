package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// headRows is how many rows of a file may stand above its headings.
const headRows = 20

// heading is a row read as headings, in one language.
type heading struct {
	table   int
	row     int // index in the table as read
	lang    string
	cols    []int // by column of the template: the file's column from 0, or -1
	known   int   // columns recognised
	unknown []int // the file's columns nobody asked for
	twice   [][2]int
	missing []int // required columns of the template that are not there
}

// better orders candidates: one with everything required, then the most
// recognised, then the fewest not, then the first row.
func (h *heading) better(o *heading) bool {
	switch {
	case o == nil:
		return true
	case len(h.missing) == 0 != (len(o.missing) == 0):
		return len(h.missing) == 0
	case h.known != o.known:
		return h.known > o.known
	case len(h.unknown) != len(o.unknown):
		return len(h.unknown) < len(o.unknown)
	}
	return false
}

// matchHeadings finds the row of headings of a file, among the tables of the
// template, and reads it as a whole in one language: a word like NOME means
// one thing in Italian and another in none.
func matchHeadings(tpl *Template, known headingWords, read *formats.Table, free []int, maps []ColumnMap) (*heading, error) {
	var best *heading
	for i := range min(read.Len(), headRows) {
		folded := foldRow(read.Row(i))
		for _, table := range free {
			for _, lang := range known.languages {
				if h := matchRow(&tpl.Tables[table], folded, lang, known.columns[table][lang]); h.known > 0 && h.better(best) {
					h.table, h.row = table, i
					best = h
				}
			}
		}
	}
	if len(maps) > 0 {
		best = byHand(tpl, best, free[0], maps)
	}
	switch {
	case best == nil:
		return nil, missingHeadings(&tpl.Tables[free[0]], read, &heading{lang: "en", missing: required(&tpl.Tables[free[0]])})
	case len(best.twice) > 0:
		return nil, duplicateHeadings(read, best)
	case len(best.missing) > 0:
		return nil, missingHeadings(&tpl.Tables[best.table], read, best)
	}
	return best, nil
}

func required(t *Table) []int {
	var out []int
	for i := range t.Columns {
		if t.Columns[i].Required {
			out = append(out, i)
		}
	}
	return out
}

// headingWords are a template's headings: by table and language, the column
// each folded heading stands for.
type headingWords struct {
	languages []string
	columns   []map[string]map[string]int
}

func (t *Template) headingWords() headingWords {
	w := headingWords{languages: t.Languages()}
	for i := range t.Tables {
		byLang := map[string]map[string]int{}
		for _, lang := range w.languages {
			byLang[lang] = map[string]int{}
			for c := range t.Tables[i].Columns {
				for _, word := range t.Tables[i].Columns[c].Headings[lang] {
					byLang[lang][users.FoldHeading(word)] = c
				}
			}
		}
		w.columns = append(w.columns, byLang)
	}
	return w
}

func foldRow(row formats.Row) []string {
	out := make([]string, row.Len())
	for c := range out {
		out[c] = users.FoldHeading(row.Cell(c))
	}
	return out
}

func matchRow(t *Table, folded []string, lang string, words map[string]int) *heading {
	h := &heading{lang: lang, cols: slices.Repeat([]int{-1}, len(t.Columns))}
	for c, word := range folded {
		if word == "" {
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
	h.require(t)
	return h
}

func (h *heading) require(t *Table) {
	h.missing = nil
	for _, i := range required(t) {
		if h.cols[i] < 0 {
			h.missing = append(h.missing, i)
		}
	}
}

// byHand lays the caller's choice of columns over what was recognised.
func byHand(tpl *Template, best *heading, table int, maps []ColumnMap) *heading {
	if best == nil {
		best = &heading{table: table, lang: "en", cols: slices.Repeat([]int{-1}, len(tpl.Tables[table].Columns))}
	}
	t := &tpl.Tables[best.table]
	for _, m := range maps {
		for i := range best.cols {
			if best.cols[i] == m.Column-1 {
				best.cols[i] = -1
			}
		}
		if i := t.column(m.Field); i >= 0 {
			best.cols[i] = m.Column - 1
		}
		best.unknown = slices.DeleteFunc(best.unknown, func(c int) bool { return c == m.Column-1 })
		best.twice = slices.DeleteFunc(best.twice, func(c [2]int) bool { return c[0] == m.Column-1 || c[1] == m.Column-1 })
	}
	best.require(t)
	return best
}

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
	for _, c := range h.unknown {
		if near, ok := users.Nearest(row.Cell(c), want); ok {
			r.Args["near"], r.Args["nearest"] = formats.Show(row.Cell(c)), near
			break
		}
	}
	return r
}

func duplicateHeadings(read *formats.Table, h *heading) *formats.Refusal {
	row := read.Row(h.row)
	a, b := h.twice[0][0], h.twice[0][1]
	r := formats.Refuse("header.duplicate", "heading", formats.Show(row.Cell(a)), "other", formats.Show(row.Cell(b)),
		"column", strconv.Itoa(a+1), "other_column", strconv.Itoa(b+1))
	r.Row = row.Number()
	return r
}

// findings are the warnings about the heading row: columns nobody asked for,
// and rows above it.
func (h *heading) findings(t *Table, read *formats.Table) []formats.Finding {
	var out []formats.Finding
	row := read.Row(h.row)
	if h.row > 0 {
		out = append(out, formats.Finding{Severity: formats.Warning, Code: "header.late", Row: row.Number(), Line: row.Line(),
			Args: map[string]string{"rows": strconv.Itoa(h.row)}})
	}
	var free []string
	for i := range t.Columns {
		if h.cols[i] < 0 {
			free = append(free, t.Columns[i].Heading(h.lang))
		}
	}
	for _, c := range h.unknown {
		f := formats.Finding{Severity: formats.Warning, Code: "header.unknown", Row: row.Number(), Line: row.Line(), Column: c + 1, Value: formats.Show(row.Cell(c))}
		if read.Cells {
			f.Cell = formats.CellName(c+1, row.Number())
		}
		if near, ok := users.Nearest(row.Cell(c), free); ok {
			f.Args = map[string]string{"nearest": near}
		}
		out = append(out, f)
	}
	return out
}

// newGrid recognises the tables by their headings and lays out their rows.
func newGrid(tpl *Template, tables []*formats.Table, maps []ColumnMap) (*grid, error) {
	if len(tables) == 0 || len(tables) > len(tpl.Tables) {
		return nil, fmt.Errorf("%w: %d", ErrTables, len(tables))
	}
	g := &grid{tpl: tpl, tables: make([]gridTable, len(tpl.Tables))}
	free := make([]int, len(tpl.Tables))
	for i := range free {
		free[i] = i
	}
	known := tpl.headingWords()
	for i, read := range tables {
		if read.Len() == 0 {
			return nil, formats.Refuse("file.empty")
		}
		h, err := matchHeadings(tpl, known, read, free, mapsOf(maps, i))
		if err != nil {
			return nil, err
		}
		free = slices.DeleteFunc(free, func(t int) bool { return t == h.table })
		g.tables[h.table] = gridTable{read: read, head: h.row, cols: h.cols, lang: h.lang, extras: append(stray(read, h.row), h.findings(&tpl.Tables[h.table], read)...)}
	}
	for i := range g.tables {
		g.layRows(i)
	}
	if len(g.rows) == 0 {
		return nil, formats.Refuse("file.no_rows")
	}
	return g, nil
}

// stray are the findings of a file that stand in none of its data rows.
func stray(read *formats.Table, head int) []formats.Finding {
	data := map[int]bool{}
	all := read.Findings()
	if len(all) > 0 {
		for i := head + 1; i < read.Len(); i++ {
			data[read.Row(i).Number()] = true
		}
	}
	return slices.DeleteFunc(all, func(f formats.Finding) bool { return data[f.Row] })
}

func mapsOf(maps []ColumnMap, table int) []ColumnMap {
	var out []ColumnMap
	for _, m := range maps {
		if m.Table == table {
			out = append(out, m)
		}
	}
	return out
}

// blankRow reports whether a row holds nothing but blanks, and nothing is wrong with it.
func blankRow(r formats.Row) bool {
	for c := range r.Len() {
		if !isBlank(r.Cell(c)) {
			return false
		}
	}
	return !slices.ContainsFunc(r.Findings(), func(f formats.Finding) bool { return f.Severity == formats.Error })
}

func (g *grid) layRows(table int) {
	t := &g.tables[table]
	t.from = uint32(len(g.rows))
	if t.read == nil {
		t.cols = slices.Repeat([]int{-1}, len(g.tpl.Tables[table].Columns))
		t.last = 1
		return
	}
	g.rows = slices.Grow(g.rows, t.read.Len()-t.head-1)
	for i := t.head + 1; i < t.read.Len(); i++ {
		if row := t.read.Row(i); !blankRow(row) {
			g.rows = append(g.rows, gridRow{id: users.RowAt(table, row.Number()), src: int32(i)})
		}
	}
	t.count = uint32(len(g.rows)) - t.from
	t.last = t.read.Row(t.read.Len() - 1).Number()
}
