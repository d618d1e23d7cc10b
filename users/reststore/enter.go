package reststore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/usher-go/usher/users"
)

// errReplayed says that the row is done and entered, but its import should do no more:
// another import has imported the same document meanwhile.
var errReplayed = errors.New("the row is done, but its document was imported meanwhile")

// enter stores the row in the journal, in one batch with the records of imports and the end
// of the intent. It returns a Conflict if the row was done by another intent, or if the
// person was deleted by another import.
func (s *Store) enter(ctx context.Context, imp users.ID, it *intent) error {
	var done []users.RowID
	free := map[users.ID]bool{} // imports that release their document, because another import has it
	for range attempts {
		st, err := s.state(ctx, imp)
		if err != nil {
			return err
		}

		b := users.Batch{Import: imp, Digest: it.Digest}
		for _, r := range it.Rows {
			if !slices.Contains(done, r.Row) {
				b.Rows = append(b.Rows, users.RowNote{Row: r.Row, Note: r.Note})
			}
		}

		open := slices.ContainsFunc(st.intents, func(o *intent) bool { return o.N == it.N })
		if len(b.Rows) == 0 && open && it.creates() { // under another id: otherwise it would have ended with the row
			if err := s.withdraw(ctx, imp, it); err != nil {
				return err
			}
			return &users.Conflict{Done: done}
		}

		lost := len(b.Rows) > 0 && !open && it.After == nil // another import deleted the person, unless the row is done
		if lost {
			b.Needs = []users.Need{{ID: nothing}}
		} else if b.Writes, err = s.entryWrites(ctx, st, it, len(b.Rows) > 0, free); err != nil {
			return err
		}

		err = s.companion.Apply(ctx, b)
		var conflict *users.Conflict
		switch {
		case err == nil && len(done) > 0:
			return &users.Conflict{Done: done}
		case err == nil && free[imp]:
			return errReplayed
		case !errors.As(err, &conflict):
			return err
		case lost && len(conflict.Done) == 0:
			return &users.Conflict{Stale: []users.ID{it.ID}}
		}

		done = append(done, conflict.Done...)
		for _, k := range conflict.Keys {
			free[k.Wants] = true
		}
	}

	return fmt.Errorf("record %s is written and not entered: others write to import %s", it.ID, imp)
}

// entryWrites returns the writes of the batch that enters the intent. If the rows were done
// by another intent, they are the writes that end it.
func (s *Store) entryWrites(ctx context.Context, st state, it *intent, does bool, free map[users.ID]bool) ([]users.Write, error) {
	end, err := st.without(it.ends)
	if err != nil || !does {
		return []users.Write{end}, err
	}

	out := []users.Write{end}
	add := func(w *users.Write) {
		if w != nil {
			out = append(out, releaseDocument(*w, free))
		}
	}

	add(it.importWrite(st.record))
	if len(it.Marks) > 0 {
		var keys []users.Key
		for _, m := range it.Marks {
			keys = append(keys, users.ByID(m.ID))
		}
		recs, err := s.companion.Find(ctx, keys)
		if err != nil {
			return nil, err
		}
		for _, m := range it.Marks {
			if i := slices.IndexFunc(recs, func(r users.Record) bool { return r.ID == m.ID }); i >= 0 {
				add(m.markWrite(recs[i]))
			}
		}
	}

	if it.After == nil {
		rivals, err := s.rivalEnds(ctx, st.imp, it.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, rivals...)
	}

	return out, nil
}

// ends reports whether the other intent is over when this one is entered. An intent that
// creates a person under another id in the same row is not: its call may still arrive, and
// no version refuses it.
func (it *intent) ends(o *intent) bool {
	switch {
	case o.N == it.N, o.After == nil && it.After == nil && o.ID == it.ID:
		return true
	case o.creates() && o.ID != it.ID:
		return false
	}
	return slices.ContainsFunc(it.Rows, func(r row) bool { return o.does(r.Row) })
}

// releaseDocument returns the write of an import's record without the key of its document,
// if another import has that key. The record must be stored because the import did rows.
func releaseDocument(w users.Write, free map[users.ID]bool) users.Write {
	if imp, ok := w.Record.Data.(*users.Import); ok && free[w.ID] && imp.Once {
		r := w.Record.Clone()
		r.Data.(*users.Import).Once = false
		w.Record = &r
	}
	return w
}

// importWrite returns how the import's record is written with the entry: as in the batch,
// or, if the record changed since, with the batch's counts added.
func (it *intent) importWrite(now *users.Record) *users.Write {
	rec := it.Import.record()
	if rec == nil {
		return nil
	}

	version := uint64(0)
	if now != nil {
		version = now.Version
	}
	if version+1 == rec.Version {
		return &users.Write{ID: rec.ID, Version: version, Record: rec}
	}
	if now == nil {
		return nil // the record was deleted since
	}

	moved := now.Clone()
	imp, ok := moved.Data.(*users.Import)
	if !ok {
		return nil
	}
	if imp.Counts == nil {
		imp.Counts = map[string]int{}
	}

	for outcome, n := range it.Added {
		imp.Counts[outcome] += n
	}
	return &users.Write{ID: rec.ID, Version: version, Record: &moved}
}

// markWrite returns how the record of another import is written with the entry: as in the
// batch, with the progress that it made since. The first mark stays.
func (m *image) markWrite(now users.Record) *users.Write {
	if now.Version+1 == m.Version {
		return &users.Write{ID: m.ID, Version: now.Version, Record: &m.Record}
	}
	moved := m.Clone()
	mark, ok1 := moved.Data.(*users.Import)
	is, ok2 := now.Data.(*users.Import)
	if !ok1 || !ok2 || is.State == mark.State {
		return nil
	}
	mark.Counts, mark.Pruned = is.Counts, is.Pruned
	return &users.Write{ID: m.ID, Version: now.Version, Record: &moved}
}

// addedCounts returns how much the counts of an import's record rise from before to after.
func addedCounts(before, after *users.Record) map[string]int {
	imp, ok := after.Data.(*users.Import)
	if !ok {
		return nil
	}
	out := map[string]int{}
	maps.Copy(out, imp.Counts)
	if before != nil {
		if was, ok := before.Data.(*users.Import); ok {
			for outcome, n := range was.Counts {
				out[outcome] -= n
			}
		}
	}
	return out
}
