package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

// An Edit is one correction. [Set], [Clear], [Add] and [Remove] make one.
type Edit struct {
	row    users.RowID
	field  string
	value  string
	table  int
	cells  map[string]string
	add    bool
	remove bool

	restore bool // puts a removed row back
}

// Set returns an edit that writes a cell.
func Set(row users.RowID, field, value string) Edit {
	return Edit{row: row, field: field, value: value}
}

// Clear returns an edit that empties a cell.
func Clear(row users.RowID, field string) Edit { return Edit{row: row, field: field} }

// Add returns an edit that appends a row to table number table, from 0. Its record
// number is the next one.
func Add(table int, cells map[string]string) Edit { return Edit{add: true, table: table, cells: cells} }

// Remove returns an edit that takes a row out. The row ends as skipped.
func Remove(row users.RowID) Edit { return Edit{remove: true, row: row} }

// A Delta says which rows an edit changed.
type Delta struct {
	// Rows are the rows edited or added, and the rows that may look different now, in
	// order. A screen draws these again. A finding that counts the rows of a key is
	// read when it is shown: rows of which only that number changed are not included.
	Rows []users.RowID
	// Added are the ids of the rows added, in the order of the edits.
	Added []users.RowID
	// Removed are the ids of the rows removed.
	Removed []users.RowID
	// Summary is the preview's summary after the edit.
	Summary Summary
}

// Edit corrects cells and rows, all at once, and reports what changed. The result
// equals a fresh preview of the edited table. The cost grows with what the edit
// touches, not with the file.
//
// New values are looked up in the store once. If that fails, or an edit names a row
// or field that does not exist ([ErrRow], [ErrField]), nothing is edited.
func (p *Preview) Edit(ctx context.Context, edits ...Edit) (Delta, error) {
	e := &editing{p: p, before: map[uint32]view{}, wrote: map[uint32]bool{}, people: map[int32]bool{},
		old: map[gridCell]*string{}, flags: map[uint32]gridRow{}, size: len(p.grid.rows), added0: len(p.grid.added)}
	if err := e.apply(ctx, edits); err != nil {
		e.revert()
		return Delta{}, err
	}
	return e.finish(), nil
}

// editing is one call of Edit.
type editing struct {
	p       *Preview
	rows    []uint32 // edited, added or removed
	added   []uint32
	removed []uint32
	size    int                  // rows of the grid before
	added0  int                  // rows added before
	old     map[gridCell]*string // the corrected cells before
	flags   map[uint32]gridRow   // the rows before
	lasts   []int                // the last record number of each table before
	before  map[uint32]view      // what rows saw of a key before
	keys    []uint32             // the keys of before, in the order they were noted
	wrote   map[uint32]bool      // whether a row would write before
	people  map[int32]bool       // the people of edited rows and those that followed, before and after; -1 is no one
}

// apply lays the edits over the grid and asks the store about new values. Decisions
// stay as they were, so that revert can undo everything.
func (e *editing) apply(ctx context.Context, edits []Edit) error {
	g := e.p.grid
	for i := range g.tables {
		e.lasts = append(e.lasts, g.tables[i].last)
	}
	for _, x := range edits {
		if err := e.applyEdit(x); err != nil {
			return err
		}
	}

	slices.SortFunc(e.rows, e.p.order)
	e.rows = slices.Compact(e.rows)
	for len(e.p.state) < len(g.rows) {
		e.p.state = append(e.p.state, newRowState)
	}

	live := func(yield func(uint32) bool) {
		for _, r := range e.rows {
			if !g.rows[r].removed && !yield(r) {
				return
			}
		}
	}
	var unasked []uint32
	for r := range live {
		unasked = e.p.read(r).unasked(unasked)
	}
	if err := e.p.lookUp(ctx, unasked, live); err != nil {
		return fmt.Errorf("importer: edit: %w", err)
	}
	return nil
}

// applyEdit lays one edit over the grid.
func (e *editing) applyEdit(x Edit) error {
	g := e.p.grid
	switch {
	case e.p.tpl.Fixed && !x.remove:
		return ErrFixed
	case x.add:
		return e.addRow(x)
	}

	r, ok := g.find(x.row)
	if !ok || g.rows[r].removed && !x.restore {
		return fmt.Errorf("%w: %d", ErrRow, x.row.Number())
	}
	if _, noted := e.flags[r]; !noted {
		e.flags[r] = g.rows[r]
	}
	e.rows = append(e.rows, r)
	delete(e.p.panicked, r) // an edited row is read again

	switch {
	case x.remove:
		g.remove(r, true)
		e.removed = append(e.removed, r)
		return nil
	case x.restore:
		g.remove(r, false)
		return nil
	}
	return e.set(r, x.field, x.value)
}

