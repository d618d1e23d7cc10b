package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// Draft.restore is for undoing alone: a row takes back what an import did to a
// record. The cells do not say what that takes. The stored record does, so that
// the keys follow once the store was asked.

// restoring is what a row restores.
type restoring struct {
	target *users.Record // the record as it is to be; nil if it is to be deleted
	drops  []uint32      // keys it releases
	spared bool          // nothing is done: the record was edited since
}

// references are the fields that hold the id of a record.
var references = []string{"holder", "supervisor", "org_unit"}

// restore notes that the row takes back what an import did to a record.
func (d *Draft) restore(s *span) {
	d.restores = s
	d.About(users.SpaceID, string(s.id))
	d.OneRowPerPerson()
	switch {
	case s.erased:
		d.Error("", "undo.erased")
	case s.last.Fields() == nil:
		d.Error("", "undo.kind")
	}
}

// spare leaves the record as it is, and notes the reason.
func (t *turn) spare(code string) {
	t.spared = true
	t.note(formats.Warning, code)
}

// restore completes the row's keys and wants, once it is known what the record is
// now.
func (t *turn) restore() {
	s, rec := t.says.restores, t.person()
	switch {
	case s.erased || s.last.Fields() == nil: // the draft has the finding
	case s.gone && rec >= 0:
		t.spare("undo.there")
	case s.gone:
		t.restoreGone(s)
	case rec < 0:
		t.spare("undo.gone")
	case s.made:
		t.restoreMade(s, rec)
	default:
		t.restoreChanged(s, rec)
	}
}

// restoreGone makes a record again that the import deleted.
func (t *turn) restoreGone(s *span) {
	target := s.last.Clone()
	for _, f := range s.fields {
		target.SetField(f.name, f.old)
	}

	// The id is claimed as well: no other row may make the same record.
	t.addKey(draftKey{space: users.SpaceID, rel: relClaim, value: string(s.id), column: -1})
	blank := users.Record{Head: target.Head, Data: recordedit.New(target.Kind())}
	for _, f := range fieldsOf(target) {
		if v := target.Field(f); v != blank.Field(f) {
			t.restoreField(f, v)
		}
	}
	t.claimGains(blank, target)
}

// restoreMade deletes a record that the import made. A record that was edited
// since is spared, and each edited field is named.
func (t *turn) restoreMade(s *span, rec int32) {
	now := t.plan.facts.recs[rec]
	for _, f := range fieldsOf(now, s.last) {
		if now.Field(f) != s.last.Field(f) {
			t.spared = true
			t.noteEdited(f, now)
		}
	}
	if t.spared {
		return
	}

	t.says.deletes = true
	if users.Remainder(now) != nil && !t.plan.dir.Actor().Unbound() {
		t.note(formats.Warning, "undo.stays")
		t.target = users.Remainder(now)
		return
	}

	t.claimUses(rec)
	t.drops = append(t.drops, t.plan.personKey(rec))
	t.dropKeys(rec, now.Keys())
	for _, f := range references {
		if to := now.Field(f); to != "" {
			t.drops = append(t.drops, t.plan.useKey(now.ID, users.ID(to)))
		}
	}
}

// claimUses claims a key for each record that refers to the person rec. The row
// that takes such a reference back releases that key, so that the deletion needs it.
func (t *turn) claimUses(rec int32) {
	f := t.plan.facts
	uses := slices.Clone(f.held[rec])
	for _, l := range f.led[rec] {
		// A person who was made again may have been referred to before: only
		// references written since the import count then.
		if !t.plan.undo.again || f.recs[l].Updated.After(t.plan.undo.at.Created) {
			uses = append(uses, l)
		}
	}

	for _, u := range uses {
		key := t.plan.useKey(f.recs[u].ID, f.recs[rec].ID)
		t.plan.keys.state[key].fact = u + 1
		t.keys = append(t.keys, rowKey{draftKey{space: spaceUse, rel: relClaim, column: -1}, key})
	}
}

// restoreChanged sets the fields back that are as the import left them. A field
// that was edited since stays, and is named.
func (t *turn) restoreChanged(s *span, rec int32) {
	now := t.plan.facts.recs[rec]
	target := now.Clone()
	for _, f := range s.fields {
		switch now.Field(f.name) {
		case f.old:
		case f.new:
			target.SetField(f.name, f.old)
			t.restoreField(f.name, f.old)
			if slices.Contains(references, f.name) && f.new != "" {
				t.drops = append(t.drops, t.plan.useKey(now.ID, users.ID(f.new)))
			}
		default:
			t.noteEdited(f.name, now)
		}
	}

	t.claimGains(now, target)
	t.dropKeys(rec, without(now.Keys(), target.Keys()))
}

