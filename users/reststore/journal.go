package reststore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/usher-go/usher/users"
)

// Journal yields the rows that an import did, after its unfinished rows are settled. The
// service is asked only about those.
func (s *Store) Journal(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
	return func(yield func(users.Entry, error) bool) {
		err := ctx.Err()
		if err == nil {
			err = s.settleAlone(ctx, imp)
		}

		if err != nil {
			yield(users.Entry{}, fmt.Errorf("reststore: journal: %w", err))
			return
		}

		for e, err := range s.companion.Journal(ctx, imp, after) {
			if err == nil {
				e, err = unwrap(e)
			}
			if err != nil {
				yield(users.Entry{}, fmt.Errorf("reststore: journal: %w", err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Amend replaces entries, if the companion is a [users.Amender]; otherwise it returns
// errors.ErrUnsupported. It settles unfinished rows first. Intents for the amended rows that
// are still unfinished are given up, and their images are deleted. Rows that are not done
// keep theirs.
func (s *Store) Amend(ctx context.Context, imp users.ID, entries []users.Entry) error {
	err := s.changeJournal(ctx, imp, func(a users.Amender) error {
		if _, err := s.settle(ctx, imp); err != nil {
			return err
		}

		theirs := make([]users.Entry, len(entries))
		for i, e := range entries {
			theirs[i] = e // the companion keeps given images of any record
			var err error
			if theirs[i].Note, err = wrap(e.Note, nil); err != nil {
				return fmt.Errorf("row %d: %w", e.Row, err)
			}
		}

		if err := a.Amend(ctx, imp, theirs); err != nil {
			return err
		}
		return s.endIntents(ctx, imp, func(it *intent) bool {
			return slices.ContainsFunc(entries, func(e users.Entry) bool { return it.does(e.Row) })
		})
	})

	if err != nil {
		return fmt.Errorf("reststore: amend: %w", err)
	}
	return nil
}

// Discard empties a journal, if the companion is a [users.Amender]; otherwise it returns
// errors.ErrUnsupported. Unfinished rows are given up, and their images are deleted.
func (s *Store) Discard(ctx context.Context, imp users.ID) error {
	err := s.changeJournal(ctx, imp, func(a users.Amender) error {
		if err := s.endIntents(ctx, imp, func(*intent) bool { return true }); err != nil {
			return err
		}
		return a.Discard(ctx, imp)
	})
	if err != nil {
		return fmt.Errorf("reststore: discard: %w", err)
	}
	return nil
}

// changeJournal runs do while no other call works on the import.
func (s *Store) changeJournal(ctx context.Context, imp users.ID, do func(users.Amender) error) error {
	a, ok := s.companion.(users.Amender)
	if !ok {
		return errors.ErrUnsupported
	}
	unlock, err := s.locks.lock(ctx, imp)
	if err != nil {
		return err
	}
	defer unlock()
	return do(a)
}
