package reststore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

// Apply writes a batch of one record, not counting records of imports, and refuses a
// larger one. A batch without a person goes to the companion store. A person is written in
// three steps: the intent is stored in the companion store; the service is called; the
// journal entry, the import's record and the end of the intent are stored in one batch.
//
// If the service or a later step fails, it is not known whether the batch was applied. The
// journal tells, and so does the same batch again. Apply returns the errors of
// [users.Store] and the [*users.Denied] of the service. It also returns an error if the row
// is done but the import's document was imported meanwhile.
func (s *Store) Apply(ctx context.Context, b users.Batch) error {
	err := s.locked(ctx, b)
	var conflict *users.Conflict
	var denied *users.Denied
	if err == nil || errors.Is(err, users.ErrDigest) {
		return err
	}
	if errors.As(err, &conflict) {
		return conflict
	}
	if errors.As(err, &denied) {
		return denied
	}
	return fmt.Errorf("reststore: apply: %w", err)
}

func (s *Store) locked(ctx context.Context, b users.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}

	n := 0
	for _, w := range b.Writes {
		if w.ID != b.Import && (w.Record == nil || w.Record.Kind() != users.KindImport) {
			n++
		}
	}

	if n > s.MaxWrites() {
		return fmt.Errorf("a batch of %d records: the service writes one at a time", n)
	}

	unlock, err := s.locks.lock(ctx, b.Import)
	if err != nil {
		return err
	}

	defer unlock()
	for range attempts {
		if err = s.apply(ctx, b); !errors.Is(err, errMoved) {
			return err
		}
	}

	return err
}

// errMoved says that the import's record or plan changed since it was read.
var errMoved = errors.New("others write to the same import")

func (s *Store) apply(ctx context.Context, b users.Batch) error {
	st, err := s.settle(ctx, b.Import)
	if err != nil {
		return err
	}

	if v := st.unstoredImport(); st.record == nil && v != nil {
		if imp, ok := v.Data.(*users.Import); ok && imp.Digest != "" && imp.Digest != b.Digest {
			return users.ErrDigest
		}
	}

	v, err := s.sort(ctx, b)
	if err != nil {
		return err
	}
	if v.person == nil && v.people.Empty() {
		return s.passOn(ctx, b, st, v)
	}

	c, err := s.askCompanion(ctx, b, v)
	switch {
	case err != nil:
		return err
	case !c.Empty():
		return c
	case len(b.Rows) == 0:
		return s.writeUnjournaled(ctx, b, v)
	}

	return s.write(ctx, b, st, v)
}

// passOn applies a batch without people to the companion store.
func (s *Store) passOn(ctx context.Context, b users.Batch, st state, v *verdict) error {
	var err error
	if b.Rows, err = wrapRows(b.Rows, 0, nil); err != nil {
		return err
	}

	b.Needs, b.Unused = v.needs, v.unused
	if len(st.intents) > 0 && slices.ContainsFunc(b.Writes, func(w users.Write) bool { return w.ID == b.Import && endsImport(w) }) {
		end, err := st.write(nil)
		if err != nil {
			return err
		}
		b.Writes = append(slices.Clip(b.Writes), end)
	}

	err = s.companion.Apply(ctx, b)
	var conflict *users.Conflict
	if errors.As(err, &conflict) && slices.Contains(conflict.Stale, planID(b.Import)) {
		return errMoved
	}
	return err
}

// endsImport reports whether the write ends its import. Unfinished rows are then given up.
func endsImport(w users.Write) bool {
	if w.Record == nil {
		return true
	}
	imp, ok := w.Record.Data.(*users.Import)
	return ok && imp.State != users.ImportRunning && imp.State != users.ImportInterrupted
}

// writeUnjournaled writes a person of a batch without rows, and then the import's record.
// A failure between the two is not repaired.
func (s *Store) writeUnjournaled(ctx context.Context, b users.Batch, v *verdict) error {
	if err := s.callService(ctx, v); err != nil {
		if !isRefusal(err) {
			return err
		}
		return s.findConflict(ctx, b, err)
	}

	if len(v.rest) > 0 {
		err := s.companion.Apply(ctx, users.Batch{Import: b.Import, Digest: b.Digest, Writes: v.rest})
		if err != nil {
			return fmt.Errorf("record %s is written, its import is not: %s", v.person.ID, err)
		}
	}

	if v.person.Record == nil {
		if err := s.endRivals(ctx, b.Import, v.person.ID); err != nil {
			return fmt.Errorf("record %s is deleted, and other imports may say that they did: %s", v.person.ID, err)
		}
	}

	return nil
}

