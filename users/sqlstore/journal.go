package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/usher-go/usher/users"
)

// journalPart is how many entries are read at once.
const journalPart = 500

// Journal yields the rows that the import did, including those that it does meanwhile. It
// reads some hundred entries at a time and holds no connection while it yields them. An
// after that the import did not do is an error.
func (s *Store) Journal(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
	return func(yield func(users.Entry, error) bool) {
		if s.err != nil {
			yield(users.Entry{}, s.err)
			return
		}

		seq, err := s.place(ctx, imp, after)
		for more := true; more && err == nil; {
			var part []users.Entry
			part, seq, err = s.entries(ctx, imp, seq)
			for _, e := range part {
				if !yield(e, nil) {
					return
				}
			}
			more = len(part) == journalPart
		}

		if err != nil {
			yield(users.Entry{}, fmt.Errorf("sqlstore: journal: %w", err))
		}
	}
}

// place returns the position of a row's entry, and 0 for no row.
func (s *Store) place(ctx context.Context, imp users.ID, after users.RowID) (seq int64, err error) {
	if after == 0 {
		return 0, nil
	}
	err = s.rows(ctx, s.db, "SELECT seq FROM @journal WHERE import = ? AND row = ?", []any{string(imp), int64(after)},
		func(rows *sql.Rows) error { return rows.Scan(&seq) })
	if err == nil && seq == 0 {
		err = fmt.Errorf("import %s did not do row %d", imp, after)
	}
	return seq, err
}

// entries returns the next entries after a position, and the position of the last.
func (s *Store) entries(ctx context.Context, imp users.ID, after int64) (part []users.Entry, seq int64, err error) {
	err = s.rows(ctx, s.db, "SELECT row, seq, note, images FROM @journal WHERE import = ? AND seq > ? ORDER BY seq LIMIT ?",
		[]any{string(imp), after, journalPart}, func(rows *sql.Rows) error {
			var row int64
			var note, images []byte
			if err := rows.Scan(&row, &seq, &note, &images); err != nil {
				return err
			}
			e := users.Entry{Row: users.RowID(row)}
			if len(note) > 0 {
				e.Note = json.RawMessage(note)
			}
			var err error
			if e.Images, err = decodeImages(images); err != nil {
				return fmt.Errorf("row %d: %w", row, err)
			}
			part = append(part, e)
			return nil
		})

	if err != nil {
		return nil, 0, err
	}
	return part, seq, nil
}
