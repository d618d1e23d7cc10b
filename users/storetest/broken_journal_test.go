package storetest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/usher-go/usher/users"
)

func brokenJournals() []broken {
	// yields changes each entry.
	yields := func(change func(*users.Entry)) func(users.Store) users.Store {
		return func(s users.Store) users.Store { return altered{Store: s, journal: entries(s, change)} }
	}
	// whole changes the sequence, which it gets from its beginning.
	whole := func(change func(all []users.Entry, after users.RowID) []users.Entry) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, journal: func(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
				return func(yield func(users.Entry, error) bool) {
					var all []users.Entry
					for e, err := range s.Journal(ctx, imp, 0) {
						if err != nil {
							yield(e, err)
							return
						}
						all = append(all, e)
					}
					for _, e := range change(all, after) {
						if !yield(e, nil) {
							return
						}
					}
				}
			}}
		}
	}
	byRow := func(a, b users.Entry) int { return a.Row.Number() - b.Row.Number() }
	errBroken := errors.New("broken")
	return []broken{
		{"orders entries by row", []string{"journal/order"}, whole(func(all []users.Entry, _ users.RowID) []users.Entry {
			slices.SortStableFunc(all, byRow)
			return all
		})},
		{"reformats notes", []string{"journal/notes"}, yields(func(e *users.Entry) {
			var b bytes.Buffer
			if json.Compact(&b, e.Note) == nil {
				e.Note = b.Bytes()
			}
		})},
		{"parses notes", []string{"journal/notes"}, yields(func(e *users.Entry) {
			var v any
			if json.Unmarshal(e.Note, &v) == nil {
				e.Note, _ = json.Marshal(v)
			}
		})},
		{"has no image from before", []string{"journal/images"}, yields(func(e *users.Entry) {
			for i := range e.Images {
				e.Images[i].Before = nil
			}
		})},
		{"turns images around", []string{"journal/images"}, yields(func(e *users.Entry) { slices.Reverse(e.Images) })},
		{"has images without versions", []string{"journal/images"}, yields(func(e *users.Entry) {
			for i, m := range e.Images {
				if m.After != nil {
					after := *m.After
					after.Version = 0
					e.Images[i].After = &after
				}
			}
		})},
		{"has images of today", []string{"journal/images-stay"}, func(s users.Store) users.Store {
			return altered{Store: s, journal: entries(s, func(e *users.Entry) {
				for i, m := range e.Images {
					if m.After != nil {
						now := lookup(context.Background(), s, m.After.ID)
						e.Images[i].After = &now
					}
				}
			})}
		}},
		{"has images of bookkeeping", []string{"journal/bookkeeping"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: func(ctx context.Context, b users.Batch) error {
				for i := range b.Writes {
					if b.Writes[i].Row == 0 && len(b.Rows) > 0 {
						b.Writes[i].Row = b.Rows[0].Row
					}
				}
				return s.Apply(ctx, b)
			}}
		}},
		{"goes on after the number of a row", []string{"journal/after"}, whole(func(all []users.Entry, after users.RowID) []users.Entry {
			return slices.DeleteFunc(all, func(e users.Entry) bool { return e.Row <= after })
		})},
		{"goes on with the row itself", []string{"journal/after"}, whole(func(all []users.Entry, after users.RowID) []users.Entry {
			return all[max(0, slices.IndexFunc(all, func(e users.Entry) bool { return e.Row == after })):]
		})},
		{"fails for an import it does not know", []string{"journal/unknown"}, func(s users.Store) users.Store {
			known := map[users.ID]bool{}
			return altered{
				Store: s,
				apply: func(ctx context.Context, b users.Batch) error {
					known[b.Import] = true
					return s.Apply(ctx, b)
				},
				journal: func(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
					if !known[imp] {
						return func(yield func(users.Entry, error) bool) { yield(users.Entry{}, users.ErrNotFound) }
					}
					return s.Journal(ctx, imp, after)
				},
			}
		}},
		{"has one journal for all imports", []string{"journal/imports"}, func(s users.Store) users.Store {
			var known []users.ID
			return altered{
				Store: s,
				apply: func(ctx context.Context, b users.Batch) error {
					if !slices.Contains(known, b.Import) {
						known = append(known, b.Import)
					}
					return s.Apply(ctx, b)
				},
				journal: func(ctx context.Context, _ users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
					return func(yield func(users.Entry, error) bool) {
						for _, imp := range known {
							for e, err := range s.Journal(ctx, imp, after) {
								if !yield(e, err) {
									return
								}
							}
						}
					}
				},
			}
		}},
		{"cuts rows to 32 bits", []string{"journal/row-ids"}, yields(func(e *users.Entry) { e.Row = users.RowID(uint32(e.Row)) })},
		{"stops after a thousand entries", []string{"journal/many"}, whole(func(all []users.Entry, _ users.RowID) []users.Entry {
			return all[:min(1000, len(all))]
		})},
		{"leaks a connection when left early", []string{"journal/break"}, func(s users.Store) users.Store {
			leaked := 0
			return altered{
				Store: s,
				apply: func(ctx context.Context, b users.Batch) error {
					if leaked >= 10 {
						return errBroken
					}
					return s.Apply(ctx, b)
				},
				journal: func(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
					return func(yield func(users.Entry, error) bool) {
						for e, err := range s.Journal(ctx, imp, after) {
							if !yield(e, err) {
								leaked++
								return
							}
						}
					}
				},
			}
		}},
		{"is locked while its journal is read", []string{"journal/within"}, func(s users.Store) users.Store {
			var mu sync.Mutex
			return altered{
				Store: s,
				apply: func(ctx context.Context, b users.Batch) error {
					if !mu.TryLock() {
						return errBroken
					}
					defer mu.Unlock()
					return s.Apply(ctx, b)
				},
				journal: func(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
					return func(yield func(users.Entry, error) bool) {
						mu.Lock()
						defer mu.Unlock()
						s.Journal(ctx, imp, after)(yield)
					}
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
