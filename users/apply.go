package users

import (
	"context"
	"errors"
	"fmt"
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
	var conflict *Conflict
	for range attempts {
		j := &judging{dir: d, scope: scope, batch: b}
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
		own.Gone = slices.DeleteFunc(slices.Clone(conflict.Gone), func(id ID) bool { return slices.Contains(j.guards, id) })
		conflict = &own
		if !own.Empty() {
			return d.discreet(ctx, scope, b, conflict)
		}
		// Somebody else changed the account's admins meanwhile: judge again.
	}
	return conflict
}

// attempts is how often a batch is judged again while others change who leads the account.
const attempts = 5

// discreet leaves out of a conflict who holds a key, if the actor does not reach them.
func (d *Directory) discreet(ctx context.Context, scope Scope, b Batch, c *Conflict) error {
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

// fetch reads the records that stand under keys, whoever reaches them.
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
