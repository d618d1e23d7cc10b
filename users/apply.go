package users

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Apply hands a batch to the store if the rules about people allow every write
// of it, else returns a [*Denied] that names every one they forbid. A batch
// that takes an account's rights from its last Account Admin is one of those
// ("admin.last"). Other errors are [Store.Apply]'s, and [ErrNotFound] for an
// account out of reach.
func (d *Directory) Apply(ctx context.Context, b Batch) error {
	scope, err := d.Scope(ctx)
	if err != nil {
		return err
	}
	for range 5 {
		var touched []ID
		whole, err := d.judge(ctx, scope, b, &touched)
		if err != nil {
			return err
		}
		err = d.store.Apply(ctx, whole)
		var c *Conflict
		if errors.As(err, &c) && len(c.Stale) > 0 && len(touched) > 0 {
			own := *c
			own.Stale = slices.DeleteFunc(slices.Clone(c.Stale), func(id ID) bool { return slices.Contains(touched, id) })
			if own.Empty() {
				continue // somebody else changed the account's admins meanwhile: judge again
			}
			return &own
		}
		if err != nil && !errors.As(err, &c) && !errors.Is(err, ErrDigest) {
			return fmt.Errorf("users: apply: %w", err)
		}
		return err
	}
	return errors.New("users: apply: the account is too busy")
}

// judge holds the batch against the rules, and adds the writes that keep two
// batches from taking the last two Account Admins at once.
func (d *Directory) judge(ctx context.Context, scope Scope, b Batch, touched *[]ID) (Batch, error) {
	before, err := d.before(ctx, b)
	if err != nil {
		return b, err
	}
	var denied Denied
	lost := map[AccountID][]Write{}
	for _, w := range b.Writes {
		old, known := before[w.ID]
		if w.Version > 0 && (!known || old.Version != w.Version) {
			continue // stale: the store will say so
		}
		if known && !scope.Has(old.Account) || w.Record != nil && !scope.Has(w.Record.Account) ||
			known && w.Record != nil && old.Account != w.Record.Account {
			return b, ErrNotFound
		}
		for _, r := range d.judgeOne(old, w) {
			r.Row, r.ID = w.Row, w.ID
			denied.Refusals = append(denied.Refusals, r)
		}
		if leads(&old) && !leads(w.Record) {
			lost[old.Account] = append(lost[old.Account], w)
		}
	}
	for _, a := range sortedAccounts(lost) {
		if d.actor.kind == host {
			break
		}
		last, err := d.lastAdmin(ctx, a, b, lost[a])
		if err != nil {
			return b, err
		}
		for _, w := range lost[a] {
			if last {
				denied.Refusals = append(denied.Refusals, Refused{Row: w.Row, ID: w.ID, Field: "role", Problem: Problem{Code: "admin.last"}})
			}
		}
		if acc, ok := before[ID(a)]; ok && !slices.ContainsFunc(b.Writes, func(w Write) bool { return w.ID == acc.ID }) {
			*touched = append(*touched, acc.ID)
			same := acc.Clone()
			b.Writes = append(slices.Clip(b.Writes), Write{ID: acc.ID, Version: acc.Version, Record: &same})
		}
	}
	if len(denied.Refusals) > 0 {
		return b, &denied
	}
	return b, nil
}

