package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A turn is one row being worked on: what the row says, and what is decided
// about it. A method that needs a row is a method of its turn, so that none can
// read another row than the one it was given.
//
// A plan has one turn, which read makes that of the next row: a turn is valid
// until the next call of plan.read.
type turn struct {
	plan    *plan
	row     uint32
	says    Draft
	verdict verdict

	// scratch
	cells   []cell
	scratch []byte
	blank   users.Profile
}

// read has the Template read a row, and gives the row's keys their numbers. It
// forgets the turn before.
//
// The Draft function of a Template is cheap next to keeping a draft of every
// row: drafts of a million rows would take a gigabyte. So every stage reads its
// rows again, and each cell is parsed as often; TestDraftRuns counts how often.
func (p *plan) read(row uint32) *turn {
	t := p.nextTurn(row)
	g := p.grid
	spec := g.spec(row)
	if cap(t.cells) < len(spec.Columns) {
		t.cells = make([]cell, len(spec.Columns))
	}
	t.cells = t.cells[:len(spec.Columns)]

	d := &t.says
	d.reset(spec, g.tables[g.rows[row].id.Table()].lang, Row{spec, t.cells})
	if p.panicked[row] || !t.readRow() {
		if p.panicked == nil {
			p.panicked = map[uint32]bool{}
		}
		p.panicked[row] = true
		d.reset(d.spec, d.lang, d.row)
		d.notes = append(d.notes, note{severity: formats.Error, code: "internal.panic", column: -1, key: none})
	}

	t.numberKeys()
	if d.span != nil {
		t.restore()
	}
	p.grants = p.grants || d.span != nil || d.mayGrant()
	return t
}

// decided reads a row and decides it.
func (p *plan) decided(row uint32) *turn {
	t := p.read(row)
	t.decide()
	return t
}

// nextTurn returns the plan's turn, for another row.
//
// A strict plan, which tests make, has a new turn for each row instead, and
// takes the plan away from the one before: who still uses it panics.
func (p *plan) nextTurn(row uint32) *turn {
	switch {
	case p.turn == nil:
		p.turn = newTurn(p)
	case p.opts.strictTurns:
		old := p.turn
		p.turn = newTurn(p)
		old.plan = nil
	}
	p.turn.row = row
	return p.turn
}

func newTurn(p *plan) *turn {
	t := &turn{plan: p}
	t.says.values, t.says.misread = map[*Column]allowed{}, map[*Column]map[string]misread{}
	return t
}

// readRow has the Template read the row, and reports whether it came back. The
// code is the host's: a panic in it fails its row, and no other, until that is edited.
func (t *turn) readRow() (ok bool) {
	defer func() {
		if !ok {
			_ = recover()
		}
	}()

	d := &t.says
	for i := range d.spec.Columns {
		t.cells[i] = d.readCell(i, t.plan.grid.text(t.row, i))
		t.cells[i].away = t.plan.grid.away(t.row, i)
	}
	t.readNotes()
	d.spec.Draft(d.row, d)
	return true
}

// readNotes takes over what the format found in the row.
func (t *turn) readNotes() {
	g := t.plan.grid
	table := &g.tables[g.rows[t.row].id.Table()]
	for _, f := range g.notes(t.row) {
		n := note{severity: f.Severity, code: f.Code, column: -1, key: none, args: f.Args, fix: f.Fix, value: f.Value}
		if f.Column > 0 {
			if n.column = table.column(f.Column); n.column < 0 && f.Severity == formats.Warning {
				continue // in a column that the Template does not have
			}
		}
		if f.Code == "cell.date" && n.column >= 0 {
			n.severity = formats.Error // text was wanted
		}
		if n.severity == formats.Error && n.column >= 0 {
			t.cells[n.column] = cell{bad: true}
		}
		t.says.notes = append(t.says.notes, n)
	}
}

// numberKeys gives the keys of the draft their numbers, and drops those that
// are claimed only for a thing to be made (ClaimIfCreating) where the thing exists.
func (t *turn) numberKeys() {
	d := &t.says
	for i := range d.keys {
		k := &d.keys[i]
		k.id = t.plan.keys.key(k.space, k.space.Fold(k.value))
	}

	d.keys = slices.DeleteFunc(d.keys, func(k draftKey) bool {
		if !k.made {
			return false
		}
		rec, ok := t.heldRecord(k.space.Kind())
		return ok && rec >= 0
	})
}

// mayGrant reports whether the row may give or take roles.
func (d *Draft) mayGrant() bool {
	return slices.ContainsFunc(d.wants, func(w want) bool {
		return w.field == "role" || w.field == "roles" || w.field == users.FieldCatalogue
	})
}
