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

// Options of a [Store]. The zero value and nil mean the defaults.
type Options struct {
	// Dialect is the database's. Default SQLite.
	Dialect Dialect
	// Prefix stands before the name of every table and index: at most 20
	// characters of a to z and _. Default none.
	Prefix string
	// Users is the host's own table of people. Default none: they are kept with
	// the other records. Every Store on the same tables must say the same.
	Users *Table
}

// A Store keeps records in a database. [New] makes one. It may be used by
// several goroutines, and several of them on one database.
type Store struct {
	db     *sql.DB
	words  words
	prefix string
	users  *Table // nil where the host has none
	err    error  // of the options; every method answers it
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

// Schema is the statements that make the tables and indexes, for the host's own
// migrations. Each may be run again: it makes only what is not there. With a
// table of the host's they make its triggers anew, and note all of its rows, so
// they stand behind whatever makes that table. Unlike Migrate, they do not look
// what the table lacks, nor for users without a row in it, whom a later Migrate
// takes for deleted: put them there before. opts may be nil.
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

// Migrate makes the tables and indexes that are not there, all or none of them.
// It takes the write lock first, so that replicas may start at once.
//
// With a table of the host's it also says what that table lacks, makes its
// triggers anew, and has every person settled by the next call of another
// method: what changed while nothing was noted is found. The first time it
// fails if there are users already that are not in the host's table.
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
	mapped := false // before
	if s.users != nil {
		err := s.inspect(ctx, tx)
		if err == nil {
			mapped, err = s.yes(ctx, tx, s.words.there, s.prefix+"dirty")
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
		return s.adopt(ctx, tx, !mapped)
	}
	return nil
}

// inTx runs do in a transaction, and commits it if do returns nil.
func (s *Store) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// Also where do panics, or ends the goroutine: the write lock would stay.
	defer tx.Rollback() // does nothing after Commit; the error of do says more
	if err := do(tx); err != nil {
		return because(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", because(ctx, err)) // where deferred constraints are judged
	}
	return nil
}

// because names the context that is done: it ends a transaction on a goroutine
// of its own, and the statement that comes too late knows only that it is over.
func because(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}
