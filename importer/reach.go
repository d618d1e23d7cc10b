package importer

import (
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// draft reads a row into p.d and gives its keys their numbers.
func (p *Preview) draft(row uint32) {
	g := p.grid
	spec := g.spec(row)
	if cap(p.cells) < len(spec.Columns) {
		p.cells = make([]cell, len(spec.Columns))
	}
	p.cells = p.cells[:len(spec.Columns)]
	d := &p.d
	d.reset(spec, g.tables[g.rows[row].id.Table()].lang, Row{spec, p.cells})
	if p.fallen[row] || !p.readRow(row) {
		if p.fallen == nil {
			p.fallen = map[uint32]bool{}
		}
		p.fallen[row] = true
		d.reset(d.spec, d.lang, d.row)
		d.notes = append(d.notes, note{severity: formats.Error, code: "internal.panic", column: -1, key: none})
	}
	for i := range d.keys {
		k := &d.keys[i]
		k.id = p.keys.key(k.space, k.space.Fold(k.value))
	}
	if d.span != nil {
		p.restore()
	}
}

// readRow has the Template read the row, and reports whether it came back. The
// code is the host's: a panic in it fails its row, and no other, until that is edited.
func (p *Preview) readRow(row uint32) (ok bool) {
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
func (p *Preview) readNotes(row uint32) {
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
func (p *Preview) person() int32 {
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
// create it may not: it frees nothing, and is unchanged or an error.
func (p *Preview) changesPerson(rec int32) bool {
	return rec >= 0 && !(p.opts.Mode == Create && p.d.makes())
}

// subject is the key that stands for the person: the record's id, or the name of one to be made.
func (p *Preview) subject(rec int32) uint32 {
	if rec >= 0 {
		return p.personKey(rec)
	}
	return p.d.keys[p.d.about].id
}

// freed yields the keys the drafted row takes from its own person, with what the store has of them.
func (p *Preview) freed(rec int32, yield func(key uint32, of int32)) {
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
	for _, kind := range p.d.frees {
		for _, h := range p.facts.held[rec] {
			if p.facts.recs[h].Kind() == kind && !p.claimsRecord(h) {
				p.freedWith(rec, h, yield)
			}
		}
	}
}

// freedWith yields the keys of what a person has and gives up.
func (p *Preview) freedWith(rec, held int32, yield func(uint32, int32)) {
	h := p.facts.recs[held]
	if h.Holder() != p.facts.recs[rec].ID {
		return
	}
	for _, k := range h.Keys() {
		id := p.keys.key(k.Space, k.Value)
		p.keys.state[id].fact = held + 1
		yield(id, held)
	}
}

// freedByDelete yields everything that goes with a person who is deleted.
func (p *Preview) freedByDelete(rec int32, yield func(uint32, int32)) {
	r := p.facts.recs[rec]
	if users.Deleted(r) != nil {
		return
	}
	yield(p.personKey(rec), rec)
	p.freedWith(rec, rec, yield)
	for _, h := range p.facts.held[rec] {
		p.freedWith(rec, h, yield)
	}
}

// claimsRecord reports whether the drafted row claims a key of that record.
func (p *Preview) claimsRecord(rec int32) bool {
	for i := range p.d.keys {
		if k := &p.d.keys[i]; (k.rel == relClaim || k.rel == relTake) && p.factOf(k.id) == rec {
			return true
		}
	}
	return false
}

// leadDelta says whether the drafted row makes (+1) or takes (-1) one who leads the account.
func (p *Preview) leadDelta(rec int32) int {
	if p.d.span != nil {
		return p.leadTarget(rec)
	}
	if rec < 0 {
		for _, w := range p.d.wants {
			if w.field == "role" && w.value == users.RoleAdmin && p.d.makes() {
				return 1
			}
		}
		return 0
	}
	if !p.changesPerson(rec) {
		return 0
	}
	r := p.facts.recs[rec]
	was := users.Leads(r)
	is := was
	if p.d.deletes {
		is = false
	}
	for _, w := range p.d.wants {
		if !w.onlyNew && (w.field == "role" || w.field == "roles" || w.field == "active") && r.Field(w.field) != w.value {
			c := r.Clone()
			c.SetField(w.field, w.value)
			is = is && users.Leads(c) || !was && users.Leads(c)
		}
	}
	switch {
	case was && !is:
		return -1
	case !was && is:
		return 1
	}
	return 0
}

// personKey is the key that stands for a stored person.
func (p *Preview) personKey(rec int32) uint32 {
	return p.keys.key(users.SpaceID, string(p.facts.recs[rec].ID))
}

// steerKey is the key at which rows meet that set whom a stored person refers to.
func (p *Preview) steerKey(rec int32) uint32 {
	return p.keys.key(spaceSteer, string(p.facts.recs[rec].ID))
}

// ofHeld splits "line.internal" into the field and the kind of what a person has.
func ofHeld(field string) (name string, kind users.Kind, ok bool) {
	k, name, found := strings.Cut(field, ".")
	if !found || users.Kind(k) != users.KindLine {
		return field, "", false
	}
	return name, users.Kind(k), true
}

// heldRecord is the record of that kind whose key the drafted row claims: -1 if it is to be made.
func (p *Preview) heldRecord(kind users.Kind) (rec int32, ok bool) {
	rec = -1
	for i := range p.d.keys {
		k := &p.d.keys[i]
		if k.space.Kind() == kind && (k.rel == relClaim || k.rel == relTake) {
			ok = true
			if f := p.factOf(k.id); f >= 0 {
				rec = f
			}
		}
	}
	return rec, ok
}

func (p *Preview) leadKey() uint32 { return p.keys.key(spaceLead, "") }
