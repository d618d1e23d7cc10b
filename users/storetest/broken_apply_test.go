package storetest_test

import (
	"context"
	"errors"
	"slices"

	"github.com/usher-go/usher/users"
)

func brokenApply() []broken {
	// writes replaces the batch.
	writes := func(change func(ctx context.Context, s users.Store, b *users.Batch)) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
				change(ctx, s, &b)
				return s.Apply(ctx, b)
			}}
		}
	}
	// refuses adds a reason to refuse a batch.
	refuses := func(why func(ctx context.Context, s users.Store, b users.Batch) error) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
				if err := why(ctx, s, b); err != nil {
					return err
				}
				return s.Apply(ctx, b)
			}}
		}
	}
	// versions changes what is found.
	versions := func(change func(uint64) uint64) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, find: func(ctx context.Context, keys []users.Key) ([]users.Record, error) {
				recs, err := s.Find(ctx, keys)
				for i := range recs {
					recs[i].Version = change(recs[i].Version)
				}
				return recs, err
			}}
		}
	}
	errBroken := errors.New("broken")
	return []broken{
		{"counts versions from 0", []string{"apply/create"}, versions(func(v uint64) uint64 { return v - 1 })},
		{"does not count versions", []string{"apply/update"}, versions(func(uint64) uint64 { return 1 })},
		{"deletes nothing", []string{"apply/delete"}, writes(func(_ context.Context, _ users.Store, b *users.Batch) {
			b.Writes = slices.DeleteFunc(b.Writes, func(w users.Write) bool { return w.Record == nil })
		})},
		{"takes what contradicts itself", []string{"apply/check"}, writes(func(_ context.Context, _ users.Store, b *users.Batch) {
			for i, w := range b.Writes {
				if w.Record != nil {
					b.Writes[i].ID = w.Record.ID
				}
			}
		})},
		{"never gives an id again", []string{"apply/again"}, func(s users.Store) users.Store {
			dead := map[users.ID]bool{}
			return refuses(func(_ context.Context, _ users.Store, b users.Batch) error {
				for _, w := range b.Writes {
					if dead[w.ID] {
						return &users.Conflict{Stale: []users.ID{w.ID}}
					}
					dead[w.ID] = w.Record == nil
				}
				return nil
			})(s)
		}},
		{"judges keys by the beginning", []string{"apply/swap", "apply/chain", "apply/freed"},
			refuses(func(ctx context.Context, s users.Store, b users.Batch) error {
				return taken(ctx, s, b, func(w users.Write, holder users.ID) bool { return holder != w.ID })
			})},
		{"judges keys write by write", []string{"apply/swap", "apply/freed"}, refuses(func(ctx context.Context, s users.Store, b users.Batch) error {
			written := map[users.ID]bool{}
			return taken(ctx, s, b, func(w users.Write, holder users.ID) bool {
				written[w.ID] = true
				return !written[holder]
			})
		})},
		{"keeps the keys of the deleted", []string{"apply/freed"}, func(s users.Store) users.Store {
			held := map[users.Key]users.ID{}
			return refuses(func(ctx context.Context, s users.Store, b users.Batch) error {
				for _, w := range b.Writes {
					if w.Record == nil {
						for _, k := range lookup(ctx, s, w.ID).Keys() {
							held[k] = w.ID
						}
					}
				}
				for _, w := range b.Writes {
					if w.Record == nil {
						continue
					}
					for _, k := range w.Record.Keys() {
						if id := held[k]; id != "" && id != w.ID {
							return &users.Conflict{Keys: []users.KeyConflict{{Key: k, Wants: w.ID, Holder: id}}}
						}
					}
				}
				return nil
			})(s)
		}},
		{"is in its own way", []string{"apply/kept"}, refuses(func(ctx context.Context, s users.Store, b users.Batch) error {
			return taken(ctx, s, b, func(w users.Write, holder users.ID) bool { return holder == w.ID })
		})},
		{"has keys unique over all accounts", []string{"apply/accounts"}, func(s users.Store) users.Store {
			seen := map[users.Key]users.ID{}
			return refuses(func(_ context.Context, _ users.Store, b users.Batch) error {
				for _, w := range b.Writes {
					for _, k := range w.Record.Keys() {
						k.Account = ""
						if id := seen[k]; id != "" && id != w.ID {
							return &users.Conflict{Keys: []users.KeyConflict{{Key: k, Wants: w.ID, Holder: id}}}
						}
						seen[k] = w.ID
					}
				}
				return nil
			})(s)
		}},
		{"takes a link for a unique key", []string{"apply/links"}, func(s users.Store) users.Store {
			seen := map[users.Key]users.ID{}
			return refuses(func(_ context.Context, _ users.Store, b users.Batch) error {
				for _, w := range b.Writes {
					for _, k := range w.Record.Index().Links {
						if id := seen[k]; id != "" && id != w.ID {
							return &users.Conflict{Keys: []users.KeyConflict{{Key: k, Wants: w.ID, Holder: id}}}
						}
						seen[k] = w.ID
					}
				}
				return nil
			})(s)
		}},
		{"has a largest batch", []string{"apply/large"}, refuses(func(_ context.Context, _ users.Store, b users.Batch) error {
			if len(b.Writes) > 3640 { // 32,766 parameters, nine each
				return errBroken
			}
			return nil
		})},
		{"wants rows", []string{"apply/bookkeeping"}, refuses(func(_ context.Context, _ users.Store, b users.Batch) error {
			if len(b.Rows) == 0 {
				return errBroken
			}
			return nil
		})},
		{"ignores the digest", []string{"apply/digest"}, writes(func(ctx context.Context, s users.Store, b *users.Batch) {
			if imp, ok := lookup(ctx, s, b.Import).Data.(*users.Import); ok {
				b.Digest = imp.Digest
			}
		})},
		{"takes no digest for any", []string{"apply/digest"}, writes(func(ctx context.Context, s users.Store, b *users.Batch) {
			if imp, ok := lookup(ctx, s, b.Import).Data.(*users.Import); ok && b.Digest == "" {
				b.Digest = imp.Digest
			}
		})},
		{"remembers a digest that no record has", []string{"apply/digest-none"}, func(s users.Store) users.Store {
			first := map[users.ID]string{}
			return refuses(func(_ context.Context, _ users.Store, b users.Batch) error {
				if d, ok := first[b.Import]; ok && d != b.Digest {
					return users.ErrDigest
				}
				first[b.Import] = b.Digest
				return nil
			})(s)
		}},
		{"keeps the caller's notes", []string{"apply/own"}, func(s users.Store) users.Store {
			notes := map[users.RowID][]byte{}
			return altered{
				Store: s,
				apply: func(ctx context.Context, b users.Batch) error {
					for _, r := range b.Rows {
						notes[r.Row] = r.Note
					}
					return s.Apply(ctx, b)
				},
				journal: entries(s, func(e *users.Entry) { e.Note = notes[e.Row] }),
			}
		}},
		{"goes on when the context is done", []string{"apply/cancelled"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
				return s.Apply(context.WithoutCancel(ctx), b)
			}}
		}},
		{"lists when the context is done", []string{"apply/cancelled"}, func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				return s.List(context.WithoutCancel(ctx), q)
			}}
		}},
	}
}
