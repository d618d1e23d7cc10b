package reststore

import (
	"context"
	"errors"
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
// was not is left as it is: its call may still be under way. Whom a late call
// made a second time is taken back. The caller holds the import's lock.
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

// end ends intents of an import, whatever became of their calls.
func (s *Store) end(ctx context.Context, imp users.ID, ended func(*intent) bool) error {
	for range attempts {
		st, err := s.state(ctx, imp)
		if err != nil || !slices.ContainsFunc(st.intents, ended) {
			return err
		}
		w, err := st.without(ended)
		if err != nil {
			return err
		}
		err = s.plan(ctx, imp, w)
		if c := new(users.Conflict); !errors.As(err, &c) {
			return err
		}
	}
	return errMoved
}

// plan writes intents and nothing else: under an import of their own, whatever
// document the import is of.
func (s *Store) plan(ctx context.Context, imp users.ID, writes ...users.Write) error {
	return s.beside.Apply(ctx, users.Batch{Import: planID(imp), Writes: writes})
}

// withdraw takes back whom the intent made although its row was done otherwise:
// the call of it came late, or two processes did the row. Who was changed since,
// or is referred to, is somebody's by now and stays.
func (s *Store) withdraw(ctx context.Context, imp users.ID, it *intent) error {
	people, err := s.people(ctx, []users.Key{users.ByID(it.ID)})
	if err != nil {
		return err
	}
	now := of(people, it.ID)
	if now == nil {
		return nil
	}
	if it.stands(now) {
		used, err := s.referred(ctx, *now)
		if err != nil {
			return err
		}
		if !used {
			if err := s.service.Delete(ctx, it.ID, now.Version); err != nil {
				if refused(err) {
					return nil // it is looked at again
				}
				return err
			}
		}
	}
	return s.end(ctx, imp, func(o *intent) bool { return o.N == it.N })
}

// referred reports whether a line is the person's, or somebody is under them.
func (s *Store) referred(ctx context.Context, r users.Record) (bool, error) {
	lines, err := s.beside.Find(ctx, []users.Key{users.KeyOf(r.Account, users.LinkHolder, string(r.ID))})
	if err != nil || len(lines) > 0 {
		return true, err
	}
	people, err := s.people(ctx, []users.Key{users.KeyOf(r.Account, users.LinkSupervisor, string(r.ID))})
	return len(people) > 0, err
}

// rivals are the writes that end every intent of another import to delete the
// person: who is gone was deleted once, and one journal at most says so.
func (s *Store) rivals(ctx context.Context, imp, person users.ID) ([]users.Write, error) {
	plans, err := s.beside.Find(ctx, []users.Key{deletes(person)})
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
