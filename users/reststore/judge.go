package reststore

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/usher-go/usher/users"
)

// A verdict is what is known about a batch before it is written.
type verdict struct {
	person *users.Write    // the write of a person; nil if the batch writes none
	before *users.Record   // the person as they are now; nil if they do not exist
	rest   []users.Write   // the other writes, for the companion
	needs  []users.Need    // the needed records of the companion
	unused []users.Key     // the unused links of the companion
	people *users.Conflict // the conflicts with the people of the service
}

// sort separates the person that a batch writes from the other writes, and asks the service
// for everything it knows about the batch. Its verdict has the service's conflicts.
func (s *Store) sort(ctx context.Context, b users.Batch) (*verdict, error) {
	var keys []users.Key
	for _, w := range b.Writes {
		is := w.Record != nil && w.Record.Kind() == users.KindUser
		if is {
			keys = append(keys, w.Record.Keys()...)
		}
		if is || w.ID != b.Import {
			keys = append(keys, users.ByID(w.ID))
		}
	}

	for _, n := range b.Needs {
		if n.ID != b.Import {
			keys = append(keys, users.ByID(n.ID))
		}
	}

	people, err := s.people(ctx, append(keys, b.Unused...))
	if err != nil {
		return nil, err
	}

	v := &verdict{people: new(users.Conflict)}
	for _, w := range b.Writes {
		now := recordOf(people, w.ID)
		is := w.Record != nil && w.Record.Kind() == users.KindUser
		if !is && (now == nil || w.Record != nil) {
			if now != nil {
				v.people.Stale = append(v.people.Stale, w.ID) // a person has that id
			}
			v.rest = append(v.rest, w)
			continue
		}

		if v.person != nil {
			return nil, errors.New("a batch of two people: the service writes one at a time")
		}

		v.person, v.before = &w, now
		if err := s.judge(ctx, v, people); err != nil {
			return nil, err
		}
	}

	for _, n := range b.Needs {
		now := recordOf(people, n.ID)
		there, version := now != nil, uint64(0)
		if there {
			version = now.Version
		}
		if v.person != nil && v.person.ID == n.ID {
			there, version = v.person.Record != nil, v.person.Version+1
		} else if !there {
			v.needs = append(v.needs, n)
			continue
		}
		if !there || n.Version != 0 && n.Version != version {
			v.people.Gone = append(v.people.Gone, n.ID)
		}
	}

	for _, k := range b.Unused {
		switch {
		case k.Space.Kind() != users.KindUser:
			v.unused = append(v.unused, k)
		case v.uses(k, people):
			v.people.Used = append(v.people.Used, k)
		}
	}

	return v, nil
}

// uses reports whether a person has the link when the batch is done.
func (v *verdict) uses(k users.Key, people map[users.ID]users.Record) bool {
	for _, r := range people {
		if (v.person == nil || r.ID != v.person.ID) && slices.Contains(r.Index().Links, k) {
			return true
		}
	}
	return v.person != nil && v.person.Record != nil && slices.Contains(v.person.Record.Index().Links, k)
}

// judge adds the conflicts of the person's write to the verdict.
func (s *Store) judge(ctx context.Context, v *verdict, people map[users.ID]users.Record) error {
	w, version := v.person, uint64(0)
	if v.before != nil {
		version = v.before.Version
	} else if w.Version == 0 {
		things, err := s.companion.Find(ctx, []users.Key{users.ByID(w.ID)})
		if err != nil {
			return err
		}
		if len(things) > 0 && things[0].Kind() != users.KindUser {
			version = things[0].Version // a record of another kind has that id
		}
	}

	if version != w.Version {
		v.people.Stale = append(v.people.Stale, w.ID)
	}
	if w.Record == nil {
		return nil
	}

	holders := map[users.Key]users.ID{}
	for _, r := range people {
		for _, k := range r.Keys() {
			holders[k] = r.ID
		}
	}

	for _, k := range w.Record.Keys() {
		if h, taken := holders[k]; taken && h != w.ID {
			v.people.Keys = append(v.people.Keys, users.KeyConflict{Key: k, Wants: w.ID, Holder: h})
		}
	}

	return nil
}

// nothing is an id that no record has, because it has a blank.
const nothing users.ID = " "

// askCompanion returns the companion's conflicts with the batch. The batch that it applies
// for this needs a record that does not exist, so it is refused in every case.
func (s *Store) askCompanion(ctx context.Context, b users.Batch, v *verdict) (*users.Conflict, error) {
	b.Unused = v.unused
	b.Writes, b.Needs = v.rest, append(slices.Clone(v.needs), users.Need{ID: nothing})
	err := s.companion.Apply(ctx, b)
	c := new(users.Conflict)
	switch {
	case err == nil:
		return nil, errors.New("the store beside applied a batch that needs what is not there")
	case !errors.As(err, &c):
		return nil, err
	}

	out := &users.Conflict{
		Keys:  slices.Concat(v.people.Keys, c.Keys),
		Stale: slices.Concat(v.people.Stale, c.Stale),
		Gone:  slices.DeleteFunc(slices.Concat(v.people.Gone, c.Gone), func(id users.ID) bool { return id == nothing }),
		Used:  slices.Concat(v.people.Used, c.Used),
		Done:  c.Done,
	}

	slices.SortFunc(out.Used, users.Key.Compare)
	slices.Sort(out.Stale)
	out.Stale = slices.Compact(out.Stale)
	slices.Sort(out.Gone)
	slices.SortStableFunc(out.Keys, func(a, b users.KeyConflict) int {
		return cmp.Or(a.Key.Compare(b.Key), cmp.Compare(a.Wants, b.Wants))
	})
	return out, nil
}
