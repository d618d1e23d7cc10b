package importer

import (
	"slices"

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

	at := t.plan.view(k.id)
	switch {
	case rec >= 0 && rec == v.rec, t.claims(k.id) && (rec < 0 || at.first != none):
		v.find(k.field+".self", col, k.id)
	case rec >= 0 && at.first != none && at.claims == 0:
		v.find(k.field+".leaving", col, k.id)
	case rec >= 0 && at.first == none:
		t.decideAbove(k, rec)
	case k.stored && rec < 0:
		v.find(k.field+".unknown", col, k.id)
	case at.claims == 1:
		v.need(t.row, at.claimer, true)
		v.refers = append(v.refers, reference{k.field, -1, at.claimer})
		return
	case at.claims > 1:
		v.doomed = k.id
	default:
		v.find(k.field+".unknown", col, k.id)
	}
	v.refers = append(v.refers, reference{k.field, rec, none})
}

// decideAbove follows a reference through the store, up to the first person whose
// own reference a row of the file sets. A circle may close through that person.
func (t *turn) decideAbove(k *rowKey, rec int32) {
	v := &t.verdict
	chain := t.plan.above(rec, k.field)
	for i, x := range chain {
		by := t.plan.view(t.plan.referrerKey(x)).first
		if by == none {
			continue
		}

		if by == t.row {
			v.notes = append(v.notes, note{severity: formats.Error, code: "reference.cycle", column: k.column, key: none, rows: []uint32{t.row}})
			return
		}
		if !slices.Contains(v.refs, by) {
			v.refs = append(v.refs, by)
		}
		// If row by does not happen, the stored references close the circle.
		if v.rec >= 0 && slices.Contains(chain[i+1:], v.rec) {
			v.need(t.row, by, true)
		}
		return
	}
}

// hops is how many stored references are followed. A longer circle is not seen
// if no row of the file is about one of its people.
const hops = 8

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