// addRow appends a row to the grid.
func (e *editing) addRow(x Edit) error {
	g := e.p.grid
	if x.table < 0 || x.table >= len(g.tables) {
		return ErrTables
	}

	r := g.add(x.table)
	e.rows, e.added = append(e.rows, r), append(e.added, r)
	for _, f := range sortedKeys(x.cells) {
		if err := e.set(r, f, x.cells[f]); err != nil {
			return err
		}
	}
	return nil
}

// set writes a cell, and notes its former value once.
func (e *editing) set(r uint32, field, value string) error {
	g := e.p.grid
	c := g.spec(r).column(field)
	if c < 0 {
		return fmt.Errorf("%w: %s", ErrField, field)
	}

	at := gridCell{r, uint16(c)}
	if _, noted := e.old[at]; !noted {
		e.old[at] = nil
		if s, had := g.over[at]; had {
			e.old[at] = &s
		}
	}
	g.write(r, c, value)
	return nil
}

// revert takes the edits off the grid again.
func (e *editing) revert() {
	g := e.p.grid
	for at, s := range e.old {
		delete(g.over, at)
		if s != nil {
			g.over[at] = *s
		}
	}
	for r, was := range e.flags {
		g.remove(r, was.removed)
		g.rows[r] = was
	}

	// Added rows come last in the grid, and are cut off.
	g.rows = g.rows[:e.size]
	g.added = g.added[:e.added0]
	e.p.state = e.p.state[:e.size]
	for i, n := range e.lasts {
		g.tables[i].last = n
	}
}

// noteView notes what rows see of a key before a row is moved.
func (e *editing) noteView(key uint32) {
	if _, ok := e.before[key]; !ok {
		e.before[key] = e.p.view(key)
		e.keys = append(e.keys, key)
	}
}

// finish moves the edited rows to their new keys. Then it decides again the rows
// that can see a difference, and the rows that need one of those.
func (e *editing) finish() Delta {
	p := e.p
	p.groups, p.circles, p.large, p.sized = nil, nil, nil, false
	if p.committed { // the edited preview is another import
		p.id, p.committed = "", false
	}

	// All rows move before any is decided: a decision sees the end state of its keys.
	doubts := p.allDoubts()
	for _, d := range p.domains {
		d.doubts = nil // the store may know another address of a domain now
	}
	e.moveRows()
	e.moveRepeats()
	changed := e.redecide(e.rowsToDecide())
	followed := e.propagate(changed)
	shared := append(e.sharingThings(followed), p.rowsOfOtherDoubt(doubts)...)
	return e.delta(append(append(changed, followed...), shared...))
}

// moveRows moves the edited rows to the keys of their new cells.
func (e *editing) moveRows() {
	for _, r := range e.rows {
		e.wrote[r] = e.p.writes(r)
		e.people[e.p.state[r].rec] = true
		e.move(r)
	}
}

// moveRepeats moves the rows that say the same as an edited row did or does. A row
// that repeated another may now be the first of its kind, or the reverse.
func (e *editing) moveRepeats() {
	p := e.p
	for i := 0; i < len(e.keys); i++ { // a move may add keys
		key := e.keys[i]
		if p.keys.spaceOf(key) != spaceRequest {
			continue
		}
		for _, r := range []uint32{e.before[key].first, p.first(key)} {
			if r == none || p.grid.rows[r].removed || p.state[r].nodes == none {
				continue
			}
			repeats := p.first(key) != r
			if p.state[r].repeat != repeats && p.requestOf(r) == key {
				e.move(r)
			}
		}
	}
}

// rowsToDecide returns the edited rows, and at each key whose view changed the rows
// that see the difference.
func (e *editing) rowsToDecide() map[uint32]bool {
	p := e.p
	rows := map[uint32]bool{}
	for _, r := range e.rows {
		rows[r] = true
	}

	// Rows meet only through keys, so that no other row can tell a difference.
	for _, key := range e.keys {
		now := p.view(key)
		for c := range chains {
			if !c.sees(e.before[key], now) {
				continue
			}
			for r := range p.keys.rows(key, c) {
				rows[r] = true
			}
		}
	}
	return rows
}