// endRivals ends the intents of other imports to delete a person who was deleted.
func (s *Store) endRivals(ctx context.Context, imp, person users.ID) error {
	for range attempts {
		rivals, err := s.rivalEnds(ctx, imp, person)
		if err != nil || len(rivals) == 0 {
			return err
		}
		err = s.writePlans(ctx, imp, rivals...)
		if c := new(users.Conflict); !errors.As(err, &c) {
			return err
		}
	}
	return errMoved
}

// write does the three steps: intent, effect, done.
func (s *Store) write(ctx context.Context, b users.Batch, st state, v *verdict) error {
	it, err := newIntent(b, st, v)
	if err != nil {
		return err
	}

	plan, err := st.write(append(slices.Clone(st.intents), it))
	if err != nil {
		return err
	}

	needs := slices.Clone(v.needs)
	if st.record != nil {
		needs = append(needs, users.Need{ID: b.Import, Version: st.record.Version})
	}

	for _, m := range it.Marks {
		needs = append(needs, users.Need{ID: m.ID, Version: m.Version - 1})
	}

	err = s.companion.Apply(ctx, users.Batch{Import: b.Import, Digest: b.Digest, Writes: []users.Write{plan}, Needs: needs})
	if c := new(users.Conflict); errors.As(err, &c) {
		return errMoved
	}
	if err != nil {
		return err
	}

	if err := s.callService(ctx, v); err != nil {
		if !isRefusal(err) {
			return err
		}
		people, look := s.people(ctx, []users.Key{users.ByID(it.ID)})
		if look != nil {
			return look
		}
		if !it.happened(recordOf(people, it.ID), true) {
			if err := s.endIntents(ctx, b.Import, func(o *intent) bool { return o.N == it.N }); err != nil {
				return err
			}
			return s.findConflict(ctx, b, err)
		}
	}

	return s.enter(ctx, b.Import, it)
}

// newIntent returns the intent to apply the batch.
func newIntent(b users.Batch, st state, v *verdict) (*intent, error) {
	it := &intent{N: st.version + 1, Digest: b.Digest, ID: v.person.ID}
	then := recordAfter(*v.person)
	rows, err := wrapRows(b.Rows, v.person.Row, []users.Image{{Before: v.before, After: then}})
	if err != nil {
		return nil, err
	}

	for _, r := range rows {
		it.Rows = append(it.Rows, row{r.Row, r.Note})
	}

	it.Before, it.After = imageOf(v.before), imageOf(then)
	for _, w := range v.rest {
		if w.Record == nil || w.Record.Kind() != users.KindImport {
			return nil, fmt.Errorf("a batch that writes %s beside a person", w.ID)
		}
		rec := *w.Record
		rec.Version = w.Version + 1
		if w.ID != b.Import {
			it.Marks = append(it.Marks, imageOf(&rec))
			continue
		}
		it.Import, it.Added = imageOf(&rec), addedCounts(st.record, &rec)
	}

	return it, nil
}

// callService makes the service write the person.
func (s *Store) callService(ctx context.Context, v *verdict) error {
	if v.person.Record == nil {
		return s.service.Delete(ctx, v.person.ID, v.person.Version)
	}
	return s.service.Put(ctx, *recordAfter(*v.person), v.person.Version)
}

// recordAfter returns the record as the write leaves it, and nil if the write deletes it.
func recordAfter(w users.Write) *users.Record {
	if w.Record == nil {
		return nil
	}
	r := *w.Record
	r.Version = w.Version + 1
	r.Created, r.Updated = storedTime(r.Created), storedTime(r.Updated)
	return &r
}

// findConflict returns the Conflict behind the service's refusal: the one that the service
// returned, or else the one that is found when the batch is judged again.
func (s *Store) findConflict(ctx context.Context, b users.Batch, refusal error) error {
	var conflict *users.Conflict
	var denied *users.Denied
	if errors.As(refusal, &denied) || errors.As(refusal, &conflict) && !conflict.Empty() {
		return refusal
	}

	v, err := s.sort(ctx, b)
	if err != nil {
		return err
	}

	c, err := s.askCompanion(ctx, b, v)
	if err != nil {
		return err
	}
	if !c.Empty() {
		return c
	}

	// The key is free again, or unique by a rule of the service's own.
	if errors.Is(refusal, Taken) && v.person != nil && v.person.Record != nil {
		for _, k := range v.person.Record.Keys() {
			c.Keys = append(c.Keys, users.KeyConflict{Key: k, Wants: v.person.ID})
		}
	}

	if c.Empty() {
		for _, w := range b.Writes {
			if w.ID != b.Import {
				c.Stale = append(c.Stale, w.ID)
			}
		}
	}

	return c
}
