package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/usher-go/usher/users"
)

// Options of a [Store]. The zero value and nil mean the defaults.
type Options struct {
	// Dialect is the database's. Default SQLite.
	Dialect Dialect
	// Prefix stands before the name of every table and index: at most 20
	// characters of a to z and _. Default none.
	Prefix string
}

// A Store keeps records in a database. [New] makes one. It may be used by
// several goroutines, and several of them on one database.
type Store struct {
	db     *sql.DB
	words  words
	prefix string
	err    error // of the options; every method answers it
}

var _ users.Store = (*Store)(nil)

// New is a Store in the database, whose tables must be there: see [Schema] and
// [Store.Migrate]. opts may be nil. Like sql.Open, New does not touch the
// database; what is wrong with opts is answered by every method.
func New(db *sql.DB, opts *Options) *Store {
	if opts == nil {
		opts = &Options{}
	}
	w, err := opts.check()
	return &Store{db: db, words: w, prefix: opts.Prefix, err: err}
}

func (o *Options) check() (words, error) {
	w := o.Dialect.words()
	if w.name == "" {
		return w, fmt.Errorf("sqlstore: no dialect %d", o.Dialect)
	}
	if len(o.Prefix) > 20 || strings.Trim(o.Prefix, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return w, fmt.Errorf("sqlstore: prefix %q: more than 20 characters, or others than a to z and _", o.Prefix)
	}
	return w, nil
}

// Schema is the statements that make the tables and indexes, for the host's own
// migrations. Each may be run again: it makes only what is not there.
func Schema(d Dialect, prefix string) ([]string, error) {
	s := New(nil, &Options{Dialect: d, Prefix: prefix})
	if s.err != nil {
		return nil, s.err
	}
	out := make([]string, len(s.words.schema))
	for i, statement := range s.words.schema {
		out[i] = s.text(statement)
	}
	return out, nil
}

// Migrate makes the tables and indexes that are not there, all or none of them.
func (s *Store) Migrate(ctx context.Context) error {
	if s.err != nil {
		return s.err
	}
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, statement := range s.words.schema {
			if _, err := tx.ExecContext(ctx, s.text(statement)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	return nil
}

// inTx runs do in a transaction, and commits it if do returns nil.
func (s *Store) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // err says more
		return err
	}
	return tx.Commit()
}
