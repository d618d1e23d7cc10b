package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// This file is the one Draft word that no file needs: to restore what an
// import did to a record. The row's own cells do not say what that takes; the
// record does, as it stands now.

// restoring is what a draft restores.
type restoring struct {
	target *users.Record // how the record shall be; nil if it shall be gone
	drops  []uint32      // keys it gives up
	spared bool          // nothing is done: the record was edited since
}

// references are the fields that hold the id of a record.
var references = []string{"holder", "supervisor", "org_unit"}

// restore says that the row takes back what an import did to a record.
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

// spare leaves the record as it is, and says why.
func (t *turn) spare(code string) {
	t.spared = true
	t.note(formats.Warning, code)
}

// restore goes on with the draft once it is known what the record is now.
func (t *turn) restore() {
	s, rec := t.says.restores, t.person()
	switch {
	case s.erased || s.last.Fields() == nil:
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

// restoreGone makes again what the import deleted.
func (t *turn) restoreGone(s *span) {
	target := s.last.Clone()
	for _, f := range s.fields {
		target.SetField(f.name, f.old)
	}
	blank := users.Record{Head: target.Head, Data: recordedit.New(target.Kind())}
	t.add(draftKey{space: users.SpaceID, rel: relClaim, value: string(s.id), column: -1})
	for _, f := range fieldsOf(target) {
		if v := target.Field(f); v != blank.Field(f) {
			t.restoreField(f, v)
		}
	}
	t.claimGains(blank, target)
}

// restoreMade deletes what the import made, if it is as it was left.
func (t *turn) restoreMade(s *span, rec int32) {
	d := &t.says
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
	d.deletes = true
	if users.Remainder(now) != nil && !t.plan.dir.Actor().Unbound() {
		t.note(formats.Warning, "undo.stays")
		t.target = users.Remainder(now)
		return
	}
	uses := slices.Clone(t.plan.facts.held[rec])
	for _, l := range t.plan.facts.led[rec] {
		// One who was made again may have been referred to all along.
		if !t.plan.undo.again || t.plan.facts.recs[l].Updated.After(t.plan.undo.at.Created) {
			uses = append(uses, l)
		}
	}
	for _, u := range uses {
		key := t.plan.useKey(t.plan.facts.recs[u].ID, now.ID)
		t.plan.keys.state[key].fact = u + 1
		t.keys = append(t.keys, rowKey{draftKey{space: spaceUse, rel: relClaim, column: -1}, key})
	}
	t.drops = append(t.drops, t.plan.personKey(rec))
	t.dropKeys(rec, now.Keys())
	for _, f := range references {
		if to := now.Field(f); to != "" {
			t.drops = append(t.drops, t.plan.useKey(now.ID, users.ID(to)))
		}
	}
}

// restoreChanged puts fields back that are as the import left them.
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

// restoreField wants a field, which may name a record.
func (t *turn) restoreField(field, value string) {
	if slices.Contains(references, field) && value != "" {
		t.add(draftKey{space: users.SpaceID, rel: relRefer, value: value, field: field, column: -1})
		return
	}
	t.draft.Want(field, value)
}

// claimGains claims the keys that the record gains.
func (t *turn) claimGains(now, target users.Record) {
	t.target = &target
	for _, k := range without(target.Keys(), now.Keys()) {
		t.add(draftKey{space: k.Space, rel: relClaim, value: k.Value, column: -1})
	}
}

// add is a key of the draft whose value is folded already.
func (t *turn) add(k draftKey) {
	t.keys = append(t.keys, rowKey{k, t.plan.keys.key(k.space, k.value)})
}

func (t *turn) dropKeys(rec int32, keys []users.Key) {
	for _, k := range keys {
		id := t.plan.keys.key(k.Space, k.Value)
		t.plan.keys.state[id].fact = rec + 1
		t.drops = append(t.drops, id)
	}
}

// useKey is the key at which the row that deletes a record meets the row that
// takes back what refers to it.
func (p *plan) useKey(by, of users.ID) uint32 {
	return p.keys.key(spaceUse, string(by)+" "+string(of))
}

// noteEdited warns of a field that is not as the import left it, and stays.
func (t *turn) noteEdited(field string, now users.Record) {
	value := now.Field(field)
	if slices.Contains(t.plan.undo.sensitive, field) {
		value = ""
	}
	if at, ok := t.plan.facts.byID[users.ID(value)]; ok && slices.Contains(references, field) {
		value = t.plan.facts.nameOf(at)
	}
	t.note(formats.Warning, "undo.edited", "field", field, "now", formats.Show(value))
}

// without are those of a that are not in b.
func without[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return slices.Contains(b, x) })
}

