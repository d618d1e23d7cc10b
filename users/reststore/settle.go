package reststore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/usher-go/usher/users"
)

// A state is what the store beside knows of an import.
type state struct {
	plan
	record *users.Record // the import's; nil if there is none
}

func (s *Store) state(ctx context.Context, imp users.ID) (state, error) {
	st := state{plan: plan{imp: imp}}
	recs, err := s.beside.Find(ctx, []users.Key{users.ByID(imp), users.ByID(planID(imp))})
	if err != nil {
		return st, err
	}
	for _, r := range recs {
		switch r.ID {
		case imp:
			st.record = &r
		case planID(imp):
			if st.plan, err = planOf(r); err != nil {
				return st, err
			}
		}
	}
	return st, nil
}

// settleAlone settles an import that the caller does not hold.
func (s *Store) settleAlone(ctx context.Context, imp users.ID) error {
	st, err := s.state(ctx, imp)
	if err != nil || len(st.intents) == 0 {
		return err
	}
	unlock, err := s.locks.lock(ctx, imp)
	if err != nil {
		return err
	}
	defer unlock()
	_, err = s.settle(ctx, imp)
	return err
}

// settle looks whether what is unfinished was done, and enters what was. What
// was not is left as it is: its call may still be under way. The caller holds
// the import's lock.
func (s *Store) settle(ctx context.Context, imp users.ID) (state, error) {
	st, err := s.state(ctx, imp)
	if err != nil || len(st.intents) == 0 {
		return st, err
	}
	var keys []users.Key
	for _, it := range st.intents {
		keys = append(keys, users.ByID(it.ID))
	}
	people, err := s.people(ctx, keys)
	if err != nil {
		return st, err
	}
	entered := false
	for _, it := range st.intents {
		if !it.happened(of(people, it.ID), false) {
			continue
		}
		var conflict *users.Conflict
		if err := s.enter(ctx, imp, it); err != nil && !errors.As(err, &conflict) {
			return st, err
		}
		entered = true
	}
	if entered {
		return s.state(ctx, imp)
	}
	return st, nil
}

// of is the person with the id; nil if there is none.
func of(people map[users.ID]users.Record, id users.ID) *users.Record {
	r, ok := people[id]
	if !ok {
		return nil
	}
	return &r
}

// attempts is how often something is tried while others work on the same import.
const attempts = 8

// enter puts what was done into the journal, in one batch with the import's
// record and the end of the intent. It answers a Conflict if another entered
// rows of it meanwhile.
func (s *Store) enter(ctx context.Context, imp users.ID, it *intent) error {
	var done []users.RowID
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
		if len(b.Rows) > 0 {
			if w := it.importWrite(st.record); w != nil {
				b.Writes = append(b.Writes, *w)
			}
		}
		end, err := st.without(func(o *intent) bool { return o.Rows[0].Row == it.Rows[0].Row })
		if err != nil {
			return err
		}
		b.Writes = append(b.Writes, end)
		err = s.beside.Apply(ctx, b)
		var conflict *users.Conflict
		switch {
		case err == nil && len(done) > 0:
			return &users.Conflict{Done: done}
		case !errors.As(err, &conflict):
			return err
		case len(conflict.Keys) > 0:
			return fmt.Errorf("record %s is written and cannot be entered: %s", it.ID, conflict) // its import's record cannot be made
		}
		done = append(done, conflict.Done...)
	}
	return fmt.Errorf("record %s is written and not entered: others write to import %s", it.ID, imp)
}

// importWrite is how the import's record is written with the entry: as the batch
// said, or, if another wrote it since, with what the batch counts added.
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
		return nil // it was deleted since
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

// added is what an import's record counts more than before.
func added(before, after *users.Record) map[string]int {
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
