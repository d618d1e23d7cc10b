package importer

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/users"
)

// headRows is the number of rows among which the headings are looked for.
const headRows = 20

// heading is a row read as headings, in one language.
type heading struct {
	table   int
	row     int // index in the table as read, or -1 if the file has no headings
	first   int // index of the first row below them
	lang    string
	words   []int    // by column of the file: the template's column whose heading it has, or -1
	cols    []int    // by column of the template: the file's column from 0, or -1
	known   int      // the number of columns recognised
	unknown []int    // columns of the file that the template does not know
	byHand  []int    // columns of the file that a person mapped
	twice   [][2]int // pairs of columns of the file with one meaning
	missing []int    // columns that must be in the file and are not
	assumed bool     // no heading was recognised: the row was taken because columns were mapped
	passes  bool     // rows that are passed over are rows of the grid; see [gridReading]
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
// even if a later row matches more columns. Rows above it that look like people
// refuse the file.
func matchHeadings(tpl *Template, known headingWords, read *formats.Table, free []int, maps []ColumnMap) (*heading, error) {
	if err := checkMaps(maps, read.Columns()); err != nil {
		return nil, err
	}
	s := &headingSearch{tpl: tpl, known: known, read: read, free: free, maps: maps}
	best, err := s.among(0, headRows)
	if err != nil {
		return nil, err
	}
	if len(maps) > 0 && (best == nil || s.peopleAbove(best) != nil) {
		if best, err = s.byHand(); err != nil {
			return nil, err
		}
	}

	switch {
	case best == nil && s.fieldErr != nil:
		return nil, s.fieldErr
	case best == nil:
		t := &tpl.Tables[free[0]]
		return nil, s.missing(t, &heading{lang: "en", missing: required(t)})
	case len(best.twice) > 0:
		return nil, duplicateHeadings(read, best)
	case !best.complete():
		return nil, s.missing(&tpl.Tables[best.table], best)
	}
	return best, s.peopleAbove(best)
}

// headingSearch looks for the row of headings of a file.
type headingSearch struct {
	tpl      *Template
	known    headingWords
	read     *formats.Table
	free     []int // tables of the template
	maps     []ColumnMap
	fieldErr error // of a table that lacks a field of maps, when another table may have it
}

// among returns the best reading of the rows from and before to, or nil if no heading
// is known in any of them.
func (s *headingSearch) among(from, to int) (*heading, error) {
	var best *heading
	for i := from; i < min(s.read.Len(), to); i++ {
		folded := foldRow(s.read.Row(i))
		for _, table := range s.free {
			for _, lang := range s.known.languages {
				h, err := readHeadings(&s.tpl.Tables[table], folded, lang, recognised(folded, s.known.columns[table][lang]), s.maps)
				if errors.Is(err, ErrField) {
					s.fieldErr = err
					continue
				}
				if err != nil {
					return nil, err
				}

				h.table, h.row, h.first = table, i, i+1
				if h.known > 0 && h.better(best) {
					best = h
				}
			}
		}
		if best != nil && best.complete() {
			break
		}
	}
	return best, nil
}

// byHand returns the reading of a file in which no heading is known and columns were
// mapped. The headings are the first row that has a text in every mapped column. If
// a row before it, or that row, looks like data, the file has no headings.
func (s *headingSearch) byHand() (*heading, error) {
	for _, table := range s.free {
		t := &s.tpl.Tables[table]
		row, first := 0, 1
		for i := range min(s.read.Len(), headRows) {
			r := s.read.Row(i)
			if s.looksMapped(t, r) {
				row, first = -1, i
				break
			}
			if !slices.ContainsFunc(s.maps, func(m ColumnMap) bool { return m.Field != "" && isBlank(r.Cell(m.Column-1)) }) {
				row, first = i, i+1
				break
			}
		}

		var folded []string
		if row >= 0 {
			folded = foldRow(s.read.Row(row))
		}
		h, err := readHeadings(t, folded, s.known.languages[0], nil, s.maps)
		if errors.Is(err, ErrField) {
			s.fieldErr = err
			continue
		}
		if err != nil {
			return nil, err
		}
		h.table, h.row, h.first, h.assumed = table, row, first, true
		return h, nil
	}
	return nil, nil
}

// looksMapped reports whether a row looks like data under the mapped columns: it has
// an address, a number, or one of the values that its column allows.
func (s *headingSearch) looksMapped(t *Table, row formats.Row) bool {
	for _, m := range s.maps {
		c, text := t.column(m.Field), row.Cell(m.Column-1)
		if c < 0 || isBlank(text) {
			continue
		}
		if isNumber(text) {
			return true
		}
		if a := t.Columns[c].allowed("en"); len(t.Columns[c].Values) > 0 && a.names[a.fold(text)] != "" {
			return true
		}
	}
	return hasAddress(row)
}

// isNumber reports whether a text is a number: of a line, of a telephone, an amount.
func isNumber(text string) bool {
	digits := 0
	for _, r := range formats.Unguard(strings.TrimSpace(text)) {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-./() \u00a0", r):
			return false
		}
	}
	return digits > 0
}

