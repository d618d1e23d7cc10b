package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/usher-go/usher/users"
)

// docEdits are what was done to the rows as read.
type docEdits struct {
	Added   []int         `json:"added,omitempty"` // the table of each added row
	Set     []docSet      `json:"set,omitempty"`
	Removed []users.RowID `json:"removed,omitempty"`
	Left    []users.RowID `json:"left,omitempty"` // rows that are no part of this preview; see Rest
}

type docSet struct {
	Row      users.RowID `json:"row"`
	Field    string      `json:"field"`
	Value    string      `json:"value"`
	Withheld bool        `json:"withheld,omitempty"`
	Bytes    []byte      `json:"bytes,omitempty"`
}

// maxAdded is how many rows a document may have added to one table; to several,
// a hundredth of that. Nobody types as many.
const maxAdded = 100_000

// corrections are what a person did to the tables as read; nil if nothing.
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

// withhold makes corrections fit for a document.
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

// correct does to tables as read what corrections say.
func (g *grid) correct(e *docEdits) (*grid, error) {
	if e == nil {
		return g, nil
	}
	if len(e.Added) > maxAdded || len(g.tables) > 1 && len(e.Added) > maxAdded/100 {
		return nil, ErrRow
	}
	for _, t := range e.Added {
		if t < 0 || t >= len(g.tables) {
			return nil, ErrTables
		}
		g.add(t)
	}
	for _, s := range e.Set {
		r, ok := g.find(s.Row)
		if !ok {
			return nil, fmt.Errorf("%w: %d", ErrRow, s.Row.Number())
		}
		c := g.spec(r).column(s.Field)
		if c < 0 {
			return nil, fmt.Errorf("%w: %s", ErrField, s.Field)
		}
		if s.Bytes != nil {
			s.Value = string(s.Bytes)
		}
		if s.Withheld {
			s.Value = withheld
		}
		g.write(r, c, s.Value)
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
