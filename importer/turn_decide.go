package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// verdict is what the engine decides about a row. It is scratch, made again
// whenever it is shown; what is kept of it is in rowState.
type verdict struct {
	action  Action
	rec     int32  // the person in the store, or -1
	maker   uint32 // the row that makes the person, or none
	changes []Change
	gains   []gain
	keeps   []uint32 // keys it claims and the person holds
	losses  []loss
	notes   []note
	needs   []uint32
	refs    []uint32 // rows its references lead to
	doomed  uint32   // a contested key the row depends on, or none
	refers  []reference
	// successor is whether some row that makes an admin must happen.
	successor bool
}

// gain is a key the person will hold. rec is what there is of it in the store, or -1.
type gain struct {
	key uint32
	rec int32
}

// loss is a key somebody gives up or is made to give up.
type loss struct {
	holder users.ID
	key    uint32
	rec    int32 // what the store has of it
	taken  bool  // by force
	part   bool  // the holder keeps the rest of it
}

// reference is a field that shall name a record: one of the store, or the one a
// row makes, or none any more.
type reference struct {
	field string
	rec   int32
	row   uint32
}

func (v *verdict) find(code string, column int, key uint32) {
	v.notes = append(v.notes, note{severity: formats.Error, code: code, column: column, key: key})
}

// failed reports whether an error was found.
func (v *verdict) failed() bool {
	return slices.ContainsFunc(v.notes, func(n note) bool { return n.severity == formats.Error })
}

func (v *verdict) need(row, by uint32, ref bool) {
	if by == row || by == none {
		return
	}
	if !slices.Contains(v.needs, by) {
		v.needs = append(v.needs, by)
	}
	if ref && !slices.Contains(v.refs, by) {
		v.refs = append(v.refs, by)
	}
}

// decide says what becomes of the drafted row, from its draft, the store and
// the views of its keys.
func (p *plan) decide(row uint32) *verdict {
	d, v := &p.d, &p.v
	*v = verdict{rec: p.person(), maker: none, doomed: none, changes: v.changes[:0], gains: v.gains[:0], keeps: v.keeps[:0], losses: v.losses[:0],
		notes: v.notes[:0], needs: v.needs[:0], refs: v.refs[:0], refers: v.refers[:0]}
	for _, n := range d.notes {
		if p.counts(&n, v.rec) {
			v.notes = append(v.notes, n)
		}
	}
	if d.span != nil {
		p.decideRestore(row)
		return v
	}
	if first := p.firstAlike(row); first != row {
		p.decideRepeat(row, first)
		return v
	}
	p.decidePerson(row)
	for i := range d.keys {
		switch k := &d.keys[i]; k.rel {
		case relClaim, relTake:
			p.decideClaim(row, i)
		case relRefer:
			p.decideRefer(row, k)
		case relSlot:
			if p.view(k.id).claims > 1 {
				v.find("slot.contested", k.column, k.id)
				p.naming(k.value)
			}
		}
	}
	p.takenAlong(v.rec, func(key uint32, at int) {
		if p.view(key).claims > 1 {
			v.find(string(p.keys.spaceOf(key))+".contested", d.keys[at].column, key)
			p.naming(p.written(key, -1)) // which does not stand in the cell
		}
	})
	p.freed(v.rec, func(key uint32, of int32) {
		if l := p.facts.recs[of]; l.Holder() != l.ID { // what a person is goes with the field
			v.losses = append(v.losses, loss{holder: l.Holder(), key: key, rec: of, part: p.gives(of)})
		}
	})
	p.decideWants(row)
	p.decideLead(row)
	p.decideNone()
	v.action = p.action()
	return v
}

// naming has the last finding say what is meant, where its cell does not, and
// no sensitive cell does.
func (p *plan) naming(name string) {
	n := &p.v.notes[len(p.v.notes)-1]
	if !p.d.secret(n.key) && !p.d.says(name) {
		n.args = with(n.args, "name", formats.Show(name))
	}
}

// counts reports whether a note is one for the person rec, who is -1 if the row makes them.
func (p *plan) counts(n *note, rec int32) bool {
	switch {
	case n.onlyNew:
		return rec < 0 && p.opts.Mode != ModeUpdate
	case n.stored != nil:
		return rec >= 0 && n.stored(p.facts.recs[rec].Field)
	}
	return true
}

