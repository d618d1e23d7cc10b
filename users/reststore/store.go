package reststore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// Options configure a [Store]. The zero value and nil mean the defaults.
type Options struct {
	// Find is how many keys the service accepts in one call. The default and maximum is
	// [users.MaxFind].
	Find int
}

// A Store keeps people in a [Service], and everything else in a companion Store. [New] makes
// one. Several goroutines may use it.
type Store struct {
	service   Service
	companion users.Store
	find      int
	locks     locks
}

var (
	_ users.Limited = (*Store)(nil)
	_ users.Amender = (*Store)(nil)
)

// New returns a Store of the two. The companion keeps the imports, their journals, and every
// kind of record except users. Its records of kind user belong to this Store, and no other
// program may write them. opts may be nil.
func New(service Service, companion users.Store, opts *Options) *Store {
	s := &Store{service: service, companion: companion, find: users.MaxFind}
	if opts != nil && opts.Find > 0 {
		s.find = min(opts.Find, users.MaxFind)
	}
	return s
}

// MaxWrites returns 1: a batch writes one record, and records of imports.
func (s *Store) MaxWrites() int { return 1 }

// List returns one page. Users come from the service, every other kind from the companion.
func (s *Store) List(ctx context.Context, q users.Query) (users.Page, error) {
	if err := ctx.Err(); err != nil {
		return users.Page{}, fmt.Errorf("reststore: list: %w", err)
	}
	list := s.companion.List
	if q.Kind == users.KindUser {
		list = s.service.List
	}
	page, err := list(ctx, q)
	if err != nil {
		return users.Page{}, fmt.Errorf("reststore: list: %w", err)
	}
	return page, nil
}

// Find returns the records that have any of keys, ordered by id. People come from the service
// and other records from the companion, so they may be of two moments. An import with an
// unfinished row is settled first. If that fails, Find returns the import as it is stored,
// and Journal and Apply return the error. An import whose first row is unfinished is found at
// version 0, because it is not stored yet. More than [users.MaxFind] keys are an error.
func (s *Store) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	if len(keys) > users.MaxFind {
		return nil, fmt.Errorf("reststore: find: %d keys, at most %d", len(keys), users.MaxFind)
	}
	found, err := s.both(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("reststore: find: %w", err)
	}
	slices.SortFunc(found, func(a, b users.Record) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return found, nil
}

func (s *Store) both(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	people, err := s.people(ctx, keys)
	if err != nil {
		return nil, err
	}

	rest := slices.DeleteFunc(slices.Clone(keys), func(k users.Key) bool {
		_, known := people[users.ID(k.Value)]
		return k.Space.Kind() == users.KindUser || k.Space == users.SpaceID && known
	})
	things, open, err := s.things(ctx, rest)
	if err != nil {
		return nil, err
	}

	if len(open) > 0 {
		for _, imp := range open {
			if s.settleAlone(ctx, imp) != nil && ctx.Err() != nil { // otherwise Journal returns the error, and the other records are found
				return nil, ctx.Err()
			}
		}
		if things, _, err = s.things(ctx, rest); err != nil {
			return nil, err
		}
	}

	for _, r := range people {
		things = append(things, r)
	}
	return things, nil
}

// people returns the service's people, by id.
func (s *Store) people(ctx context.Context, keys []users.Key) (map[users.ID]users.Record, error) {
	asked := map[users.Key]struct{}{}
	var theirs []users.Key
	for _, k := range keys {
		mine := k.Space == users.SpaceID && k.Account == "" && k.Value != ""
		if _, twice := asked[k]; !twice && (mine || k.Space.Kind() == users.KindUser) {
			asked[k] = struct{}{}
			theirs = append(theirs, k)
		}
	}

	out := map[users.ID]users.Record{}
	for part := range slices.Chunk(theirs, s.find) {
		recs, err := s.service.Find(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, r := range recs {
			x := r.Index()
			stands := func(k users.Key) bool { _, ok := asked[k]; return ok }
			if r.Kind() == users.KindUser && (stands(users.ByID(r.ID)) || slices.ContainsFunc(x.Keys, stands) || slices.ContainsFunc(x.Links, stands)) {
				out[r.ID] = r
			}
		}
	}

	return out, nil
}

// things returns the companion's records, and which of the ids are imports with unfinished
// rows.
func (s *Store) things(ctx context.Context, keys []users.Key) (found []users.Record, open []users.ID, err error) {
	asked := slices.Clone(keys)
	for _, k := range keys {
		if k.Space == users.SpaceID && k.Account == "" {
			asked = append(asked, users.ByID(planID(users.ID(k.Value))))
		}
	}

	var begun []users.Record
	seen := map[users.ID]bool{}
	for part := range slices.Chunk(asked, users.MaxFind) {
		recs, err := s.companion.Find(ctx, part)
		if err != nil {
			return nil, nil, err
		}

		for _, r := range recs {
			if seen[r.ID] {
				continue
			}

			seen[r.ID] = true
			if r.Kind() != users.KindUser {
				found = append(found, r)
				continue
			}

			p, err := planOf(r)
			if err != nil {
				return nil, nil, err
			}

			if len(p.intents) > 0 {
				open = append(open, p.imp)
				if v := p.unstoredImport(); v != nil {
					begun = append(begun, *v)
				}
			}
		}
	}

	for _, r := range begun {
		if !seen[r.ID] {
			found = append(found, r)
		}
	}

	return found, open, nil
}
