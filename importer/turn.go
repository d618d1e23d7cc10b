package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// turn is one row being worked on: what the row says, and what is decided about
// it. A method that needs a row is a method of its turn, so that no method can
// read another row than the one it was given.
//
// A plan has one turn, and plan.read fills it with the next row. A turn is valid
// until the next call of plan.read.
type turn struct {
	plan   *plan
	row    uint32
	spec   *Table
	cells  []cell // one for each column of the table
	says   said
	passed reason   // why the row is passed over
	filled bool     // the row lacks a person; see fillsDown
	keys   []rowKey // of says, numbered, and those a restored record has
	restoring
	verdict verdict

	// scratch
	draft   Draft // by which the Template writes says
	scratch []byte
	blank   users.Profile
}

// rowKey is a key that a row names, with its number.
type rowKey struct {
	draftKey
	id uint32
}

// read runs the Template's Draft function on a row, numbers the row's keys and
// returns the turn. The turn of the row before is invalid from then on.
//
// Every stage reads its rows again instead of keeping a draft of each: drafts of
// a million rows would take a gigabyte, and a row that meets no other is decided
// from its cells in a few microseconds. The price is that a Template's Draft
// function runs 13 times for a new person from Preview through Rows to Commit (3,
// 1 and 9), and parses each cell as often; TestDraftRuns counts the runs.
func (p *plan) read(row uint32) *turn {
	t := p.nextTurn(row)
	g := p.grid
	t.spec = g.spec(row)

	if cap(t.cells) < len(t.spec.Columns) {
		t.cells = make([]cell, len(t.spec.Columns))
	}
	t.cells = t.cells[:len(t.spec.Columns)]

	t.restoring, t.passed, t.filled = restoring{}, passNot, false

	// A row that panicked once is not read again until it is edited.
	t.reset()
	if p.panicked[row] || !t.readRow() {
		if p.panicked == nil {
			p.panicked = map[uint32]bool{}
		}
		p.panicked[row] = true
		t.reset()
		t.note(formats.Error, "internal.panic")
	}

	// A row that restores a record adds keys of its own to those of the draft.
	t.numberKeys()
	if t.says.restores != nil {
		t.restore()
	}

	p.grants = p.grants || t.says.restores != nil || t.says.mayGrant()
	return t
}

// reset empties the draft of the turn's row.
func (t *turn) reset() {
	g := t.plan.grid
	t.draft.reset(t.spec, g.tables[g.rows[t.row].id.Table()].lang, Row{t.spec, t.cells})
}

// note adds a finding about the whole row to its draft.
func (t *turn) note(s formats.Severity, code string, args ...string) { t.draft.note(s, "", code, args) }

// decided reads a row, decides it and returns its turn.
func (p *plan) decided(row uint32) *turn {
	t := p.read(row)
	t.decide()
	return t
}

// nextTurn returns the plan's turn with the number of the next row.
//
// A strict plan, which tests make, has a new turn for each row instead. The
// former turn loses its plan, so that code which still uses it panics.
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
	t.draft = newDraft(&t.says)
	t.draft.names = newKnownNames(p.opts.known())
	return t
}

// readRow runs the Template on the row, and reports whether it returned. The
// Template is the host's code: a panic in it fails this row alone, until the row
// is edited.
func (t *turn) readRow() (ok bool) {
	defer func() {
		if !ok {
			_ = recover()
		}
	}()

	if g := t.plan.grid; g.passingOf(t.row) != nil {
		if t.passed = g.reason(t.row); t.passed != passNot {
			t.passOver()
			return true
		}
		t.filled = g.fillsDown(t.row)
	}
	for i := range t.spec.Columns {
		t.cells[i] = t.draft.readCell(i, t.plan.grid.text(t.row, i))
		t.cells[i].away = t.plan.grid.away(t.row, i)
	}
	t.readNotes()
	t.spec.Draft(t.draft.row, &t.draft)
	t.draft.dropUnknownNames()
	return true
}

// passOver reads a row that is passed over: it says nothing but why.
func (t *turn) passOver() {
	for i := range t.cells {
		t.cells[i] = cell{blank: true}
	}
	t.says.notes = append(t.says.notes, t.passed.note())
}

