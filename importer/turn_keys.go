package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// person returns the stored record the row is about, or -1.
func (t *turn) person() int32 {
	if t.says.about < 0 {
		return -1
	}
	i := t.plan.facts.holderOf(t.keys[t.says.about].id)
	if i >= 0 && t.says.restores == nil && t.plan.facts.recs[i].Kind() != users.KindUser {
		return -1
	}
	return i
}

// changesPerson reports whether the row may change the stored person rec. In mode
// create no row may, not even in a table that creates no one: the row releases
// nothing, and is unchanged or an error.
func (p *plan) changesPerson(rec int32) bool {
	return rec >= 0 && p.opts.Mode != ModeCreate
}

// subjectKey returns the key under which rows about one person meet: the stored
// person's id, or the name of a person to be created.
func (t *turn) subjectKey(rec int32) uint32 {
	if rec >= 0 {
		return t.plan.personKey(rec)
	}
	return t.keys[t.says.about].id
}

// releasedKeys yields the keys the row's own person releases, with the stored
// record that has each: the old e-mail address where the row sets a new one.
func (t *turn) releasedKeys(rec int32, yield func(key uint32, of int32)) {
	if t.says.restores != nil {
		for _, k := range t.drops {
			yield(k, rec)
		}
		return
	}
	if !t.plan.changesPerson(rec) {
		return
	}
	if t.says.deletes {
		t.releasedByDelete(rec, yield)
		return
	}

	t.releasedFields(rec, yield)
	for _, f := range t.says.releases {
		for _, h := range t.plan.facts.released(rec, f) {
			if !t.gives(h) {
				t.releasedWith(rec, h, yield)
			}
		}
	}
	t.things(func(_ users.Kind, thing int32) {
		if thing >= 0 && t.plan.facts.recs[thing].Holder() == t.plan.facts.recs[rec].ID {
			t.replacedKeys(thing, yield)
		}
	})
}

// releasedFields yields the keys in the person's fields for which the row claims
// another value.
func (t *turn) releasedFields(rec int32, yield func(key uint32, of int32)) {
	r := t.plan.facts.recs[rec]
	for i := range t.keys {
		k := &t.keys[i]
		f := k.space.Field()
		if f == "" || !k.isClaim() {
			continue
		}
		old := k.space.Fold(r.Field(f))
		if old == "" {
			continue
		}

		// The store is not asked again: the record itself says who holds the key.
		id := t.plan.keys.key(k.space, old)
		if !t.claims(id) {
			t.plan.keys.state[id].fact = rec + 1
			yield(id, rec)
		}
	}
}

// replacedKeys yields the keys of a thing the person keeps, in spaces where the
// row claims another key: the old public number of line 1001, where the row gives
// that line a new one.
func (t *turn) replacedKeys(thing int32, yield func(uint32, int32)) {
	for _, key := range t.plan.facts.recs[thing].Keys() {
		id := t.plan.keys.key(key.Space, key.Value)
		if t.claims(id) || !t.claimsIn(key.Space) {
			continue
		}
		t.plan.keys.state[id].fact = thing + 1
		yield(id, thing)
	}
}

// takenAlong yields the keys the row does not name, of things it takes from others:
// +33 1 … of line 1001, where the row takes extension 1001. A row that claims one of
// them claims the same thing. at is the row's own key by which it takes the thing.
func (t *turn) takenAlong(rec int32, yield func(key uint32, at int)) {
	if t.says.restores != nil {
		return
	}

	for i := range t.keys {
		k := &t.keys[i]
		of := t.plan.facts.holderOf(k.id)
		if k.rel != relTake || of < 0 || t.claimedWith(i, of) || !t.plan.isHeldByOther(rec, of) {
			continue
		}
		for _, key := range t.plan.facts.recs[of].Keys() {
			id := t.plan.keys.key(key.Space, key.Value)
			if !t.claims(id) {
				t.plan.keys.state[id].fact = of + 1
				yield(id, i)
			}
		}
	}
}

// isHeldByOther reports whether the record has a holder other than the person rec.
func (p *plan) isHeldByOther(rec, of int32) bool {
	holder := p.facts.recs[of].Holder()
	return holder != "" && (rec < 0 || holder != p.facts.recs[rec].ID)
}

// claimedWith reports whether a key of the row before i claims the same record.
func (t *turn) claimedWith(i int, of int32) bool {
	for j := range i {
		if k := &t.keys[j]; k.isClaim() && t.plan.facts.holderOf(k.id) == of {
			return true
		}
	}
	return false
}

// releasedWith yields the keys of a thing that the person holds and releases.
func (t *turn) releasedWith(rec, held int32, yield func(uint32, int32)) {
	h := t.plan.facts.recs[held]
	if h.Holder() != t.plan.facts.recs[rec].ID {
		return
	}

	for _, k := range h.Keys() {
		id := t.plan.keys.key(k.Space, k.Value)
		if t.claims(id) {
			continue // the row gives the key to another thing of the same person
		}
		t.plan.keys.state[id].fact = held + 1
		yield(id, held)
	}
}

