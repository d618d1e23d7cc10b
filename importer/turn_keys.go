package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// draft reads a row into p.d and gives its keys their numbers.
func (p *plan) draft(row uint32) {
	g := p.grid
	spec := g.spec(row)
	if cap(p.cells) < len(spec.Columns) {
		p.cells = make([]cell, len(spec.Columns))
	}
	p.cells = p.cells[:len(spec.Columns)]
	d := &p.d
	d.reset(spec, g.tables[g.rows[row].id.Table()].lang, Row{spec, p.cells})
	if p.panicked[row] || !p.readRow(row) {
		if p.panicked == nil {
			p.panicked = map[uint32]bool{}
		}
		p.panicked[row] = true
		d.reset(d.spec, d.lang, d.row)
		d.notes = append(d.notes, note{severity: formats.Error, code: "internal.panic", column: -1, key: none})
	}
	for i := range d.keys {
		k := &d.keys[i]
		k.id = p.keys.key(k.space, k.space.Fold(k.value))
	}
	d.keys = slices.DeleteFunc(d.keys, func(k draftKey) bool {
		if !k.made {
			return false
		}
		rec, ok := p.heldRecord(k.space.Kind())
		return ok && rec >= 0
	})
	if d.span != nil {
		p.restore()
	}
	p.grants = p.grants || d.span != nil || slices.ContainsFunc(d.wants, func(w want) bool { return w.field == "role" || w.field == "roles" || w.field == users.FieldCatalogue })
}

// readRow has the Template read the row, and reports whether it came back. The
// code is the host's: a panic in it fails its row, and no other, until that is edited.
func (p *plan) readRow(row uint32) (ok bool) {
	defer func() {
		if !ok {
			_ = recover()
		}
	}()
	d := &p.d
	for i := range d.spec.Columns {
		p.cells[i] = d.readCell(i, p.grid.text(row, i))
		p.cells[i].away = p.grid.away(row, i)
	}
	p.readNotes(row)
	d.spec.Draft(d.row, d)
	return true
}

// readNotes takes over what the format found in the row.
func (p *plan) readNotes(row uint32) {
	t := &p.grid.tables[p.grid.rows[row].id.Table()]
	for _, f := range p.grid.notes(row) {
		n := note{severity: f.Severity, code: f.Code, column: -1, key: none, args: f.Args, fix: f.Fix, value: f.Value}
		if f.Column > 0 {
			if n.column = t.column(f.Column); n.column < 0 && f.Severity == formats.Warning {
				continue // in a column nobody asked for
			}
		}
		if f.Code == "cell.date" && n.column >= 0 {
			n.severity = formats.Error // text was wanted
		}
		if n.severity == formats.Error && n.column >= 0 {
			p.cells[n.column] = cell{bad: true}
		}
		p.d.notes = append(p.d.notes, n)
	}
}

// person is the record the drafted row is about, or -1.
func (p *plan) person() int32 {
	if p.d.about < 0 {
		return -1
	}
	i := p.factOf(p.d.keys[p.d.about].id)
	if i >= 0 && p.d.span == nil && p.facts.recs[i].Kind() != users.KindUser {
		return -1
	}
	return i
}

// changesPerson reports whether the row may change the person it found. In mode
// create none may, also in a table that makes nobody: it frees nothing, and is
// unchanged or an error.
func (p *plan) changesPerson(rec int32) bool {
	return rec >= 0 && p.opts.Mode != ModeCreate
}

// subject is the key that stands for the person: the record's id, or the name of one to be made.
func (p *plan) subject(rec int32) uint32 {
	if rec >= 0 {
		return p.personKey(rec)
	}
	return p.d.keys[p.d.about].id
}

