package users

import (
	"context"
	"maps"
	"slices"
)

// catalogue reads what the accounts say of the roles that the batch gives or
// takes: not of others, of which there may be many. A role that was read must not
// have changed when the batch is done, or it is judged again.
func (j *judging) catalogue(ctx context.Context) error {
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
			j.guards = append(j.guards, id)
			j.batch.Needs = append(j.batch.Needs, Need{id, rec.Version})
		}
	}
	return nil
}

// actor is who asks, as far as the account says what they may hand out.
func (j *judging) actor(account AccountID) Actor {
	if a, ok := j.actors[account]; ok {
		return a
	}
	return j.dir.actor
}
