package importer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// decidePerson decides which person the row is about: a stored one, one that the
// row itself creates, or one that another row creates.
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
		// The claimer renames a stored person, who has the present name still.
		v.find("person.renamed_here", col, k.id)
		v.notes[len(v.notes)-1].fix = t.plan.presentName(t.row, at.claimer, k.space)
	default:
		v.find(string(k.space)+".unknown", col, k.id)
	}

	// Rows that contest a new person's key are told of that instead.
	s := t.plan.view(t.subjectKey(v.rec))
	if (d.sole && s.abouts > 1 || !d.sole && s.soles > 0) && !(makes && at.claims > 1) {
		v.find("person.contradiction", col, t.subjectKey(v.rec))
	}
}

// presentName returns the value that the person of row claimer holds in a space
// now. It returns nil if the person holds none, or if a row claims that value.
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

// decideClaim decides whether the row's person gets the claimed key at i.
func (t *turn) decideClaim(i int) {
	v, k := &t.verdict, &t.keys[i]
	col := k.column
	at := t.plan.view(k.id)
	code := string(k.space)

	// A blank cell stands for a value that follows from the key before: the internal
	// number of a new line is its short number. If that key is contested, the clash has
	// its finding.
	derived := col >= 0 && t.cells[col].blank
	if at.claims > 1 && !(derived && t.contestsThing(i)) {
		v.find(code+".contested", col, k.id)
		if derived {
			t.nameInFinding(t.wordsOf(k.value))
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
	case t.claimedWith(i, rec): // an earlier key of the same thing has the finding
	default:
		v.find(code+".taken", col, k.id)
		if i, ok := t.plan.facts.byID[holder]; ok {
			v.notes[len(v.notes)-1].args = map[string]string{"holder": t.plan.facts.nameOf(i)}
		}
		if derived {
			t.nameInFinding(t.wordsOf(k.value))
		}
	}
	v.gains = append(v.gains, gain{k.id, rec})
}

// contestsThing reports whether an earlier key of the same kind of thing as key i is
// claimed by another row too: line PBX1/1001, whose internal number is key i.
func (t *turn) contestsThing(i int) bool {
	for j := range i {
		k := &t.keys[j]
		if k.isClaim() && k.space.Kind() == t.keys[i].space.Kind() && t.plan.view(k.id).claims > 1 {
			return true
		}
	}
	return false
}

// wordsOf returns the words of the file for the value of a key that the Template made
// from a cell: "1001" for north/1001, where a cell of the row is 1001. It returns "" if
// the value does not end in the value of a cell.
func (t *turn) wordsOf(value string) string {
	words := ""
	for i := range t.cells {
		c := t.cells[i].value
		if len(c) > len(words) && strings.HasSuffix(value, c) {
			words = c
		}
	}
	return words
}

// takeWhole notes that the holder of a thing loses all its keys: a line taken by
// its number +33 1 … is lost with its extension 1001.
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

// decideWants compares what the row wants with the stored record, and notes what
// differs and what the actor may not change.
func (t *turn) decideWants() {
	d, v := &t.says, &t.verdict
	var rec users.Record
	if v.rec >= 0 {
		rec = t.plan.facts.recs[v.rec]
	}
	if d.deletes && v.rec >= 0 {
		if bad := t.plan.actor.PermitsDelete(rec); bad != nil {
			v.problem(bad, -1)
		}
		return
	}

	for i, w := range d.wants {
		name, kind, held := ofHeld(w.field)
		switch {
		case w.onlyNew && v.rec >= 0 && !held:
		case w.member != notMember:
			// All members of one field are one change, noted at the first of them.
			if !slices.ContainsFunc(d.wants[:i], func(o want) bool { return o.field == w.field && o.member != notMember }) {
				out, in := t.members(rec, w.field)
				t.change(rec, w.field, out, in)
			}
		case held:
			if on, ok := t.heldRecord(kind); ok {
				t.decideHeldField(w, name, on)
			}
		default:
			t.decideField(rec, w)
		}
	}

	for _, f := range v.refers {
		t.decideReferField(rec, f)
	}
}

// change notes that a field of rec differs, and a finding if the actor may not
// change it. Equal values are no change.
func (t *turn) change(rec users.Record, field, old, new string) {
	if old == new {
		return
	}

	// A row that may not change the person at all gets one finding about that.
	v := &t.verdict
	allowed := v.rec < 0 || t.plan.changesPerson(v.rec)
	if bad := t.plan.actor.Permits(rec, field, old, new); bad != nil && allowed {
		v.problem(bad, t.spec.holding(field))
	} else if bad := t.checkValue(field, new); bad != nil && allowed {
		v.problem(bad, t.spec.holding(field))
	}
	v.changes = append(v.changes, Change{field, old, new})
}

// checkValue returns what is wrong with the value of a field, whoever writes it. A
// cell that its column read as text, or as one of its values, is clean already.
func (t *turn) checkValue(field, value string) *users.Problem {
	if i := t.spec.holding(field); i >= 0 && t.says.restores == nil {
		c := &t.spec.Columns[i]
		if c.Parse == nil || len(c.Values) > 0 || c.RefersIn != "" {
			return nil
		}
	}
	return users.Check(field, value)
}

// decideField compares a field of the person with what the row wants.
func (t *turn) decideField(rec users.Record, w want) {
	old := rec.Field(w.field)
	if t.verdict.rec < 0 && w.field == "role" {
		old = users.RoleUser
	}
	if w.space != "" && old != "" && w.space.Fold(old) == w.space.Fold(w.value) {
		return // the same name in other letters
	}
	t.change(rec, w.field, old, w.value)
}

// decideReferField compares a reference of the person with the record it is to name.
func (t *turn) decideReferField(rec users.Record, f reference) {
	old := rec.Field(f.field)
	if f.rec < 0 && f.row == none { // the field is to name no record
		t.change(rec, f.field, old, "")
		return
	}
	if f.rec >= 0 && old == string(t.plan.facts.recs[f.rec].ID) {
		return
	}

	for i := range t.keys {
		if k := &t.keys[i]; k.rel == relRefer && k.field == f.field {
			t.change(rec, f.field, old, k.value)
		}
	}
}

// members returns what the row takes out of a field that is a set, and what it
// puts in, each once and in order: "admin" and "audit" where the roles are
// admin,user and are to be audit,user.
func (t *turn) members(rec users.Record, field string) (out, in string) {
	with := t.withWants(rec, func(w want) bool { return w.field == field && w.member != notMember })
	was, is := strings.Split(rec.Field(field), ","), strings.Split(with.Field(field), ",")
	return strings.Join(without(was, is), ","), strings.Join(without(is, was), ",")
}

// decideHeldField compares a field of a thing the person holds with what the row
// wants: of the record on, or of one to be created if on is -1. A name in other
// letters is no change.
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

// decideNames adds a finding if the row leaves a person without any name.
func (t *turn) decideNames() {
	v := &t.verdict
	isName := func(f string) bool { return slices.Contains(nameFields, f) }
	if v.rec < 0 || !t.plan.changesPerson(v.rec) || !slices.ContainsFunc(v.changes, func(c Change) bool { return isName(c.Field) }) {
		return
	}

	rec := t.plan.facts.recs[v.rec]
	is := t.withWants(rec, func(w want) bool { return isName(w.field) })
	if bad := t.plan.actor.PermitsNames(rec.Field, is.Field); bad != nil {
		v.problem(bad, t.spec.holding(users.FieldName))
	}
}

// nameFields are the fields of which a person needs one.
var nameFields = []string{users.FieldName, users.FieldFirstName, users.FieldLastName}

// led returns the people whom the row's person supervises, if the row deletes that person.
func (t *turn) led(rec int32) []int32 {
	if !t.says.deletes || t.says.restores != nil || !t.plan.changesPerson(rec) || users.Remainder(t.plan.facts.recs[rec]) != nil {
		return nil
	}
	return t.plan.facts.led[rec]
}

// decideLed warns of a row that deletes a supervisor of others. People who leave
// in the same file, or get another supervisor, are left out: the row then needs the rows
// that see to it.
func (t *turn) decideLed() {
	p, v := t.plan, &t.verdict
	for _, l := range t.led(v.rec) {
		by := p.view(p.personKey(l)).first
		if by == none {
			by = p.view(p.referrerKey(l)).first
		}
		if by != none {
			v.need(t.row, by, false)
			continue
		}
		v.led = append(v.led, l)
	}
	if len(v.led) == 0 {
		return
	}

	var names []string
	for _, l := range v.led[:min(len(v.led), maxCircle)] {
		names = append(names, formats.Show(p.facts.nameOf(l)))
	}
	if len(v.led) > maxCircle {
		names = append(names, "…")
	}
	args := map[string]string{"count": strconv.Itoa(len(v.led))}
	if !t.hasSensitiveKey() && !slices.ContainsFunc(names, t.holdsSensitive) {
		args["people"] = strings.Join(names, ", ")
	}
	v.notes = append(v.notes, note{severity: formats.Warning, code: users.BrakeLeader, column: -1, key: none, args: args})
}

// decideLead adds a finding to a row that would leave the account without an
// admin. A row that makes another admin lifts it, and is then needed.
func (t *turn) decideLead() {
	if t.adminDelta(t.verdict.rec) >= 0 || t.plan.dir.Actor().Unbound() || t.plan.undo != nil && t.plan.undo.first {
		return
	}

	at := t.plan.view(t.plan.adminKey())
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
