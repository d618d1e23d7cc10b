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
func (t *turn) decide() {
	d, v := &t.says, &t.verdict
	*v = verdict{rec: t.person(), maker: none, doomed: none, changes: v.changes[:0], gains: v.gains[:0], keeps: v.keeps[:0], losses: v.losses[:0],
		notes: v.notes[:0], needs: v.needs[:0], refs: v.refs[:0], refers: v.refers[:0]}
	for _, n := range d.notes {
		if t.plan.noteApplies(&n, v.rec) {
			v.notes = append(v.notes, n)
		}
	}
	if d.restores != nil {
		t.decideRestoring()
		return
	}
	if first := t.firstSameRequest(); first != t.row {
		t.decideRepeat(first)
		return
	}
	t.decidePerson()
	for i := range t.keys {
		switch k := &t.keys[i]; k.rel {
		case relClaim, relTake:
			t.decideClaim(i)
		case relRefer:
			t.decideRefer(k)
		case relSlot:
			if t.plan.view(k.id).claims > 1 {
				v.find("slot.contested", k.column, k.id)
				t.nameInFinding(k.value)
			}
		}
	}
	t.takenAlong(v.rec, func(key uint32, at int) {
		if t.plan.view(key).claims > 1 {
			v.find(string(t.plan.keys.spaceOf(key))+".contested", t.keys[at].column, key)
			t.nameInFinding(t.written(key, -1)) // which does not stand in the cell
		}
	})
	t.releasedKeys(v.rec, func(key uint32, of int32) {
		if l := t.plan.facts.recs[of]; l.Holder() != l.ID { // what a person is goes with the field
			v.losses = append(v.losses, loss{holder: l.Holder(), key: key, rec: of, part: t.gives(of)})
		}
	})
	t.decideWants()
	t.decideLead()
	t.warnNothingReleased()
	v.action = t.action()
}

// nameInFinding has the last finding say what is meant, where its cell does not, and
// no sensitive cell does.
func (t *turn) nameInFinding(name string) {
	n := &t.verdict.notes[len(t.verdict.notes)-1]
	if !t.secret(n.key) && !t.holdsSensitive(name) {
		n.args = with(n.args, "name", formats.Show(name))
	}
}

// noteApplies reports whether a note is one for the person rec, who is -1 if the row makes them.
func (p *plan) noteApplies(n *note, rec int32) bool {
	switch {
	case n.onlyNew:
		return rec < 0 && p.opts.Mode != ModeUpdate
	case n.stored != nil:
		return rec >= 0 && n.stored(p.facts.recs[rec].Field)
	}
	return true
}

// warnNothingReleased warns of a row that would only free what the person does not have.
func (t *turn) warnNothingReleased() {
	d, v := &t.says, &t.verdict
	if !t.plan.changesPerson(v.rec) || len(v.losses) > 0 || v.failed() {
		return
	}
	for i, f := range d.releases {
		_, named := t.heldRecord(f.kind)
		if !named && !slices.ContainsFunc(d.releases[:i], func(o release) bool { return o.kind == f.kind }) {
			v.notes = append(v.notes, note{severity: formats.Warning, code: string(f.kind) + ".none", column: -1, key: none})
		}
	}
}

// decideRepeat skips a row that asks for what an earlier one asks for.
func (t *turn) decideRepeat(first uint32) {
	v := &t.verdict
	v.action = ActionSkip
	if v.failed() {
		v.action = ActionError
		return
	}
	v.notes = append(v.notes, note{severity: formats.Warning, code: "row.repeated", column: -1, key: none, rows: []uint32{first}})
}

// action is what the row will do, once everything else is decided.
func (t *turn) action() Action {
	d, v := &t.says, &t.verdict
	makes := v.rec < 0 && t.makes()
	if makes && t.plan.opts.Mode != ModeUpdate {
		t.decideNew()
	}
	if v.rec >= 0 && !t.plan.changesPerson(v.rec) && (len(v.changes)+len(v.gains) > 0 || d.deletes || len(d.releases) > 0 && len(v.keeps) == 0) {
		k := t.keys[d.about]
		code := "person.exists" // who the row speaks of, and could not make
		if t.makes() {
			code = string(k.space) + ".taken"
		}
		v.find(code, k.column, k.id)
		v.notes[len(v.notes)-1].args = map[string]string{"holder": t.plan.facts.nameOf(v.rec)}
		v.changes, v.gains = v.changes[:0], v.gains[:0]
	}
	t.decideHeldKinds()
	t.decideUnknown()
	switch {
	case v.failed():
		return ActionError
	case makes:
		return ActionCreate
	case d.deletes && t.plan.hasLeft(v.rec):
		return ActionUnchanged
	case d.deletes:
		return ActionDelete
	case len(v.changes)+len(v.gains)+len(v.losses) == 0:
		return ActionUnchanged
	}
	return ActionUpdate
}

// hasLeft reports whether a person who stays listed has no account already.
func (p *plan) hasLeft(rec int32) bool {
	if rec < 0 {
		return false
	}
	left := users.Remainder(p.facts.recs[rec])
	return left != nil && !slices.ContainsFunc(left.Fields(), func(f string) bool { return left.Field(f) != p.facts.recs[rec].Field(f) })
}

// decideHeldKinds asks whether the actor may change what people have.
func (t *turn) decideHeldKinds() {
	v := &t.verdict
	var kinds []users.Kind
	for _, l := range v.losses {
		kinds = append(kinds, t.plan.facts.recs[l.rec].Kind())
	}
	for _, c := range v.changes {
		if _, kind, held := ofHeld(c.Field); held {
			kinds = append(kinds, kind)
		}
	}
	for _, g := range v.gains {
		kinds = append(kinds, t.plan.keys.spaceOf(g.key).Kind())
	}
	for _, k := range kinds {
		if !k.Held() {
			continue
		}
		if bad := t.plan.dir.Actor().PermitsHeld(k); bad != nil {
			v.problem(bad, -1)
			return
		}
	}
}

// decideUnknown fails a row that is about nobody, or deletes somebody who is
// not there, and has not said so itself.
func (t *turn) decideUnknown() {
	d, v := &t.says, &t.verdict
	if v.rec >= 0 || v.maker != none || v.doomed != none || t.makes() && !d.deletes || v.failed() {
		return
	}
	if d.about < 0 {
		v.find("row.nobody", -1, none)
		return
	}
	k := &t.keys[d.about]
	v.find(string(k.space)+".unknown", k.column, k.id)
}

// decideNew asks whether somebody may be made of what the row wants, where no
// cell is at fault already.
func (t *turn) decideNew() {
	v := &t.verdict
	bad := t.plan.dir.Actor().PermitsNew(func(name string) string {
		for _, w := range t.says.wants {
			if w.field == name {
				return w.value
			}
		}
		return ""
	})
	if bad == nil || slices.ContainsFunc(v.notes, func(n note) bool { return n.code == bad.Code || n.severity == formats.Error && n.column >= 0 }) {
		return
	}
	v.problem(bad, t.spec.holding("name"))
}

func (v *verdict) problem(bad *users.Problem, col int) {
	v.notes = append(v.notes, note{severity: formats.Error, code: bad.Code, column: col, key: none, args: bad.Args})
}
