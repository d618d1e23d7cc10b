package users

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// This file holds the rules about several people at once: no one is above themselves,
// and no one refers to a person who is gone. Only the batch that is about to be
// written knows them: two batches may each be right and together wrong.

// judgeCircles refuses a supervisor who is the person, or who is led by the person
// over any number of others. The people between are guarded at the versions that were
// read, so that of two batches that close a circle together one is judged again.
func (j *judgement) judgeCircles(ctx context.Context, refs []reference) error {
	refs = slices.DeleteFunc(slices.Clone(refs), func(r reference) bool { return r.field != FieldSupervisor })
	above, read, err := j.readAbove(ctx, refs)
	if err != nil {
		return err
	}

	for _, r := range refs {
		if r.id == r.write.ID {
			j.refuse(r.write, r.field, &Problem{Code: "supervisor.self"})
			continue
		}
		path := []ID{r.write.ID}
		for id := r.id; id != "" && !slices.Contains(path, id); id = above[id] {
			path = append(path, id)
		}
		if above[path[len(path)-1]] == r.write.ID {
			j.refuse(r.write, r.field, &Problem{Code: "reference.cycle", Args: map[string]string{"people": j.names(path, read)}})
			continue
		}
		for _, id := range path[1:] {
			if rec, ok := read[id]; ok {
				j.guard(rec)
			}
		}
	}

	j.sortNeeds()
	return nil
}

// readAbove returns the supervisor of each person whom the references lead to, as the
// batch leaves them, and the records of those whom the batch does not write.
func (j *judgement) readAbove(ctx context.Context, refs []reference) (above map[ID]ID, read map[ID]Record, err error) {
	above, read = map[ID]ID{}, map[ID]Record{}
	var next []ID
	for _, r := range refs {
		next = append(next, r.id)
	}

	for len(next) > 0 { // one round a level, until no one new is above
		var keys []Key
		for _, id := range next {
			if w, writes := j.writes[id]; !writes {
				keys = append(keys, ByID(id))
			} else if w.Record != nil {
				above[id] = w.Record.supervisor()
			} else {
				above[id] = ""
			}
		}
		recs, err := j.dir.fetch(ctx, keys)
		if err != nil {
			return nil, nil, err
		}
		for _, k := range keys {
			id := ID(k.Value)
			above[id] = ""
			if rec, ok := recs[id]; ok {
				above[id], read[id] = rec.supervisor(), rec
			}
		}

		var higher []ID
		for _, id := range next {
			if to := above[id]; to != "" {
				if _, known := above[to]; !known {
					higher = append(higher, to)
				}
			}
		}
		slices.Sort(higher)
		next = slices.Compact(higher)
	}
	return above, read, nil
}

// names returns the people on a path, joined by arrows.
func (j *judgement) names(path []ID, read map[ID]Record) string {
	var out []string
	for _, id := range append(slices.Clone(path), path[0]) {
		rec, ok := read[id]
		if w, writes := j.writes[id]; !ok && writes && w.Record != nil {
			rec = *w.Record
		}
		out = append(out, rec.label())
	}
	return capped(out, " → ")
}

// maxID is how many bytes an id has at most.
const maxID = 200

// isCleanID reports whether a new record may have the id: one clean line.
func isCleanID(id ID) bool {
	return len(id) <= maxID && checkName(string(id)) == nil
}

// sortNeeds orders the needs of the batch and keeps one for each record, at the version
// that was read if there is one.
func (j *judgement) sortNeeds() {
	slices.SortFunc(j.batch.Needs, func(a, b Need) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(b.Version, a.Version))
	})
	j.batch.Needs = slices.CompactFunc(j.batch.Needs, func(a, b Need) bool { return a.ID == b.ID })
}

// leaderDeleted is the problem of a deletion of the supervisor of others.
func leaderDeleted(led []Record) *Problem {
	var names []string
	for _, r := range led {
		names = append(names, r.label())
	}
	return &Problem{Code: BrakeLeader, Args: map[string]string{"people": capped(names, ", "), "count": strconv.Itoa(len(led))}}
}

// maxNamed is how many people a problem names.
const maxNamed = 20

// capped joins names and says by dots that there are more.
func capped(names []string, sep string) string {
	if len(names) > maxNamed {
		names = append(slices.Clone(names[:maxNamed]), "…")
	}
	return strings.Join(names, sep)
}

// supervisor returns the supervisor of a user, and nothing for any other record.
func (r Record) supervisor() ID {
	if p, ok := r.Data.(*Profile); ok && p.ContactCentre != nil {
		return p.ContactCentre.Supervisor
	}
	return ""
}

// label names a user by e-mail address, LAN ID, login or name, and any other record
// by its id.
func (r Record) label() string {
	p, ok := r.Data.(*Profile)
	if !ok {
		return string(r.ID)
	}
	lan := ""
	if p.ContactCentre != nil {
		lan = p.ContactCentre.LANID
	}
	return cmp.Or(p.Email, lan, p.Login, p.Name(), string(r.ID))
}

// openNames returns the fields with open names that one of the profiles has: custom
// ones, features and channels.
func openNames(profiles ...*Profile) []string {
	var out []string
	for _, p := range profiles {
		for _, k := range slices.Sorted(maps.Keys(p.Custom)) {
			out = append(out, PrefixCustom+k)
		}
		out = append(out, p.ContactCentre.openFields()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
