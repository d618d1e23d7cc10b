package storetest_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

func brokenFind() []broken {
	// asks replaces the keys that are asked.
	asks := func(keys func([]users.Key) []users.Key) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, find: func(ctx context.Context, ks []users.Key) ([]users.Record, error) {
				return s.Find(ctx, keys(slices.Clone(ks)))
			}}
		}
	}
	without := func(spaces ...users.Space) func([]users.Key) []users.Key {
		return func(ks []users.Key) []users.Key {
			return slices.DeleteFunc(ks, func(k users.Key) bool { return slices.Contains(spaces, k.Space) })
		}
	}
	each := func(change func(*users.Key)) func([]users.Key) []users.Key {
		return func(ks []users.Key) []users.Key {
			for i := range ks {
				change(&ks[i])
			}
			return ks
		}
	}
	return []broken{
		{"finds nobody by id", []string{"find/id"}, asks(without(users.SpaceID))},
		{"finds nobody by LAN ID", []string{"find/key"}, asks(without(users.SpaceLANID))},
		{"finds by unique keys only", []string{"find/link"}, asks(without(users.LinkGrant, users.LinkActive, users.LinkHolder))},
		{"takes an account in a global space", []string{"find/global"},
			asks(each(func(k *users.Key) {
				if k.Space.Global() {
					k.Account = ""
				}
			}))},
		{"folds keys again", []string{"find/as-is"}, asks(each(func(k *users.Key) { k.Value = k.Space.Fold(k.Value) }))},
		{"asks the first hundred keys", []string{"find/max"}, asks(func(ks []users.Key) []users.Key { return ks[:min(len(ks), 100)] })},
		{"looks into every account", []string{"find/account"}, asks(func(ks []users.Key) []users.Key {
			for _, k := range slices.Clone(ks) {
				for _, a := range []users.AccountID{"acme", "globex"} {
					k.Account = a
					ks = append(ks, k)
				}
			}
			return ks
		})},
		{"answers a thousand records at most", []string{"find/link"}, func(s users.Store) users.Store {
			return altered{Store: s, find: func(ctx context.Context, keys []users.Key) ([]users.Record, error) {
				recs, err := s.Find(ctx, keys)
				return recs[:min(len(recs), 1000)], err
			}}
		}},
		{"answers a record for each key", []string{"find/once"}, func(s users.Store) users.Store {
			return altered{Store: s, find: func(ctx context.Context, keys []users.Key) (all []users.Record, err error) {
				for _, k := range keys {
					recs, err := s.Find(ctx, []users.Key{k})
					if err != nil {
						return nil, err
					}
					all = append(all, recs...)
				}
				return all, ctx.Err()
			}}
		}},
		{"fails for a key nobody holds", []string{"find/unknown"}, func(s users.Store) users.Store {
			return altered{Store: s, find: func(ctx context.Context, keys []users.Key) ([]users.Record, error) {
				recs, err := s.Find(ctx, keys)
				if err == nil && len(recs) == 0 {
					err = users.ErrNotFound
				}
				return recs, err
			}}
		}},
		{"keeps old keys", []string{"find/moved"}, remembers(func(w users.Write) bool { return w.Record != nil })},
		{"keeps the deleted", []string{"find/deleted"}, remembers(func(w users.Write) bool { return w.Record == nil })},
	}
}

// remembers makes a Store that still finds a record by what it was found by
// before a write of the sort.
func remembers(sort func(users.Write) bool) func(users.Store) users.Store {
	return func(s users.Store) users.Store {
		old := map[users.Key]users.Record{}
		return altered{
			Store: s,
			apply: func(ctx context.Context, b users.Batch) error {
				for _, w := range b.Writes {
					if r := lookup(ctx, s, w.ID); r.Version > 0 && sort(w) {
						for _, k := range append(r.Index().Links, r.Keys()...) {
							old[k] = r
						}
					}
				}
				return s.Apply(ctx, b)
			},
			find: func(ctx context.Context, keys []users.Key) ([]users.Record, error) {
				recs, err := s.Find(ctx, keys)
				for _, k := range keys {
					r, ok := old[k]
					if ok && !slices.ContainsFunc(recs, func(x users.Record) bool { return x.ID == r.ID }) {
						recs = append(recs, r)
					}
				}
				return recs, err
			},
		}
	}
}

// every is all records that fit q, in order, whatever its page.
func every(ctx context.Context, s users.Store, q users.Query) ([]users.Record, error) {
	var all []users.Record
	q.After, q.Limit = "", 1000
	for {
		p, err := s.List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("every: %w", err)
		}
		all = append(all, p.Records...)
		if p.Next == "" {
			return all, nil
		}
		q.After = p.Next
	}
}
