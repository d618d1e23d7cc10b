package importer

import (
	"cmp"
	"context"
	"slices"

	"github.com/usher-go/usher/users"
)

// ownWork is what an import has done so far, by record, so that the rest of its rows
// can be decided as if it had not begun. It is kept for every written record, and
// is small for that reason.
type ownWork struct {
	images map[users.ID]ownImage
	// by are the written records that had a key or link before the import.
	by map[users.Key][]users.ID
}

// ownImage is a record before the import's first write, and the facts of its last.
type ownImage struct {
	before      *users.Record
	version     uint64 // 0 if it was deleted
	user, admin bool
}

func newOwnWork() *ownWork {
	return &ownWork{images: map[users.ID]ownImage{}, by: map[users.Key][]users.ID{}}
}

// add notes what one write did.
func (o *ownWork) add(i users.Image) {
	rec := i.After
	if rec == nil {
		rec = i.Before
	}

	// The image before the first write stays, however often the record is written.
	was, seen := o.images[rec.ID]
	if !seen {
		was.before = i.Before
	}
	is := ownImage{before: was.before}
	if i.After != nil {
		is.version, is.user, is.admin = i.After.Version, i.After.Kind() == users.KindUser, users.Leads(*i.After)
	}
	o.images[rec.ID] = is
	if seen || i.Before == nil {
		return
	}

	x := i.Before.Index()
	for _, k := range append(x.Keys, x.Links...) {
		o.by[k] = append(o.by[k], rec.ID)
	}
}

// fewerPeople returns how many users, and how many admins, the import has removed so
// far: before it there were 10 admins and now 9, so 1. It is negative for an import
// that creates.
func (o *ownWork) fewerPeople() (people, admins int) {
	count := func(user, admin bool, by int) {
		if user {
			people += by
		}
		if user && admin {
			admins += by
		}
	}
	for _, i := range o.images {
		if i.before != nil {
			count(i.before.Kind() == users.KindUser, users.Leads(*i.before), 1)
		}
		count(i.user, i.admin, -1)
	}
	return people, admins
}

// rewind replaces the records that the import wrote by what they were before it. A
// record that another person wrote since stays as it is, and a record that the
// import made is left out.
func (f *facts) rewind(ctx context.Context, asked []users.Key, found users.Found) (users.Found, error) {
	if f.own == nil || len(f.own.images) == 0 {
		return found, nil
	}
	ids := f.own.writtenRecords(asked, found.Records)
	if len(ids) == 0 {
		return found, nil
	}

	now, err := f.storedNow(ctx, ids)
	if err != nil {
		return found, err
	}
	isOwn := func(r users.Record) bool { _, ok := f.own.images[r.ID]; return ok }
	found.Records = slices.DeleteFunc(found.Records, isOwn)
	for _, id := range ids {
		i := f.own.images[id]
		switch r, exists := now[id]; {
		case !exists && i.version == 0 && i.before != nil: // the import deleted it
			found.Records = append(found.Records, *i.before)
		case !exists:
		case r.Version != i.version: // another person wrote it since
			found.Records = append(found.Records, r)
		case i.before != nil:
			was := *i.before
			was.Version = r.Version
			found.Records = append(found.Records, was)
		}
	}

	slices.SortFunc(found.Records, func(a, b users.Record) int { return cmp.Compare(a.ID, b.ID) })
	return found, nil
}

// writtenRecords returns the ids of the records that the import wrote and that have
// one of the keys, now or before the import, in order.
func (o *ownWork) writtenRecords(asked []users.Key, found []users.Record) []users.ID {
	var ids []users.ID
	for _, r := range found {
		if _, ok := o.images[r.ID]; ok {
			ids = append(ids, r.ID)
		}
	}
	for _, k := range asked {
		ids = append(ids, o.by[k]...)
		if i, ok := o.images[users.ID(k.Value)]; ok && k.Space == users.SpaceID && i.before != nil {
			ids = append(ids, users.ID(k.Value))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// storedNow returns the records of those ids as the store has them now.
func (f *facts) storedNow(ctx context.Context, ids []users.ID) (map[users.ID]users.Record, error) {
	now := map[users.ID]users.Record{}
	for part := range slices.Chunk(ids, users.MaxFind) {
		keys := make([]users.Key, len(part))
		for i, id := range part {
			keys[i] = users.ByID(id)
		}
		found, err := f.dir.Find(ctx, keys...)
		if err != nil {
			return nil, err
		}
		for _, r := range found.Records {
			now[r.ID] = r
		}
	}
	return now, nil
}
