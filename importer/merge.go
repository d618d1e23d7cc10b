package importer

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
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
	key := p.mergeKey()
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
			if !yield(append(cells, strings.Join(texts, " "), rowText(key, p.grid.rows[r].id))) {
				return
			}
		}
	}
	return s
}

// Merge takes corrections out of a file that [Preview.Failing] made and a person
// corrected. A row that carries an id is that row: cells that differ are
// corrected, and no others; a row without one is added; a row that does not come
// back stays as it is, like every row that was not in the file. A blank sensitive
// cell says nothing. It is one [Preview.Edit].
//
// The error is a [*formats.Refusal] for a file that does not belong to this
// preview ("merge.foreign", "merge.twice", the refusals of headings, an error the
// format found in it), or Edit's.
func (p *Preview) Merge(ctx context.Context, table *formats.Table) (Delta, error) {
	if p.tpl.fixed {
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
	m := &merging{p: p, read: table, head: h, key: p.mergeKey(), seen: map[users.RowID]int{}}
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
	key  string
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
			if _, ok := rowOf(m.key, m.read.Row(i).Cell(c)); ok {
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
	id, ok := rowOf(m.key, text)
	if !ok || id.Table() != m.head.table {
		return nil, refuse("merge.foreign")
	}
	r, ok := g.find(id)
	if !ok || g.rows[r].removed {
		return nil, refuse("merge.foreign")
	}
	if first, twice := m.seen[id]; twice {
		return nil, refuse("merge.twice", "other", strconv.Itoa(first))
	}
	m.seen[id] = row.Number()
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

// mergeKey tells this preview's rows from those of another file.
func (p *Preview) mergeKey() string { return p.readDigest() }

// rowText is the id of a row in a file: its number, its table before it where
// that is not the first, and a check by which it is known again.
func rowText(key string, id users.RowID) string {
	s := strconv.Itoa(id.Number())
	if t := id.Table(); t > 0 {
		s = strconv.Itoa(t+1) + "/" + s
	}
	sum := sha256.Sum256([]byte(key + " " + s))
	return s + "~" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))[:6]
}

// rowOf is the row whose id stands in a cell.
func rowOf(key, text string) (users.RowID, bool) {
	text = strings.TrimSpace(text)
	name, _, ok := strings.Cut(text, "~")
	if !ok {
		return 0, false
	}
	table, number := 1, name
	if t, n, two := strings.Cut(name, "/"); two {
		i, err := strconv.Atoi(t)
		if err != nil || i < 2 || i > 1<<20 {
			return 0, false
		}
		table, number = i, n
	}
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil {
		return 0, false
	}
	id := users.RowAt(table-1, int(n))
	return id, rowText(key, id) == strings.ToLower(text)
}
