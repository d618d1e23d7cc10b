package integration_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// schema is the statements that a database was made with.
func schema(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.Query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
	require.NoError(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		out = append(out, s)
	}
	require.NoError(t, rows.Err())
	return out
}

func TestNothingMigratesUnlessAsked(t *testing.T) {
	db := memory(t)
	s := sqlstore.New(db, nil)
	_, err := s.Find(t.Context(), []users.Key{users.ByID("ada")})
	require.ErrorContains(t, err, "sqlstore: find: ")
	_, err = s.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.ErrorContains(t, err, "sqlstore: list: ")
	require.ErrorContains(t, s.Apply(t.Context(), users.Batch{Import: "i1"}), "sqlstore: apply: ")
	for _, err := range s.Journal(t.Context(), "i1", 0) {
		require.ErrorContains(t, err, "sqlstore: journal: ")
	}
	require.Empty(t, schema(t, db))
}

func TestMigrateAgain(t *testing.T) {
	db := memory(t)
	s := migrated(t, db, nil)
	before := schema(t, db)
	require.NotEmpty(t, before)
	require.NoError(t, s.Apply(t.Context(), batch(10)))
	require.NoError(t, s.Migrate(t.Context()))
	require.Empty(t, cmp.Diff(before, schema(t, db)), "(-want +got)")
	page, err := s.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
	require.Len(t, page.Records, 10)
}

func TestSchemaIsWhatMigrateMakes(t *testing.T) {
	const prefix = "usher_"
	ours, theirs := memory(t), memory(t)
	migrated(t, ours, &sqlstore.Options{Prefix: prefix})
	statements, err := sqlstore.Schema(&sqlstore.Options{Prefix: prefix})
	require.NoError(t, err)
	for _, s := range statements {
		_, err := theirs.Exec(s)
		require.NoError(t, err, s)
	}
	require.Empty(t, cmp.Diff(schema(t, theirs), schema(t, ours)), "(-want +got)")
	require.Len(t, schema(t, ours), len(statements))
	for _, s := range schema(t, ours) {
		require.Equal(t, strings.Count(s, "INDEX"), strings.Count(s, prefix)-1, "a name without the prefix: %s", s)
	}
}

func TestPrefixesKeepStoresApart(t *testing.T) {
	db := memory(t)
	one, two := migrated(t, db, &sqlstore.Options{Prefix: "one_"}), migrated(t, db, &sqlstore.Options{Prefix: "two_"})
	b := batch(1)
	require.NoError(t, one.Apply(t.Context(), b))
	key := []users.Key{users.ByID(b.Writes[0].ID)}
	found, err := two.Find(t.Context(), key)
	require.NoError(t, err)
	require.Empty(t, found)
	require.NoError(t, two.Apply(t.Context(), b), "the same row, keys and id")
}

func TestMigrateAllOrNothing(t *testing.T) {
	db := memory(t)
	_, err := db.Exec("CREATE TABLE journal_order (x)") // the host has something of the name of the last
	require.NoError(t, err)
	require.ErrorContains(t, sqlstore.New(db, nil).Migrate(t.Context()), "sqlstore: migrate: ")
	require.Len(t, schema(t, db), 1)
}