// releasedByDelete yields the keys of a person who is deleted, and of all things
// the person holds. A person who stays listed releases nothing.
func (t *turn) releasedByDelete(rec int32, yield func(uint32, int32)) {
	r := t.plan.facts.recs[rec]
	if users.Remainder(r) != nil {
		return
	}

	yield(t.plan.personKey(rec), rec)
	t.releasedWith(rec, rec, yield)
	for _, h := range t.plan.facts.held[rec] {
		t.releasedWith(rec, h, yield)
	}
}

// adminDelta returns 1 if the row makes an admin of the account, -1 if it takes an
// admin's rights, and 0 otherwise.
func (t *turn) adminDelta(rec int32) int {
	if t.says.restores != nil {
		return t.adminTarget(rec)
	}

	var r users.Record
	switch {
	case rec < 0 && !t.makes(), rec >= 0 && !t.plan.changesPerson(rec):
		return 0
	case rec >= 0:
		r = t.plan.facts.recs[rec]
	}

	was := users.Leads(r)
	is := !t.says.deletes && users.Leads(t.withWants(r, func(w want) bool { return w.field == "role" || w.field == "roles" || w.field == "active" }))
	switch {
	case was && !is:
		return -1
	case !was && is:
		return 1
	}
	return 0
}

// withWants returns the record with the chosen wants of the row applied. A person
// to be created begins blank. The result is valid until the next call.
func (t *turn) withWants(r users.Record, chosen func(want) bool) users.Record {
	made := r.Data == nil
	own := made
	if made {
		t.blank = users.Profile{}
		r.Data = &t.blank
	}

	for _, w := range t.says.wants {
		if w.onlyNew && !made || !chosen(w) || w.member == notMember && r.Field(w.field) == w.value {
			continue
		}
		if !own { // the stored record is copied once, and only if a want changes it
			r, own = r.Clone(), true
		}
		w.applyTo(r) // the record takes it: dropUnknownNames left no other want
	}
	return r
}

// applyTo writes the wanted value to a record, and reports whether the record takes it.
func (w want) applyTo(r users.Record) bool {
	if w.member == notMember {
		return r.SetField(w.field, w.value)
	}
	return recordedit.SetMember(r, w.field, w.value, w.member == memberIn)
}

// personKey returns the key that stands for a stored person.
func (p *plan) personKey(rec int32) uint32 {
	return p.keys.key(users.SpaceID, string(p.facts.recs[rec].ID))
}

// referrerKey returns the key at which the rows meet that set the references of a
// stored person: two rows that each give Ada a supervisor.
func (p *plan) referrerKey(rec int32) uint32 {
	return p.keys.key(spaceReferrer, string(p.facts.recs[rec].ID))
}

// ofHeld splits the field of a thing: "line.internal" is field "internal" of kind
// "line".
func ofHeld(field string) (name string, kind users.Kind, ok bool) {
	k, name, found := strings.Cut(field, ".")
	if !found || !users.Kind(k).Held() {
		return field, "", false
	}
	return name, users.Kind(k), true
}

// heldRecord returns the record of a kind that the row gives its person: that of
// the first key of the kind it claims. It returns -1 if the record is to be made.
func (t *turn) heldRecord(kind users.Kind) (rec int32, ok bool) {
	for i := range t.keys {
		k := &t.keys[i]
		if k.space.Kind() == kind && k.isClaim() {
			return t.plan.facts.holderOf(k.id), true
		}
	}
	return -1, false
}

// gives reports whether the row gives its person that record.
func (t *turn) gives(rec int32) bool {
	thing, ok := t.heldRecord(t.plan.facts.recs[rec].Kind())
	return ok && thing == rec
}

// things yields what the row gives its person, one record of each kind, as
// heldRecord returns it.
func (t *turn) things(yield func(kind users.Kind, rec int32)) {
	for i := range t.keys {
		k := &t.keys[i]
		kind := k.space.Kind()
		if !kind.Held() || !k.isClaim() {
			continue
		}

		isYielded := slices.ContainsFunc(t.keys[:i], func(o rowKey) bool { return o.space.Kind() == kind && o.isClaim() })
		if !isYielded {
			yield(kind, t.plan.facts.holderOf(k.id))
		}
	}
}

// keysFromOtherLines yields the keys this row claims that now belong to another
// line: +33 1 … of line 1001, when the row sets it on line 1002. of is that line.
func (t *turn) keysFromOtherLines(yield func(key uint32, of int32)) {
	if t.says.restores != nil {
		return
	}

	for i := range t.keys {
		k := &t.keys[i]
		if !k.space.Kind().Held() || !k.isClaim() {
			continue
		}
		if of := t.plan.facts.holderOf(k.id); of >= 0 && !t.gives(of) {
			yield(k.id, of)
		}
	}
}

// adminKey returns the key at which the rows meet that make or remove admins.
func (p *plan) adminKey() uint32 { return p.keys.key(spaceAdmins, "") }
