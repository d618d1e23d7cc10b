package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/usher-go/usher/users"
)

// docEdits are the edits of the rows as read.
type docEdits struct {
	Added   []int         `json:"added,omitempty"` // the table of each added row
	Set     []docSet      `json:"set,omitempty"`
	Removed []users.RowID `json:"removed,omitempty"`
	Left    []users.RowID `json:"left,omitempty"` // rows that are not part of the preview; see Remaining
}

// docSet is one edited cell. A text that is not UTF-8 is in Bytes, because JSON
// would change it. The text of a sensitive cell is left out, and Withheld is set.
type docSet struct {
	Row      users.RowID `json:"row"`
	Field    string      `json:"field"`
	Value    string      `json:"value"`
	Withheld bool        `json:"withheld,omitempty"`
	Bytes    []byte      `json:"bytes,omitempty"`
}

// maxAdded is the largest number of added rows in a document with one table. With
// several tables, where finding an added row is slower, the limit is a hundredth.
const maxAdded = 100_000

// corrections returns the edits of the tables as read, or nil if there are none.
// Their order is fixed, so that equal previews have equal documents.
func (g *grid) corrections() *docEdits {
	var e docEdits

	for _, id := range g.added {
		e.Added = append(e.Added, id.Table())
	}
	for r := range g.rows {
		if g.rows[r].removed {
			e.Removed = append(e.Removed, g.rows[r].id)
		}
	}

	cells := slices.SortedFunc(maps.Keys(g.over), func(a, b gridCell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	for _, at := range cells {
		e.Set = append(e.Set, docSet{Row: g.rows[at.row].id, Field: g.spec(at.row).Columns[at.column].Field, Value: g.over[at]})
	}

	e.Left = g.left
	if len(e.Added)+len(e.Set)+len(e.Removed)+len(e.Left) == 0 {
		return nil
	}
	return &e
}

// withhold removes the texts of sensitive cells, and moves texts that are not UTF-8
// to Bytes.
func (e *docEdits) withhold(g *grid) {
	for i := range e.Set {
		s := &e.Set[i]
		t := &g.tpl.Tables[s.Row.Table()]
		switch {
		case t.Columns[t.column(s.Field)].Sensitive && s.Value != "":
			s.Value, s.Withheld = "", true
		case !utf8.ValidString(s.Value):
			s.Value, s.Bytes = "", []byte(s.Value)
		}
	}
}

// correct applies the edits of a document to the tables as read. Every edit is
// checked, because the document may come from outside.
func (g *grid) correct(e *docEdits) (*grid, error) {
	if e == nil {
		return g, nil
	}

	// Added rows come first: cells may be set in them.
	if err := g.addRows(e.Added); err != nil {
		return nil, err
	}
	for _, s := range e.Set {
		if err := g.setCell(s); err != nil {
			return nil, err
		}
	}
	for _, id := range e.Removed {
		r, ok := g.find(id)
		if !ok {
			return nil, fmt.Errorf("%w: %d", ErrRow, id.Number())
		}
		g.remove(r, true)
	}

	if len(e.Left) > 0 {
		left := make(map[users.RowID]bool, len(e.Left))
		for _, id := range e.Left {
			left[id] = true
		}
		g = g.only(func(id users.RowID) bool { return !left[id] })
	}
	return g, nil
}

// addRows adds a row to each of the tables.
func (g *grid) addRows(tables []int) error {
	if len(tables) > maxAdded || len(g.tables) > 1 && len(tables) > maxAdded/100 {
		return ErrRow
	}
	for _, t := range tables {
		if t < 0 || t >= len(g.tables) {
			return ErrTables
		}
		g.add(t)
	}
	return nil
}

// setCell writes an edited cell of a document.
func (g *grid) setCell(s docSet) error {
	r, ok := g.find(s.Row)
	if !ok {
		return fmt.Errorf("%w: %d", ErrRow, s.Row.Number())
	}
	c := g.spec(r).column(s.Field)
	if c < 0 {
		return fmt.Errorf("%w: %s", ErrField, s.Field)
	}

	text := s.Value
	if s.Bytes != nil {
		text = string(s.Bytes)
	}
	if s.Withheld {
		text = withheld
	}
	g.write(r, c, text)
	return nil
}