// redecide decides rows again, and returns those whose decision changed.
func (e *editing) redecide(rows map[uint32]bool) []uint32 {
	p := e.p
	var changed []uint32
	for r := range rows {
		if _, edited := e.wrote[r]; !edited {
			e.wrote[r] = p.writes(r)
		}
		if p.grid.rows[r].removed {
			p.uncount(r)
			p.state[r] = newRowState
			changed = append(changed, r)
		}
	}

	// In the order of the file, so that equal edits give equal results.
	for _, r := range p.sorted(rows) {
		if !p.grid.rows[r].removed && p.redecide(r) {
			changed = append(changed, r)
		}
	}
	return changed
}

// propagate works out again which rows are blocked. It returns the rows for which
// that changed, and those that began or ceased to write.
func (e *editing) propagate(changed []uint32) []uint32 {
	p := e.p
	roots := changed
	_, moved := e.before[p.adminKey()]
	if moved { // the row that would have made another admin may not happen now
		roots = slices.AppendSeq(slices.Clone(changed), p.keys.rows(p.adminKey(), chainClaim))
	}

	followed := p.propagate(roots)
	for r, did := range e.wrote {
		if did != p.writes(r) {
			followed = append(followed, r)
		}
	}

	for _, r := range append(slices.Clone(e.rows), followed...) {
		e.people[p.state[r].rec] = true
	}
	return followed
}

// sharingThings returns the rows that share a thing with one of these rows or with
// an edited one: a row that takes extension 1001, where another begins to claim
// +33 1 … of the same line. Its decision is the same, but what comes along with the
// line and what the holder loses is not. Rows that release the thing are returned
// only if they are about one of the people concerned.
func (e *editing) sharingThings(rows []uint32) []uint32 {
	p := e.p
	keys := slices.DeleteFunc(slices.Clone(e.keys), func(key uint32) bool { return e.before[key] == p.view(key) })
	for _, r := range rows {
		for n := p.state[r].nodes; n != none; n = p.keys.nodes[n].more {
			keys = append(keys, p.keys.nodes[n].key)
		}
	}

	var out []uint32
	seen := map[int32]bool{}
	for _, key := range keys {
		of := p.facts.holderOf(key)
		if of < 0 || seen[of] || !p.keys.spaceOf(key).Kind().Held() {
			continue
		}
		seen[of] = true
		for _, k := range p.facts.recs[of].Keys() {
			if id := p.keys.known(k.Space, k.Value); id != none {
				out = e.rowsAtThing(out, id)
			}
		}
	}
	return out
}

// rowsAtThing appends the rows that claim a key of a thing, and those about people
// concerned that release it.
func (e *editing) rowsAtThing(out []uint32, key uint32) []uint32 {
	p := e.p
	out = slices.AppendSeq(out, p.keys.rows(key, chainClaim))
	for r := range p.keys.rows(key, chainRelease) {
		if at := p.state[r].rec; at >= 0 && e.people[at] {
			out = append(out, r)
		}
	}
	return out
}

// writes reports whether the row is not removed and will write something.
func (p *plan) writes(row uint32) bool {
	return !p.grid.rows[row].removed && p.actionOf(row).writes()
}

// requestOf returns the request to which a placed row was added.
func (p *plan) requestOf(row uint32) uint32 {
	for n := p.state[row].nodes; n != none; n = p.keys.nodes[n].more {
		if d := p.keys.nodes[n]; p.keys.spaceOf(d.key) == spaceRequest {
			return d.key
		}
	}
	return none
}

// move takes a row off its keys, and adds it to those of its present cells.
func (e *editing) move(r uint32) {
	p := e.p
	p.unplace(r, e.noteView)
	if p.grid.rows[r].removed {
		p.forgetDomains(r)
		return
	}
	t := p.read(r)
	t.noteDomains()
	t.place(e.noteView)
}

// sorted returns rows by table and record number.
func (p *plan) sorted(rows map[uint32]bool) []uint32 {
	out := make([]uint32, 0, len(rows))
	for r := range rows {
		out = append(out, r)
	}
	slices.SortFunc(out, p.order)
	return out
}

// delta returns the rows that a screen has to draw again.
func (e *editing) delta(changed []uint32) Delta {
	p := e.p
	all := append(slices.Clone(e.rows), changed...)
	slices.SortFunc(all, p.order)

	d := Delta{Summary: p.Summary()}
	for _, r := range slices.Compact(all) {
		delete(p.unseen, r) // a person sees them once they are drawn
		if !p.grid.rows[r].removed {
			d.Rows = append(d.Rows, p.grid.rows[r].id)
		}
	}
	for _, r := range e.added {
		d.Added = append(d.Added, p.grid.rows[r].id)
	}
	for _, r := range e.removed {
		d.Removed = append(d.Removed, p.grid.rows[r].id)
	}
	return d
}

// sortedKeys returns the keys of a map, in order.
func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