func sortedAccounts(m map[AccountID][]Write) []AccountID {
	out := make([]AccountID, 0, len(m))
	for a := range m {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

// before reads what the batch writes, and the accounts of the users it writes.
func (d *Directory) before(ctx context.Context, b Batch) (map[ID]Record, error) {
	var keys []Key
	accounts := map[AccountID]bool{}
	for _, w := range b.Writes {
		if w.Version > 0 {
			keys = append(keys, ByID(w.ID))
		}
		if w.Record != nil && w.Record.Kind() == KindUser && !accounts[w.Record.Account] {
			accounts[w.Record.Account] = true
			keys = append(keys, ByID(ID(w.Record.Account)))
		}
	}
	out := make(map[ID]Record, len(keys))
	for part := range slices.Chunk(keys, MaxFind) {
		recs, err := d.store.Find(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("users: find: %w", err)
		}
		for _, r := range recs {
			out[r.ID] = r
		}
	}
	return out, nil
}

// lastAdmin reports whether the account would have no Account Admin left.
func (d *Directory) lastAdmin(ctx context.Context, a AccountID, b Batch, lost []Write) (bool, error) {
	for _, w := range b.Writes {
		if w.Record != nil && w.Record.Account == a && leads(w.Record) {
			return false, nil
		}
	}
	q := Query{Kind: KindUser, Scope: Scope{Accounts: []AccountID{a}}, Limit: len(lost) + 1,
		Having: Leading()}
	for r, err := range d.all(ctx, q) {
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(lost, func(w Write) bool { return w.ID == r.ID }) {
			return false, nil
		}
	}
	return true, nil
}

// judgeOne are the rules that need no more than the record before and after.
func (d *Directory) judgeOne(old Record, w Write) []Refused {
	var out []Refused
	refuse := func(field string, p *Problem) {
		if p != nil {
			out = append(out, Refused{Field: field, Problem: *p})
		}
	}
	kind := old.Kind()
	if w.Record != nil {
		kind = w.Record.Kind()
	}
	switch kind {
	case KindUser:
		d.judgeUser(old, w, refuse)
	case KindImport:
		if i, ok := w.Record.importOf(d.actor); !ok || i == nil {
			refuse("", &Problem{Code: "import.foreign"})
		}
	case KindLine:
	default:
		if d.actor.kind != partner && d.actor.kind != host && !unchanged(old, w.Record) {
			refuse("", &Problem{Code: "record.forbidden", Args: map[string]string{"kind": string(kind)}})
		}
	}
	return out
}

func (r *Record) importOf(a Actor) (*Import, bool) {
	if r == nil {
		return nil, a.kind == host
	}
	i, ok := r.Data.(*Import)
	return i, ok && (i.Actor == a.String() || a.kind == host)
}

func unchanged(old Record, now *Record) bool {
	if now == nil || old.Data == nil {
		return false
	}
	a, err1 := EncodeData(old.Data)
	b, err2 := EncodeData(now.Data)
	return err1 == nil && err2 == nil && string(a) == string(b)
}

func (d *Directory) judgeUser(old Record, w Write, refuse func(string, *Problem)) {
	if w.Record == nil {
		refuse("", d.actor.PermitsDelete(old))
		if Deleted(old) != nil && d.actor.kind != host {
			refuse("", &Problem{Code: "delete.stays"})
		}
		return
	}
	p, ok := w.Record.Data.(*Profile)
	if !ok {
		refuse("", &Problem{Code: "record.forbidden"})
		return
	}
	was, _ := old.Data.(*Profile)
	gone := was != nil && !was.Inactive && p.Inactive
	if gone {
		refuse("", d.actor.PermitsDelete(old))
	}
	if was == nil {
		refuse("name", d.actor.PermitsNew(p.Field))
	}
	empty := Profile{Source: Local}
	if was == nil {
		empty.Source = d.actor.Source()
		was = &empty
	}
	for i := range profileFields {
		f := &profileFields[i]
		before, after := f.get(was), f.get(p)
		if f.name == "role" || before == after && f.name != "source" {
			continue // "roles" says it
		}
		refuse(f.name, Check(f.name, after))
		if gone && (f.name == "active" || f.name == "registered" || f.name == "roles") {
			continue // what a deletion takes from one who stays listed
		}
		if f.name == "source" && old.Data == nil || before != after {
			refuse(f.name, d.actor.Permits(old, f.name, before, after))
		}
	}
	if d.actor.kind == syncer && !maps.Equal(was.Custom, p.Custom) {
		refuse("custom", &Problem{Code: "source.foreign", Args: map[string]string{"source": string(was.source())}})
	}
}
