package importer

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// Merge takes over the corrections of a file that [Preview.Failing] made and a
// person corrected. It is one [Preview.Edit].
//
// A row with an id corrects the preview's row of that id. A row that comes back
// unchanged changes nothing. A row without an id is added.
// A blank cell of a sensitive column changes nothing. Ids of rows that were added to
// a preview belong to that preview only.
//
// A row that was deleted from the file is removed (finding "merge.removed"). Rows may
// also come back in several files: a row that a later file has is put back. Where it is
// not certain which rows were deleted, because the preview was edited since, they stay
// as they are ("merge.absent"). [Preview.Findings] has these findings until the preview
// is saved.
//
// The error is:
//
//   - a [*formats.Refusal] with the code "merge.foreign" or "merge.twice"
//   - a [*formats.Refusal] of the headings
//   - an error that the format found in the file
//   - or an error of [Preview.Edit]
func (p *Preview) Merge(ctx context.Context, table *formats.Table) (Delta, error) {
	if p.tpl.Fixed {
		return Delta{}, ErrFixed
	}
	if table.Len() == 0 {
		return Delta{}, formats.Refuse("file.empty")
	}

	// Any table of the template may have come back.
	open := make([]int, len(p.tpl.Tables))
	for i := range open {
		open[i] = i
	}
	h, err := matchHeadings(p.tpl, p.tpl.headingWords(), table, open, nil)
	if err != nil {
		return Delta{}, err
	}

	m := &merging{p: p, read: table, head: h, own: findOwn(table, h.row, h.cols), seen: map[users.RowID]int{}}
	edits, err := m.edits()
	if err != nil {
		return Delta{}, err
	}

	absent, certain := m.absent()
	if certain {
		for _, id := range absent {
			edits = append(edits, Remove(id))
		}
	}
	d, err := p.Edit(ctx, edits...)
	if err == nil {
		m.remember(absent, certain)
	}
	return d, err
}

// merging is one call of Merge.
type merging struct {
	p     *Preview
	read  *formats.Table
	head  *heading
	own   ownColumns
	ids   int                 // the column with the ids of rows
	count int                 // the rows that the file had when it was written, or 0
	seen  map[users.RowID]int // the rows that came back, with their record number in the file
	back  bool                // a row came back that was removed
}

// merged is what a preview remembers of the files that were merged into it.
type merged struct {
	returned map[users.RowID]bool // rows that some file had
	removed  map[users.RowID]bool // rows that were removed because a file did not have them
	told     []formats.Finding
}

