package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// verdict is what the engine decides about a row. It is scratch, made again
// whenever it is shown; rowState keeps a part of it.
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
	led     []int32 // people whose supervisor the row deletes, and who keep no other
	// successor reports whether the row needs some row that makes an admin.
	successor bool
}

// gain is a key the person will hold. rec is the stored record that has it, or -1.
type gain struct {
	key uint32
	rec int32
}

// loss is a key that a person releases, or that is taken from them.
type loss struct {
	holder users.ID
	key    uint32
	rec    int32 // what the store has of it
	taken  bool  // by force
	part   bool  // the holder keeps the rest of it
}

// reference is a field that is to name a record: a stored one, the one a row
// makes, or no record.
type reference struct {
	field string
	rec   int32
	row   uint32
}

// find adds an error to the row's findings.
func (v *verdict) find(code string, column int, key uint32) {
	v.notes = append(v.notes, note{severity: formats.Error, code: code, column: column, key: key})
}

// failed reports whether an error was found.
func (v *verdict) failed() bool {
	return slices.ContainsFunc(v.notes, func(n note) bool { return n.severity == formats.Error })
}

// need notes that the row needs another one, and with ref that a reference leads there.
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

// decide decides what the row does, from its draft, the store and the views of
// its keys.
func (t *turn) decide() {
	t.resetVerdict()
	if t.says.restores != nil {
		t.decideRestoring()
		return
	}
	if t.passed != passNot {
		t.verdict.action = t.passed.action()
		return
	}
	if t.filled && t.decideFilled() {
		return
	}
	if first := t.firstSameRequest(); first != t.row {
		t.decideRepeat(first)
		return
	}

	// The person comes first: what the row may claim and release depends on it.
	t.decidePerson()
	t.decideKeys()
	t.decideTakenAlong()
	t.decideReleases()

	// Rights are asked once changes and losses are complete.
	t.decideWants()
	t.decideNames()
	t.decideLead()
	t.decideLed()
	t.warnNothingReleased()
	t.verdict.action = t.action()
}

// resetVerdict empties the verdict, and takes over the findings of the draft.
func (t *turn) resetVerdict() {
	v := &t.verdict
	*v = verdict{rec: t.person(), maker: none, doomed: none, changes: v.changes[:0], gains: v.gains[:0], keeps: v.keeps[:0], losses: v.losses[:0],
		notes: v.notes[:0], needs: v.needs[:0], refs: v.refs[:0], refers: v.refers[:0], led: v.led[:0]}

	for _, n := range t.says.notes {
		if t.plan.noteApplies(&n, v.rec) {
			v.notes = append(v.notes, n)
		}
	}
}

// decideKeys decides each key that the row claims, takes or refers to.
func (t *turn) decideKeys() {
	v := &t.verdict
	for i := range t.keys {
		switch k := &t.keys[i]; k.rel {
		case relClaim, relTake:
			t.decideClaim(i)
		case relRefer:
			t.decideRefer(k)
		case relSlot:
			if t.plan.view(k.id).claims > 1 {
				v.find("slot.contested", k.column, k.id)
			}
		}
	}
}

// decideTakenAlong adds a finding for each key that comes along with a taken thing
// and that another row claims too. The row does not name this key, so the finding
// names only the cell that takes the thing. If another row claims that cell's key,
// both rows want the whole thing: this one clash has its finding already.
func (t *turn) decideTakenAlong() {
	v := &t.verdict
	t.takenAlong(v.rec, func(key uint32, at int) {
		if t.plan.view(key).claims > 1 && t.plan.view(t.keys[at].id).claims <= 1 {
			v.find(string(t.plan.keys.spaceOf(key))+".contested", t.keys[at].column, key)
			v.notes[len(v.notes)-1].args = map[string]string{"part": "along"}
		}
	})
}

// decideReleases notes the keys of things that the person loses. A key of the
// person's own record goes with its field, and is shown as a change.
func (t *turn) decideReleases() {
	v := &t.verdict
	t.releasedKeys(v.rec, func(key uint32, of int32) {
		if l := t.plan.facts.recs[of]; l.Holder() != l.ID {
			v.losses = append(v.losses, loss{holder: l.Holder(), key: key, rec: of, part: t.gives(of)})
		}
	})
}

// nameInFinding adds the name that is meant to the last finding, for a cell that
// does not tell it. An empty name and a value of a sensitive cell are not added.
func (t *turn) nameInFinding(name string) {
	n := &t.verdict.notes[len(t.verdict.notes)-1]
	if name != "" && !t.secret(n.key) && !t.holdsSensitive(name) {
		n.args = with(n.args, "name", formats.Show(name))
	}
}

// noteApplies reports whether a note applies to the person rec, or to a person
// made by the row if rec is -1.
func (p *plan) noteApplies(n *note, rec int32) bool {
	switch {
	case n.onlyNew:
		return rec < 0 && p.opts.Mode != ModeUpdate
	case n.stored != nil:
		return rec >= 0 && n.stored(p.facts.recs[rec].Field)
	}
	return true
}

