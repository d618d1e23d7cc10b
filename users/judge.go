package users

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
)

// judging holds one batch against the rules about people and about authority.
type judging struct {
	dir    *Directory
	scope  Scope
	batch  Batch
	before map[ID]Record // what the batch writes, and what that refers to, as they stand
	writes map[ID]Write
	denied Denied
	begins []Write             // imports that are new
	guards []ID                // those who must still lead when the batch is done, and roles as they were read
	actors map[AccountID]Actor // bound by what the accounts say of the roles in question
}

func (j *judging) run(ctx context.Context) error {
	j.batch.Writes = slices.Clone(j.batch.Writes)
	j.batch.Needs, j.batch.Unused = slices.Clone(j.batch.Needs), slices.Clone(j.batch.Unused)
	j.writes = make(map[ID]Write, len(j.batch.Writes))
	for _, w := range j.batch.Writes {
		j.writes[w.ID] = w
	}
	if err := j.read(ctx); err != nil {
		return err
	}
	if err := j.catalogue(ctx); err != nil {
		return err
	}
	lost := map[AccountID][]Write{}
	for i, w := range j.batch.Writes {
		if w.Record != nil && !j.scope.Has(w.Record.Account) {
			return ErrNotFound
		}
		old, known := j.before[w.ID]
		if w.Version > 0 && (!known || old.Version != w.Version || !j.scope.Has(old.Account)) {
			// Stale, or out of reach, which looks the same. Nothing was judged, so
			// nothing may be written, whatever version the record has by then.
			j.batch.Writes[i].Version = math.MaxUint64
			continue
		}
		if w.Version == 0 {
			old = Record{}
		}
		j.write(old, w)
		if leads(&old) && !leads(w.Record) {
			lost[old.Account] = append(lost[old.Account], w)
		}
	}
	if j.dir.actor.kind != host {
		if err := j.imported(ctx); err != nil {
			return err
		}
		if err := j.begun(ctx); err != nil {
			return err
		}
		for _, a := range slices.Sorted(maps.Keys(lost)) {
			if err := j.succession(ctx, a, lost[a]); err != nil {
				return err
			}
		}
	}
	if err := j.references(ctx); err != nil {
		return err
	}
	if len(j.denied.Refusals) > 0 {
		return &j.denied
	}
	return nil
}

