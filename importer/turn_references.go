package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// decideRefer decides which record a reference of the row names: a stored one, or
// the person of the row that will hold the key. The file's end state counts.
func (t *turn) decideRefer(k *rowKey) {
	v := &t.verdict
	col := k.column
	rec := t.plan.facts.holderOf(k.id)
	if k.space.Managed() { // no row makes or releases such a key
		if rec < 0 {
			v.find(k.field+".unknown", col, k.id)
		}
		v.refers = append(v.refers, reference{k.field, rec, none})
		return
	}

	if v.rec >= 0 && !t.plan.changesPerson(v.rec) {
		t.compareRefer(k, rec)
		return
	}

	at := t.plan.view(k.id)
	keeps := rec >= 0 && at.first == none // the stored holder keeps the key
	switch {
	case keeps && rec == v.rec, !keeps && t.claims(k.id):
		v.find(k.field+".self", col, k.id)
	case keeps:
		t.decideAbove(k, rec)
	case k.stored && rec < 0:
		v.find(k.field+".unknown", col, k.id)
	case at.claims == 1:
		t.decideGiver(k, at)
		return
	case at.claims > 1:
		v.doomed = k.id
	case rec >= 0:
		v.find(k.field+".leaving", col, k.id)
	default:
		v.find(k.field+".unknown", col, k.id)
	}
	v.refers = append(v.refers, reference{k.field, rec, none})
}

// compareRefer notes the stored record that a reference names, for a row that may
// not change its person: if the field differs, the row has that error anyway, and if
// it does not, the row is unchanged, whatever other rows do.
func (t *turn) compareRefer(k *rowKey, rec int32) {
	v := &t.verdict
	switch {
	case rec < 0 && t.plan.view(k.id).claims == 1 && !k.stored:
		v.refers = append(v.refers, reference{k.field, -1, t.plan.view(k.id).claimer})
		return
	case rec < 0:
		v.find(k.field+".unknown", k.column, k.id)
	}
	v.refers = append(v.refers, reference{k.field, rec, none})
}

// decideGiver decides a reference by a key that a row of the file gives to its
// person, who may be stored or new: "boss: a" where a row gives the login a to Ada.
func (t *turn) decideGiver(k *rowKey, at view) {
	v := &t.verdict
	v.need(t.row, at.claimer, true)
	if at.person < 0 {
		v.refers = append(v.refers, reference{k.field, -1, at.claimer})
		return
	}

	if at.person == v.rec {
		v.find(k.field+".self", k.column, k.id)
	} else {
		for _, key := range t.plan.aboveKeys(at.person, k.field) {
			t.plan.watch(t.row, key)
		}
		t.decideAbove(k, at.person)
	}
	v.refers = append(v.refers, reference{k.field, at.person, none})
}

// decideAbove follows a reference through the store, up to the first person whose
// own reference a row of the file sets, or whom a row deletes. A circle may close
// through the former; the latter supervises no one.
func (t *turn) decideAbove(k *rowKey, rec int32) {
	v := &t.verdict
	chain := t.plan.above(rec, k.field)
	for i, x := range chain {
		by, leaves := t.plan.view(t.plan.referrerKey(x)).first, t.plan.view(t.plan.personKey(x)).first
		switch {
		case by == none && leaves == none:
			continue
		case by == t.row:
			v.notes = append(v.notes, note{severity: formats.Error, code: "reference.cycle", column: k.column, key: none,
				rows: []uint32{t.row}, args: t.circle(chain[:i+1])})
			return
		}

		if by != none && !slices.Contains(v.refs, by) {
			v.refs = append(v.refs, by)
		}
		// If that row does not happen, the stored references close the circle.
		if v.rec >= 0 && slices.Contains(chain[i+1:], v.rec) {
			for _, r := range []uint32{by, leaves} {
				v.need(t.row, r, r == by)
			}
		}
		return
	}
}

// circle names the people of a circle, which begins with the row's person: "bob →
// lea → bob". It names no one if a cell of the row that leads there is sensitive.
func (t *turn) circle(chain []int32) map[string]string {
	var names []string
	for _, x := range chain {
		name := t.plan.facts.nameOf(x)
		if t.holdsSensitive(name) {
			return nil
		}
		names = append(names, formats.Show(name))
	}
	if t.hasSensitiveKey() {
		return nil
	}
	last := names[len(names)-1]
	names = append([]string{last}, names...)
	if len(names) > maxCircle {
		names = append(names[:maxCircle:maxCircle], "…")
	}
	return map[string]string{"people": strings.Join(names, " → ")}
}

// maxCircle is how many rows or people of a circle a finding names.
const maxCircle = 20

// hops is how many stored references are followed. A longer circle is not seen
// if no row of the file is about one of its people.
const hops = 64

// above returns a stored person and the people the field leads to from there,
// as far as they were looked up: Ada, her supervisor, the supervisor's supervisor.
func (p *plan) above(rec int32, field string) []int32 {
	out := p.chain[:0]
	for rec >= 0 && len(out) <= hops && !slices.Contains(out, rec) {
		out = append(out, rec)
		next, ok := p.facts.byID[users.ID(p.facts.recs[rec].Field(field))]
		if !ok {
			break
		}
		rec = next
	}

	p.chain = out
	return out
}

// aboveKeys returns the keys at which a row sees that a stored person, or one of the
// people above, refers to another or leaves.
func (p *plan) aboveKeys(rec int32, field string) []uint32 {
	var keys []uint32
	for _, x := range slices.Clone(p.above(rec, field)) {
		keys = append(keys, p.referrerKey(x), p.personKey(x))
	}
	return keys
}