// restoreField wants the value of a field, or refers to the record it names.
func (t *turn) restoreField(field, value string) {
	if slices.Contains(references, field) && value != "" {
		t.addKey(draftKey{space: users.SpaceID, rel: relRefer, value: value, field: field, column: -1})
		return
	}
	if slices.Contains(references, field) { // a circle may end here
		t.says.wants = append(t.says.wants, want{field: field, unrefer: true})
		return
	}
	t.draft.Want(field, value)
}

// claimGains sets the target, and claims the keys it has and the record has not.
func (t *turn) claimGains(now, target users.Record) {
	t.target = &target
	for _, k := range without(target.Keys(), now.Keys()) {
		t.addKey(draftKey{space: k.Space, rel: relClaim, value: k.Value, column: -1})
	}
}

// addKey adds a key to those of the draft. Its value is folded already.
func (t *turn) addKey(k draftKey) {
	t.keys = append(t.keys, rowKey{k, t.plan.keys.key(k.space, k.value)})
}

// dropKeys notes keys that the record rec releases.
func (t *turn) dropKeys(rec int32, keys []users.Key) {
	for _, k := range keys {
		id := t.plan.keys.key(k.Space, k.Value)
		t.plan.keys.state[id].fact = rec + 1
		t.drops = append(t.drops, id)
	}
}

// useKey returns the key at which two rows of an undoing meet: the one that deletes
// record of, and the one that takes back the reference of record by to it.
func (p *plan) useKey(by, of users.ID) uint32 {
	return p.keys.key(spaceUse, string(by)+" "+string(of))
}

// noteEdited warns of a field that was edited since the import, and stays.
func (t *turn) noteEdited(field string, now users.Record) {
	value := now.Field(field)
	if slices.Contains(t.plan.undo.sensitive, field) {
		value = ""
	}

	// A reference is shown by the name of the record.
	if at, ok := t.plan.facts.byID[users.ID(value)]; ok && slices.Contains(references, field) {
		value = t.plan.facts.nameOf(at)
	}
	t.note(formats.Warning, "undo.edited", "field", field, "now", formats.Show(value))
}

// without returns the elements of a that are not in b.
func without[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return slices.Contains(b, x) })
}

// decideRestoring decides a row that takes something back.
func (t *turn) decideRestoring() {
	d, v := &t.says, &t.verdict
	switch {
	case v.failed():
		v.action = ActionError
		return
	case t.spared:
		v.action = ActionSkip
		return
	}

	t.decidePerson()
	for i := range t.keys {
		switch k := &t.keys[i]; {
		case k.rel == relRefer:
			t.decideRestoredReference(k)
		case k.rel == relClaim && k.space != users.SpaceID:
			t.decideRestoredKey(k)
		}
	}

	// Rights are asked once the references are known: they may have become changes.
	t.decideWants()
	t.decideLead()
	t.decideOwner()
	if t.makes() && d.restores.last.Kind() == users.KindUser {
		t.decideNew()
	}
	v.action = t.restoreAction()
}

// restoreAction returns what a row that takes something back does.
func (t *turn) restoreAction() Action {
	switch v := &t.verdict; {
	case v.failed():
		return ActionError
	case t.makes():
		return ActionCreate
	case t.says.deletes:
		return ActionDelete
	case len(v.changes) == 0:
		return ActionUnchanged
	}
	return ActionUpdate
}

// decideRestoredReference lets a field name a record again. If that record was
// deleted since, the field names none, as if the import had never been. A circle
// is allowed: the references were one before the import, too.
func (t *turn) decideRestoredReference(k *rowKey) {
	v := &t.verdict
	at, rec := t.plan.view(k.id), t.plan.facts.holderOf(k.id)
	switch {
	case rec >= 0 && at.first == none:
		if rec == v.rec {
			v.find(k.field+".self", -1, none)
		} else if k.field == users.FieldSupervisor {
			t.decideAbove(k, rec) // people may have been put above each other since
		}
		v.refers = append(v.refers, reference{k.field, rec, none})
	case rec < 0 && at.claims == 1:
		v.need(t.row, at.claimer, false)
		v.refers = append(v.refers, reference{k.field, -1, at.claimer})
	default:
		v.refers = append(v.refers, reference{k.field, -1, none})
		t.target.SetField(k.field, "")
		v.notes = append(v.notes, note{severity: formats.Warning, code: "undo.reference", column: -1, key: none, args: map[string]string{"field": k.field}})
	}
}

