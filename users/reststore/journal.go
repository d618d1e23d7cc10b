package reststore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/usher-go/usher/users"
)

// Journal yields what an import did, once its unfinished rows are settled: the
// service is asked for those, and only for those.
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
		for e, err := range s.beside.Journal(ctx, imp, after) {
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

// Amend changes entries, if the store beside can ([users.Amender]); else it is
// errors.ErrUnsupported. What is unfinished is settled first; what then still is
// of the rows that are amended is waited for no longer, and its images are gone
// as well. Rows that are not done keep theirs.
func (s *Store) Amend(ctx context.Context, imp users.ID, entries []users.Entry) error {
	err := s.changing(ctx, imp, func(a users.Amender) error {
		if _, err := s.settle(ctx, imp); err != nil {
			return err
		}
		theirs := make([]users.Entry, len(entries))
		for i, e := range entries {
			theirs[i] = e // images that are given it can keep, whomever they show
			var err error
			if theirs[i].Note, err = wrap(e.Note, nil); err != nil {
				return fmt.Errorf("row %d: %w", e.Row, err)
			}
		}
		if err := a.Amend(ctx, imp, theirs); err != nil {
			return err
		}
		return s.end(ctx, imp, func(it *intent) bool {
			return slices.ContainsFunc(entries, func(e users.Entry) bool { return it.does(e.Row) })
		})
	})
	if err != nil {
		return fmt.Errorf("reststore: amend: %w", err)
	}
	return nil
}

// Discard empties a journal, if the store beside can ([users.Amender]); else it
// is errors.ErrUnsupported. What is unfinished is not waited for, and its images
// are gone as well.
func (s *Store) Discard(ctx context.Context, imp users.ID) error {
	err := s.changing(ctx, imp, func(a users.Amender) error {
		if err := s.end(ctx, imp, func(*intent) bool { return true }); err != nil {
			return err
		}
		return a.Discard(ctx, imp)
	})
	if err != nil {
		return fmt.Errorf("reststore: discard: %w", err)
	}
	return nil
}

// changing does something to a journal while nobody else works on the import.
func (s *Store) changing(ctx context.Context, imp users.ID, do func(users.Amender) error) error {
	a, ok := s.beside.(users.Amender)
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
