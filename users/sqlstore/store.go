package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// Options configure a [Store]. The zero value and nil mean the defaults.
type Options struct {
	// Dialect is the SQL of the database. Default: SQLite.
	Dialect Dialect
	// Prefix begins the name of every table and index: at most 20 characters of a to
	// z and _. Default: none.
	Prefix string
	// Users is the host's own table of people. By default people are kept with the
	// other records. Every Store on the same tables must have the same Users.
	Users *Table
}

// A Store keeps records in a database. [New] makes one. Several goroutines may use it,
// and several Stores may use one database.
type Store struct {
	db     *sql.DB
	words  words
	prefix string
	users  *Table // nil if the host has none
	err    error  // of the options; every method returns it
}

var _ users.Store = (*Store)(nil)

// New returns a Store in the database, whose tables must exist ([Schema],
// [Store.Migrate]). opts may be nil. Like sql.Open, New does not access the database.
// Every method returns the error of invalid opts.
func New(db *sql.DB, opts *Options) *Store {
	if opts == nil {
		opts = &Options{}
	}
	w, err := opts.check()
	s := &Store{db: db, words: w, prefix: opts.Prefix, err: err}
	if opts.Users != nil {
		t := *opts.Users
		t.Columns = slices.Clone(t.Columns)
		s.users = &t
	}
	return s
}

func (o *Options) check() (words, error) {
	w := o.Dialect.words()
	if w.name == "" {
		return w, fmt.Errorf("sqlstore: no dialect %d", o.Dialect)
	}
	if len(o.Prefix) > 20 || strings.Trim(o.Prefix, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return w, fmt.Errorf("sqlstore: prefix %q: more than 20 characters, or others than a to z and _", o.Prefix)
	}
	if o.Users != nil {
		return w, o.Users.check(o.Prefix)
	}
	return w, nil
}

// Schema returns the statements that create the tables and indexes, for the host's own
// migrations. They may be run again and create only what does not exist. opts may be nil.
//
// With a host's own table, the statements also recreate its triggers and note all of its
// rows, so they must run after the statements that create that table. Unlike Migrate they
// do not check what the table lacks, nor for users without a row in it. A later Migrate
// takes such users for deleted, so the host must add their rows before.
func Schema(opts *Options) ([]string, error) {
	s := New(nil, opts)
	if s.err != nil {
		return nil, s.err
	}
	return s.schema(), nil
}

func (s *Store) schema() []string {
	out := slices.Clone(s.words.schema)
	if s.users != nil {
		out = append(out, s.words.mapped(s.users)...)
	}
	for i, statement := range out {
		out[i] = s.text(statement)
	}
	return out
}

// Migrate creates the tables and indexes that do not exist, all or none. It takes the
// write lock first, so that replicas may start at the same time.
//
// With a host's own table it also reports what that table lacks, recreates its triggers,
// and notes every person, so that the next call of another method settles changes that
// were not noted. The first Migrate fails if users exist who are not in the host's table.
func (s *Store) Migrate(ctx context.Context) error {
	if s.err != nil {
		return s.err
	}
	if err := s.inTx(ctx, func(tx *sql.Tx) error { return s.migrate(ctx, tx) }); err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	return nil
}

func (s *Store) migrate(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range s.words.begin {
		if _, err := tx.ExecContext(ctx, s.text(statement)); err != nil {
			return err
		}
	}

	mapped := false // the table was mapped before
	if s.users != nil {
		err := s.inspect(ctx, tx)
		if err == nil {
			mapped, err = s.isTrue(ctx, tx, s.words.there, s.prefix+"dirty")
		}
		if err != nil {
			return err
		}
	}

	for _, statement := range s.schema() {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}

	if s.users != nil {
		return s.noteMissing(ctx, tx, !mapped)
	}
	return nil
}

// inTx runs do in a transaction and commits it if do returns nil.
func (s *Store) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// Roll back also if do panics or ends the goroutine, or the write lock would stay.
	defer tx.Rollback() // no effect after Commit; the error of do says more
	if err := do(tx); err != nil {
		return contextError(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", contextError(ctx, err)) // deferred constraints are checked here
	}
	return nil
}

// contextError returns the error of the context if it is done. A done context ends the
// transaction on another goroutine, and a later statement only learns that it has ended.
func contextError(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}
