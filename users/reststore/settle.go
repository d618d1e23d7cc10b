package reststore

import (
	"context"
	"errors"
	"slices"

	"github.com/usher-go/usher/users"
)

// A state is what the companion knows about an import.
type state struct {
	plan
	record *users.Record // the import's record; nil if there is none
}

func (s *Store) state(ctx context.Context, imp users.ID) (state, error) {
	st := state{plan: plan{imp: imp}}
	recs, err := s.companion.Find(ctx, []users.Key{users.ByID(imp), users.ByID(planID(imp))})
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

// settleAlone settles an import that the caller has not locked.
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

// settle asks the service whether the unfinished rows were done, and enters those that were.
// The others stay unfinished, because their calls may still arrive. A person whom a late call
// created a second time is deleted. The caller holds the import's lock.
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
		if !it.happened(recordOf(people, it.ID), false) {
			continue
		}
		var conflict *users.Conflict
		if err := s.enter(ctx, imp, it); err != nil && !errors.As(err, &conflict) && !errors.Is(err, errReplayed) {
			return st, err
		}
		entered = true
	}

	if entered {
		return s.state(ctx, imp)
	}
	return st, nil
}

// recordOf returns the person with the id, and nil if they do not exist.
func recordOf(people map[users.ID]users.Record, id users.ID) *users.Record {
	r, ok := people[id]
	if !ok {
		return nil
	}
	return &r
}

// attempts limits the retries while other calls change the same import.
const attempts = 8

// endIntents ends intents of an import, whatever became of their calls.
func (s *Store) endIntents(ctx context.Context, imp users.ID, ended func(*intent) bool) error {
	for range attempts {
		st, err := s.state(ctx, imp)
		if err != nil || !slices.ContainsFunc(st.intents, ended) {
			return err
		}
		w, err := st.without(ended)
		if err != nil {
			return err
		}
		err = s.writePlans(ctx, imp, w)
		if c := new(users.Conflict); !errors.As(err, &c) {
			return err
		}
	}
	return errMoved
}

// writePlans writes plans and nothing else, under an import of their own, so that the digest
// of the real import does not matter.
func (s *Store) writePlans(ctx context.Context, imp users.ID, writes ...users.Write) error {
	return s.companion.Apply(ctx, users.Batch{Import: planID(imp), Writes: writes})
}

// withdraw deletes the person whom the intent created although its row was done by another
// intent: its call came late, or two processes did the row. A person who was changed since,
// or to whom a record refers, stays.
func (s *Store) withdraw(ctx context.Context, imp users.ID, it *intent) error {
	people, err := s.people(ctx, []users.Key{users.ByID(it.ID)})
	if err != nil {
		return err
	}

	now := recordOf(people, it.ID)
	if now == nil {
		return nil
	}

	if it.isExactly(now) {
		used, err := s.isReferredTo(ctx, *now)
		if err != nil {
			return err
		}
		if !used {
			if err := s.service.Delete(ctx, it.ID, now.Version); err != nil {
				if isRefusal(err) {
					return nil // the next call settles it
				}
				return err
			}
		}
	}

	return s.endIntents(ctx, imp, func(o *intent) bool { return o.N == it.N })
}

// isReferredTo reports whether the person holds a line or is a person's supervisor.
func (s *Store) isReferredTo(ctx context.Context, r users.Record) (bool, error) {
	lines, err := s.companion.Find(ctx, []users.Key{users.KeyOf(r.Account, users.LinkHolder, string(r.ID))})
	if err != nil || len(lines) > 0 {
		return true, err
	}
	people, err := s.people(ctx, []users.Key{users.KeyOf(r.Account, users.LinkSupervisor, string(r.ID))})
	return len(people) > 0, err
}

// rivalEnds returns the writes that end every intent of another import to delete the person.
// A person is deleted once, and at most one journal may say so.
func (s *Store) rivalEnds(ctx context.Context, imp, person users.ID) ([]users.Write, error) {
	plans, err := s.companion.Find(ctx, []users.Key{deletionLink(person)})
	if err != nil {
		return nil, err
	}

	var out []users.Write
	for _, r := range plans {
		p, err := planOf(r)
		if err != nil {
			return nil, err
		}
		rival := func(it *intent) bool { return it.After == nil && it.ID == person }
		if p.imp == imp || !slices.ContainsFunc(p.intents, rival) {
			continue
		}
		w, err := p.without(rival)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}

	return out, nil
}
