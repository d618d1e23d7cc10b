package storetest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

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
				return taken(ctx, s, b, uniqueKeys, func(w users.Write, holder users.ID) bool { return holder != w.ID })
			})},
		{"judges keys write by write", []string{"apply/swap", "apply/freed"}, refuses(func(ctx context.Context, s users.Store, b users.Batch) error {
			written := map[users.ID]bool{}
			return taken(ctx, s, b, uniqueKeys, func(w users.Write, holder users.ID) bool {
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
			return taken(ctx, s, b, uniqueKeys, func(w users.Write, holder users.ID) bool { return holder == w.ID })
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
					for _, k := range linkKeys(w.Record.Index()) {
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

func brokenConflicts() []broken {
	// after makes a Store that does something about a Conflict.
	after := func(do func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
				err := s.Apply(ctx, b)
				if c := conflict(err); c != nil {
					return do(ctx, s, b, c)
				}
				return err
			}}
		}
	}
	// fresh makes a Store that writes at the version there is.
	fresh := func(which func(users.Write) bool) func(users.Store) users.Store {
		return after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			if len(c.Stale) == 0 {
				return c
			}
			b.Writes = slices.DeleteFunc(b.Writes, func(w users.Write) bool { return w.Record == nil && lookup(ctx, s, w.ID).Version == 0 })
			for i := range b.Writes {
				if w := &b.Writes[i]; which(*w) {
					w.Version = lookup(ctx, s, w.ID).Version
				}
			}
			return s.Apply(ctx, b)
		})
	}
	// drop is the batch without the writes of some records.
	drop := func(b users.Batch, ids ...users.ID) users.Batch {
		b.Writes = slices.DeleteFunc(b.Writes, func(w users.Write) bool { return slices.Contains(ids, w.ID) })
		return b
	}
	return []broken{
		{"makes what exists", []string{"conflict/create"}, fresh(func(w users.Write) bool { return w.Version == 0 })},
		{"ignores versions", []string{"conflict/update", "conflict/stale"}, fresh(func(w users.Write) bool { return w.Version > 0 && w.Record != nil })},
		{"deletes at any version", []string{"conflict/delete"}, fresh(func(w users.Write) bool { return w.Record == nil })},
		{"names the first stale record", []string{"conflict/stale"}, after(func(_ context.Context, _ users.Store, _ users.Batch, c *users.Conflict) error {
			c.Stale = c.Stale[:min(1, len(c.Stale))]
			return c
		})},
		{"names the first key", []string{"conflict/key", "conflict/many"}, after(func(_ context.Context, _ users.Store, _ users.Batch, c *users.Conflict) error {
			c.Keys = c.Keys[:min(1, len(c.Keys))]
			return c
		})},
		{"names the holder as the one who wants", []string{"conflict/key"}, after(func(_ context.Context, _ users.Store, _ users.Batch, c *users.Conflict) error {
			for i, k := range c.Keys {
				c.Keys[i].Wants, c.Keys[i].Holder = k.Holder, k.Wants
			}
			return c
		})},
		{"names a thousand keys at most", []string{"conflict/many"}, after(func(_ context.Context, _ users.Store, _ users.Batch, c *users.Conflict) error {
			c.Keys = c.Keys[:min(1000, len(c.Keys))]
			return c
		})},
		{"has numbers unique within an account", []string{"conflict/global"}, after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			for _, k := range c.Keys {
				if k.Key.Space.Global() {
					b = drop(b, k.Wants)
				}
			}
			return s.Apply(ctx, b)
		})},
		{"takes every written record for one that gives up its keys", []string{"conflict/kept", "conflict/inside"},
			after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
				for _, k := range c.Keys {
					if slices.ContainsFunc(b.Writes, func(w users.Write) bool { return w.ID == k.Holder }) {
						b = drop(b, k.Wants)
					}
				}
				return s.Apply(ctx, b)
			})},
		{"lets the last of a batch have a key", []string{"conflict/inside"}, after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			for _, k := range c.Keys {
				if lookup(ctx, s, k.Holder).Version == 0 {
					return s.Apply(ctx, drop(b, k.Holder))
				}
			}
			return c
		})},
		{"does a row again", []string{"conflict/rows"}, after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			if len(c.Done) == 0 {
				return c
			}
			b.Rows = slices.DeleteFunc(b.Rows, func(r users.RowNote) bool { return slices.Contains(c.Done, r.Row) })
			for i := range b.Writes {
				if slices.Contains(c.Done, b.Writes[i].Row) {
					b.Writes[i].Row = 0
				}
			}
			return s.Apply(ctx, b)
		})},
		{"names the first row done", []string{"conflict/rows"}, after(func(_ context.Context, _ users.Store, _ users.Batch, c *users.Conflict) error {
			c.Done = c.Done[:min(1, len(c.Done))]
			return c
		})},
		{"does a row once over all imports", []string{"conflict/imports"}, func(s users.Store) users.Store {
			done := map[users.RowID]bool{}
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
				for _, r := range b.Rows {
					if done[r.Row] {
						return &users.Conflict{Done: []users.RowID{r.Row}}
					}
					done[r.Row] = true
				}
				return s.Apply(ctx, b)
			}}
		}},
		{"names one sort of conflict", []string{"conflict/all"}, after(func(_ context.Context, _ users.Store, _ users.Batch, c *users.Conflict) error {
			if len(c.Stale) > 0 {
				c.Keys = nil
			}
			return c
		})},
		{"writes what it can", []string{"conflict/nothing"}, after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			for _, w := range b.Writes {
				w.Row = 0
				_ = s.Apply(ctx, users.Batch{Import: b.Import, Digest: b.Digest, Writes: []users.Write{w}})
			}
			return c
		})},
		{"enters rows before it judges", []string{"conflict/nothing", "journal/refused"}, after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			b.Writes = nil
			_ = s.Apply(ctx, b)
			return c
		})},
	}
}

