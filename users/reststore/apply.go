package reststore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

// Apply writes a batch of one record, records of imports aside; one of more is
// refused. Without a person in it, it is the store beside's. A person is
// written in three steps: the intent, durably, beside; the service; the journal
// entry with the import's record and the end of the intent, in one batch.
//
// When the service or a step after it fails, it is not known whether the batch
// was applied; the journal tells, or the same batch again. Beside the errors of
// [users.Store] it returns the [*users.Denied] of the service, and an error
// although the row is done if the import's document was imported meanwhile.
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

// errMoved says that another wrote to the import since it was looked at.
var errMoved = errors.New("others write to the same import")

func (s *Store) apply(ctx context.Context, b users.Batch) error {
	st, err := s.settle(ctx, b.Import)
	if err != nil {
		return err
	}
	if v := st.virtual(); st.record == nil && v != nil {
		if imp, ok := v.Data.(*users.Import); ok && imp.Digest != "" && imp.Digest != b.Digest {
			return users.ErrDigest
		}
	}
	v, err := s.sort(ctx, b)
	if err != nil {
		return err
	}
	if v.person == nil && v.people.Empty() {
		return s.pass(ctx, b, st, v)
	}
	c, err := s.ask(ctx, b, v)
	switch {
	case err != nil:
		return err
	case !c.Empty():
		return c
	case len(b.Rows) == 0:
		return s.unjournaled(ctx, b, v)
	}
	return s.write(ctx, b, st, v)
}

// pass hands a batch without people to the store beside.
func (s *Store) pass(ctx context.Context, b users.Batch, st state, v *verdict) error {
	var err error
	if b.Rows, err = wrapRows(b.Rows, 0, nil); err != nil {
		return err
	}
	b.Needs, b.Unused = v.needs, v.unused
	if len(st.intents) > 0 && slices.ContainsFunc(b.Writes, func(w users.Write) bool { return w.ID == b.Import && ends(w) }) {
		end, err := st.write(nil)
		if err != nil {
			return err
		}
		b.Writes = append(slices.Clip(b.Writes), end)
	}
	err = s.beside.Apply(ctx, b)
	var conflict *users.Conflict
	if errors.As(err, &conflict) && slices.Contains(conflict.Stale, planID(b.Import)) {
		return errMoved
	}
	return err
}

// ends reports whether the import is over when its record is written so: what
// is unfinished then is not waited for.
func ends(w users.Write) bool {
	if w.Record == nil {
		return true
	}
	imp, ok := w.Record.Data.(*users.Import)
	return ok && imp.State != users.ImportRunning
}

// unjournaled writes a person of whom the journal says nothing, and the import's
// record after. What fails between the two is not found again.
func (s *Store) unjournaled(ctx context.Context, b users.Batch, v *verdict) error {
	if err := s.call(ctx, v); err != nil {
		if !refused(err) {
			return err
		}
		return s.why(ctx, b, err)
	}
	if len(v.rest) > 0 {
		err := s.beside.Apply(ctx, users.Batch{Import: b.Import, Digest: b.Digest, Writes: v.rest})
		if err != nil {
			return fmt.Errorf("record %s is written, its import is not: %s", v.person.ID, err)
		}
	}
	if v.person.Record == nil {
		if err := s.unrival(ctx, b.Import, v.person.ID); err != nil {
			return fmt.Errorf("record %s is deleted, and other imports may say that they did: %s", v.person.ID, err)
		}
	}
	return nil
}

// unrival ends what other imports intend against somebody who was deleted.
func (s *Store) unrival(ctx context.Context, imp, person users.ID) error {
	for range attempts {
		rivals, err := s.rivals(ctx, imp, person)
		if err != nil || len(rivals) == 0 {
			return err
		}
		err = s.plan(ctx, imp, rivals...)
		if c := new(users.Conflict); !errors.As(err, &c) {
			return err
		}
	}
	return errMoved
}

// write does the three steps.
func (s *Store) write(ctx context.Context, b users.Batch, st state, v *verdict) error {
	it, err := intend(b, st, v)
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
	err = s.beside.Apply(ctx, users.Batch{Import: b.Import, Digest: b.Digest, Writes: []users.Write{plan}, Needs: needs})
	if c := new(users.Conflict); errors.As(err, &c) {
		return errMoved
	}
	if err != nil {
		return err
	}
	if err := s.call(ctx, v); err != nil {
		if !refused(err) {
			return err
		}
		people, look := s.people(ctx, []users.Key{users.ByID(it.ID)})
		if look != nil {
			return look
		}
		if !it.happened(of(people, it.ID), true) {
			if err := s.end(ctx, b.Import, func(o *intent) bool { return o.N == it.N }); err != nil {
				return err
			}
			return s.why(ctx, b, err)
		}
	}
	return s.enter(ctx, b.Import, it)
}

// intend is the intent to apply the batch.
func intend(b users.Batch, st state, v *verdict) (*intent, error) {
	it := &intent{N: st.version + 1, Digest: b.Digest, ID: v.person.ID}
	then := after(*v.person)
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
		it.Import, it.Added = imageOf(&rec), added(st.record, &rec)
	}
	return it, nil
}

// call has the service write the person.
func (s *Store) call(ctx context.Context, v *verdict) error {
	if v.person.Record == nil {
		return s.service.Delete(ctx, v.person.ID, v.person.Version)
	}
	return s.service.Put(ctx, *after(*v.person), v.person.Version)
}

// after is the record as the write leaves it; nil if it deletes it.
func after(w users.Write) *users.Record {
	if w.Record == nil {
		return nil
	}
	r := *w.Record
	r.Version = w.Version + 1
	r.Created, r.Updated = kept(r.Created), kept(r.Updated)
	return &r
}

// why is the Conflict behind the service's refusal: what it says itself, else
// what is found when the batch is judged again.
func (s *Store) why(ctx context.Context, b users.Batch, refusal error) error {
	var conflict *users.Conflict
	var denied *users.Denied
	if errors.As(refusal, &denied) || errors.As(refusal, &conflict) && !conflict.Empty() {
		return refusal
	}
	v, err := s.sort(ctx, b)
	if err != nil {
		return err
	}
	c, err := s.ask(ctx, b, v)
	if err != nil {
		return err
	}
	if !c.Empty() {
		return c
	}
	// It is free again, or unique by a rule of the service's own.
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
