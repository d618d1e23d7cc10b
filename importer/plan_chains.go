package importer

import (
	"encoding/binary"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// firstSameRequest returns the first of the rows that say the same as this one. It
// is the row itself unless the Template takes repeats for one request.
func (t *turn) firstSameRequest() uint32 {
	if !t.plan.tpl.Repeats {
		return t.row
	}
	if f := t.plan.first(t.request()); f != none {
		return f
	}
	return t.row
}

// request returns the key that stands for everything the row says. Rows with equal
// requests ask for the same in every meaning.
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

// place adds the row to the chains of its keys: the keys of its cells, its person,
// and those it releases. A row that repeats an earlier one is added to its request
// alone. seen is called with every key before the row is added to it.
func (t *turn) place(seen func(key uint32)) {
	s := &t.plan.state[t.row]
	pl := placing{turn: t, seen: seen, list: none}
	s.rec, s.makes, s.repeat = t.person(), false, false
	if t.passed != passNot { // it says nothing, so that no row repeats it
		s.nodes = none
		return
	}
	if t.filled {
		key := t.filledKey()
		pl.add(key, chainClaim, false)
		pl.add(key, chainRelease, false)
	}
	if t.plan.tpl.Repeats {
		req := t.request()
		pl.add(req, chainRelease, false)
		if t.plan.first(req) != t.row {
			s.repeat, s.nodes = true, pl.list
			return
		}
	}

	s.makes = s.rec < 0 && t.makes()
	pl.addPerson(s.rec)
	pl.addKeys(s.rec)
	for _, l := range t.led(s.rec) { // each may leave too, or get another supervisor
		pl.add(t.plan.referrerKey(l), chainRefer, false)
		pl.add(t.plan.personKey(l), chainRefer, false)
	}

	// These keys follow from the store, and not from the cells alone.
	t.takenAlong(s.rec, func(key uint32, _ int) { pl.add(key, chainClaim, false) })
	t.releasedKeys(s.rec, func(key uint32, _ int32) { pl.add(key, chainRelease, false) })
	switch t.adminDelta(s.rec) {
	case -1:
		pl.add(t.plan.adminKey(), chainClaim, false)
		t.plan.lowered[s.rec]++
	case 1:
		pl.add(t.plan.adminKey(), chainRelease, false)
	}
	s.nodes = pl.list
}

// placing is one call of place.
type placing struct {
	*turn
	seen func(key uint32)
	list uint32 // the row's nodes so far
}

// add adds the row to one chain of a key.
func (pl *placing) add(key uint32, c chain, sole bool) {
	p := pl.plan
	pl.seen(key)
	pl.list = p.keys.add(pl.row, key, c, sole, pl.list)
	if c != chainRelease {
		return
	}

	// A key keeps its first releasing row up to date: asking for it is frequent.
	k := &p.keys.state[key]
	isAlone := p.keys.nodes[pl.list].next == none
	if isAlone || k.first != none && p.grid.less(pl.row, k.first) {
		k.first = pl.row
	}
}

// addPerson adds the row to the keys of the person it is about.
func (pl *placing) addPerson(rec int32) {
	d := &pl.says
	if d.about < 0 {
		return
	}
	if !pl.makes() { // a row that makes its person sees the key by its claim
		pl.add(pl.keys[d.about].id, chainRefer, false)
	}
	pl.add(pl.subjectKey(rec), chainAbout, d.sole)
}

// addKeys adds the row to the keys it claims and refers to.
func (pl *placing) addKeys(rec int32) {
	setsReference := false
	for i := range pl.keys {
		switch k := &pl.keys[i]; k.rel {
		case relClaim, relTake, relSlot:
			if !pl.claimsBefore(i) {
				pl.add(k.id, chainClaim, false)
			}
		case relRefer:
			if k.space.Managed() {
				continue
			}
			pl.addReference(k)
			setsReference = rec >= 0
		}
	}

	// Rows that set a reference of one stored person meet, as a circle may close there.
	for i := range pl.says.wants {
		setsReference = setsReference || pl.says.wants[i].unrefer && rec >= 0
	}
	if setsReference {
		pl.add(pl.plan.referrerKey(rec), chainRelease, false)
	}
}

// addReference adds the row to a key it refers to, and to the stored people above:
// a row that sets the reference of one of them may close a circle with this one.
func (pl *placing) addReference(k *rowKey) {
	pl.add(k.id, chainRefer, false)
	rec := pl.plan.facts.holderOf(k.id)
	if rec < 0 {
		return
	}
	for _, key := range pl.plan.aboveKeys(rec, k.field) {
		pl.add(key, chainRefer, false)
	}
}

// watch adds a placed row to a key that only its decision named.
func (p *plan) watch(row, key uint32) {
	s := &p.state[row]
	for n := s.nodes; n != none; n = p.keys.nodes[n].more {
		if p.keys.nodes[n].key == key && p.keys.nodes[n].chain == chainRefer {
			return
		}
	}
	s.nodes = p.keys.add(row, key, chainRefer, false, s.nodes)
}

// unplace takes the row out of all chains. seen is called with every key before the
// row is removed from any.
func (p *plan) unplace(row uint32, seen func(key uint32)) {
	s := &p.state[row]
	for n := s.nodes; n != none; n = p.keys.nodes[n].more {
		seen(p.keys.nodes[n].key)
	}

	for n := s.nodes; n != none; {
		d := p.keys.nodes[n]
		n = p.keys.remove(n)
		if d.chain == chainClaim && d.key == p.adminKey() {
			p.lowered[s.rec]--
			if p.lowered[s.rec] == 0 {
				delete(p.lowered, s.rec)
			}
		}
		if k := &p.keys.state[d.key]; d.chain == chainRelease && k.first == row {
			k.first = none
		}
	}
	s.nodes = none
}

// dependents yields the rows that need this one, or whose references lead to it. They
// refer to a key it claims, claim a key it releases, or name a person whose own
// reference it sets. A row may be yielded more than once.
func (p *plan) dependents(row uint32, yield func(uint32)) {
	for n := p.state[row].nodes; n != none; n = p.keys.nodes[n].more {
		d := p.keys.nodes[n]
		for _, c := range p.waiting(d.chain, d.key) {
			for r := range p.keys.rows(d.key, c) {
				if p.needs(r, row) || slices.Contains(p.state[r].extra().refs, row) {
					yield(r)
				}
			}
		}
	}
}

// waiting returns the chains of a key in which rows may wait for a row in chain c.
func (p *plan) waiting(c chain, key uint32) []chain {
	switch {
	case c == chainClaim:
		return []chain{chainRefer}
	case c != chainRelease:
		return nil
	}
	switch p.keys.spaceOf(key) {
	case spaceReferrer:
		return []chain{chainRefer}
	case users.SpaceID:
		return []chain{chainClaim, chainRefer} // of a person who leaves
	}
	return []chain{chainClaim}
}

// needs reports whether the row needs row by.
func (p *plan) needs(row, by uint32) bool {
	return slices.Contains(p.state[row].extra().needs, by)
}

// keyUnasked reports whether the store may hold a key and was not asked about it.
func (p *plan) keyUnasked(k *rowKey) bool {
	return (k.space.Kind() != "" || k.space == users.SpaceID) && p.keys.state[k.id].fact == factUnasked
}