func brokenRaces() []broken {
	// swallows makes a Store that says nothing of a Conflict.
	swallows := func(s users.Store, which func(*users.Conflict) bool) func(context.Context, users.Batch) error {
		return func(ctx context.Context, b users.Batch) error {
			err := s.Apply(ctx, b)
			if c := conflict(err); c != nil && which(c) {
				return nil
			}
			return err
		}
	}
	return []broken{
		{"reads a key at a time", []string{"concurrent/readers"}, func(s users.Store) users.Store {
			var mu sync.Mutex
			next := make(chan struct{}) // closed by the next Apply
			return altered{
				Store: s,
				apply: func(ctx context.Context, b users.Batch) error {
					err := s.Apply(ctx, b)
					mu.Lock()
					defer mu.Unlock()
					close(next)
					next = make(chan struct{})
					return err
				},
				find: func(ctx context.Context, keys []users.Key) (all []users.Record, err error) {
					for _, k := range keys {
						mu.Lock()
						wait := next
						mu.Unlock()
						recs, err := s.Find(ctx, []users.Key{k})
						if err != nil {
							return nil, err
						}
						all = append(all, recs...)
						if lookup(ctx, s, "ada").Version < 20 {
							<-wait // the writer goes on to version 41
						}
					}
					return all, nil
				},
			}
		}},
		{"says nothing of a key", []string{"concurrent/key"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: swallows(s, func(c *users.Conflict) bool { return len(c.Keys) > 0 })}
		}},
		{"says nothing of a row done", []string{"concurrent/row"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: swallows(s, func(c *users.Conflict) bool { return len(c.Done) > 0 })}
		}},
		{"says nothing of a stale record", []string{"concurrent/version"}, func(s users.Store) users.Store {
			var first sync.WaitGroup
			first.Add(4)
			var mu sync.Mutex
			reads := 0
			return altered{
				Store: s,
				apply: swallows(s, func(c *users.Conflict) bool { return len(c.Stale) > 0 }),
				find: func(ctx context.Context, keys []users.Key) ([]users.Record, error) {
					recs, err := s.Find(ctx, keys)
					mu.Lock()
					reads++
					early := reads <= 4
					mu.Unlock()
					if early { // the four writers read one version
						first.Done()
						first.Wait()
					}
					return recs, err
				},
			}
		}},
	}
}

// entries changes what a journal yields.
func entries(s users.Store, change func(*users.Entry)) func(context.Context, users.ID, users.RowID) iter.Seq2[users.Entry, error] {
	return func(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
		return func(yield func(users.Entry, error) bool) {
			for e, err := range s.Journal(ctx, imp, after) {
				e.Images = slices.Clone(e.Images)
				change(&e)
				if !yield(e, err) {
					return
				}
			}
		}
	}
}
