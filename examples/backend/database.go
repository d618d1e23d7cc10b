package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// schema is the migration of the host. The table users does not depend on
// usher; most hosts already have such a table.
const schema = `
CREATE TABLE IF NOT EXISTS users (
    id            TEXT    NOT NULL PRIMARY KEY,
    account       TEXT    NOT NULL,
    email         TEXT,
    name          TEXT    NOT NULL DEFAULT '',
    first_name    TEXT    NOT NULL DEFAULT '',
    last_name     TEXT    NOT NULL DEFAULT '',
    is_admin      INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    badge         TEXT    NOT NULL DEFAULT '',
    manager_id    TEXT    REFERENCES users (id),
    password_hash TEXT    NOT NULL DEFAULT '',
    created_at    TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (account, email)
);
CREATE TABLE IF NOT EXISTS sessions (
    token   TEXT    NOT NULL PRIMARY KEY, -- its SHA-256
    user_id TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires INTEGER NOT NULL -- Unix seconds
);
CREATE TABLE IF NOT EXISTS previews (
    id         TEXT    NOT NULL PRIMARY KEY,
    account    TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    committed  INTEGER NOT NULL DEFAULT 0, -- no longer to be edited
    document   BLOB    NOT NULL,
    updated_at INTEGER NOT NULL -- Unix seconds
);
CREATE INDEX IF NOT EXISTS previews_age ON previews (updated_at);
`

// openDatabase opens the host's database and brings its tables up to date.
func openDatabase(ctx context.Context, path string) (*sql.DB, error) {
	// Writers wait for each other but not for readers. A transaction takes the
	// lock when it begins, so no transaction fails half way.
	source := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_txlock=immediate"
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	return db, nil
}

// openStore returns the store of usher. People are in the table of the host. All
// other data (imports, journals, fields without a column) is in tables named
// usher_….
func openStore(ctx context.Context, db *sql.DB) (users.Store, error) {
	store := sqlstore.New(db, &sqlstore.Options{Prefix: "usher_", Users: &sqlstore.Table{
		Name: "users", ID: "id", Account: "account",
		Columns: []sqlstore.Column{
			{Field: "email", Name: "email", Encode: sqlstore.EmptyIsNull},
			{Field: "name", Name: "name"},
			{Field: "first_name", Name: "first_name"},
			{Field: "last_name", Name: "last_name"},
			{Field: "role", Name: "is_admin", Encode: encodeAdmin, Decode: decodeAdmin},
			{Field: "custom.badge", Name: "badge"},
			{Field: "supervisor", Name: "manager_id", Encode: sqlstore.EmptyIsNull},
		},
	}})
	return store, store.Migrate(ctx)
}

func encodeAdmin(role string) any { return role == users.RoleAdmin }

func decodeAdmin(v any) string {
	if v == int64(1) {
		return users.RoleAdmin
	}
	return users.RoleUser
}

// A seededPerson is a person in a new database.
type seededPerson struct {
	id, account, email, name string
	admin                    bool
}

func seeded() []seededPerson {
	return []seededPerson{
		{"u-ada", "acme", "ada@acme.example", "Ada Lovelace", true},
		{"u-grace", "acme", "grace@acme.example", "Grace Hopper", false},
		{"u-hedy", "globex", "hedy@globex.example", "Hedy Lamarr", true},
	}
}

// seed fills an empty table with SQL, as the host's own program would. usher
// finds people that are written in this way at any time.
func seed(ctx context.Context, db *sql.DB) error {
	var some bool
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM users)").Scan(&some); err != nil || some {
		return err
	}
	for _, p := range seeded() {
		_, err := db.ExecContext(ctx, "INSERT INTO users (id, account, email, name, is_admin) VALUES (?, ?, ?, ?, ?)", p.id, p.account, p.email, p.name, p.admin)
		if err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	return nil
}