// hasAddress reports whether a cell of the row is an e-mail address, also one with a
// name or other marks around it.
func hasAddress(row formats.Row) bool {
	for c := range row.Len() {
		text := row.Cell(c)
		if !strings.Contains(text, "@") {
			continue
		}
		email, problems := users.ParseEmail(formats.Unguard(text))
		if email != "" || slices.ContainsFunc(problems, func(p users.Problem) bool { return p.Fix != "" || p.Code == "email.multiple" }) {
			return true
		}
	}
	return false
}

// peopleAbove refuses a file in which a row above the headings looks like the rows
// below them: it has an address, or as many cells as there are headings.
func (s *headingSearch) peopleAbove(h *heading) error {
	if h.row <= 0 {
		return nil
	}
	t, head := &s.tpl.Tables[h.table], s.read.Row(h.row)
	headings := filledCells(head)
	for i := range h.row {
		row := s.read.Row(i)
		if s.tpl.isComment(s.read, row) || !hasAddress(row) && !h.isLike(t, row, headings) {
			continue
		}
		r := formats.Refuse("header.missing", "headings", strconv.Itoa(head.Number()))
		r.Row = row.Number()
		return r
	}
	return nil
}

// isLike reports whether a row has as many cells as there are headings. A single cell
// is often a title: it counts only if its column can read it.
func (h *heading) isLike(t *Table, row formats.Row, headings int) bool {
	if filledCells(row) < headings {
		return false
	}
	if headings > 1 {
		return true
	}
	for c, at := range h.cols {
		if at < 0 || isBlank(row.Cell(at)) {
			continue
		}
		parse := t.Columns[c].Parse
		if parse == nil {
			parse = Text
		}
		value, _ := parse(row.Cell(at))
		return value != ""
	}
	return false
}

// filledCells returns the number of cells that are not blank.
func filledCells(row formats.Row) int {
	n := 0
	for c := range row.Len() {
		if !isBlank(row.Cell(c)) {
			n++
		}
	}
	return n
}

