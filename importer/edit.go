package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

// An Edit is one correction: see [Set], [Clear], [Add] and [Remove].
type Edit struct {
	row    users.RowID
	field  string
	value  string
	table  int
	cells  map[string]string
	add    bool
	remove bool
}

// Set writes a cell.
func Set(row users.RowID, field, value string) Edit {
	return Edit{row: row, field: field, value: value}
}

// Clear empties a cell.
func Clear(row users.RowID, field string) Edit { return Edit{row: row, field: field} }

// Add appends a row to table number table, from 0. Its record number is the next one.
func Add(table int, cells map[string]string) Edit { return Edit{add: true, table: table, cells: cells} }

// Remove takes a row out. It ends as skipped.
func Remove(row users.RowID) Edit { return Edit{remove: true, row: row} }

// A Delta says which rows an edit changed.
type Delta struct {
	// Rows are those edited or added, and those decided again that may look
	// different now, in order: a screen draws these. A finding that tells how many rows share a key is read
	// when it is shown: rows of which only that number changed are not among them.
	Rows []users.RowID
	// Added are the ids of the rows added, in the order of the edits.
	Added []users.RowID
	// Removed are the ids of the rows removed.
	Removed []users.RowID
	// Summary is the preview's, after the edit.
	Summary Summary
}

// Edit corrects cells and rows, all at once, and says what changed. The result
// is the preview that a fresh one of the edited table would be. The cost grows
// with what the edit touches, not with the file.
//
// New values are looked up in the store once. If that fails, or an edit names a
// row or field there is not ([ErrRow], [ErrField]), nothing is edited.
func (p *Preview) Edit(ctx context.Context, edits ...Edit) (Delta, error) {
	e := &editing{p: p, before: map[uint32]view{}, wrote: map[uint32]bool{}, people: map[int32]bool{}, old: map[gridCell]*string{}, flags: map[uint32]gridRow{}, size: len(p.grid.rows), added0: len(p.grid.added)}
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
	size    int
	added0  int                  // rows added before
	old     map[gridCell]*string // the overlay before
	flags   map[uint32]gridRow   // the rows before
	lasts   []int
	before  map[uint32]view // what rows saw of a key before
	keys    []uint32        // of before
	wrote   map[uint32]bool // whether a row wrote something before
	people  map[int32]bool  // whom edited rows and those that followed are about, before and after; -1 is no one
}

// apply lays the edits over the grid and asks the store about what is new. The
// decisions stay as they were.
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
	if e.p.tpl.Fixed && !x.remove {
		return ErrFixed
	}
	if x.add {
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
	r, ok := g.find(x.row)
	if !ok || g.rows[r].removed {
		return fmt.Errorf("%w: %d", ErrRow, x.row.Number())
	}
	if _, noted := e.flags[r]; !noted {
		e.flags[r] = g.rows[r]
	}
	e.rows = append(e.rows, r)
	delete(e.p.panicked, r)
	if x.remove {
		g.remove(r, true)
		e.removed = append(e.removed, r)
		return nil
	}
	return e.set(r, x.field, x.value)
}

// set writes a cell, and notes what it held.
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
		if delete(g.over, at); s != nil {
			g.over[at] = *s
		}
	}
	for r, was := range e.flags {
		g.remove(r, was.removed)
		g.rows[r] = was
	}
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

// finish moves the edited rows among their keys, decides again the rows that can
// tell the difference, and then those that wait for them.
func (e *editing) finish() Delta {
	p := e.p
	p.groups, p.circles, p.large, p.sized = nil, nil, nil, false
	if p.committed { // what is committed next is another import
		p.id, p.committed = "", false
	}

	e.moveRows()
	e.moveRepeats()
	awake := e.rowsToDecide()
	changed := e.redecide(awake)
	followed := e.propagate(changed)
	return e.delta(append(append(changed, followed...), e.sharingThings(followed)...))
}

// moveRows moves the edited rows to the keys of their new cells.
func (e *editing) moveRows() {
	for _, r := range e.rows {
		e.wrote[r] = e.p.writes(r)
		e.people[e.p.state[r].rec] = true
		e.move(r)
	}
}

// moveRepeats moves the rows that ask for the same as an edited one did or does:
// a row that repeated may now be the first of its kind, and the other way round.
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

// rowsToDecide returns the rows to be decided again: the edited ones, and at each key
// whose view changed those that see what changed of it.
func (e *editing) rowsToDecide() map[uint32]bool {
	p := e.p
	rows := map[uint32]bool{}
	for _, r := range e.rows {
		rows[r] = true
	}
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
func (e *editing) redecide(awake map[uint32]bool) []uint32 {
	p := e.p
	var changed []uint32
	for r := range awake {
		if _, edited := e.wrote[r]; !edited {
			e.wrote[r] = p.writes(r)
		}
		if p.grid.rows[r].removed {
			p.uncount(r)
			p.state[r] = newRowState
			changed = append(changed, r)
		}
	}
	for _, r := range p.sorted(awake) {
		if !p.grid.rows[r].removed && p.redecide(r) {
			changed = append(changed, r)
		}
	}
	return changed
}

// propagate decides again which rows are blocked, and returns those for which
// that changed, or which write now and did not before, or the other way round.
func (e *editing) propagate(changed []uint32) []uint32 {
	p := e.p
	roots := changed
	if _, moved := e.before[p.leadKey()]; moved { // the admin who would have succeeded may be gone
		roots = slices.AppendSeq(slices.Clone(changed), p.keys.rows(p.leadKey(), chainClaim))
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

// sharingThings returns the rows about a thing of which another row wants a part,
// wants it no longer, or now happens or does not: what comes along with the thing,
// and what its holder loses, differs then, though the decision does not. Of the
// rows that give a thing up, those of the people concerned count.
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
				out = slices.AppendSeq(out, p.keys.rows(id, chainClaim))
				for r := range p.keys.rows(id, chainRelease) {
					if at := p.state[r].rec; at >= 0 && e.people[at] {
						out = append(out, r)
					}
				}
			}
		}
	}
	return out
}

// writes reports whether the row stands in the file and will write something.
func (p *plan) writes(row uint32) bool {
	return !p.grid.rows[row].removed && p.actionOf(row).writes()
}

// requestOf is the request a placed row stands at.
func (p *plan) requestOf(row uint32) uint32 {
	for n := p.state[row].nodes; n != none; n = p.keys.nodes[n].more {
		if d := p.keys.nodes[n]; p.keys.spaceOf(d.key) == spaceRequest {
			return d.key
		}
	}
	return none
}

// move takes a row off its keys, and hangs it to those of its cells as they are now.
func (e *editing) move(r uint32) {
	p := e.p
	p.unplace(r, e.noteView)
	if !p.grid.rows[r].removed {
		p.read(r).place(e.noteView)
	}
}

func (p *plan) sorted(rows map[uint32]bool) []uint32 {
	out := make([]uint32, 0, len(rows))
	for r := range rows {
		out = append(out, r)
	}
	slices.SortFunc(out, p.order)
	return out
}

// delta says which rows a screen has to draw again.
func (e *editing) delta(changed []uint32) Delta {
	p := e.p
	all := append(slices.Clone(e.rows), changed...)
	slices.SortFunc(all, p.order)
	d := Delta{Summary: p.Summary()}
	for _, r := range slices.Compact(all) {
		delete(p.unseen, r) // a screen draws them
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

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
