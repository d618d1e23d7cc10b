package storetest_test

import (
	"context"
	"slices"

	"github.com/usher-go/usher/users"
)

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
		{"deletes from under a line", []string{"conflict/used", "conflict/used-inside"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error { b.Unused = nil; return s.Apply(ctx, b) }}
		}},
		{"looks at links before the batch alone", []string{"conflict/used-inside"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
				var used []users.Key
				for _, k := range b.Unused {
					if recs, err := s.Find(ctx, []users.Key{k}); err != nil || len(recs) > 0 {
						used = append(used, k)
					}
				}
				if len(used) > 0 {
					return &users.Conflict{Used: used}
				}
				b.Unused = nil
				return s.Apply(ctx, b)
			}}
		}},
		{"names every link", []string{"conflict/used"}, after(func(_ context.Context, _ users.Store, b users.Batch, c *users.Conflict) error {
			c.Used = b.Unused
			return c
		})},
		{"makes what exists", []string{"conflict/create"}, fresh(func(w users.Write) bool { return w.Version == 0 })},
		{"ignores versions", []string{"conflict/update", "conflict/stale"}, fresh(func(w users.Write) bool { return w.Version > 0 && w.Record != nil })},
		{"deletes at any version", []string{"conflict/delete"}, fresh(func(w users.Write) bool { return w.Record == nil })},
		{"names the first stale record", []string{"conflict/stale"}, after(func(_ context.Context, _ users.Store, _ users.Batch, c *users.Conflict) error {
			c.Stale = c.Stale[:min(1, len(c.Stale))]
			return c
		})},
		{"names the first key", []string{"conflict/key", "conflict/keys", "conflict/many"}, after(func(_ context.Context, _ users.Store, _ users.Batch, c *users.Conflict) error {
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
		{"does not mind who is gone", []string{"conflict/gone"}, after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			if len(c.Gone) == 0 {
				return c
			}
			b.Needs = nil
			return s.Apply(ctx, b)
		})},
		{"looks for what is needed before it writes", []string{"conflict/needs"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
				c := new(users.Conflict)
				for _, n := range b.Needs {
					if r := lookup(ctx, s, n.ID); r.Version == 0 || n.Version != 0 && n.Version != r.Version {
						c.Gone = append(c.Gone, n.ID)
					}
				}
				if !c.Empty() {
					return c
				}
				b.Needs = nil
				return s.Apply(ctx, b)
			}}
		}},
		{"makes the import of a batch that it refuses", []string{"conflict/one", "conflict/begin"},
			after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
				b.Rows, b.Needs = nil, nil
				b.Writes = slices.DeleteFunc(b.Writes, func(w users.Write) bool { return w.ID != b.Import })
				for i := range b.Writes {
					b.Writes[i].Row = 0
				}
				_ = s.Apply(ctx, b)
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
		{"writes what it can", []string{"conflict/nothing", "conflict/one"}, after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			for _, w := range b.Writes {
				w.Row = 0
				_ = s.Apply(ctx, users.Batch{Import: b.Import, Digest: b.Digest, Writes: []users.Write{w}})
			}
			return c
		})},
		{"enters rows before it judges", []string{"conflict/nothing", "conflict/one", "journal/refused"}, after(func(ctx context.Context, s users.Store, b users.Batch, c *users.Conflict) error {
			b.Writes, b.Needs = nil, nil
			_ = s.Apply(ctx, b)
			return c
		})},
	}
}