// readNotes adds the findings of the file format to the draft.
func (t *turn) readNotes() {
	g := t.plan.grid
	table := &g.tables[g.rows[t.row].id.Table()]
	read := len(t.says.notes)
	for _, f := range g.notes(t.row) {
		n := note{severity: f.Severity, code: f.Code, column: -1, key: none, args: f.Args, fix: f.Fix, value: f.Value}
		if f.Column > 0 {
			n.column = table.column(f.Column)
			if n.column < 0 && f.Severity == formats.Warning {
				continue // the Template does not have this column
			}
		}

		if n.column >= 0 {
			c := &t.spec.Columns[n.column]
			if !concerns(f, c) {
				continue
			}
			n.severity = severityAt(f, c)
		}
		if n.severity == formats.Error && n.column >= 0 {
			t.cells[n.column] = cell{bad: true}
		}

		t.says.notes = append(t.says.notes, n)
	}
	t.says.notes = dropMisread(t.says.notes, read)
}

// numberKeys numbers the keys of the draft. Keys claimed only for a thing to be
// created (ClaimIfCreating) are dropped if the thing exists: a default name for a
// new line, where line 1001 is stored.
func (t *turn) numberKeys() {
	t.keys = t.keys[:0]
	for _, k := range t.says.keys {
		t.keys = append(t.keys, rowKey{k, t.plan.keys.key(k.space, k.space.Fold(k.value))})
	}
	if !slices.ContainsFunc(t.keys, func(k rowKey) bool { return k.made }) {
		return
	}

	t.keys = slices.DeleteFunc(t.keys, func(k rowKey) bool {
		if !k.made {
			return false
		}
		rec, ok := t.heldRecord(k.space.Kind())
		return ok && rec >= 0
	})

	// Positions have moved. Of several About keys the last one counts.
	for i := range t.keys {
		if t.keys[i].rel == relAbout {
			t.says.about = i
		}
	}
}

// grantFields are the fields that give a person what an account has to give.
var grantFields = []string{users.FieldRole, users.FieldRoles, users.FieldCatalogue, users.FieldProducts}

// mayGrant reports whether the row may give or take roles.
func (d *said) mayGrant() bool {
	return slices.ContainsFunc(d.wants, func(w want) bool {
		return slices.Contains(grantFields, w.field)
	})
}

// claims reports whether the row claims the key of that number.
func (t *turn) claims(id uint32) bool {
	for i := range t.keys {
		if k := &t.keys[i]; k.id == id && k.isClaim() {
			return true
		}
	}
	return false
}

// claimsIn reports whether the row claims a key of the space.
func (t *turn) claimsIn(s users.Space) bool {
	return slices.ContainsFunc(t.keys, func(k rowKey) bool { return k.space == s && k.isClaim() })
}

// secret reports whether the key came from a sensitive column.
func (t *turn) secret(id uint32) bool {
	for i := range t.keys {
		if k := &t.keys[i]; k.id == id && k.column >= 0 && t.spec.Columns[k.column].Sensitive {
			return true
		}
	}
	return false
}

// hasSensitiveKey reports whether any key of the row came from a sensitive column.
func (t *turn) hasSensitiveKey() bool {
	return slices.ContainsFunc(t.keys, func(k rowKey) bool { return k.column >= 0 && t.spec.Columns[k.column].Sensitive })
}

// holdsSensitive reports whether the value of a sensitive cell is exactly value.
func (t *turn) holdsSensitive(value string) bool {
	for i := range t.spec.Columns {
		if t.spec.Columns[i].Sensitive && value != "" && t.cells[i].value == value {
			return true
		}
	}
	return false
}

// claimsBefore reports whether the row claims the key at i already, by an
// earlier claim or an exclusive place.
func (t *turn) claimsBefore(i int) bool {
	for j := range i {
		if k := &t.keys[j]; k.id == t.keys[i].id && (k.isClaim() || k.rel == relSlot) {
			return true
		}
	}
	return false
}

// makes reports whether the row claims the key it is about.
func (t *turn) makes() bool { return t.says.about >= 0 && t.claims(t.keys[t.says.about].id) }