// freed yields the keys the drafted row takes from its own person, with what the store has of them.
func (p *plan) freed(rec int32, yield func(key uint32, of int32)) {
	if p.d.span != nil {
		for _, k := range p.d.drops {
			yield(k, rec)
		}
		return
	}
	if !p.changesPerson(rec) {
		return
	}
	r := p.facts.recs[rec]
	if p.d.deletes {
		p.freedByDelete(rec, yield)
		return
	}
	for i := range p.d.keys {
		k := &p.d.keys[i]
		f := k.space.Field()
		if f == "" || k.rel != relClaim && k.rel != relTake {
			continue
		}
		if old := k.space.Fold(r.Field(f)); old != "" {
			if id := p.keys.key(k.space, old); !p.d.claims(id) {
				p.keys.state[id].fact = rec + 1
				yield(id, rec)
			}
		}
	}
	for _, f := range p.d.releases {
		for _, h := range p.givenUp(rec, f) {
			if !p.gives(h) {
				p.freedWith(rec, h, yield)
			}
		}
	}
	p.things(func(_ users.Kind, thing int32) {
		if thing >= 0 && p.facts.recs[thing].Holder() == r.ID {
			p.replaced(thing, yield)
		}
	})
}

// replaced yields the keys of what the person has, and keeps, in whose place the
// drafted row claims others: a line's public number, once it has another.
func (p *plan) replaced(thing int32, yield func(uint32, int32)) {
	for _, key := range p.facts.recs[thing].Keys() {
		id := p.keys.key(key.Space, key.Value)
		if p.d.claims(id) || !p.d.claimsIn(key.Space) {
			continue
		}
		p.keys.state[id].fact = thing + 1
		yield(id, thing)
	}
}

// takenAlong yields the keys that the drafted row does not name, of things it takes
// from others: whoever else claims one of them claims the same thing. at is the
// row's own key by which it takes the thing.
func (p *plan) takenAlong(rec int32, yield func(key uint32, at int)) {
	if p.d.span != nil {
		return
	}
	for i := range p.d.keys {
		k := &p.d.keys[i]
		of := p.factOf(k.id)
		if k.rel != relTake || of < 0 || p.claimedWith(i, of) || !p.others(rec, of) {
			continue
		}
		for _, key := range p.facts.recs[of].Keys() {
			id := p.keys.key(key.Space, key.Value)
			if !p.d.claims(id) {
				p.keys.state[id].fact = of + 1
				yield(id, i)
			}
		}
	}
}

// others reports whether somebody else than the person rec holds the record.
func (p *plan) others(rec, of int32) bool {
	holder := p.facts.recs[of].Holder()
	return holder != "" && (rec < 0 || holder != p.facts.recs[rec].ID)
}

// claimedWith reports whether an earlier key of the drafted row claims the same record.
func (p *plan) claimedWith(i int, of int32) bool {
	for j := range i {
		if k := &p.d.keys[j]; (k.rel == relClaim || k.rel == relTake) && p.factOf(k.id) == of {
			return true
		}
	}
	return false
}

// freedWith yields the keys of what a person has and gives up.
func (p *plan) freedWith(rec, held int32, yield func(uint32, int32)) {
	h := p.facts.recs[held]
	if h.Holder() != p.facts.recs[rec].ID {
		return
	}
	for _, k := range h.Keys() {
		id := p.keys.key(k.Space, k.Value)
		if p.d.claims(id) {
			continue // it goes on with another thing of theirs
		}
		p.keys.state[id].fact = held + 1
		yield(id, held)
	}
}

// freedByDelete yields everything that goes with a person who is deleted.
func (p *plan) freedByDelete(rec int32, yield func(uint32, int32)) {
	r := p.facts.recs[rec]
	if users.Remainder(r) != nil {
		return
	}
	yield(p.personKey(rec), rec)
	p.freedWith(rec, rec, yield)
	for _, h := range p.facts.held[rec] {
		p.freedWith(rec, h, yield)
	}
}

