package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	_ "modernc.org/sqlite"

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
	db    *sql.DB
	store *sqlstore.Store

	mu    sync.Mutex
	empty bool
}

var _ users.Store = (*database)(nil)

func openDatabase(ctx context.Context, path string) (*database, error) {
	// Writers wait for each other but not for readers. A transaction takes the
	// lock when it begins, so no transaction fails half way.
	source := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate"
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}

	d := &database{db: db, store: sqlstore.New(db, nil)}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		d.empty = true // a query would create the file
		return d, nil
	}

	var tables int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = 'records'").Scan(&tables); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}

	d.empty = tables == 0
	return d, nil
}

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
	return d.store.Find(ctx, keys)
}

// List returns an empty page while the database does not exist.
func (d *database) List(ctx context.Context, q users.Query) (users.Page, error) {
	if d.isEmpty() {
		return users.Page{}, nil
	}
	return d.store.List(ctx, q)
}

// Apply creates the database if it does not exist.
func (d *database) Apply(ctx context.Context, b users.Batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.empty {
		if err := d.store.Migrate(ctx); err != nil {
			return err
		}
		d.empty = false
	}
	return d.store.Apply(ctx, b)
}

// Journal yields no entries while the database does not exist.
func (d *database) Journal(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
	if d.isEmpty() {
		return func(func(users.Entry, error) bool) {}
	}
	return d.store.Journal(ctx, imp, after)
}
