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

// Failing is table number i with nothing but the rows in error or blocked, to be
// corrected in a spreadsheet and given back to [Preview.Merge]: the columns of
// the file as it was read with their original text, then what is wrong, then the
// id of each row. Cells of sensitive columns are left blank.
func (p *Preview) Failing(i int, t Texter) formats.Sheet {
	failing := func(r uint32) bool {
		a := p.actionOf(r)
		return a == ActionError || a == ActionBlocked
	}
	s, order := p.sheet(i)
	s.Columns = append(s.Columns, formats.SheetColumn{Heading: t.Label("errors"), Text: true, Width: 60},
		formats.SheetColumn{Heading: t.Label("row_id"), Text: true, Width: 16})
	s.Rows = func(yield func([]string) bool) {
		cells := make([]string, 0, len(order)+2)
		for r := range p.grid.ordered {
			if p.grid.rows[r].id.Table() != i || !failing(r) {
				continue
			}
			cells = p.sheetRow(cells[:0], i, r, order)
			for n, c := range order {
				if c >= 0 && p.tpl.Tables[i].Columns[c].Sensitive {
					cells[n] = ""
				}
			}
			var texts []string
			for _, f := range p.show(r).Findings {
				if f.Severity == formats.Error {
					texts = append(texts, strings.TrimSpace(t.Finding(f)+" "+t.Suggestion(f)))
				}
			}
			text := p.rowText(r) + "~" + rowSum(p.tpl.Tables[i].Columns, func(c int) (string, bool) {
				n := slices.Index(order, c)
				if n < 0 {
					return "", false
				}
				return cells[n], true
			})
			if !yield(append(cells, strings.Join(texts, " "), text)) {
				return
			}
		}
	}
	return s
}

// Merge takes corrections out of a file that [Preview.Failing] made and a person
// corrected. A row that carries an id is that row: if it is not as it went out,
// the cells that differ from the preview are corrected, and no others; a row
// without one is added; a row that does not come back stays as it is, like every
// row that was not in the file. A blank sensitive cell says nothing. Rows that
// were added to the preview have ids that only that preview knows. It is one [Preview.Edit].
//
// The error is a [*formats.Refusal] for a file that does not belong to this
// preview ("merge.foreign", "merge.twice", the refusals of headings, an error the
// format found in it), or Edit's.
func (p *Preview) Merge(ctx context.Context, table *formats.Table) (Delta, error) {
	if p.tpl.Fixed {
		return Delta{}, ErrFixed
	}
	if table.Len() == 0 {
		return Delta{}, formats.Refuse("file.empty")
	}
	free := make([]int, len(p.tpl.Tables))
	for i := range free {
		free[i] = i
	}
	h, err := matchHeadings(p.tpl, p.tpl.headingWords(), table, free, nil)
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

// merging is a file that comes back.
type merging struct {
	p    *Preview
	read *formats.Table
	head *heading
	ids  int // the column with the ids of rows
	seen map[users.RowID]int
}

func (m *merging) edits() ([]Edit, error) {
	if !m.findIDs() {
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
				r := &formats.Refusal{Code: f.Code, Row: f.Row, Args: f.Args}
				return nil, r
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

// findIDs looks for the column whose cells are ids of this preview's rows,
// whatever its heading says by now.
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

func (m *merging) row(row formats.Row) ([]Edit, error) {
	refuse := func(code string, args ...string) error {
		r := formats.Refuse(code, args...)
		r.Row = row.Number()
		return r
	}
	spec, g := &m.p.tpl.Tables[m.head.table], m.p.grid
	text := row.Cell(m.ids)
	if isBlank(text) {
		cells := map[string]string{}
		for c, at := range m.head.cols {
			if at >= 0 && row.Cell(at) != "" {
				cells[spec.Columns[c].Field] = row.Cell(at)
			}
		}
		if len(cells) == 0 {
			return nil, nil
		}
		return []Edit{Add(m.head.table, cells)}, nil
	}
	r, sum, ok := m.p.rowOf(text)
	if !ok || g.rows[r].id.Table() != m.head.table {
		return nil, refuse("merge.foreign")
	}
	id := g.rows[r].id
	if first, twice := m.seen[id]; twice {
		return nil, refuse("merge.twice", "other", strconv.Itoa(first))
	}
	m.seen[id] = row.Number()
	if sum == rowSum(spec.Columns, func(c int) (string, bool) { return row.Cell(max(m.head.cols[c], 0)), m.head.cols[c] >= 0 }) {
		return nil, nil // it comes back as it went out
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

// rowText is the id of a row in a file: its number, its table before it where
// that is not the first, and a check by which it is known again: of the data as
// it was read, and for a row that was added of the preview it was added to.
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

// rowOf is the row whose id stands in a cell, and what its cells came to when it went out.
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

// rowSum is what the cells of a row come to, by the columns that stand in a
// file. Cells of sensitive columns do not count.
func rowSum(columns []Column, cell func(c int) (text string, there bool)) string {
	parts := make([]string, 0, 2*len(columns))
	for c := range columns {
		if text, there := cell(c); there && !columns[c].Sensitive {
			parts = append(parts, columns[c].Field, formats.Unguard(text))
		}
	}
	return shortSum(parts...)
}

// shortSum is six characters that stand for texts.
func shortSum(parts ...string) string {
	h := sha256.New()
	for _, s := range parts {
		fmt.Fprintf(h, "%d:%s,", len(s), s)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:5]))[:6]
}