// checkMaps refuses a column that the file does not have, and a column or a field
// that is mapped twice.
func checkMaps(maps []ColumnMap, width int) error {
	for i, m := range maps {
		if m.Column < 1 || m.Column > width {
			return fmt.Errorf("%w: %d", ErrColumn, m.Column)
		}
		for _, o := range maps[:i] {
			if o.Column == m.Column {
				return fmt.Errorf("%w: column %d", ErrMap, m.Column)
			}
			if o.Field == m.Field && m.Field != "" {
				return fmt.Errorf("%w: %s", ErrMap, m.Field)
			}
		}
	}
	return nil
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
			// The name of a field is a heading in every language, unless that language
			// has the word for another column.
			for c := range t.Tables[i].Columns {
				word := folding.Heading(t.Tables[i].Columns[c].Field)
				if _, taken := byLang[lang][word]; !taken {
					byLang[lang][word] = c
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

// recognised returns for each column of the file the column of the template whose
// heading it has, or -1. words are the table's folded headings.
func recognised(folded []string, words map[string]int) []int {
	out := make([]int, len(folded))
	for c, word := range folded {
		out[c] = -1
		if i, ok := words[word]; ok && word != "" {
			out[c] = i
		}
	}
	return out
}

// readHeadings reads a row as headings in a language. words says for each column of
// the file which heading it has. Columns mapped by hand are not read, but their
// headings still say that the row is one of headings.
func readHeadings(t *Table, folded []string, lang string, words []int, maps []ColumnMap) (*heading, error) {
	h := &heading{lang: lang, words: words, cols: slices.Repeat([]int{-1}, len(t.Columns))}
	for _, m := range maps {
		h.byHand = append(h.byHand, m.Column-1)
	}

	seen := map[int]bool{}
	for c, word := range folded {
		i := -1
		if c < len(words) {
			i = words[c]
		}
		if i >= 0 && !seen[i] {
			seen[i] = true
			h.known++
		}
		switch {
		case word == "" || slices.Contains(h.byHand, c):
		case i < 0:
			h.unknown = append(h.unknown, c)
		case h.cols[i] >= 0:
			h.twice = append(h.twice, [2]int{h.cols[i], c})
		default:
			h.cols[i] = c
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

// missing refuses a file without complete headings. It says why as exactly as it can:
// all cells of a row are in one, the headings are in a later row, or columns are
// missing.
func (s *headingSearch) missing(t *Table, h *heading) error {
	if r := s.oneColumn(); r != nil {
		return r
	}

	later, err := s.among(headRows, headRowsLater)
	if err == nil && later != nil && later.complete() && len(later.twice) == 0 {
		r := formats.Refuse("header.missing", "headings", strconv.Itoa(s.read.Row(later.row).Number()))
		r.Row = s.read.Row(0).Number()
		return r
	}
	return s.missingColumns(t, h)
}

// headRowsLater is the number of rows among which a refusal looks for headings.
const headRowsLater = 1000

// oneColumn refuses a file in which the cells of each row are in one cell, or returns
// nil. A spreadsheet does that to a text file of another country.
func (s *headingSearch) oneColumn() *formats.Refusal {
	for i := range min(s.read.Len(), headRows) {
		row := s.read.Row(i)
		if filledCells(row) != 1 {
			continue
		}
		text := row.Cell(row.Len() - 1)
		for _, delimiter := range []string{";", ",", "\t", "|"} {
			parts := strings.Split(text, delimiter)
			if len(parts) < 2 || !s.isComplete(parts) {
				continue
			}
			r := formats.Refuse("header.one_column", "delimiter", delimiter)
			if delimiter == "\t" {
				r = formats.Refuse("header.one_column")
			}
			r.Row = row.Number()
			return r
		}
	}
	return nil
}

// isComplete reports whether the texts are the headings of a table in some language.
func (s *headingSearch) isComplete(texts []string) bool {
	folded := make([]string, len(texts))
	for c, text := range texts {
		folded[c] = folding.Heading(strings.Trim(strings.TrimSpace(text), `"'`))
	}
	for _, table := range s.free {
		for _, lang := range s.known.languages {
			h, err := readHeadings(&s.tpl.Tables[table], folded, lang, recognised(folded, s.known.columns[table][lang]), nil)
			if err == nil && h.known > 1 && h.complete() {
				return true
			}
		}
	}
	return false
}

// missingColumns refuses a file that lacks columns. It names the columns and up to 12
// cells of the heading row. If an unknown heading may mean a missing one, it suggests
// that column.
func (s *headingSearch) missingColumns(t *Table, h *heading) *formats.Refusal {
	row := s.read.Row(max(h.row, 0))
	lang := s.languageOf(t, h, row)

	var want, found []string
	for _, i := range h.missing {
		want = append(want, t.Columns[i].Heading(lang))
	}
	for _, c := range row.Cells() {
		if !isBlank(c) {
			found = append(found, formats.Show(c))
		}
	}
	r := formats.Refuse("header.missing", "want", strings.Join(want, ", "), "found", strings.Join(found[:min(len(found), 12)], ", "))
	r.Row = row.Number()
	if others := s.read.Source["other_sheets"]; others != "" {
		r.Args["sheets"] = others
	}

	for c := range row.Len() {
		if c < len(h.words) && h.words[c] >= 0 || isBlank(row.Cell(c)) {
			continue
		}
		if i, near := t.meant(row.Cell(c), lang, h.missing); near {
			r.Args["near"], r.Args["nearest"] = formats.Show(row.Cell(c)), t.Columns[i].Heading(lang)
			r.Args["column"], r.Args["field"] = strconv.Itoa(c+1), t.Columns[i].Field
			break
		}
	}
	return r
}

// languageOf returns the language in which a person would look for the missing
// headings: the one in which most cells of the row are headings or near one. Of
// languages with as many it prefers English.
func (s *headingSearch) languageOf(t *Table, h *heading, row formats.Row) string {
	all := make([]int, len(t.Columns))
	for c := range all {
		all[c] = c
	}

	best, most := h.lang, -1
	for _, lang := range s.known.languages { // English is the first
		words, n := s.known.columns[h.table][lang], 0
		for c := range row.Len() {
			if isBlank(row.Cell(c)) {
				continue
			}
			_, known := words[folding.Heading(row.Cell(c))]
			if !known {
				_, known = t.meantIn(row.Cell(c), lang, all)
			}
			if known {
				n++
			}
		}
		if n > most {
			best, most = lang, n
		}
	}
	return best
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

// findings returns the warnings about the heading row: that it was assumed to be one,
// rows above it, and columns that the template does not know.
func (h *heading) findings(tpl *Template, read *formats.Table) []formats.Finding {
	var out []formats.Finding
	add := func(code string, args map[string]string) {
		f := formats.Finding{Severity: formats.Warning, Code: code, Args: args}
		if h.row >= 0 {
			f.Row, f.Line = read.Row(h.row).Number(), read.Row(h.row).Line()
		}
		out = append(out, f)
	}
	if h.assumed && h.row >= 0 {
		add("header.assumed", nil)
	}

	above := 0
	for i := range h.first {
		if i != h.row && !blankRow(read.Row(i)) && !tpl.isComment(read, read.Row(i)) {
			above++
		}
	}
	if above > 0 {
		add("header.late", map[string]string{"rows": strconv.Itoa(above)})
	}
	return append(out, h.unknownColumns(&tpl.Tables[h.table], read)...)
}

// unknownColumns returns a warning for each heading that the template does not know.
// It suggests the column that was probably meant, if the file does not have it.
func (h *heading) unknownColumns(t *Table, read *formats.Table) []formats.Finding {
	if h.row < 0 {
		return nil
	}
	row := read.Row(h.row)
	var free []int
	for i := range t.Columns {
		if h.cols[i] < 0 {
			free = append(free, i)
		}
	}

	var out []formats.Finding
	for _, c := range h.unknown {
		f := formats.Finding{Severity: formats.Warning, Code: "header.unknown", Row: row.Number(), Line: row.Line(), Column: c + 1, Value: formats.Show(row.Cell(c))}
		if read.Cells {
			f.Cell = formats.CellName(c+1, row.Number())
		}
		if i, near := t.meant(row.Cell(c), h.lang, free); near {
			f.Args = map[string]string{"nearest": t.Columns[i].freeHeading(h.lang, row), "field": t.Columns[i].Field}
		}
		out = append(out, f)
	}
	return out
}

// headless counts, for every column without a heading, the rows that hold
// something in it.
func (h *heading) headless(read *formats.Table) map[int]int {
	out := map[int]int{}
	var row formats.Row // without cells if the file has no headings
	if h.row >= 0 {
		row = read.Row(h.row)
	}
	for c := range read.Columns() {
		if !isBlank(row.Cell(c)) || slices.Contains(h.cols, c) || slices.Contains(h.byHand, c) {
			continue
		}
		for i := h.first; i < read.Len(); i++ {
			if !isBlank(read.Row(i).Cell(c)) {
				out[c]++
			}
		}
	}
	return out
}
