package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// person is the record the drafted row is about, or -1.
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

// changesPerson reports whether the row may change the person it found. In mode
// create none may, also in a table that makes nobody: it frees nothing, and is
// unchanged or an error.
func (p *plan) changesPerson(rec int32) bool {
	return rec >= 0 && p.opts.Mode != ModeCreate
}

// subjectKey is the key that stands for the person: the record's id, or the name of one to be made.
func (t *turn) subjectKey(rec int32) uint32 {
	if rec >= 0 {
		return t.plan.personKey(rec)
	}
	return t.keys[t.says.about].id
}

// releasedKeys yields the keys the drafted row takes from its own person, with what the store has of them.
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
	r := t.plan.facts.recs[rec]
	if t.says.deletes {
		t.releasedByDelete(rec, yield)
		return
	}
	for i := range t.keys {
		k := &t.keys[i]
		f := k.space.Field()
		if f == "" || !k.isClaim() {
			continue
		}
		if old := k.space.Fold(r.Field(f)); old != "" {
			if id := t.plan.keys.key(k.space, old); !t.claims(id) {
				t.plan.keys.state[id].fact = rec + 1
				yield(id, rec)
			}
		}
	}
	for _, f := range t.says.releases {
		for _, h := range t.plan.facts.released(rec, f) {
			if !t.gives(h) {
				t.releasedWith(rec, h, yield)
			}
		}
	}
	t.things(func(_ users.Kind, thing int32) {
		if thing >= 0 && t.plan.facts.recs[thing].Holder() == r.ID {
			t.replacedKeys(thing, yield)
		}
	})
}

// replacedKeys yields the keys of what the person has, and keeps, in whose place the
// drafted row claims others: a line's public number, once it has another.
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

// takenAlong yields the keys that the drafted row does not name, of things it takes
// from others: whoever else claims one of them claims the same thing. at is the
// row's own key by which it takes the thing.
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

// isHeldByOther reports whether somebody else than the person rec holds the record.
func (p *plan) isHeldByOther(rec, of int32) bool {
	holder := p.facts.recs[of].Holder()
	return holder != "" && (rec < 0 || holder != p.facts.recs[rec].ID)
}

// claimedWith reports whether an earlier key of the drafted row claims the same record.
func (t *turn) claimedWith(i int, of int32) bool {
	for j := range i {
		if k := &t.keys[j]; k.isClaim() && t.plan.facts.holderOf(k.id) == of {
			return true
		}
	}
	return false
}

// releasedWith yields the keys of what a person has and gives up.
func (t *turn) releasedWith(rec, held int32, yield func(uint32, int32)) {
	h := t.plan.facts.recs[held]
	if h.Holder() != t.plan.facts.recs[rec].ID {
		return
	}
	for _, k := range h.Keys() {
		id := t.plan.keys.key(k.Space, k.Value)
		if t.claims(id) {
			continue // it goes on with another thing of theirs
		}
		t.plan.keys.state[id].fact = held + 1
		yield(id, held)
	}
}

// releasedByDelete yields everything that goes with a person who is deleted.
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

// leadDelta says whether the drafted row makes (+1) or takes (-1) one who leads the account.
func (t *turn) leadDelta(rec int32) int {
	if t.says.restores != nil {
		return t.leadTarget(rec)
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

// withWants is the record with what the drafted row wants of it, as far as chosen,
// until it is called again. One that is to be made begins blank.
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
		if !own {
			r, own = r.Clone(), true
		}
		w.applyTo(r)
	}
	return r
}

// applyTo writes what is wanted to a record.
func (w want) applyTo(r users.Record) {
	if w.member == notMember {
		r.SetField(w.field, w.value)
		return
	}
	recordedit.SetMember(r, w.field, w.value, w.member == memberIn)
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
func (t *turn) heldRecord(kind users.Kind) (rec int32, ok bool) {
	for i := range t.keys {
		k := &t.keys[i]
		if k.space.Kind() == kind && k.isClaim() {
			return t.plan.facts.holderOf(k.id), true
		}
	}
	return -1, false
}

// gives reports whether the record is one that the drafted row gives its person.
func (t *turn) gives(rec int32) bool {
	thing, ok := t.heldRecord(t.plan.facts.recs[rec].Kind())
	return ok && thing == rec
}

// things yields what the drafted row gives its person, one thing of a kind, as
// heldRecord says it.
func (t *turn) things(yield func(kind users.Kind, rec int32)) {
	for i := range t.keys {
		k := &t.keys[i]
		kind := k.space.Kind()
		if !kind.Held() || !k.isClaim() || slices.ContainsFunc(t.keys[:i], func(o rowKey) bool {
			return o.space.Kind() == kind && o.isClaim()
		}) {
			continue
		}
		yield(kind, t.plan.facts.holderOf(k.id))
	}
}

// keysFromOtherLines yields the keys that the drafted row claims and that stand with other
// things than the one it gives its person, with what the store has of them.
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

func (p *plan) leadKey() uint32 { return p.keys.key(spaceLead, "") }
