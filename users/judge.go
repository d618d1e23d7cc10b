package users

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
)

// A judgement checks one batch against the rules about people and about authority.
type judgement struct {
	dir        *Directory
	scope      Scope
	batch      Batch
	before     map[ID]Record // the stored records that the batch writes
	writes     map[ID]Write
	denied     Denied
	newImports []Write             // imports that the batch creates
	guarded    []ID                // records that must be as they were read when the batch is done
	actors     map[AccountID]Actor // the actor, bound by the catalogue of each account
}

func (j *judgement) run(ctx context.Context) error {
	j.batch.Writes = slices.Clone(j.batch.Writes)
	j.batch.Needs, j.batch.Unused = slices.Clone(j.batch.Needs), slices.Clone(j.batch.Unused)
	j.writes = make(map[ID]Write, len(j.batch.Writes))
	for _, w := range j.batch.Writes {
		j.writes[w.ID] = w
	}

	if err := j.read(ctx); err != nil {
		return err
	}
	if err := j.readOffer(ctx); err != nil {
		return err
	}

	// Every write is judged alone first. Only then is it known which accounts lose
	// an admin and which imports begin.
	lost := map[AccountID][]Write{}
	for i, w := range j.batch.Writes {
		if w.Record != nil && !j.scope.Has(w.Record.Account) {
			return ErrNotFound
		}

		old, known := j.before[w.ID]
		if w.Version > 0 && (!known || old.Version != w.Version || !j.scope.Has(old.Account)) {
			// The record is stale or out of reach. Both must look the same to the actor.
			// Nothing was judged, so nothing may be written: no record has this version.
			j.batch.Writes[i].Version = math.MaxUint64
			continue
		}

		if w.Version == 0 {
			old = Record{}
		}

		j.judgeWrite(old, w)
		if isAdmin(&old) && !isAdmin(w.Record) {
			lost[old.Account] = append(lost[old.Account], w)
		}
	}

	if j.dir.actor.kind != host {
		if err := j.checkImport(ctx); err != nil {
			return err
		}
		if err := j.judgeNewImports(ctx); err != nil {
			return err
		}
		for _, a := range slices.Sorted(maps.Keys(lost)) {
			if err := j.keepAdmin(ctx, a, lost[a]); err != nil {
				return err
			}
		}
	}

	if err := j.judgeReferences(ctx); err != nil {
		return err
	}
	if len(j.denied.Refusals) > 0 {
		return &j.denied
	}
	return nil
}

// read fetches the batch's import and the records that the batch writes.
func (j *judgement) read(ctx context.Context) error {
	keys := []Key{ByID(j.batch.Import)}
	for _, w := range j.batch.Writes {
		if w.Version > 0 {
			keys = append(keys, ByID(w.ID))
		}
	}
	var err error
	j.before, err = j.dir.fetch(ctx, keys)
	return err
}

func (j *judgement) refuse(w Write, field string, p *Problem) {
	if p != nil {
		j.denied.Refusals = append(j.denied.Refusals, Refused{Row: w.Row, ID: w.ID, Field: field, Problem: *p})
	}
}

func forbidden(k Kind) *Problem {
	return &Problem{Code: "record.forbidden", Args: map[string]string{"kind": string(k)}}
}

// judgeWrite checks the rules that need only a record before and after the write.
func (j *judgement) judgeWrite(old Record, w Write) {
	kind := old.Kind()
	if w.Record != nil {
		if kind != "" && kind != w.Record.Kind() || old.Data != nil && old.Account != w.Record.Account {
			j.refuse(w, "", forbidden(kind))
			return
		}
		kind = w.Record.Kind()
		if w.Version == 0 && !isCleanID(w.ID) {
			j.refuse(w, "", &Problem{Code: "id.form"})
			return
		}
	}

	actor := j.dir.actor
	switch {
	case kind == KindUser:
		j.judgeUser(old, w)
	case actor.kind == host:
	case kind == KindImport:
		j.judgeImport(old, w)
	case kind.Held():
		j.refuse(w, "", actor.PermitsHeld(kind))
	case isUnchanged(old, w.Record):
	case actor.kind != partner:
		j.refuse(w, "", forbidden(kind))
	case kind == KindAccount:
		j.judgeAccount(old, w)
	}
}

