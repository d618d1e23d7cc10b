package users

import (
	"context"
	"maps"
	"slices"
)

// readOffer reads the entries of the accounts' catalogues and subscriptions for the
// roles that the batch grants or takes and the products that it gives. It does not
// read the others, which may be many. If an entry changes before the batch is done,
// the batch is judged again.
func (j *judgement) readOffer(ctx context.Context) error {
	if j.dir.actor.kind == host {
		return nil
	}
	found, err := j.dir.fetch(ctx, j.offerKeys())
	if err != nil {
		return err
	}

	type given struct {
		roles    []Role
		products []string
	}
	byAccount := map[AccountID]*given{}
	for _, w := range j.batch.Writes {
		if w.Record != nil && byAccount[w.Record.Account] == nil {
			byAccount[w.Record.Account] = &given{}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		rec := found[id]
		switch d := rec.Data.(type) {
		case *Role:
			byAccount[rec.Account].roles = append(byAccount[rec.Account].roles, *d)
		case *Subscription:
			byAccount[rec.Account].products = append(byAccount[rec.Account].products, d.Product)
		default:
			continue
		}
		if _, writes := j.writes[id]; !writes {
			j.guard(rec)
		}
	}

	for _, w := range j.batch.Writes { // the batch may set up an account and its people
		if w.Record == nil {
			continue
		}
		g := byAccount[w.Record.Account]
		switch d := w.Record.Data.(type) {
		case *Role:
			g.roles = append(g.roles, *d)
		case *Subscription:
			g.products = append(g.products, d.Product)
		}
	}

	j.actors = map[AccountID]Actor{}
	for account, g := range byAccount {
		j.actors[account] = j.dir.actor.within(g.roles, g.products)
	}
	return nil
}

// offerKeys returns the keys of the roles and products that the batch changes.
func (j *judgement) offerKeys() []Key {
	var keys []Key
	for _, w := range j.batch.Writes {
		if w.Record == nil {
			continue
		}
		is, ok := w.Record.Data.(*Profile)
		if !ok {
			continue
		}
		was, _ := j.before[w.ID].Data.(*Profile)
		if was == nil {
			was = &Profile{}
		}

		for _, r := range changedRoles(FieldRoles, joinList(was.Roles), joinList(is.Roles)) {
			keys = append(keys, KeyOf(w.Record.Account, SpaceRole, r))
		}
		for _, p := range is.Products {
			if !slices.Contains(was.Products, p) {
				keys = append(keys, KeyOf(w.Record.Account, SpaceProduct, p))
			}
		}
	}
	return keys
}

// guard has the batch done only if the record is as it was read. If another writer
// changes it first, the batch is judged again.
func (j *judgement) guard(r Record) {
	j.guarded = append(j.guarded, r.ID)
	j.batch.Needs = append(j.batch.Needs, Need{r.ID, r.Version})
}

// actor returns the actor, bound by what was read of the account.
func (j *judgement) actor(account AccountID) Actor {
	if a, ok := j.actors[account]; ok {
		return a
	}
	return j.dir.actor
}
