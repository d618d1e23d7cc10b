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
	e := &editing{p: p, before: map[uint32]view{}, old: map[gridCell]*string{}, flags: map[uint32]gridRow{}, size: len(p.grid.rows), added0: len(p.grid.added)}
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
	before  map[uint32]view
	keys    []uint32
}

// apply lays the edits over the grid and asks the store about what is new. The
// decisions stay as they were.
func (e *editing) apply(ctx context.Context, edits []Edit) error {
	g := e.p.grid
	for i := range g.tables {
		e.lasts = append(e.lasts, g.tables[i].last)
	}
	for _, x := range edits {
		if err := e.one(x); err != nil {
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

func (e *editing) one(x Edit) error {
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

func (e *editing) see(key uint32) {
	if _, ok := e.before[key]; !ok {
		e.before[key] = e.p.view(key)
		e.keys = append(e.keys, key)
	}
}

// finish moves the rows among the keys and decides again whoever can tell the difference.
func (e *editing) finish() Delta {
	p := e.p
	p.groups, p.circles, p.large, p.sized = nil, nil, nil, false
	if p.committed {
		p.id, p.committed = "", false
	}
	wrote, whose := map[uint32]bool{}, map[int32]bool{}
	for _, r := range e.rows {
		wrote[r], whose[p.state[r].rec] = p.writes(r), true
		e.move(r)
	}
	for i := 0; i < len(e.keys); i++ { // one that repeated may now be the first of its kind, and the other way round
		if key := e.keys[i]; p.keys.spaceOf(key) == spaceRequest {
			for _, r := range []uint32{e.before[key].first, p.first(key)} {
				if r != none && !p.grid.rows[r].removed && p.state[r].nodes != none && p.state[r].repeat != (p.first(key) != r) && p.requestOf(r) == key {
					e.move(r)
				}
			}
		}
	}
	awake := map[uint32]bool{}
	for _, r := range e.rows {
		awake[r] = true
	}
	for _, key := range e.keys {
		now := p.view(key)
		for c := range chains {
			if c.sees(e.before[key], now) {
				for r := range p.keys.rows(key, c) {
					awake[r] = true
				}
			}
		}
	}
	var changed []uint32
	for r := range awake {
		if _, edited := wrote[r]; !edited {
			wrote[r] = p.writes(r)
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
	roots := changed
	if _, moved := e.before[p.leadKey()]; moved { // one who would have succeeded may be gone, and is nobody's successor now
		roots = slices.AppendSeq(slices.Clone(changed), p.keys.rows(p.leadKey(), chainClaim))
	}
	followed := p.propagate(roots)
	for r, did := range wrote {
		if did != p.writes(r) {
			followed = append(followed, r)
		}
	}
	for _, r := range append(slices.Clone(e.rows), followed...) {
		whose[p.state[r].rec] = true
	}
	return e.delta(append(append(changed, followed...), e.sharingThings(followed, whose)...))
}

// sharingThings returns the rows about a thing of which another row wants a part, or wants
// it no longer, or now happens or does not: what comes along with the thing, and
// what its holder loses, is another then, though the decision is not.
// whose are the people of those rows, before and after, of whom -1 is none.
func (e *editing) sharingThings(rows []uint32, whose map[int32]bool) []uint32 {
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
					if at := p.state[r].rec; at >= 0 && whose[at] {
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

func (e *editing) move(r uint32) {
	p := e.p
	p.unplace(r, e.see)
	if !p.grid.rows[r].removed {
		p.read(r).place(e.see)
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