// decideRestoring says what becomes of a row that takes something back.
func (t *turn) decideRestoring() {
	d, v := &t.says, &t.verdict
	if t.spared || v.failed() {
		v.action = ActionSkip
		if v.failed() {
			v.action = ActionError
		}
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
	t.decideWants()
	t.decideLead()
	t.decideOwner()
	if t.makes() && d.restores.last.Kind() == users.KindUser {
		t.decideNew()
	}
	switch {
	case v.failed():
		v.action = ActionError
	case t.makes():
		v.action = ActionCreate
	case d.deletes:
		v.action = ActionDelete
	case len(v.changes) == 0:
		v.action = ActionUnchanged
	default:
		v.action = ActionUpdate
	}
}

// decideRestoredReference lets a field name a record again; if that has gone since, the
// field names none, as it would if the import had never been: what the import
// made it name may go as well. What was a circle before may be one again.
func (t *turn) decideRestoredReference(k *rowKey) {
	v := &t.verdict
	at, rec := t.plan.view(k.id), t.plan.facts.holderOf(k.id)
	switch {
	case rec >= 0 && at.first == none:
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

// decideRestoredKey asks whether the record may have a key again, or whether what
// refers to the record goes.
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
	case rec < 0 || rec == v.rec && k.space != spaceUse:
	case at.first != none:
		v.need(t.row, at.first, false)
	default:
		v.find(code, -1, k.id)
		n := &v.notes[len(v.notes)-1]
		n.args = map[string]string{"holder": t.plan.facts.nameOf(rec)}
		if holder, ok := t.plan.facts.byID[t.plan.facts.recs[rec].Holder()]; ok && k.space != spaceUse {
			n.args["holder"] = t.plan.facts.nameOf(holder)
		}
		if _, value := t.plan.keys.parts(k.id); k.space != spaceUse && !slices.Contains(t.plan.undo.sensitive, k.space.Field()) {
			n.value = formats.Show(value)
		}
	}
}

// decideOwner names who loses a line, and asks whether the actor may change what people have.
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

// leadTarget says whether the restored record makes (+1) or takes (-1) one who leads the account.
func (t *turn) leadTarget(rec int32) int {
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

// restoredData is the data of a record that is made again, before its fields are
// set: references come with the changes, as far as there is still whom they name.
func (s *span) restoredData() users.Data {
	r := s.last.Clone()
	for _, f := range references {
		r.SetField(f, "")
	}
	return r.Data
}

// sensitiveFields are the fields of the Template's sensitive columns; of an
// undoing, those of the import it takes back.
func (p *plan) sensitiveFields() []string {
	if p.undo != nil {
		return p.undo.sensitive
	}
	var out []string
	for _, t := range p.tpl.Tables {
		for _, c := range t.Columns {
			if c.Sensitive {
				out = append(out, c.holds())
			}
		}
	}
	return out
}

// newIDs are the ids of the records that rows make again.
func (u *undoing) newIDs(g *grid) map[uint32]users.ID {
	out := map[uint32]users.ID{}
	for r := range g.rows {
		if s := u.span(g.typed(uint32(r), 0)); s != nil && s.gone {
			out[uint32(r)] = s.id
		}
	}
	return out
}