// judgeAccount checks a write of an account's record. A partner sets up customers'
// accounts. Only the host deletes an account or marks one as a partner's own.
func (j *judgement) judgeAccount(old Record, w Write) {
	was, _ := old.Data.(*Account)
	if w.Record == nil {
		j.refuse(w, "", forbidden(KindAccount))
		return
	}
	if is := w.Record.Data.(*Account); ID(w.Record.Account) != w.ID || is.Partner || was != nil && was.Partner {
		j.refuse(w, "", forbidden(KindAccount))
	}
}

// checkImport refuses a batch unless its import is the actor's own and in the account
// that the batch writes to. The import exists, or the batch creates it and no row
// was done under its id.
func (j *judgement) checkImport(ctx context.Context) error {
	id := j.batch.Import
	foreign := &Denied{Refusals: []Refused{{ID: id, Problem: Problem{Code: "import.foreign"}}}}
	var account AccountID
	if old, ok := j.before[id]; ok {
		imp, is := old.Data.(*Import)
		if !is || !j.scope.Has(old.Account) || imp.Actor != j.dir.actor.String() {
			return foreign
		}
		account = old.Account
	} else {
		w, makes := j.writes[id]
		if !makes || w.Record == nil || w.Record.Kind() != KindImport {
			return foreign
		}

		account = w.Record.Account
		for _, err := range j.dir.store.Journal(ctx, id, 0) {
			if err != nil {
				return err
			}
			// Rows were done under that id. If the import now exists and is the actor's, it
			// began while this batch was judged: that is a conflict, not a foreign import.
			again, err := j.dir.fetch(ctx, []Key{ByID(id)})
			if imp, is := again[id].Data.(*Import); err == nil && is && imp.Actor == j.dir.actor.String() {
				return &Conflict{Stale: []ID{id}}
			}
			return cmp.Or[error](err, foreign)
		}
	}

	for _, w := range j.batch.Writes {
		if w.Record != nil && w.Record.Account != account || w.Version > 0 && j.before[w.ID].Data != nil && j.scope.Has(j.before[w.ID].Account) && j.before[w.ID].Account != account {
			return foreign
		}
	}

	return nil
}

func isUnchanged(old Record, now *Record) bool {
	if now == nil || old.Data == nil {
		return false
	}
	a, err1 := EncodeData(old.Data)
	b, err2 := EncodeData(now.Data)
	return err1 == nil && err2 == nil && string(a) == string(b)
}

func (j *judgement) judgeUser(old Record, w Write) {
	actor := j.dir.actor
	if w.Record != nil {
		actor = j.actor(w.Record.Account)
	}
	if j.isUndo() {
		actor = actor.Restoring()
	}

	if w.Record == nil {
		j.refuse(w, "", actor.PermitsDelete(old))
		if Remainder(old) != nil && actor.kind != host {
			j.refuse(w, "", &Problem{Code: "delete.stays"})
		}
		return
	}

	is := w.Record.Data.(*Profile)
	was, _ := old.Data.(*Profile)
	var left *Profile // the profile that a deletion leaves of a person who stays listed
	if was != nil && !was.Inactive && is.Inactive {
		j.refuse(w, "", actor.PermitsDelete(old))
		left = was.withoutAccount()
	}

	if was == nil {
		j.refuse(w, FieldName, actor.PermitsNew(is.Field))
		was = &Profile{Source: actor.Source()}
	} else {
		j.refuse(w, FieldName, actor.PermitsNames(was.Field, is.Field))
	}

	j.refuse(w, FieldRoles, checkRoles(is.Roles))
	for i := range profileFields {
		f := &profileFields[i]
		before, after := f.get(was), f.get(is)
		if f.name == FieldRole || before == after && (f.name != FieldSource || old.Data != nil) {
			continue // FieldRoles includes FieldRole
		}
		j.refuse(w, f.name, Check(f.name, after))
		if left == nil || f.get(left) != after {
			j.refuse(w, f.name, actor.Permits(old, f.name, before, after))
		}
	}

	for _, f := range openNames(was, is) {
		before, after := was.Field(f), is.Field(f)
		if before == after {
			continue
		}
		j.refuse(w, f, Check(f, after))
		if left == nil || left.Field(f) != after {
			j.refuse(w, f, actor.Permits(old, f, before, after))
		}
	}
}

