package users

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Apply passes a batch to the store if the rules about people allow every write of
// it. Otherwise it returns a [*Denied] that names every refused write. A batch that
// takes the rights of the account's last Account Admin is refused ("admin.last").
// Apply returns [ErrNotFound] for an account out of reach, and else the errors of
// [Store.Apply].
func (d *Directory) Apply(ctx context.Context, b Batch) error {
	scope, err := d.Scope(ctx)
	if err != nil {
		return err
	}

	var conflict *Conflict
	for range attempts {
		j := &judgement{dir: d, scope: scope, batch: b}
		if err := j.run(ctx); err != nil {
			return err
		}

		err := d.store.Apply(ctx, j.batch)
		switch {
		case errors.As(err, &conflict):
		case err != nil && !errors.Is(err, ErrDigest):
			return fmt.Errorf("users: apply: %w", err)
		default:
			return err
		}

		own := *conflict
		own.Gone = slices.DeleteFunc(slices.Clone(conflict.Gone), func(id ID) bool { return slices.Contains(j.guarded, id) })
		conflict = &own
		if !own.Empty() {
			return d.hideHolders(ctx, scope, b, conflict)
		}
		// The only conflict is a guarded record: another writer changed the account's
		// admins or roles since they were read. Judge the batch again.
	}

	return conflict
}

// attempts limits how often a batch is judged again because another writer changed
// the account's admins.
const attempts = 5

// hideHolders removes from a conflict the holders of keys that the actor does not reach.
func (d *Directory) hideHolders(ctx context.Context, scope Scope, b Batch, c *Conflict) error {
	var keys []Key
	reached := map[ID]bool{}
	for _, w := range b.Writes {
		reached[w.ID] = true
	}

	for _, k := range c.Keys {
		if !reached[k.Holder] {
			keys = append(keys, ByID(k.Holder))
		}
	}

	recs, err := d.fetch(ctx, keys)
	if err != nil {
		return err
	}

	for i, k := range c.Keys {
		if r, ok := recs[k.Holder]; !reached[k.Holder] && (!ok || !scope.Has(r.Account)) {
			c.Keys[i].Holder = ""
		}
	}

	return c
}

// fetch returns the records that have one of the keys, by id, without regard to
// what the actor reaches.
func (d *Directory) fetch(ctx context.Context, keys []Key) (map[ID]Record, error) {
	out := make(map[ID]Record, len(keys))
	slices.SortFunc(keys, Key.Compare)
	for part := range slices.Chunk(slices.Compact(keys), MaxFind) {
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