// decideNone warns of a row that would only free what the person does not have.
func (p *plan) decideNone() {
	d, v := &p.d, &p.v
	if !p.changesPerson(v.rec) || len(v.losses) > 0 || v.failed() {
		return
	}
	for i, f := range d.releases {
		_, named := p.heldRecord(f.kind)
		if !named && !slices.ContainsFunc(d.releases[:i], func(o release) bool { return o.kind == f.kind }) {
			v.notes = append(v.notes, note{severity: formats.Warning, code: string(f.kind) + ".none", column: -1, key: none})
		}
	}
}

// decideRepeat skips a row that asks for what an earlier one asks for.
func (p *plan) decideRepeat(row, first uint32) {
	v := &p.v
	v.action = ActionSkip
	if v.failed() {
		v.action = ActionError
		return
	}
	v.notes = append(v.notes, note{severity: formats.Warning, code: "row.repeated", column: -1, key: none, rows: []uint32{first}})
}

// action is what the row will do, once everything else is decided.
func (p *plan) action() Action {
	d, v := &p.d, &p.v
	makes := v.rec < 0 && d.makes()
	if makes && p.opts.Mode != ModeUpdate {
		p.decideNew()
	}
	if v.rec >= 0 && !p.changesPerson(v.rec) && (len(v.changes)+len(v.gains) > 0 || d.deletes || len(d.releases) > 0 && len(v.keeps) == 0) {
		k := d.keys[d.about]
		code := "person.exists" // who the row speaks of, and could not make
		if d.makes() {
			code = string(k.space) + ".taken"
		}
		v.find(code, k.column, k.id)
		v.notes[len(v.notes)-1].args = map[string]string{"holder": p.nameOf(v.rec)}
		v.changes, v.gains = v.changes[:0], v.gains[:0]
	}
	p.decideHeld()
	p.decideNobody()
	switch {
	case v.failed():
		return ActionError
	case makes:
		return ActionCreate
	case d.deletes && p.left(v.rec):
		return ActionUnchanged
	case d.deletes:
		return ActionDelete
	case len(v.changes)+len(v.gains)+len(v.losses) == 0:
		return ActionUnchanged
	}
	return ActionUpdate
}

// left reports whether a person who stays listed has no account already.
func (p *plan) left(rec int32) bool {
	if rec < 0 {
		return false
	}
	left := users.Remainder(p.facts.recs[rec])
	return left != nil && !slices.ContainsFunc(left.Fields(), func(f string) bool { return left.Field(f) != p.facts.recs[rec].Field(f) })
}

// decideHeld asks whether the actor may change what people have.
func (p *plan) decideHeld() {
	v := &p.v
	var kinds []users.Kind
	for _, l := range v.losses {
		kinds = append(kinds, p.facts.recs[l.rec].Kind())
	}
	for _, c := range v.changes {
		if _, kind, held := ofHeld(c.Field); held {
			kinds = append(kinds, kind)
		}
	}
	for _, g := range v.gains {
		kinds = append(kinds, p.keys.spaceOf(g.key).Kind())
	}
	for _, k := range kinds {
		if !k.Held() {
			continue
		}
		if bad := p.dir.Actor().PermitsHeld(k); bad != nil {
			v.problem(bad, -1)
			return
		}
	}
}

// decideNobody fails a row that is about nobody, or deletes somebody who is
// not there, and has not said so itself.
func (p *plan) decideNobody() {
	d, v := &p.d, &p.v
	if v.rec >= 0 || v.maker != none || v.doomed != none || d.makes() && !d.deletes || v.failed() {
		return
	}
	if d.about < 0 {
		v.find("row.nobody", -1, none)
		return
	}
	k := &d.keys[d.about]
	v.find(string(k.space)+".unknown", k.column, k.id)
}

// decideNew asks whether somebody may be made of what the row wants, where no
// cell is at fault already.
func (p *plan) decideNew() {
	v := &p.v
	bad := p.dir.Actor().PermitsNew(func(name string) string {
		for _, w := range p.d.wants {
			if w.field == name {
				return w.value
			}
		}
		return ""
	})
	if bad == nil || slices.ContainsFunc(v.notes, func(n note) bool { return n.code == bad.Code || n.severity == formats.Error && n.column >= 0 }) {
		return
	}
	v.problem(bad, p.d.spec.holding("name"))
}

func (v *verdict) problem(bad *users.Problem, col int) {
	v.notes = append(v.notes, note{severity: formats.Error, code: bad.Code, column: col, key: none, args: bad.Args})
}
