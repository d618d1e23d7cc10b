package sqlstore

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// maxParams is the largest number of parameters of a statement. SQLite allows 32,766, but
// statements with more than some hundred are no faster.
const maxParams = 1500

// A querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// tuples is a statement of a head, a VALUES list of any length, and a tail. A long list
// is run in parts.
type tuples struct {
	head  string
	width int // parameters of one tuple
	tail  string
}

func (t tuples) text(n int) string {
	one := "(" + strings.Repeat(", ?", t.width)[2:] + ")"
	return t.head + strings.Repeat(", "+one, n)[2:] + t.tail
}

// exec runs a statement that returns no rows. args are the tuples one after the other.
func (s *Store) exec(ctx context.Context, tx *sql.Tx, t tuples, args []any) error {
	_, err := s.count(ctx, tx, t, args)
	return err
}

// count runs a statement as exec does and returns how many rows it wrote.
func (s *Store) count(ctx context.Context, tx *sql.Tx, t tuples, args []any) (n int64, err error) {
	add := func(r sql.Result, err error) error {
		if err != nil {
			return err
		}
		part, err := r.RowsAffected()
		n += part
		return err
	}

	size := maxParams / t.width * t.width
	if len(args) >= 2*size {
		full, err := tx.PrepareContext(ctx, s.text(t.text(size/t.width)))
		if err != nil {
			return n, err
		}
		defer full.Close()
		for len(args) >= size {
			if err := add(full.ExecContext(ctx, args[:size]...)); err != nil {
				return n, err
			}
			args = args[size:]
		}
	}

	for part := range slices.Chunk(args, size) {
		if err := add(tx.ExecContext(ctx, s.text(t.text(len(part)/t.width)), part...)); err != nil {
			return n, err
		}
	}

	return n, nil
}

// query runs a statement that returns rows and passes each to scan.
func (s *Store) query(ctx context.Context, q querier, t tuples, args []any, scan func(*sql.Rows) error) error {
	for part := range slices.Chunk(args, maxParams/t.width*t.width) {
		if err := s.rows(ctx, q, t.text(len(part)/t.width), part, scan); err != nil {
			return err
		}
	}
	return nil
}

// rows runs one query and passes each row to scan.
func (s *Store) rows(ctx context.Context, q querier, statement string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, s.text(statement), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