// read fetches what the batch writes, its import, and the accounts of the people it writes.
func (j *judging) read(ctx context.Context) error {
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

func (j *judging) refuse(w Write, field string, p *Problem) {
	if p != nil {
		j.denied.Refusals = append(j.denied.Refusals, Refused{Row: w.Row, ID: w.ID, Field: field, Problem: *p})
	}
}

func forbidden(k Kind) *Problem {
	return &Problem{Code: "record.forbidden", Args: map[string]string{"kind": string(k)}}
}

// write asks the rules that need no more than a record before and after.
func (j *judging) write(old Record, w Write) {
	kind := old.Kind()
	if w.Record != nil {
		if kind != "" && kind != w.Record.Kind() || old.Data != nil && old.Account != w.Record.Account {
			j.refuse(w, "", forbidden(kind))
			return
		}
		kind = w.Record.Kind()
	}
	actor := j.dir.actor
	switch {
	case kind == KindUser:
		j.user(old, w)
	case actor.kind == host:
	case kind == KindImport:
		j.importRecord(old, w)
	case kind.Held():
		j.refuse(w, "", actor.PermitsHeld(kind))
	case unchanged(old, w.Record):
	case actor.kind != partner:
		j.refuse(w, "", forbidden(kind))
	case kind == KindAccount:
		j.account(old, w)
	}
}

// account: a partner sets customers' accounts up, and only the host deletes
// one, or says which are partners' own.
func (j *judging) account(old Record, w Write) {
	was, _ := old.Data.(*Account)
	if w.Record == nil {
		j.refuse(w, "", forbidden(KindAccount))
		return
	}
	if is := w.Record.Data.(*Account); ID(w.Record.Account) != w.ID || is.Partner || was != nil && was.Partner {
		j.refuse(w, "", forbidden(KindAccount))
	}
}

// imported: a batch goes under an import of its actor's, in the account it
// writes to: one that is there, or one that it makes and that did nothing yet.
func (j *judging) imported(ctx context.Context) error {
	id := j.batch.Import
	foreign := &Denied{Refusals: []Refused{{ID: id, Problem: Problem{Code: "import.foreign"}}}}
	account := AccountID("")
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
			// Somebody did rows under that id: perhaps just now, and as the same import.
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

func unchanged(old Record, now *Record) bool {
	if now == nil || old.Data == nil {
		return false
	}
	a, err1 := EncodeData(old.Data)
	b, err2 := EncodeData(now.Data)
	return err1 == nil && err2 == nil && string(a) == string(b)
}

func (j *judging) user(old Record, w Write) {
	actor := j.dir.actor
	if w.Record != nil {
		actor = j.actor(w.Record.Account)
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
	var left *Profile // what a deletion leaves of one who stays listed
	if was != nil && !was.Inactive && is.Inactive {
		j.refuse(w, "", actor.PermitsDelete(old))
		left = was.withoutAccount()
	}
	if was == nil {
		j.refuse(w, FieldName, actor.PermitsNew(is.Field))
		was = &Profile{Source: actor.Source()}
	}
	j.refuse(w, FieldRoles, checkRoles(is.Roles))
	for i := range profileFields {
		f := &profileFields[i]
		before, after := f.get(was), f.get(is)
		if f.name == FieldRole || before == after && (f.name != FieldSource || old.Data != nil) {
			continue // "roles" says it
		}
		j.refuse(w, f.name, Check(f.name, after))
		if left == nil || f.get(left) != after {
			j.refuse(w, f.name, actor.Permits(old, f.name, before, after))
		}
	}
	if actor.kind == syncer && !maps.Equal(was.Custom, is.Custom) {
		j.refuse(w, "custom", &Problem{Code: "source.foreign", Args: map[string]string{"source": string(was.source())}})
	}
	for _, f := range append(was.ContactCentre.openFields(), is.ContactCentre.openFields()...) {
		if before, after := was.Field(f), is.Field(f); before != after {
			j.refuse(w, f, actor.Permits(old, f, before, after))
		}
	}
}

// succession keeps an account from losing its last admin. One who stays is
// guarded at the version read, so that of two batches which each leave the
// other's, one is a conflict and is judged again.
func (j *judging) succession(ctx context.Context, a AccountID, lost []Write) error {
	for _, w := range j.batch.Writes {
		if w.Record != nil && w.Record.Account == a && leads(w.Record) {
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
		if leads(&r) && !gone[r.ID] {
			j.guards = append(j.guards, r.ID)
			j.batch.Needs = append(j.batch.Needs, Need{r.ID, r.Version})
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

// reference is what a record of the batch newly names.
type reference struct {
	write Write
	field string
	id    ID
	kind  Kind
}

// references: whom a record names must be there, of the same account and of
// the right kind, and still be there when the batch is done; whoever is deleted holds nothing.
func (j *judging) references(ctx context.Context) error {
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
				k := KeyOf(old.Account, LinkHolder, string(w.ID))
				held, j.batch.Unused = append(held, k), append(j.batch.Unused, k)
			}
			continue
		}
		for _, r := range named(w, j.before[w.ID]) {
			refs = append(refs, r)
			if _, writes := j.writes[r.id]; !writes {
				keys = append(keys, ByID(r.id))
				j.batch.Needs = append(j.batch.Needs, Need{ID: r.id})
			}
		}
	}
	slices.SortFunc(j.batch.Needs, func(a, b Need) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version)) })
	j.batch.Needs = slices.Compact(j.batch.Needs)
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
	lines, err := j.dir.fetch(ctx, held)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(lines)) {
		if w, writes := j.writes[id]; !writes || w.Record != nil && w.Record.Holder() == lines[id].Holder() {
			j.refuse(deleted[lines[id].Holder()], "", &Problem{Code: "delete.holds"})
		}
	}
	return nil
}

// named are the records that a write names and the record did not name before.
func named(w Write, old Record) []reference {
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
