package main

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"modernc.org/sqlite"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/sqlstore"
)

const defaultStore = "sqlite:usher.db"

// openStore opens the store that --store names. The caller must call close.
func openStore(ctx context.Context, name string) (store users.Store, close func() error, err error) {
	kind, path, _ := strings.Cut(name, ":")
	switch kind {
	case "memory":
		if path != "" {
			return nil, nil, usagef("--store memory: takes no path")
		}
		return memstore.New(), func() error { return nil }, nil
	case "sqlite":
		if path == "" {
			return nil, nil, usagef("--store sqlite: needs a path: sqlite:PATH")
		}
		d, err := openDatabase(ctx, path)
		if err != nil {
			return nil, nil, err
		}
		return d, d.db.Close, nil
	case "postgres", "postgresql":
		return nil, nil, usagef("--store: PostgreSQL is not built in yet; use sqlite:PATH or memory:")
	}

	return nil, nil, usagef("--store: use sqlite:PATH or memory:")
}

// A database is a store in a SQLite file. A file that does not exist reads as
// empty, and the first write creates it. So a command that only reads leaves no
// file behind.
type database struct {
	path  string
	db    *sql.DB
	store *sqlstore.Store

	mu    sync.Mutex
	empty bool
}

var _ users.Store = (*database)(nil)

// The options of a connection. Writers wait for each other but not for readers. A
// transaction takes the lock when it begins, so no transaction fails half way.
const (
	readWrite = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate"
	readOnly  = "?mode=ro&_pragma=busy_timeout(10000)"
	immutable = "?mode=ro&immutable=1"
)

// openDatabase opens a SQLite file. A file, or a folder, that cannot be written is
// opened to read only.
func openDatabase(ctx context.Context, path string) (*database, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) { // a query would create the file
		d, err := connect(path, readWrite)
		if err != nil {
			return nil, err
		}
		d.empty = true
		return d, nil
	}

	options := []string{readWrite, readOnly}
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() == 0 {
		options = append(options, immutable) // no change is outside the file itself
	}

	var first error
	for _, o := range options {
		d, err := connect(path, o)
		if err != nil {
			return nil, err
		}
		var tables int
		err = d.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = 'records'").Scan(&tables)
		if err == nil {
			d.empty = tables == 0
			return d, nil
		}
		if first == nil {
			first = d.explain(err)
		}
		if err := d.db.Close(); err != nil || !isReadOnly(first) {
			return nil, errors.Join(first, err)
		}
	}

	return nil, first
}

func connect(path, options string) (*database, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+options)
	if err != nil {
		return nil, &namedError{path, err}
	}
	return &database{path: path, db: db, store: sqlstore.New(db, nil)}, nil
}

// The result codes of SQLite that the command explains.
const (
	sqliteReadOnly = 8
	sqliteFull     = 13
	sqliteCantOpen = 14
)

// explain adds the name of the database to an error, and what a full disk or a
// database without write access is called elsewhere.
func (d *database) explain(err error) error {
	var x *sqlite.Error
	if !errors.As(err, &x) {
		return err
	}
	switch x.Code() & 0xff {
	case sqliteReadOnly, sqliteCantOpen:
		err = errors.Join(fs.ErrPermission, err)
	case sqliteFull:
		err = errors.Join(syscall.ENOSPC, err)
	}
	return &namedError{d.path, err}
}

func isReadOnly(err error) bool { return errors.Is(err, fs.ErrPermission) }

func (d *database) isEmpty() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.empty
}

// Find returns no records while the database does not exist.
func (d *database) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	if d.isEmpty() {
		return nil, nil
	}
	found, err := d.store.Find(ctx, keys)
	return found, d.explain(err)
}

// List returns an empty page while the database does not exist.
func (d *database) List(ctx context.Context, q users.Query) (users.Page, error) {
	if d.isEmpty() {
		return users.Page{}, nil
	}
	page, err := d.store.List(ctx, q)
	return page, d.explain(err)
}

// Apply creates the database if it does not exist, readable by its owner alone.
func (d *database) Apply(ctx context.Context, b users.Batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.empty {
		f, err := os.OpenFile(d.path, os.O_CREATE|os.O_RDWR, 0o600)
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			return &namedError{d.path, err}
		}
		if err := d.store.Migrate(ctx); err != nil {
			return d.explain(err)
		}
		d.empty = false
	}
	return d.explain(d.store.Apply(ctx, b))
}

// Journal yields no entries while the database does not exist.
func (d *database) Journal(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
	return func(yield func(users.Entry, error) bool) {
		if d.isEmpty() {
			return
		}
		for e, err := range d.store.Journal(ctx, imp, after) {
			if !yield(e, d.explain(err)) {
				return
			}
		}
	}
}
