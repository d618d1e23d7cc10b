package storetest_test

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/usher-go/usher/users"
)

// amended is an Amender some of whose methods are replaced.
type amended struct {
	users.Amender
	apply   func(ctx context.Context, b users.Batch) error
	journal func(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error]
	amend   func(ctx context.Context, imp users.ID, entries []users.Entry) error
	discard func(ctx context.Context, imp users.ID) error
}

func (a amended) Apply(ctx context.Context, b users.Batch) error {
	if a.apply == nil {
		return a.Amender.Apply(ctx, b)
	}
	return a.apply(ctx, b)
}

func (a amended) Journal(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
	if a.journal == nil {
		return a.Amender.Journal(ctx, imp, after)
	}
	return a.journal(ctx, imp, after)
}

func (a amended) Amend(ctx context.Context, imp users.ID, entries []users.Entry) error {
	if a.amend == nil {
		return a.Amender.Amend(ctx, imp, entries)
	}
	return a.amend(ctx, imp, slices.Clone(entries))
}

func (a amended) Discard(ctx context.Context, imp users.ID) error {
	if a.discard == nil {
		return a.Amender.Discard(ctx, imp)
	}
	return a.discard(ctx, imp)
}

// enteredIn is the import's journal as the Store has it.
func enteredIn(ctx context.Context, s users.Store, imp users.ID) []users.Entry {
	var out []users.Entry
	for e, err := range s.Journal(ctx, imp, 0) {
		if err == nil {
			out = append(out, e)
		}
	}
	return out
}

// enter does rows that write nothing, so that the journal is these entries.
func enter(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
	b := users.Batch{Import: imp}
	if recs, err := s.Find(ctx, []users.Key{users.ByID(imp)}); err == nil && len(recs) == 1 {
		b.Digest = recs[0].Data.(*users.Import).Digest
	}
	for _, e := range entries {
		b.Rows = append(b.Rows, users.RowNote{Row: e.Row})
	}
	if err := s.Apply(ctx, b); err != nil {
		return err
	}
	return s.Amend(ctx, imp, entries)
}

