package importer

import (
	"cmp"
	"context"
	"slices"

	"github.com/usher-go/usher/users"
)

// ownWork is what an import has done so far, by record, so that the rest of its
// rows can be decided as if it had not begun. It is kept for every record that
// was written, and small therefore.
type ownWork struct {
	images map[users.ID]ownImage
	// by are the records that stood under a key before, their holders included.
	by map[users.Key][]users.ID
}

// ownImage is a record before the first write, and what the last one left.
type ownImage struct {
	before      *users.Record
	version     uint64 // 0 if it was deleted
	user, leads bool
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
	was, seen := o.images[rec.ID]
	if !seen {
		was.before = i.Before
	}
	is := ownImage{before: was.before}
	if i.After != nil {
		is.version, is.user, is.leads = i.After.Version, i.After.Kind() == users.KindUser, users.Leads(*i.After)
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

// took is how many fewer users there are, and how many fewer who lead, than
// before the import.
func (o *ownWork) took() (people, leading int) {
	count := func(user, leads bool, by int) {
		if user {
			people += by
		}
		if user && leads {
			leading += by
		}
	}
	for _, i := range o.images {
		if i.before != nil {
			count(i.before.Kind() == users.KindUser, users.Leads(*i.before), 1)
		}
		count(i.user, i.leads, -1)
	}
	return people, leading
}

// rewind puts the records that the import has changed, and nobody since, back
// to what they were before it; what it made is not there yet.
func (p *plan) rewind(ctx context.Context, asked []users.Key, f users.Found) (users.Found, error) {
	if p.own == nil || len(p.own.images) == 0 {
		return f, nil
	}
	var ids []users.ID
	for _, r := range f.Records {
		if _, ok := p.own.images[r.ID]; ok {
			ids = append(ids, r.ID)
		}
	}
	for _, k := range asked {
		ids = append(ids, p.own.by[k]...)
		if i, ok := p.own.images[users.ID(k.Value)]; ok && k.Space == users.SpaceID && i.before != nil {
			ids = append(ids, users.ID(k.Value))
		}
	}
	if len(ids) == 0 {
		return f, nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	now := map[users.ID]users.Record{}
	for part := range slices.Chunk(ids, users.MaxFind) {
		keys := make([]users.Key, len(part))
		for i, id := range part {
			keys[i] = users.ByID(id)
		}
		g, err := p.dir.Find(ctx, keys...)
		if err != nil {
			return f, err
		}
		for _, r := range g.Records {
			now[r.ID] = r
		}
	}
	f.Records = slices.DeleteFunc(f.Records, func(r users.Record) bool { _, ok := p.own.images[r.ID]; return ok })
	for _, id := range ids {
		i := p.own.images[id]
		switch r, there := now[id]; {
		case !there && i.version == 0 && i.before != nil:
			f.Records = append(f.Records, *i.before)
		case !there:
		case r.Version != i.version:
			f.Records = append(f.Records, r) // somebody else's word
		case i.before != nil:
			was := *i.before
			was.Version = r.Version
			f.Records = append(f.Records, was)
		}
	}
	slices.SortFunc(f.Records, func(a, b users.Record) int { return cmp.Compare(a.ID, b.ID) })
	return f, nil
}
