package importer

import (
	"encoding/binary"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// firstSameRequest is the first of the rows that ask for the same as the drafted
// one: the row itself, unless the Template takes repeats for one request.
func (t *turn) firstSameRequest() uint32 {
	if !t.plan.tpl.Repeats {
		return t.row
	}
	if f := t.plan.first(t.request()); f != none {
		return f
	}
	return t.row
}

// request is the key that stands for everything the drafted row says.
func (t *turn) request() uint32 {
	d := &t.says
	b := t.scratch[:0]
	num := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }
	str := func(s string) { num(len(s)); b = append(b, s...) }
	for i := range t.keys {
		num(int(t.keys[i].rel))
		num(int(t.keys[i].id))
	}
	b = append(b, 0xff)
	for _, f := range d.releases {
		str(string(f.kind))
		str(f.field)
		str(f.value)
	}
	for _, w := range d.wants {
		str(w.field)
		str(w.value)
		b = append(b, byte(w.member))
	}
	for _, n := range d.notes {
		if n.severity == formats.Error { // a warning about how a cell was typed changes no meaning
			str(n.code)
			num(n.column + 1)
		}
	}
	if d.sole {
		b = append(b, 1)
	}
	if d.deletes {
		b = append(b, 2)
	}
	t.scratch = b
	return t.plan.keys.key(spaceRequest, string(b))
}

// place hangs the drafted row into the chains of its keys: those of its cells,
// its person, and what it frees of what that person holds. A row that repeats
// an earlier one stands at its request alone. seen is called with every key
// before the row is added to it.
func (t *turn) place(seen func(key uint32)) {
	s := &t.plan.state[t.row]
	list := none
	add := func(key uint32, c chain, sole bool) {
		seen(key)
		list = t.plan.keys.add(t.row, key, c, sole, list)
		if c == chainRelease {
			k := &t.plan.keys.state[key]
			if alone := t.plan.keys.nodes[list].next == none; alone || k.first != none && t.plan.grid.less(t.row, k.first) {
				k.first = t.row
			}
		}
	}
	d := &t.says
	s.rec, s.makes, s.repeat = t.person(), false, false
	if t.plan.tpl.Repeats {
		req := t.request()
		add(req, chainRelease, false)
		if t.plan.first(req) != t.row {
			s.repeat, s.nodes = true, list
			return
		}
	}
	s.makes = s.rec < 0 && t.makes()
	steers := false
	if d.about >= 0 {
		if !t.makes() { // else it sees the key by its claim
			add(t.keys[d.about].id, chainRefer, false)
		}
		add(t.subjectKey(s.rec), chainAbout, d.sole)
	}
	for i := range t.keys {
		switch k := &t.keys[i]; k.rel {
		case relClaim, relTake, relSlot:
			if !t.claimsBefore(i) {
				add(k.id, chainClaim, false)
			}
		case relRefer:
			if k.space.Managed() {
				continue
			}
			add(k.id, chainRefer, false)
			if rec := t.plan.facts.holderOf(k.id); rec >= 0 {
				for _, x := range slices.Clone(t.plan.above(rec, k.field)) {
					add(t.plan.referrerKey(x), chainRefer, false)
				}
			}
			steers = s.rec >= 0
		}
	}
	for i := range d.wants {
		steers = steers || d.wants[i].unrefer && s.rec >= 0
	}
	if steers {
		add(t.plan.referrerKey(s.rec), chainRelease, false)
	}
	t.takenAlong(s.rec, func(key uint32, _ int) { add(key, chainClaim, false) })
	t.releasedKeys(s.rec, func(key uint32, _ int32) { add(key, chainRelease, false) })
	switch t.leadDelta(s.rec) {
	case -1:
		add(t.plan.leadKey(), chainClaim, false)
	case 1:
		add(t.plan.leadKey(), chainRelease, false)
	}
	s.nodes = list
}

// watch has a placed row see a key that only its decision named.
func (p *plan) watch(row, key uint32) {
	s := &p.state[row]
	for n := s.nodes; n != none; n = p.keys.nodes[n].more {
		if p.keys.nodes[n].key == key && p.keys.nodes[n].chain == chainRefer {
			return
		}
	}
	s.nodes = p.keys.add(row, key, chainRefer, false, s.nodes)
}

// unplace takes the row out of all chains. seen is called with every key
// before the row is removed from it.
func (p *plan) unplace(row uint32, seen func(key uint32)) {
	s := &p.state[row]
	for n := s.nodes; n != none; n = p.keys.nodes[n].more {
		seen(p.keys.nodes[n].key)
	}
	for n := s.nodes; n != none; {
		d := p.keys.nodes[n]
		n = p.keys.remove(n)
		if k := &p.keys.state[d.key]; d.chain == chainRelease && k.first == row {
			k.first = none
		}
	}
	s.nodes = none
}

// dependents yields the rows that need this one or whose references lead to it:
// they refer to what it claims, claim what it frees, or name a person whose own
// reference it sets. A row may come more than once.
func (p *plan) dependents(row uint32, yield func(uint32)) {
	for n := p.state[row].nodes; n != none; n = p.keys.nodes[n].more {
		d := p.keys.nodes[n]
		var c chain
		switch {
		case d.chain == chainClaim, d.chain == chainRelease && p.keys.spaceOf(d.key) == spaceReferrer:
			c = chainRefer
		case d.chain == chainRelease:
			c = chainClaim
		default:
			continue
		}
		for r := range p.keys.rows(d.key, c) {
			if p.needs(r, row) || slices.Contains(p.state[r].extra().refs, row) {
				yield(r)
			}
		}
	}
}

func (p *plan) needs(row, by uint32) bool {
	return slices.Contains(p.state[row].extra().needs, by)
}

// keyUnasked reports whether the store was never asked about a key that it may hold.
func (p *plan) keyUnasked(k *rowKey) bool {
	return (k.space.Kind() != "" || k.space == users.SpaceID) && p.keys.state[k.id].fact == factUnasked
}
