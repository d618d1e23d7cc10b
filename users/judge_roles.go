package users

import (
	"context"
	"maps"
	"slices"
)

// readRoles reads the catalogue's entries of the roles that the batch grants or takes.
// It does not read the others, which may be many. If an entry changes before the
// batch is done, the batch is judged again.
func (j *judgement) readRoles(ctx context.Context) error {
	if j.dir.actor.kind == host {
		return nil
	}

	var keys []Key
	for _, w := range j.batch.Writes {
		old, _ := j.before[w.ID].Data.(*Profile)
		if w.Record == nil {
			continue
		}
		is, ok := w.Record.Data.(*Profile)
		if !ok {
			continue
		}
		if old == nil {
			old = &Profile{}
		}
		for _, r := range changedRoles(FieldRoles, joinList(old.Roles), joinList(is.Roles)) {
			keys = append(keys, KeyOf(w.Record.Account, SpaceRole, r))
		}
	}

	found, err := j.dir.fetch(ctx, keys)
	if err != nil {
		return err
	}

	j.actors = map[AccountID]Actor{}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		rec := found[id]
		role, ok := rec.Data.(*Role)
		if !ok {
			continue
		}
		j.actors[rec.Account] = j.actor(rec.Account).Under(*role)
		if _, writes := j.writes[id]; !writes {
			j.guarded = append(j.guarded, id)
			j.batch.Needs = append(j.batch.Needs, Need{id, rec.Version})
		}
	}

	return nil
}

// actor returns the actor, bound by the catalogue entries that were read of the account.
func (j *judgement) actor(account AccountID) Actor {
	if a, ok := j.actors[account]; ok {
		return a
	}
	return j.dir.actor
}
