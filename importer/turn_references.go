package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

func (t *turn) decideRefer(k *rowKey) {
	v := &t.verdict
	col := k.column
	rec := t.plan.facts.holderOf(k.id)
	if k.space.Managed() {
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

// decideAbove follows a reference through the store, to the first person whose
// own reference a row of the file sets: a circle may close through them.
func (t *turn) decideAbove(k *rowKey, rec int32) {
	chain := t.plan.above(rec, k.field)
	for i, x := range chain {
		switch by := t.plan.view(t.plan.referrerKey(x)).first; by {
		case none:
			continue
		case t.row:
			n := note{severity: formats.Error, code: "reference.cycle", column: k.column, key: none, rows: []uint32{t.row}}
			t.verdict.notes = append(t.verdict.notes, n)
		default:
			if !slices.Contains(t.verdict.refs, by) {
				t.verdict.refs = append(t.verdict.refs, by)
			}
			if t.verdict.rec >= 0 && slices.Contains(chain[i+1:], t.verdict.rec) {
				t.verdict.need(t.row, by, true) // if that row does not happen, the store itself closes the circle
			}
		}
		return
	}
}

// hops is how far a reference is followed through the store. A circle longer
// than that among people whom no row of the file is about goes unseen.
const hops = 8

// above are a stored person and those the field leads to from there, as far as
// they have been looked up.
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