// warnNothingReleased warns of a row that would release things of a kind, such as
// lines, where the person has none.
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

// decideRepeat skips a row that says the same as an earlier one, and names that one.
func (t *turn) decideRepeat(first uint32) {
	v := &t.verdict
	v.action = ActionSkip
	if v.failed() {
		v.action = ActionError
		return
	}
	v.notes = append(v.notes, note{severity: formats.Warning, code: "row.repeated", column: -1, key: none, rows: []uint32{first}})
}

// action returns what the row does, once its keys and wants are decided.
func (t *turn) action() Action {
	d, v := &t.says, &t.verdict
	makes := v.rec < 0 && t.makes()
	if makes && t.plan.opts.Mode != ModeUpdate {
		t.decideNew()
	}
	if v.rec >= 0 && !t.plan.changesPerson(v.rec) {
		t.decideExisting()
	}
	t.decideHeldKinds()
	t.decideUnknown() // last: only a row without any error gets this one

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

// decideExisting fails a row that would change a person it may not change:
// in mode create a row equal to the store is unchanged, any other is an error. A row
// with a cell in error is not equal to the store.
func (t *turn) decideExisting() {
	d, v := &t.says, &t.verdict
	asks := len(v.changes)+len(v.gains) > 0 || d.deletes || len(d.releases) > 0 && len(v.keeps) == 0
	if !asks && !t.hasBadCell() {
		// Equal to the store: what other rows say of the same person and keys is their fault.
		v.notes = slices.DeleteFunc(v.notes, func(n note) bool {
			return n.code == "person.contradiction" || n.key != none && strings.HasSuffix(n.code, ".contested")
		})
		return
	}

	k := t.keys[d.about]
	code := "person.exists" // the row names a person, and could not make one
	if t.makes() {
		code = string(k.space) + ".taken"
	}
	v.find(code, k.column, k.id)
	v.notes[len(v.notes)-1].args = map[string]string{"holder": t.plan.facts.nameOf(v.rec)}
	v.changes, v.gains = v.changes[:0], v.gains[:0]
}

// hasBadCell reports whether the row has an error other than one about rows that
// clash with it: a cell that cannot be read, or a reference to an unknown record.
func (t *turn) hasBadCell() bool {
	return slices.ContainsFunc(t.verdict.notes, func(n note) bool {
		clash := strings.HasSuffix(n.code, ".contested") || strings.HasPrefix(n.code, "person.")
		return n.severity == formats.Error && n.column >= 0 && !clash
	})
}

// hasLeft reports whether nothing remains to be deleted of a person: one who is
// still listed after a deletion, and whose record equals what a deletion leaves.
func (p *plan) hasLeft(rec int32) bool {
	if rec < 0 {
		return false
	}
	left := users.Remainder(p.facts.recs[rec])
	return left != nil && !slices.ContainsFunc(left.Fields(), func(f string) bool { return left.Field(f) != p.facts.recs[rec].Field(f) })
}

// decideHeldKinds adds a finding if the actor may not change a kind of thing that
// the row changes: lines.
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
		bad := t.plan.dir.Actor().PermitsHeld(k)
		if bad != nil {
			v.problem(bad, -1)
			return
		}
	}
}

// decideUnknown fails a row that is about no person, or deletes a person who does
// not exist. An error at the cell that should name the person, or about the whole row,
// says so already.
func (t *turn) decideUnknown() {
	d, v := &t.says, &t.verdict
	if v.rec >= 0 || v.maker != none || v.doomed != none || t.makes() && !d.deletes {
		return
	}

	if d.about < 0 {
		if !t.hasErrorAt(func(column int) bool { return column < 0 || len(d.sought) == 0 || slices.Contains(d.sought, column) }) {
			v.find("row.nobody", -1, none)
		}
		return
	}
	k := &t.keys[d.about]
	if !t.hasErrorAt(func(column int) bool { return column == k.column }) {
		v.find(string(k.space)+".unknown", k.column, k.id)
	}
}

// hasErrorAt reports whether the row has an error at one of the columns.
func (t *turn) hasErrorAt(is func(column int) bool) bool {
	return slices.ContainsFunc(t.verdict.notes, func(n note) bool { return n.severity == formats.Error && is(n.column) })
}

// decideNew adds a finding if the actor may not create the person the row wants. A
// name with an error explains a missing name, and keeps its finding alone.
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

	isName := func(column int) bool {
		return column >= 0 && slices.Contains(nameFields, t.spec.Columns[column].holds())
	}
	isTold := func(n note) bool { return n.code == bad.Code }
	if bad == nil || slices.ContainsFunc(v.notes, isTold) || t.hasErrorAt(isName) {
		return
	}
	v.problem(bad, t.spec.holding("name"))
}

// problem adds an error that the rules about people found.
func (v *verdict) problem(bad *users.Problem, col int) {
	v.notes = append(v.notes, note{severity: formats.Error, code: bad.Code, column: col, key: none, args: bad.Args})
}
