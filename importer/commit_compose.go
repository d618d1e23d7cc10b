package importer

import (
	"maps"
	"slices"

	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// composed is a batch with what is needed to note what it did.
type composed struct {
	rows    []uint32
	batch   users.Batch
	lines   []*ReportLine
	record  users.Record          // the import's, as the batch leaves it
	touches map[uint32][]users.ID // the records each row writes
	refers  map[uint32][]users.ID // and those it names
	images  []users.Image
	marks   bool // imports are marked

	work  map[users.ID]*work
	order []users.ID
	needs map[users.ID]bool // referred to by what is written
}

// work is a record while rows change it.
type work struct {
	row     users.RowID
	version uint64
	before  *users.Record
	rec     users.Record
	deleted bool
}

// compose makes the batch that does the rows: for each record they touch, its
// end state. What is given up goes before what is gained, so that a line moves
// whichever row comes first.
func (c *commit) compose(rows []uint32) *composed {
	b := &composed{rows: rows, touches: map[uint32][]users.ID{}, refers: map[uint32][]users.ID{}, work: map[users.ID]*work{}, needs: map[users.ID]bool{},
		batch: users.Batch{Import: c.id, Digest: c.digest}}
	for _, r := range rows {
		t := c.fresh.decided(r)
		for _, l := range t.verdict.losses {
			kept := l.part || l.taken && t.gives(l.rec)
			if w := b.storedWork(c, r, l.rec); !kept && w.rec.Holder() == l.holder {
				w.rec.SetField("holder", "")
			}
		}
		t.keysFromOtherLines(func(key uint32, of int32) {
			space, value := c.fresh.keys.parts(key)
			recordedit.ClearKey(b.storedWork(c, r, of).rec, space, value)
		})
	}
	for _, r := range rows {
		t := c.fresh.decided(r)
		c.composePerson(b, t)
		c.composeHeld(b, t)
	}
	now := c.dir.Now()
	for _, id := range b.order {
		w := b.work[id]
		write := users.Write{Row: w.row, ID: id, Version: w.version}
		i := users.Image{Before: w.before}
		if !w.deleted {
			rec := w.rec
			rec.Updated = now
			write.Record = &rec
			after := rec
			after.Version = w.version + 1
			i.After = &after
		}
		b.images = append(b.images, i)
		b.batch.Writes = append(b.batch.Writes, write)
	}
	for _, id := range slices.Sorted(maps.Keys(b.needs)) {
		if b.work[id] == nil {
			b.batch.Needs = append(b.batch.Needs, users.Need{ID: id})
		}
	}
	for _, r := range rows {
		c.note(b, r, c.fresh.actionOf(r).outcome())
	}
	b.batch.Writes = append(b.batch.Writes, c.importWrite(b, users.ImportRunning))
	c.writeMarks(b)
	return b
}

// storedWork is the work on a record of the store.
func (b *composed) storedWork(c *commit, row uint32, rec int32) *work {
	r := c.fresh.facts.recs[rec]
	return b.workOn(c, row, r.ID, func() *work { return &work{version: r.Version, before: &r, rec: r.Clone()} })
}

// newWork is the work on a record that row makes.
func (b *composed) newWork(c *commit, row uint32, id users.ID, data users.Data) *work {
	return b.workOn(c, row, id, func() *work {
		now := c.dir.Now()
		return &work{rec: users.Record{Head: users.Head{ID: id, Account: c.shown.account, Created: now, Updated: now}, Data: data}}
	})
}

func (b *composed) workOn(c *commit, row uint32, id users.ID, begin func() *work) *work {
	w := b.work[id]
	if w == nil {
		w = begin()
		w.row = c.shown.grid.rows[row].id
		b.work[id], b.order = w, append(b.order, id)
	}
	if !slices.Contains(b.touches[row], id) {
		b.touches[row] = append(b.touches[row], id)
	}
	return w
}

// needRecord notes that what the row writes names a record, which must be there.
func (b *composed) needRecord(row uint32, id users.ID) {
	if id != "" {
		b.needs[id] = true
		b.refers[row] = append(b.refers[row], id)
	}
}

// idOf is the id of the person a row is about.
func (c *commit) idOf(t *turn) users.ID {
	switch v := &t.verdict; {
	case v.rec >= 0:
		return c.fresh.facts.recs[v.rec].ID
	case v.maker != none:
		return c.newID(v.maker)
	}
	return c.newID(t.row)
}

// newID is the id of the person a row makes. A batch tried again keeps it.
func (c *commit) newID(row uint32) users.ID {
	id, ok := c.newIDs[row]
	if !ok {
		id = c.unusedID()
		c.newIDs[row] = id
	}
	return id
}

// unusedID is an id that this commit has given to nothing yet.
func (c *commit) unusedID() users.ID {
	for range attempts {
		if id := c.dir.NewID(); !c.ids[id] {
			c.ids[id] = true
			return id
		}
	}
	return users.NewID() // the host's ids repeat
}

// forgetTakenIDs forgets ids that somebody has already, so that others are drawn.
func (c *commit) forgetTakenIDs(taken []users.ID) {
	if c.shown.undo != nil {
		return
	}
	again := func(row uint32, id users.ID) bool {
		return slices.Contains(taken, id) && (c.rows[row] == nil || !c.rows[row].stored)
	}
	maps.DeleteFunc(c.newIDs, again)
	maps.DeleteFunc(c.heldIDs, func(x heldBy, id users.ID) bool { return again(x.row, id) })
}

// composePerson makes, changes or deletes the person the row is about.
func (c *commit) composePerson(b *composed, t *turn) {
	row, v := t.row, &t.verdict
	var w *work
	person := func() *work {
		switch {
		case w != nil:
		case v.rec >= 0:
			w = b.storedWork(c, row, v.rec)
		default:
			w = b.newWork(c, row, c.idOf(t), c.newData(t))
			if s := t.says.restores; s != nil {
				w.rec.Created = s.last.Created
			}
		}
		return w
	}
	if v.action == ActionDelete {
		if left := users.Remainder(c.fresh.facts.recs[v.rec]); left != nil && (t.says.restores == nil || t.target != nil) {
			person().rec.Data = left.Data
		} else {
			person().deleted = true
			if t.says.restores != nil && !c.shown.undo.again { // else somebody may have referred to them all along
				b.batch.Unused = append(b.batch.Unused, users.KeyOf(c.shown.account, users.LinkSupervisor, string(w.rec.ID)))
			}
		}
		return
	}
	if v.action == ActionCreate {
		person()
	}
	for _, x := range v.changes {
		if _, _, held := ofHeld(x.Field); held {
			continue
		}
		if t.composeMembers(x.Field, person) {
			continue
		}
		i := slices.IndexFunc(v.refers, func(f reference) bool { return f.field == x.Field })
		if i < 0 {
			person().rec.SetField(x.Field, x.New)
			continue
		}
		id := users.ID("")
		if f := v.refers[i]; f.rec >= 0 {
			id = c.fresh.facts.recs[f.rec].ID
		} else if f.row != none {
			id = c.newID(f.row)
		}
		person().rec.SetField(x.Field, string(id))
		b.needRecord(row, id)
	}
}

// composeMembers puts into a field that is a set what the drafted row says, and
// takes out likewise: other rows of the batch may do the same to the same person.
// It reports whether the row speaks of the field so.
func (t *turn) composeMembers(field string, person func() *work) (speaks bool) {
	for _, w := range t.says.wants {
		if w.field == field && w.member != notMember {
			w.applyTo(person().rec)
			speaks = true
		}
	}
	return speaks
}

// newData is the data of somebody whom the drafted row makes, before its fields are set.
func (c *commit) newData(t *turn) users.Data {
	if s := t.says.restores; s != nil {
		return s.restoredData()
	}
	return &users.Profile{Source: c.dir.Actor().Source()}
}

// composeHeld gives the person what the row gains, and sets its fields.
func (c *commit) composeHeld(b *composed, t *turn) {
	row, v := t.row, &t.verdict
	have := func(kind users.Kind) *work {
		if rec, _ := t.heldRecord(kind); rec >= 0 {
			return b.storedWork(c, row, rec)
		}
		return b.newWork(c, row, c.heldID(row, kind), recordedit.New(kind))
	}
	for _, g := range v.gains {
		if kind := c.fresh.keys.spaceOf(g.key).Kind(); kind.Held() {
			id := c.idOf(t)
			have(kind).rec.SetField("holder", string(id))
			b.needRecord(row, id)
		}
	}
	for _, x := range v.changes {
		if name, kind, ok := ofHeld(x.Field); ok {
			have(kind).rec.SetField(name, x.New)
		}
	}
}

// heldID is the id of the thing of a kind that a row makes for its person.
func (c *commit) heldID(row uint32, kind users.Kind) users.ID {
	x := heldBy{row, kind}
	id, ok := c.heldIDs[x]
	if !ok {
		id = c.unusedID()
		c.heldIDs[x] = id
	}
	return id
}
