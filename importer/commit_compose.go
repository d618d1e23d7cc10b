package importer

import (
	"maps"
	"slices"

	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// composed is a batch, and what the commit notes once it is written.
type composed struct {
	rows    []uint32
	batch   users.Batch
	lines   []*ReportLine
	record  users.Record          // the import's, as the batch leaves it
	touches map[uint32][]users.ID // the records each row writes
	refers  map[uint32][]users.ID // and those it names
	images  []users.Image
	marks   bool // the batch marks the imports of an undoing
	work    map[users.ID]*work
	order   []users.ID
	needs   map[users.ID]bool // records that the written ones refer to
	refused map[uint32]string // a field that its record did not take, by the row that sets it
}

// work is a record of a batch while rows change it.
type work struct {
	row     users.RowID
	version uint64
	before  *users.Record
	rec     users.Record
	deleted bool
}

// compose makes the batch that does the rows: one write with the end state of each
// record they touch.
func (c *commit) compose(rows []uint32) *composed {
	b := &composed{rows: rows, touches: map[uint32][]users.ID{}, refers: map[uint32][]users.ID{}, work: map[users.ID]*work{}, needs: map[users.ID]bool{},
		batch: users.Batch{Import: c.id, Digest: c.digest}}

	// Releases are applied before claims, so that a line moves whichever row comes
	// first.
	for _, r := range rows {
		c.composeReleases(b, c.fresh.decided(r))
	}
	for _, r := range rows {
		t := c.fresh.decided(r)
		c.composePerson(b, t)
		c.composeHeld(b, t)
	}

	c.addWrites(b)
	for _, id := range slices.Sorted(maps.Keys(b.needs)) {
		if b.work[id] == nil {
			b.batch.Needs = append(b.batch.Needs, users.Need{ID: id})
		}
	}
	for _, r := range rows {
		c.note(b, r, c.fresh.actionOf(r).outcome())
	}

	// The import's record counts the notes, so that it comes after them.
	b.batch.Writes = append(b.batch.Writes, c.importWrite(b, users.ImportRunning))
	c.writeMarks(b)
	return b
}

// composeReleases takes from their holders the things and keys that the row
// releases or takes.
func (c *commit) composeReleases(b *composed, t *turn) {
	for _, l := range t.verdict.losses {
		kept := l.part || l.taken && t.gives(l.rec)
		w := b.storedWork(c, t.row, l.rec)
		if !kept && w.rec.Holder() == l.holder {
			b.set(t.row, w, users.FieldHolder, "")
		}
	}
	for _, l := range t.verdict.led { // their supervisor is deleted
		b.set(t.row, b.storedWork(c, t.row, l), users.FieldSupervisor, "")
	}
	t.keysFromOtherLines(func(key uint32, of int32) {
		space, value := c.fresh.keys.parts(key)
		recordedit.ClearKey(b.storedWork(c, t.row, of).rec, space, value)
	})
}

// addWrites adds a write and an image for each record of the batch, in the order
// in which rows first touched them.
func (c *commit) addWrites(b *composed) {
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
}

// storedWork returns the work on a record of the store.
func (b *composed) storedWork(c *commit, row uint32, rec int32) *work {
	r := c.fresh.facts.recs[rec]
	return b.workOn(c, row, r.ID, func() *work { return &work{version: r.Version, before: &r, rec: r.Clone()} })
}

// newWork returns the work on a record that the row makes.
func (b *composed) newWork(c *commit, row uint32, id users.ID, data users.Data) *work {
	return b.workOn(c, row, id, func() *work {
		now := c.dir.Now()
		return &work{rec: users.Record{Head: users.Head{ID: id, Account: c.shown.account, Created: now, Updated: now}, Data: data}}
	})
}

// workOn returns the work on a record, and notes that the row touches it. The first
// row that touches it calls begin, and is the one the write names.
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

// set writes a field of a record for a row.
func (b *composed) set(row uint32, w *work, field, value string) {
	if !w.rec.SetField(field, value) {
		b.refuse(row, field)
	}
}

// refuse notes that a record did not take a field of the row. Such a batch is not
// applied: it would report a change that is stored nowhere.
func (b *composed) refuse(row uint32, field string) {
	if b.refused == nil {
		b.refused = map[uint32]string{}
	}
	b.refused[row] = field
}

// needRecord notes that a record the row writes refers to another, which must exist.
func (b *composed) needRecord(row uint32, id users.ID) {
	if id != "" {
		b.needs[id] = true
		b.refers[row] = append(b.refers[row], id)
	}
}

// idOf returns the id of the person a row is about.
func (c *commit) idOf(t *turn) users.ID {
	switch v := &t.verdict; {
	case v.rec >= 0:
		return c.fresh.facts.recs[v.rec].ID
	case v.maker != none:
		return c.newID(v.maker)
	}
	return c.newID(t.row)
}

// newID returns the id of the person a row makes. A batch tried again keeps it.
func (c *commit) newID(row uint32) users.ID {
	id, ok := c.newIDs[row]
	if !ok {
		id = c.unusedID()
		c.newIDs[row] = id
	}
	return id
}

// unusedID returns an id that this commit has not used yet.
func (c *commit) unusedID() users.ID {
	for range attempts {
		if id := c.dir.NewID(); !c.ids[id] {
			c.ids[id] = true
			return id
		}
	}
	return users.NewID() // the host's ids repeat themselves
}

// forgetTakenIDs forgets new ids that another record has already, so that others
// are drawn. An undoing keeps its ids: they are those of the deleted records.
func (c *commit) forgetTakenIDs(taken []users.ID) {
	if c.shown.undo != nil {
		return
	}
	isTaken := func(row uint32, id users.ID) bool {
		return slices.Contains(taken, id) && (c.rows[row] == nil || !c.rows[row].stored)
	}
	maps.DeleteFunc(c.newIDs, isTaken)
	maps.DeleteFunc(c.heldIDs, func(x heldBy, id users.ID) bool { return isTaken(x.row, id) })
}

// composePerson creates, changes or deletes the person the row is about.
func (c *commit) composePerson(b *composed, t *turn) {
	v := &t.verdict
	// A row that changes only a line must not touch its person.
	var w *work
	person := func() *work {
		if w == nil {
			w = c.personWork(b, t)
		}
		return w
	}

	switch v.action {
	case ActionDelete:
		c.composeDelete(b, t, person())
		return
	case ActionCreate:
		person()
	}

	for _, x := range v.changes {
		if _, _, held := ofHeld(x.Field); held {
			continue
		}
		isSet := t.composeMembers(b, x.Field, person)
		if isSet {
			continue
		}

		i := slices.IndexFunc(v.refers, func(f reference) bool { return f.field == x.Field })
		if i < 0 {
			b.set(t.row, person(), x.Field, x.New)
			continue
		}
		id := c.referredID(v.refers[i])
		b.set(t.row, person(), x.Field, string(id))
		b.needRecord(t.row, id)
	}
}

// personWork returns the work on the person the row is about: a stored one, or one
// that a row makes.
func (c *commit) personWork(b *composed, t *turn) *work {
	if t.verdict.rec >= 0 {
		return b.storedWork(c, t.row, t.verdict.rec)
	}

	w := b.newWork(c, t.row, c.idOf(t), c.newData(t))
	if s := t.says.restores; s != nil {
		w.rec.Created = s.last.Created
	}
	return w
}

// composeDelete deletes a record, or leaves of it what stays listed.
func (c *commit) composeDelete(b *composed, t *turn, w *work) {
	left := users.Remainder(c.fresh.facts.recs[t.verdict.rec])
	if left != nil && (t.says.restores == nil || t.target != nil) {
		w.rec.Data = left.Data
		return
	}

	w.deleted = true
	// The preview of an undoing found no one who refers to the record, and the store
	// must find the same. A record that was made again may have been referred to before.
	if t.says.restores != nil && !c.shown.undo.again {
		b.batch.Unused = append(b.batch.Unused, users.KeyOf(c.shown.account, users.LinkSupervisor, string(w.rec.ID)))
	}
}

// referredID returns the id of the record that a reference names, or "" for none.
func (c *commit) referredID(f reference) users.ID {
	switch {
	case f.rec >= 0:
		return c.fresh.facts.recs[f.rec].ID
	case f.row != none:
		return c.personOf(f.row)
	}
	return ""
}

// personOf returns the id of the person another row is about: a stored one, one that
// the row makes, or one that a third row makes.
func (c *commit) personOf(row uint32) users.ID {
	s := &c.fresh.state[row]
	switch maker := s.extra().maker; {
	case s.rec >= 0:
		return c.fresh.facts.recs[s.rec].ID
	case !s.makes && maker != none:
		return c.newID(maker)
	}
	return c.newID(row)
}

// composeMembers puts into a field that is a set what the row adds, and takes out
// what it removes. It sets single members, because other rows of the batch may add
// others to the same person. It reports whether the row has members of the field.
func (t *turn) composeMembers(b *composed, field string, person func() *work) (isSet bool) {
	for _, w := range t.says.wants {
		if w.field == field && w.member != notMember {
			isSet = true
			if !w.applyTo(person().rec) {
				b.refuse(t.row, field)
			}
		}
	}
	return isSet
}

// newData returns the data of a person the row makes, before its fields are set.
func (c *commit) newData(t *turn) users.Data {
	if s := t.says.restores; s != nil {
		return s.restoredData()
	}
	return &users.Profile{Source: c.dir.Actor().Source()}
}

// composeHeld gives the person the things the row gains, and sets their fields.
func (c *commit) composeHeld(b *composed, t *turn) {
	row, v := t.row, &t.verdict
	thing := func(kind users.Kind) *work {
		if rec, _ := t.heldRecord(kind); rec >= 0 {
			return b.storedWork(c, row, rec)
		}
		return b.newWork(c, row, c.heldID(row, kind), recordedit.New(kind))
	}

	for _, g := range v.gains {
		if kind := c.fresh.keys.spaceOf(g.key).Kind(); kind.Held() {
			id := c.idOf(t)
			b.set(row, thing(kind), users.FieldHolder, string(id))
			b.needRecord(row, id)
		}
	}
	for _, x := range v.changes {
		if name, kind, ok := ofHeld(x.Field); ok {
			b.set(row, thing(kind), name, x.New)
		}
	}
}

// heldID returns the id of the thing of a kind that a row makes for its person.
func (c *commit) heldID(row uint32, kind users.Kind) users.ID {
	x := heldBy{row, kind}
	id, ok := c.heldIDs[x]
	if !ok {
		id = c.unusedID()
		c.heldIDs[x] = id
	}
	return id
}
