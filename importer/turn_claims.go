package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

func (t *turn) decidePerson() {
	d, v := &t.says, &t.verdict
	if d.about < 0 {
		return
	}
	k := &t.keys[d.about]
	col := k.column
	at, makes := t.plan.view(k.id), t.makes()
	switch {
	case v.rec >= 0:
		if at.first != none && at.claims > 0 && !makes {
			v.find("person.renamed_here", col, k.id)
		}
	case makes:
		if t.plan.opts.Mode == ModeUpdate {
			v.find(string(k.space)+".unknown", col, k.id)
		}
	case at.claims == 1 && at.makes && at.claimer != t.row:
		v.need(t.row, at.claimer, true)
		v.maker = at.claimer
	case at.claims > 1:
		v.doomed = k.id
	case at.claims == 1 && at.claimer != t.row:
		v.find("person.renamed_here", col, k.id)
		v.notes[len(v.notes)-1].fix = t.plan.presentName(t.row, at.claimer, k.space)
	default:
		v.find(string(k.space)+".unknown", col, k.id)
	}
	s := t.plan.view(t.subjectKey(v.rec))
	if (d.sole && s.abouts > 1 || !d.sole && s.soles > 0) && !(makes && at.claims > 1) {
		v.find("person.contradiction", col, t.subjectKey(v.rec))
	}
}

// presentName is what the person another row is about holds in a space now,
// unless a row gives that to somebody else.
func (p *plan) presentName(row, claimer uint32, space users.Space) *string {
	rec := p.state[claimer].rec
	if rec < 0 {
		return nil
	}
	name := p.facts.recs[rec].Field(space.Field())
	key := p.keys.key(space, space.Fold(name))
	p.watch(row, key)
	if name == "" || p.view(key).claims > 0 {
		return nil
	}
	return &name
}

func (t *turn) decideClaim(i int) {
	v, k := &t.verdict, &t.keys[i]
	col := k.column
	at := t.plan.view(k.id)
	code := string(k.space)
	if at.claims > 1 {
		v.find(code+".contested", col, k.id)
		if col >= 0 && t.cells[col].blank {
			t.nameInFinding(k.value)
		}
	}
	if at.fact == factBeyond {
		v.find(code+".taken", col, k.id)
		if where, ok := t.plan.facts.elsewhere[k.id]; ok {
			v.notes[len(v.notes)-1].args = map[string]string{"account": string(where)}
		}
		return
	}
	rec := t.plan.facts.holderOf(k.id)
	if rec < 0 {
		v.gains = append(v.gains, gain{k.id, -1})
		return
	}
	holder := t.plan.facts.recs[rec].Holder()
	switch {
	case v.rec >= 0 && holder == t.plan.facts.recs[v.rec].ID:
		v.keeps = append(v.keeps, k.id)
		return
	case holder == "":
	case k.rel == relTake:
		t.takeWhole(i, rec)
	case at.first != none:
		v.need(t.row, at.first, false)
	case t.claimedWith(i, rec): // told of the same thing already
	default:
		v.find(code+".taken", col, k.id)
		if i, ok := t.plan.facts.byID[holder]; ok {
			v.notes[len(v.notes)-1].args = map[string]string{"holder": t.plan.facts.nameOf(i)}
		}
	}
	v.gains = append(v.gains, gain{k.id, rec})
}

// takeWhole has the holder of a thing lose all that it is known by.
func (t *turn) takeWhole(i int, rec int32) {
	v := &t.verdict
	if t.claimedWith(i, rec) {
		return
	}
	r := t.plan.facts.recs[rec]
	for _, key := range r.Keys() {
		v.losses = append(v.losses, loss{holder: r.Holder(), key: t.plan.keys.key(key.Space, key.Value), rec: rec, taken: true})
	}
}

// decideWants compares what the row wants with what there is, and asks whether it may.
func (t *turn) decideWants() {
	d, v := &t.says, &t.verdict
	var rec users.Record
	if v.rec >= 0 {
		rec = t.plan.facts.recs[v.rec]
	}
	actor := t.plan.actor
	if d.deletes && v.rec >= 0 {
		if bad := actor.PermitsDelete(rec); bad != nil {
			v.problem(bad, -1)
		}
		return
	}
	allowed := v.rec < 0 || t.plan.changesPerson(v.rec)
	change := func(on users.Record, field, old, new string, col int) {
		if old == new {
			return
		}
		if bad := actor.Permits(on, field, old, new); bad != nil && allowed {
			v.problem(bad, col)
		}
		v.changes = append(v.changes, Change{field, old, new})
	}
	for i, w := range d.wants {
		name, kind, held := ofHeld(w.field)
		if w.onlyNew && v.rec >= 0 && !held {
			continue
		}
		col := t.spec.holding(w.field)
		if w.member != notMember {
			if !slices.ContainsFunc(d.wants[:i], func(o want) bool { return o.field == w.field && o.member != notMember }) {
				out, in := t.members(rec, w.field)
				change(rec, w.field, out, in, col)
			}
			continue
		}
		if held {
			if on, ok := t.heldRecord(kind); ok {
				t.decideHeldField(w, name, on)
			}
			continue
		}
		old := rec.Field(w.field)
		if v.rec < 0 && w.field == "role" {
			old = users.RoleUser
		}
		if w.space != "" && old != "" && w.space.Fold(old) == w.space.Fold(w.value) {
			continue // the same name in other letters
		}
		change(rec, w.field, old, w.value, col)
	}
	for _, f := range v.refers {
		old := rec.Field(f.field)
		if f.rec < 0 && f.row == none { // nobody any more
			change(rec, f.field, old, "", t.spec.holding(f.field))
			continue
		}
		if f.rec >= 0 && old == string(t.plan.facts.recs[f.rec].ID) {
			continue
		}
		for i := range t.keys {
			if k := &t.keys[i]; k.rel == relRefer && k.field == f.field {
				change(rec, f.field, old, k.value, t.spec.holding(f.field))
			}
		}
	}
}

// members are what the drafted row takes out of a field that is a set, and what
// it puts in, each once and in order.
func (t *turn) members(rec users.Record, field string) (out, in string) {
	with := t.withWants(rec, func(w want) bool { return w.field == field && w.member != notMember })
	was, is := strings.Split(rec.Field(field), ","), strings.Split(with.Field(field), ",")
	return strings.Join(without(was, is), ","), strings.Join(without(is, was), ",")
}

// decideHeldField wants a field of what the person has: the record on, or one
// that is to be made. A name in other letters is the same.
func (t *turn) decideHeldField(w want, name string, on int32) {
	old := ""
	if on >= 0 {
		old = t.plan.facts.recs[on].Field(name)
	}
	same := old == w.value || old != "" && users.Space(name).Fold(old) == users.Space(name).Fold(w.value)
	if same || on >= 0 && w.onlyNew {
		return
	}
	t.verdict.changes = append(t.verdict.changes, Change{w.field, old, w.value})
}

// decideLead keeps an account from losing its last admin.
func (t *turn) decideLead() {
	if t.leadDelta(t.verdict.rec) >= 0 || t.plan.dir.Actor().Unbound() || t.plan.undo != nil && t.plan.undo.first {
		return
	}
	at := t.plan.view(t.plan.leadKey())
	switch {
	case !at.short:
	case at.first != none:
		t.verdict.successor = true
	default:
		col := t.spec.column("role")
		if col < 0 {
			col = t.spec.column("roles")
		}
		t.verdict.find("admin.last", col, none)
	}
}