// keepAdmin refuses writes after which an account has no Account Admin. The admin who
// stays is guarded at the version that was read. Of two batches that each leave the
// other's admin, one conflicts and is judged again.
func (j *judgement) keepAdmin(ctx context.Context, a AccountID, lost []Write) error {
	for _, w := range j.batch.Writes {
		if w.Record != nil && w.Record.Account == a && isAdmin(w.Record) {
			return nil
		}
	}

	gone := make(map[ID]bool, len(lost))
	for _, w := range lost {
		gone[w.ID] = true
	}

	q := Query{Kind: KindUser, Scope: Scope{Accounts: []AccountID{a}}, Limit: len(lost) + 1, Having: Leading()}
	for r, err := range pages(ctx, j.dir.store.List, q) {
		if err != nil {
			return err
		}
		if isAdmin(&r) && !gone[r.ID] {
			j.guard(r)
			return nil
		}
	}

	first, err := j.undoesFirst(ctx, a, lost)
	if err != nil || first {
		return err
	}

	for _, w := range lost {
		j.refuse(w, FieldRole, &Problem{Code: "admin.last"})
	}
	return nil
}

// A reference is a record that a record of the batch names and did not name before.
type reference struct {
	write Write
	field string
	id    ID
	kind  Kind
}

// judgeReferences checks that a named record exists, has the right kind and the same
// account, and still exists when the batch is done. By then a deleted person must hold
// no line and be the supervisor of no one, and no one may be above themselves.
func (j *judgement) judgeReferences(ctx context.Context) error {
	var refs []reference
	var keys, held []Key
	deleted := map[ID]Write{}
	for _, w := range j.batch.Writes {
		if w.Version == math.MaxUint64 {
			continue
		}

		if w.Record == nil {
			if old := j.before[w.ID]; old.Kind() == KindUser {
				deleted[w.ID] = w
				for _, link := range []Space{LinkHolder, LinkSupervisor} {
					k := KeyOf(old.Account, link, string(w.ID))
					held, j.batch.Unused = append(held, k), append(j.batch.Unused, k)
				}
			}
			continue
		}

		for _, r := range newReferences(w, j.before[w.ID]) {
			refs = append(refs, r)
			if _, writes := j.writes[r.id]; !writes {
				keys = append(keys, ByID(r.id))
				j.batch.Needs = append(j.batch.Needs, Need{ID: r.id})
			}
		}
	}

	recs, err := j.dir.fetch(ctx, keys)
	if err != nil {
		return err
	}

	for _, r := range refs {
		to, ok := recs[r.id]
		if w, writes := j.writes[r.id]; writes {
			if ok = w.Record != nil; ok {
				to = *w.Record
			}
		}
		if ok && (to.Kind() != r.kind || to.Account != r.write.Record.Account) {
			j.refuse(r.write, r.field, &Problem{Code: "reference.foreign"})
		}
	}

	lines, err := j.dir.fetch(ctx, held) // and people
	if err != nil {
		return err
	}

	led := map[ID][]Record{}
	for _, id := range slices.Sorted(maps.Keys(lines)) {
		w, writes := j.writes[id]
		if lines[id].Kind() == KindUser {
			boss := lines[id].supervisor()
			if !writes || w.Record != nil && w.Record.supervisor() == boss {
				led[boss] = append(led[boss], lines[id])
			}
			continue
		}
		if !writes || w.Record != nil && w.Record.Holder() == lines[id].Holder() {
			j.refuse(deleted[lines[id].Holder()], "", &Problem{Code: "delete.holds"})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(led)) {
		j.refuse(deleted[id], "", leaderDeleted(led[id]))
	}

	return j.judgeCircles(ctx, refs)
}

// newReferences returns the records that a write names and the record did not name before.
func newReferences(w Write, old Record) []reference {
	var out []reference
	add := func(field string, id ID, was ID, kind Kind) {
		if id != "" && id != was {
			out = append(out, reference{w, field, id, kind})
		}
	}

	switch d := w.Record.Data.(type) {
	case *Line:
		was, _ := old.Data.(*Line)
		if was == nil {
			was = new(Line)
		}
		add(FieldHolder, d.Holder, was.Holder, KindUser)
	case *Profile:
		var was, is ContactCentre
		if p, ok := old.Data.(*Profile); ok && p.ContactCentre != nil {
			was = *p.ContactCentre
		}
		if d.ContactCentre != nil {
			is = *d.ContactCentre
		}
		add(FieldSupervisor, is.Supervisor, was.Supervisor, KindUser)
		add(FieldOrgUnit, is.Unit, was.Unit, KindUnit)
	}

	return out
}