// edits returns the edits that the file makes.
func (m *merging) edits() ([]Edit, error) {
	isOurs := m.findIDs()
	if !isOurs {
		return nil, formats.Refuse("merge.foreign")
	}

	var out []Edit
	for i := m.head.row + 1; i < m.read.Len(); i++ {
		row := m.read.Row(i)
		if blankRow(row) {
			continue
		}
		more, err := m.row(row)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// findIDs finds the column whose cells are ids of this preview's rows, under any
// heading, and reports whether there is one.
func (m *merging) findIDs() bool {
	for c := m.read.Columns() - 1; c >= 0; c-- {
		for i := m.head.row + 1; i < m.read.Len(); i++ {
			if _, _, ok := m.p.rowOf(m.read.Row(i).Cell(c)); ok {
				m.ids = c
				return true
			}
		}
	}
	return false
}

// row returns the edits that one row of the file makes.
func (m *merging) row(row formats.Row) ([]Edit, error) {
	text := row.Cell(m.ids)
	if isBlank(text) {
		if r := m.damage(row, nil); r != nil {
			return nil, r
		}
		return m.addedRow(row), nil
	}

	refuse := func(code string, args ...string) error {
		r := formats.Refuse(code, args...)
		r.Row = row.Number()
		return r
	}
	spec, g := &m.p.tpl.Tables[m.head.table], m.p.grid
	r, mark, ok := m.p.rowOf(text)
	if !ok || g.rows[r].id.Table() != m.head.table {
		return nil, refuse("merge.foreign")
	}
	id := g.rows[r].id
	if first, twice := m.seen[id]; twice {
		return nil, refuse("merge.twice", "other", strconv.Itoa(first))
	}
	m.seen[id] = row.Number()
	m.count = max(m.count, mark.rows)

	was := m.wasWritten(r, mark)
	if r := m.damage(row, was); r != nil {
		return nil, r
	}

	// A row that came back as it went out must not take later corrections back.
	untouched := mark.sum == rowSum(spec.Columns, func(c int) (string, bool) { return row.Cell(max(m.head.cols[c], 0)), m.head.cols[c] >= 0 })
	var out []Edit
	if g.rows[r].removed && (m.p.merged.removed[id] || !untouched) {
		m.back = true
		out = append(out, Edit{row: id, restore: true})
	}
	if untouched {
		return out, nil
	}

	for c, at := range m.head.cols {
		if at < 0 {
			continue
		}
		now := row.Cell(at)
		if spec.Columns[c].Sensitive && now == "" || plain(now) == plain(was(c)) {
			continue
		}
		out = append(out, Set(id, spec.Columns[c].Field, m.typed(row, c)))
	}
	return out, nil
}

// wasWritten returns a function for the text of each cell of a row in the file. Files
// of earlier versions have the cells as they were typed.
func (m *merging) wasWritten(row uint32, mark rowMark) func(c int) string {
	if mark.rows == 0 {
		return func(c int) string { return m.p.grid.text(row, c) }
	}
	faults := m.p.faults(row)
	return func(c int) string { return m.p.written(row, c, faults) }
}

// damage returns the refusal of a row in which the format found an error. Cells that
// came back as they went out have no new error. was is nil for a row without an id.
func (m *merging) damage(row formats.Row, was func(c int) string) error {
	for _, f := range row.Findings() {
		if f.Severity != formats.Error || was != nil && m.own.has(f.Column-1) {
			continue
		}
		// After a wrong quotation mark, the text may be in other cells than before.
		c := slices.Index(m.head.cols, f.Column-1)
		if was != nil && f.Code != "csv.quote" && f.Column > 0 && c >= 0 && plain(row.Cell(f.Column-1)) == plain(was(c)) {
			continue
		}
		return &formats.Refusal{Code: f.Code, Row: f.Row, Args: f.Args}
	}
	return nil
}

// typed returns the text of column c of the template. A date has its sign, so that it is
// an error as in any other file.
func (m *merging) typed(row formats.Row, c int) string {
	at := m.head.cols[c]
	text := row.Cell(at)
	for _, f := range row.Findings() {
		if f.Column == at+1 && severityAt(f, &m.p.tpl.Tables[m.head.table].Columns[c]) == formats.Error {
			return signed(f.Code, text)
		}
	}
	return text
}

// addedRow returns the edit that adds a row without an id, or none for blank cells.
func (m *merging) addedRow(row formats.Row) []Edit {
	cells := map[string]string{}
	for c, at := range m.head.cols {
		if at >= 0 && row.Cell(at) != "" {
			cells[m.p.tpl.Tables[m.head.table].Columns[c].Field] = m.typed(row, c)
		}
	}
	if len(cells) == 0 {
		return nil
	}
	return []Edit{Add(m.head.table, cells)}
}

// absent returns the rows that fail and that no merged file had, in order. certain is
// true if exactly these were deleted from the file.
func (m *merging) absent() (rows []users.RowID, certain bool) {
	p := m.p
	elsewhere := 0 // rows that another file had
	for id := range p.merged.returned {
		if _, here := m.seen[id]; !here && id.Table() == m.head.table {
			elsewhere++
		}
	}
	for r := range p.failingRows(m.head.table) {
		id := p.grid.rows[r].id
		if _, here := m.seen[id]; !here && !p.merged.returned[id] {
			rows = append(rows, id)
		}
	}
	return rows, !m.back && m.count == len(m.seen)+elsewhere+len(rows)
}

// remember keeps what the file had and what it did not have, and the finding about that.
func (m *merging) remember(absent []users.RowID, removed bool) {
	at := &m.p.merged
	if at.returned == nil {
		at.returned, at.removed = map[users.RowID]bool{}, map[users.RowID]bool{}
	}
	for id := range m.seen {
		at.returned[id] = true
		delete(at.removed, id)
	}
	if removed {
		for _, id := range absent {
			at.removed[id] = true
		}
	}

	at.told = slices.DeleteFunc(at.told, func(f formats.Finding) bool { return f.Table == m.tableName() })
	if len(absent) == 0 {
		return
	}
	f := formats.Finding{Severity: formats.Warning, Code: "merge.absent", Table: m.tableName()}
	if removed {
		f.Code = "merge.removed"
	}
	var names []string
	for _, id := range absent[:min(len(absent), maxNamed)] {
		names = append(names, strconv.Itoa(id.Number()))
	}
	if len(absent) > maxNamed {
		names = append(names, "…")
	}
	f.Args = map[string]string{"rows": strings.Join(names, ", "), "count": strconv.Itoa(len(absent))}
	at.told = append(at.told, f)
}

// maxNamed is the largest number of rows that a finding about a merge names.
const maxNamed = 20

// tableName returns the name of the table in findings.
func (m *merging) tableName() string {
	if len(m.p.tpl.Tables) == 1 {
		return ""
	}
	return m.p.tpl.Tables[m.head.table].Name
}

// rowCheck returns the check of a row's id in a file. It is of the data as it was
// read. For a row that was added, it is also of the preview.
func (p *Preview) rowCheck(row uint32) string {
	at := &p.grid.rows[row]
	key := p.readDigest()
	if at.src < 0 {
		key += " " + string(p.ID())
	}
	return shortSum(key, rowIDText(at.id))
}

// rowOf returns the row whose id is in a cell, and the mark in that cell. The row may
// have been removed.
func (p *Preview) rowOf(text string) (row uint32, m rowMark, ok bool) {
	m, ok = parseMark(text)
	if !ok || m.check == "" {
		return none, m, false
	}

	table, number := 1, m.id
	if t, n, two := strings.Cut(m.id, "/"); two {
		i, err := strconv.Atoi(t)
		if err != nil || i < 2 || i > len(p.tpl.Tables) {
			return none, m, false
		}
		table, number = i, n
	}
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil {
		return none, m, false
	}

	row, ok = p.grid.find(users.RowAt(table-1, int(n)))
	if !ok || p.rowCheck(row) != m.check || rowIDText(p.grid.rows[row].id) != m.id {
		return none, m, false
	}
	return row, m, true
}

// rowSum returns a sum of the cells of a row, of the columns that are in a file. Cells
// of sensitive columns do not count.
func rowSum(columns []Column, cell func(c int) (text string, there bool)) string {
	parts := make([]string, 0, 2*len(columns))
	for c := range columns {
		if text, there := cell(c); there && !columns[c].Sensitive {
			parts = append(parts, columns[c].Field, plain(text))
		}
	}
	return shortSum(parts...)
}

// shortSum returns six characters of a digest of texts.
func shortSum(parts ...string) string {
	h := sha256.New()
	for _, s := range parts {
		fmt.Fprintf(h, "%d:%s,", len(s), s)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:5]))[:6]
}
