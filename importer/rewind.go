package importer

import (
	"cmp"
	"context"
	"slices"

	"github.com/usher-go/usher/users"
)

// ownWork is what an import has done so far, by record, so that the rest of its
// rows can be decided as if it had not begun.
type ownWork struct {
	images map[users.ID]users.Image // first before, last after
	// by are the records that stood under a key before, their holders included.
	by map[users.Key][]users.ID
}

func newOwnWork() *ownWork {
	return &ownWork{images: map[users.ID]users.Image{}, by: map[users.Key][]users.ID{}}
}

// add notes what one write did.
func (o *ownWork) add(i users.Image) {
	rec := i.After
	if rec == nil {
		rec = i.Before
	}
	was, seen := o.images[rec.ID]
	if seen {
		i.Before = was.Before
	}
	o.images[rec.ID] = i
	if seen || i.Before == nil {
		return
	}
	x := i.Before.Index()
	for _, k := range append(append(x.Keys, x.Links...), users.ByID(rec.ID)) {
		o.by[k] = append(o.by[k], rec.ID)
	}
}

// took is how many fewer users there are, and how many fewer who lead, than
// before the import.
func (o *ownWork) took() (people, leading int) {
	count := func(r *users.Record, by int) {
		if r == nil || r.Kind() != users.KindUser {
			return
		}
		people += by
		if users.Leads(*r) {
			leading += by
		}
	}
	for _, i := range o.images {
		count(i.Before, 1)
		count(i.After, -1)
	}
	return people, leading
}

// rewind puts the records that the import has changed, and nobody since, back
// to what they were before it; what it made is not there yet.
func (p *Preview) rewind(ctx context.Context, asked []users.Key, f users.Found) (users.Found, error) {
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
		case !there && i.After == nil:
			f.Records = append(f.Records, *i.Before)
		case !there:
		case i.After == nil || r.Version != i.After.Version:
			f.Records = append(f.Records, r) // somebody else's word
		case i.Before != nil:
			was := *i.Before
			was.Version = r.Version
			f.Records = append(f.Records, was)
		}
	}
	slices.SortFunc(f.Records, func(a, b users.Record) int { return cmp.Compare(a.ID, b.ID) })
	return f, nil
}
