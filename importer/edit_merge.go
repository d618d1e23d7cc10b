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

// Failing returns table number i with the rows in error or blocked alone, to be
// corrected in a spreadsheet and given back to [Preview.Merge]. It has the columns
// of the file with their original text, then the errors of each row, then its id.
// Cells of sensitive columns are blank.
func (p *Preview) Failing(i int, t Texter) formats.Sheet {
	s, order := p.sheet(i)
	s.Columns = append(s.Columns, formats.SheetColumn{Heading: t.Label("errors"), Text: true, Width: 60},
		formats.SheetColumn{Heading: t.Label("row_id"), Text: true, Width: 16})

	s.Rows = func(yield func([]string) bool) {
		cells := make([]string, 0, len(order)+2)
		for r := range p.grid.ordered {
			a := p.actionOf(r)
			if p.grid.rows[r].id.Table() != i || a != ActionError && a != ActionBlocked {
				continue
			}
			cells = p.failingRow(cells[:0], r, order, t)
			if !yield(cells) {
				return
			}
		}
	}
	return s
}

// failingRow appends the cells of a row for Failing, its errors and its id.
func (p *Preview) failingRow(cells []string, r uint32, order []int, t Texter) []string {
	table := p.grid.rows[r].id.Table()
	columns := p.tpl.Tables[table].Columns
	cells = p.sheetRow(cells, table, r, order)
	for n, c := range order {
		if c >= 0 && columns[c].Sensitive {
			cells[n] = ""
		}
	}

	var texts []string
	for _, f := range p.show(r).Findings {
		if f.Severity == formats.Error {
			texts = append(texts, strings.TrimSpace(t.Finding(f)+" "+t.Suggestion(f)))
		}
	}

	// The id carries a sum of the cells, by which Merge knows a row without corrections.
	sum := rowSum(columns, func(c int) (string, bool) {
		n := slices.Index(order, c)
		if n < 0 {
			return "", false
		}
		return cells[n], true
	})
	return append(cells, strings.Join(texts, " "), p.rowText(r)+"~"+sum)
}

// Merge takes over the corrections of a file that [Preview.Failing] made and a
// person corrected. It is one [Preview.Edit].
//
// A row that carries an id is that row of the preview: its cells that differ are
// corrected, unless the row came back as it went out. A row without an id is added.
// A row that is not in the file stays as it is. A blank cell of a sensitive column
// changes nothing. Ids of rows that were added to a preview belong to that preview
// only.
//
// The error is Edit's, or a [*formats.Refusal] of a file that does not belong to this
// preview: "merge.foreign", "merge.twice", the refusals of headings, or an error that
// the format found in the file.
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

	m := &merging{p: p, read: table, head: h, seen: map[users.RowID]int{}}
	edits, err := m.edits()
	if err != nil {
		return Delta{}, err
	}
	return p.Edit(ctx, edits...)
}

// merging is one call of Merge.
type merging struct {
	p    *Preview
	read *formats.Table
	head *heading
	ids  int                 // the column with the ids of rows
	seen map[users.RowID]int // the rows that came back, with their record number in the file
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
		for _, f := range row.Findings() {
			if f.Severity == formats.Error {
				return nil, &formats.Refusal{Code: f.Code, Row: f.Row, Args: f.Args}
			}
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
		return m.addedRow(row), nil
	}

	refuse := func(code string, args ...string) error {
		r := formats.Refuse(code, args...)
		r.Row = row.Number()
		return r
	}
	spec, g := &m.p.tpl.Tables[m.head.table], m.p.grid
	r, sum, ok := m.p.rowOf(text)
	if !ok || g.rows[r].id.Table() != m.head.table {
		return nil, refuse("merge.foreign")
	}
	id := g.rows[r].id
	if first, twice := m.seen[id]; twice {
		return nil, refuse("merge.twice", "other", strconv.Itoa(first))
	}
	m.seen[id] = row.Number()

	// A row that came back as it went out must not take later corrections back.
	if sum == rowSum(spec.Columns, func(c int) (string, bool) { return row.Cell(max(m.head.cols[c], 0)), m.head.cols[c] >= 0 }) {
		return nil, nil
	}
	var out []Edit
	for c, at := range m.head.cols {
		if at < 0 {
			continue
		}
		col, now, was := &spec.Columns[c], row.Cell(at), g.text(r, c)
		if col.Sensitive && now == "" || formats.Unguard(now) == formats.Unguard(was) {
			continue
		}
		out = append(out, Set(id, col.Field, now))
	}
	return out, nil
}

// addedRow returns the edit that adds a row without an id, or none for blank cells.
func (m *merging) addedRow(row formats.Row) []Edit {
	cells := map[string]string{}
	for c, at := range m.head.cols {
		if at >= 0 && row.Cell(at) != "" {
			cells[m.p.tpl.Tables[m.head.table].Columns[c].Field] = row.Cell(at)
		}
	}
	if len(cells) == 0 {
		return nil
	}
	return []Edit{Add(m.head.table, cells)}
}

// rowText returns the id of a row in a file, with a check: "7~k3v9qa", or "2/7~k3v9qa"
// for row 7 of the second table. The check is of the data as it was read. For a row
// that was added, it is also of the preview.
func (p *Preview) rowText(row uint32) string {
	at := &p.grid.rows[row]
	s := strconv.Itoa(at.id.Number())
	if t := at.id.Table(); t > 0 {
		s = strconv.Itoa(t+1) + "/" + s
	}

	key := p.readDigest()
	if at.src < 0 {
		key += " " + string(p.ID())
	}
	return s + "~" + shortSum(key, s)
}

// rowOf returns the row whose id is in a cell, and the sum of its cells as they went
// out. The cell is an id by rowText, "~" and that sum.
func (p *Preview) rowOf(text string) (row uint32, sum string, ok bool) {
	name, rest, ok := strings.Cut(strings.ToLower(strings.TrimSpace(text)), "~")
	if !ok {
		return none, "", false
	}
	_, sum, _ = strings.Cut(rest, "~")

	table, number := 1, name
	if t, n, two := strings.Cut(name, "/"); two {
		i, err := strconv.Atoi(t)
		if err != nil || i < 2 || i > len(p.tpl.Tables) {
			return none, "", false
		}
		table, number = i, n
	}
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil {
		return none, "", false
	}

	row, ok = p.grid.find(users.RowAt(table-1, int(n)))
	if !ok || p.grid.rows[row].removed || p.rowText(row)+"~"+sum != name+"~"+rest {
		return none, "", false
	}
	return row, sum, true
}

// rowSum returns a sum of the cells of a row, of the columns that are in a file. Cells
// of sensitive columns do not count.
func rowSum(columns []Column, cell func(c int) (text string, there bool)) string {
	parts := make([]string, 0, 2*len(columns))
	for c := range columns {
		if text, there := cell(c); there && !columns[c].Sensitive {
			parts = append(parts, columns[c].Field, formats.Unguard(text))
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