// decideRestoredKey decides whether the record gets a key again. For a key of
// claimUses it decides whether the reference to the record is taken back.
func (t *turn) decideRestoredKey(k *rowKey) {
	v := &t.verdict
	at, rec := t.plan.view(k.id), t.plan.facts.holderOf(k.id)
	code := string(k.space) + ".taken"
	if k.space == spaceUse {
		code = "undo.used"
	}

	switch {
	case at.claims > 1:
		v.find(string(k.space)+".contested", -1, k.id)
	case at.fact == factBeyond:
		v.find(code, -1, k.id)
	case rec < 0 || rec == v.rec && k.space != spaceUse: // the key is unused, or still the record's
	case at.first != none:
		v.need(t.row, at.first, false)
	default:
		v.find(code, -1, k.id)
		t.nameHolder(&v.notes[len(v.notes)-1], k, rec)
	}
}

// nameHolder adds to a finding who holds a key now, and the key itself unless it
// came from a sensitive field.
func (t *turn) nameHolder(n *note, k *rowKey, rec int32) {
	f := t.plan.facts
	n.args = map[string]string{"holder": f.nameOf(rec)}
	if k.space == spaceUse {
		return
	}

	if holder, ok := f.byID[f.recs[rec].Holder()]; ok {
		n.args["holder"] = f.nameOf(holder)
	}
	if _, value := t.plan.keys.parts(k.id); !slices.Contains(t.plan.undo.sensitive, k.space.Field()) {
		n.value = formats.Show(value)
	}
}

// decideOwner notes who loses a line, and adds a finding if the actor may not
// change lines.
func (t *turn) decideOwner() {
	d, v := &t.says, &t.verdict
	if d.restores.last.Kind() == users.KindUser || !d.deletes && !t.makes() && len(v.changes) == 0 {
		return
	}
	if bad := t.plan.dir.Actor().PermitsHeld(d.restores.last.Kind()); bad != nil {
		v.problem(bad, -1)
	}
	if v.rec < 0 {
		return
	}

	now := t.plan.facts.recs[v.rec]
	old := now.Holder()
	if old == "" || t.target != nil && t.target.Holder() == old {
		return
	}
	for _, k := range now.Keys() {
		if k.Space == users.SpaceLine {
			v.losses = append(v.losses, loss{holder: old, key: t.plan.keys.key(k.Space, k.Value), rec: v.rec, taken: t.target != nil && t.target.Holder() != ""})
		}
	}
}

// adminTarget is adminDelta for a row that restores a record.
func (t *turn) adminTarget(rec int32) int {
	was := rec >= 0 && users.Leads(t.plan.facts.recs[rec])
	is := t.target != nil && users.Leads(*t.target)
	switch {
	case t.spared || was == is:
		return 0
	case was:
		return -1
	}
	return 1
}

// restoredData returns the data of a record that is made again, before its fields
// are set. References are blank: they come with the changes, as far as the records
// they name exist.
func (s *span) restoredData() users.Data {
	r := s.last.Clone()
	for _, f := range references {
		r.SetField(f, "")
	}
	return r.Data
}

// sensitiveFields returns the fields of the Template's sensitive columns. For an
// undoing they are those of the import it takes back.
func (p *plan) sensitiveFields() []string {
	if p.undo != nil {
		return p.undo.sensitive
	}
	var out []string
	for _, t := range p.tpl.Tables {
		for _, c := range t.Columns {
			if c.Sensitive {
				out = append(out, sensitiveFieldsOf(&c)...)
			}
		}
	}
	return out
}

// newIDs returns the ids of the records that rows make again, by row.
func (u *undoing) newIDs(g *grid) map[uint32]users.ID {
	out := map[uint32]users.ID{}
	for r := range g.rows {
		if s := u.span(g.typed(uint32(r), 0)); s != nil && s.gone {
			out[uint32(r)] = s.id
		}
	}
	return out
}