// leadDelta says whether the drafted row makes (+1) or takes (-1) one who leads the account.
func (p *plan) leadDelta(rec int32) int {
	if p.d.span != nil {
		return p.leadTarget(rec)
	}
	var r users.Record
	switch {
	case rec < 0 && !p.d.makes(), rec >= 0 && !p.changesPerson(rec):
		return 0
	case rec >= 0:
		r = p.facts.recs[rec]
	}
	was := users.Leads(r)
	is := !p.d.deletes && users.Leads(p.wanted(r, func(w want) bool { return w.field == "role" || w.field == "roles" || w.field == "active" }))
	switch {
	case was && !is:
		return -1
	case !was && is:
		return 1
	}
	return 0
}

// wanted is the record with what the drafted row wants of it, as far as chosen,
// until it is called again. One that is to be made begins blank.
func (p *plan) wanted(r users.Record, chosen func(want) bool) users.Record {
	made := r.Data == nil
	own := made
	if made {
		p.blank = users.Profile{}
		r.Data = &p.blank
	}
	for _, w := range p.d.wants {
		if w.onlyNew && !made || !chosen(w) || w.member == notMember && r.Field(w.field) == w.value {
			continue
		}
		if !own {
			r, own = r.Clone(), true
		}
		w.onto(r)
	}
	return r
}

// onto writes what is wanted to a record.
func (w want) onto(r users.Record) {
	if w.member == notMember {
		r.SetField(w.field, w.value)
		return
	}
	r.SetMember(w.field, w.value, w.member == memberIn)
}

// personKey is the key that stands for a stored person.
func (p *plan) personKey(rec int32) uint32 {
	return p.keys.key(users.SpaceID, string(p.facts.recs[rec].ID))
}

// referrerKey is the key at which rows meet that set whom a stored person refers to.
func (p *plan) referrerKey(rec int32) uint32 {
	return p.keys.key(spaceReferrer, string(p.facts.recs[rec].ID))
}

// ofHeld splits "line.internal" into the field and the kind of what a person has.
func ofHeld(field string) (name string, kind users.Kind, ok bool) {
	k, name, found := strings.Cut(field, ".")
	if !found || !users.Kind(k).Held() {
		return field, "", false
	}
	return name, users.Kind(k), true
}

// heldRecord is the record of that kind which the drafted row gives its person:
// the one of the first key it claims. It is -1 if it is to be made.
func (p *plan) heldRecord(kind users.Kind) (rec int32, ok bool) {
	for i := range p.d.keys {
		k := &p.d.keys[i]
		if k.space.Kind() == kind && (k.rel == relClaim || k.rel == relTake) {
			return p.factOf(k.id), true
		}
	}
	return -1, false
}

// gives reports whether the record is one that the drafted row gives its person.
func (p *plan) gives(rec int32) bool {
	thing, ok := p.heldRecord(p.facts.recs[rec].Kind())
	return ok && thing == rec
}

// things yields what the drafted row gives its person, one thing of a kind, as
// heldRecord says it.
func (p *plan) things(yield func(kind users.Kind, rec int32)) {
	for i := range p.d.keys {
		k := &p.d.keys[i]
		kind := k.space.Kind()
		if !kind.Held() || k.rel != relClaim && k.rel != relTake || slices.ContainsFunc(p.d.keys[:i], func(o draftKey) bool {
			return o.space.Kind() == kind && (o.rel == relClaim || o.rel == relTake)
		}) {
			continue
		}
		yield(kind, p.factOf(k.id))
	}
}

// keysFromOtherLines yields the keys that the drafted row claims and that stand with other
// things than the one it gives its person, with what the store has of them.
func (p *plan) keysFromOtherLines(yield func(key uint32, of int32)) {
	if p.d.span != nil {
		return
	}
	for i := range p.d.keys {
		k := &p.d.keys[i]
		if !k.space.Kind().Held() || k.rel != relClaim && k.rel != relTake {
			continue
		}
		if of := p.factOf(k.id); of >= 0 && !p.gives(of) {
			yield(k.id, of)
		}
	}
}

func (p *plan) leadKey() uint32 { return p.keys.key(spaceLead, "") }
