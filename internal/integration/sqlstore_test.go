package integration_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
	"github.com/usher-go/usher/users/storetest"
)

// file opens a database in a file, as the documentation of sqlstore asks.
func file(t testing.TB) *sql.DB {
	t.Helper()
	return open(t, "file:"+filepath.Join(t.TempDir(), "people.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
}

// memory opens a database in memory, on one connection.
func memory(t testing.TB) *sql.DB {
	t.Helper()
	db := open(t, ":memory:")
	db.SetMaxOpenConns(1)
	return db
}

func open(t testing.TB, source string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", source)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func migrated(t testing.TB, db *sql.DB, opts *sqlstore.Options) *sqlstore.Store {
	t.Helper()
	s := sqlstore.New(db, opts)
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

func TestContract(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *sql.DB{"file": file, "memory": memory} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) users.Store { return migrated(t, open(t), nil) })
		})
	}
}