func brokenAmends() []broken {
	amends := func(do func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			a := s.(users.Amender)
			return amended{Amender: a, amend: func(ctx context.Context, imp users.ID, entries []users.Entry) error {
				return do(ctx, a, imp, entries)
			}}
		}
	}
	discards := func(do func(ctx context.Context, s users.Amender, imp users.ID) error) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			a := s.(users.Amender)
			return amended{Amender: a, discard: func(ctx context.Context, imp users.ID) error { return do(ctx, a, imp) }}
		}
	}
	return []broken{
		{"puts what is amended at the end", []string{"amend/replace"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			if len(entries) == 0 {
				return nil
			}
			kept := slices.DeleteFunc(enteredIn(ctx, s, imp), func(e users.Entry) bool {
				return slices.ContainsFunc(entries, func(n users.Entry) bool { return n.Row == e.Row })
			})
			if err := s.Discard(ctx, imp); err != nil {
				return err
			}
			return enter(ctx, s, imp, append(kept, entries...))
		})},
		{"has only what is amended", []string{"amend/replace"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			if len(entries) == 0 {
				return nil
			}
			if err := s.Discard(ctx, imp); err != nil {
				return err
			}
			return enter(ctx, s, imp, entries)
		})},
		{"keeps the notes", []string{"amend/replace"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			for _, e := range enteredIn(ctx, s, imp) {
				for i := range entries {
					if entries[i].Row == e.Row {
						entries[i].Note = e.Note
					}
				}
			}
			return s.Amend(ctx, imp, entries)
		})},
		{"keeps the images", []string{"amend/images"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			for _, e := range enteredIn(ctx, s, imp) {
				for i := range entries {
					if entries[i].Row == e.Row {
						entries[i].Images = e.Images
					}
				}
			}
			return s.Amend(ctx, imp, entries)
		})},
		{"amends the records too", []string{"amend/images"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			for _, e := range entries {
				for _, m := range e.Images {
					if m.After != nil {
						_ = s.Apply(ctx, users.Batch{Import: "amending", Writes: []users.Write{{ID: m.After.ID, Version: lookup(ctx, s, m.After.ID).Version, Record: m.After}}})
					}
				}
			}
			return s.Amend(ctx, imp, entries)
		})},
		{"amends what it can", []string{"amend/all"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			var last error
			for _, e := range entries {
				if err := s.Amend(ctx, imp, []users.Entry{e}); err != nil {
					last = err
				}
			}
			return last
		})},
		{"says nothing of a row that was not done", []string{"amend/all"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			_ = s.Amend(ctx, imp, entries)
			return nil
		})},
		{"enters a row that was not done", []string{"amend/all"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			if s.Amend(ctx, imp, entries) == nil {
				return nil
			}
			return enter(ctx, s, imp, entries)
		})},
		{"takes an amended row for one that was not done", []string{"amend/done"}, func(s users.Store) users.Store {
			a := s.(users.Amender)
			open := map[users.RowID]bool{}
			return amended{
				Amender: a,
				amend: func(ctx context.Context, imp users.ID, entries []users.Entry) error {
					for _, e := range entries {
						open[e.Row] = true
					}
					return a.Amend(ctx, imp, entries)
				},
				apply: func(ctx context.Context, b users.Batch) error {
					b.Rows = slices.DeleteFunc(slices.Clone(b.Rows), func(r users.RowNote) bool { return open[r.Row] })
					return a.Apply(ctx, b)
				},
			}
		}},
		{"amends every import's rows", []string{"amend/imports"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			for _, i := range []users.ID{"i1", "i2"} {
				if len(entries) > 0 && len(enteredIn(ctx, s, i)) > 0 {
					if err := s.Amend(ctx, i, entries); err != nil {
						return err
					}
				}
			}
			return nil
		})},
		{"discards every journal", []string{"amend/imports"}, discards(func(ctx context.Context, s users.Amender, imp users.ID) error {
			return errors.Join(s.Discard(ctx, "i1"), s.Discard(ctx, "i2"))
		})},
		{"keeps the caller's entries", []string{"amend/own"}, func(s users.Store) users.Store {
			a := s.(users.Amender)
			var own []users.Entry
			return amended{
				Amender: a,
				amend: func(ctx context.Context, imp users.ID, entries []users.Entry) error {
					own = append(own, entries...)
					return a.Amend(ctx, imp, entries)
				},
				journal: entries(a, func(e *users.Entry) {
					for _, o := range own {
						if o.Row == e.Row {
							*e = o
						}
					}
				}),
			}
		}},
		{"begins again for who is amid a journal", []string{"amend/within"}, func(s users.Store) users.Store {
			a := s.(users.Amender)
			changed := false
			return amended{
				Amender: a,
				amend: func(ctx context.Context, imp users.ID, entries []users.Entry) error {
					changed = changed || len(entries) > 0
					return a.Amend(ctx, imp, entries)
				},
				journal: func(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
					return func(yield func(users.Entry, error) bool) {
						for e, err := range a.Journal(ctx, imp, after) {
							if !yield(e, err) {
								return
							}
							if changed && len(enteredIn(ctx, a, imp)) > 0 {
								changed = false
								a.Journal(ctx, imp, after)(yield)
								return
							}
						}
					}
				},
			}
		}},
		{"has the new note beside the old images", []string{"amend/within"}, func(s users.Store) users.Store {
			a := s.(users.Amender)
			var notes []users.Entry
			return amended{
				Amender: a,
				amend: func(ctx context.Context, imp users.ID, entries []users.Entry) error {
					for i, e := range entries {
						notes = append(notes, e)
						entries[i].Images = nil
					}
					return a.Amend(ctx, imp, entries)
				},
				journal: entries(a, func(e *users.Entry) {
					for _, n := range notes {
						if n.Row == e.Row {
							e.Note = n.Note
						}
					}
				}),
			}
		}},
		{"amends when the context is done", []string{"amend/cancelled"}, amends(func(ctx context.Context, s users.Amender, imp users.ID, entries []users.Entry) error {
			return s.Amend(context.WithoutCancel(ctx), imp, entries)
		})},
		{"discards when the context is done", []string{"amend/cancelled"}, discards(func(ctx context.Context, s users.Amender, imp users.ID) error {
			return s.Discard(context.WithoutCancel(ctx), imp)
		})},
		{"discards nothing", []string{"amend/discard", "amend/again"}, discards(func(context.Context, users.Amender, users.ID) error { return nil })},
		{"discards the record too", []string{"amend/discard"}, discards(func(ctx context.Context, s users.Amender, imp users.ID) error {
			r := lookup(ctx, s, imp)
			digest := ""
			if i, ok := r.Data.(*users.Import); ok {
				digest = i.Digest
			}
			err := s.Apply(ctx, users.Batch{Import: imp, Digest: digest, Writes: []users.Write{{ID: imp, Version: r.Version}}})
			return errors.Join(err, s.Discard(ctx, imp))
		})},
		{"remembers rows whose entries are gone", []string{"amend/again"}, func(s users.Store) users.Store {
			a := s.(users.Amender)
			done := map[users.RowID]bool{}
			return amended{Amender: a, apply: func(ctx context.Context, b users.Batch) error {
				for _, r := range b.Rows {
					if b.Import == "i1" && done[r.Row] {
						return &users.Conflict{Done: []users.RowID{r.Row}}
					}
				}
				for _, r := range b.Rows {
					done[r.Row] = true
				}
				return a.Apply(ctx, b)
			}}
		}},
	}
}
