package integration_test

import (
	"database/sql"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
	"github.com/usher-go/usher/users/storetest"
)

// file opens a database in a file, as the documentation of sqlstore asks.
func file(t testing.TB) *sql.DB {
	t.Helper()
	return open(t, source(t.TempDir()))
}

func source(folder string) string {
	return "file:" + filepath.Join(folder, "people.db") + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)"
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
	t.Cleanup(func() {
		require.Zero(t, db.Stats().InUse, "connections in use after the test")
		require.NoError(t, db.Close())
	})
	return db
}

func migrated(t testing.TB, db *sql.DB, opts *sqlstore.Options) *sqlstore.Store {
	t.Helper()
	s := sqlstore.New(db, opts)
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

func TestContract(t *testing.T) {
	for _, x := range []struct {
		name, reason string
		open         func(t *testing.T) users.Store
	}{
		{"file", "how a host runs it", func(t *testing.T) users.Store { return migrated(t, file(t), nil) }},
		{"memory", "one connection must be enough, and no statement may forget the prefix", func(t *testing.T) users.Store {
			return migrated(t, memory(t), &sqlstore.Options{Prefix: "usher_"})
		}},
	} {
		t.Run(x.name, func(t *testing.T) { storetest.Run(t, x.open) })
	}
}

// Two processes have a pool each, and wait for each other. It is the same if
// the host has its transactions take the lock when they begin.
func TestTwoPools(t *testing.T) {
	const rounds = 40
	for _, more := range []string{"", "&_txlock=immediate"} {
		t.Run("source"+more, func(t *testing.T) {
			src := source(t.TempDir()) + more
			one, two := migrated(t, open(t, src), nil), migrated(t, open(t, src), nil)
			var wg sync.WaitGroup
			for _, s := range []*sqlstore.Store{one, two} {
				wg.Go(func() {
					for range rounds {
						b := batch(1)
						b.Import = b.Writes[0].ID
						b.Writes[0].Record.Data = &users.Profile{DisplayName: "Person"}
						if !assert.NoError(t, s.Apply(t.Context(), b)) {
							return
						}
					}
				})
			}
			wg.Wait()
			page, err := one.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
			require.NoError(t, err)
			require.Equal(t, 2*rounds, len(page.Records))
		})
	}
}

// What a person who looks into the database finds.
func TestStored(t *testing.T) {
	db := memory(t)
	s := migrated(t, db, nil)
	row := users.RowAt(1<<31-1, 7)
	when := time.Date(2025, 3, 4, 6, 6, 7, 0, time.FixedZone("", 3600))
	require.NoError(t, s.Apply(t.Context(), users.Batch{
		Import: "i1",
		Rows:   []users.RowNote{{Row: row, Note: []byte(`{ "n": 1 }`)}},
		Writes: []users.Write{{Row: row, ID: "ada", Record: &users.Record{
			Head: users.Head{ID: "ada", Account: "acme", Created: when},
			Data: &users.Profile{Email: "Ada@Example.com"},
		}}},
	}))
	for _, x := range []struct{ query, want string }{
		{"SELECT created FROM records", "2025-03-04T05:06:07.000Z"},
		{"SELECT updated FROM records", ""},
		{"SELECT data FROM records", `{"email":"Ada@Example.com"}`},
		{"SELECT record FROM keys WHERE account = 'acme' AND space = 'email' AND value = 'ada@example.com'", "ada"},
		{"SELECT row FROM journal WHERE import = 'i1'", "9223372032559808519"},
		{"SELECT note FROM journal", `{ "n": 1 }`},
		{"SELECT json_extract(images, '$[0].after.data.email') FROM journal", "Ada@Example.com"},
	} {
		var got string
		require.NoError(t, db.QueryRow(x.query).Scan(&got), x.query)
		require.Equal(t, x.want, got, x.query)
	}
}
