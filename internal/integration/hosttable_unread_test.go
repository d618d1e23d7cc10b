package integration_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// strictTable has a column that the host's function cannot always read.
func strictTable() *sqlstore.Table {
	return &sqlstore.Table{Name: "people", ID: "id", Fixed: "acme", Columns: []sqlstore.Column{
		{Field: "email", Name: "email"},
		{Field: "name", Name: "name", Decode: func(v any) string { return v.(string) }},
		{Field: "role", Name: "admin"},
		{Field: "active", Name: "enabled"},
	}}
}

const strictDDL = "CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, name TEXT DEFAULT '', admin DEFAULT 'user', enabled DEFAULT 'yes')"

// A Valuer that panics does so inside database/sql.
type panicking struct{}

func (panicking) Value() (driver.Value, error) { panic("no such mailbox") }

// What the host's functions do leaves no transaction open: the next may write
// at once, in this pool and in any other.
func TestTheHostsFunctionsPanic(t *testing.T) {
	for _, x := range []struct {
		name   string
		encode func(string) any
		panics bool // to the importer, which then tries row by row
		want   string
	}{
		{"Encode", func(string) any { panic("no such mailbox") }, true,
			"users: apply: sqlstore: apply: table people: record new: column email: Encode: users: the store panicked: no such mailbox"},
		{"a Valuer", func(string) any { return panicking{} }, true, "record new: column email: Encode: users: the store panicked: no such mailbox"},
		{"a Valuer that answers no value", func(string) any { return sql.Null[[]int]{V: []int{1}, Valid: true} }, false, "record new: column email: "},
		{"the goroutine ends", func(string) any { runtime.Goexit(); return nil }, false, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			src := "file:" + t.TempDir() + "/people.db?_pragma=journal_mode(WAL)&_pragma=busy_timeout(0)"
			db, other := open(t, src), open(t, src)
			hostDoes(t, db, looseDDL)
			table := looseTable()
			table.Columns[0].Encode = x.encode
			s := migrated(t, db, &sqlstore.Options{Users: table})
			var err error
			var wg sync.WaitGroup
			wg.Go(func() {
				err = users.Open(s, users.Host("h"), nil).Apply(t.Context(), writeUser("new", 0, &users.Profile{Email: "bad@example.com"}))
			})
			wg.Wait()
			if x.want != "" {
				require.ErrorContains(t, err, x.want)
			}
			require.Equal(t, x.panics, errors.Is(err, users.ErrPanic))
			require.Zero(t, db.Stats().InUse)
			hostDoes(t, other, "INSERT INTO people (id, email) VALUES ('ada', 'ada@example.com')")
			require.Equal(t, users.ID("ada"), holderOf(t, s, "ada@example.com"))
			require.Empty(t, foundIn(t, s, users.ByID("new")))
		})
	}
}

// A value for parking that the host's function does not take costs nobody their batch.
func TestEncodePanicsAtAParkedValue(t *testing.T) {
	table := looseTable()
	table.Columns[0].Encode = func(v string) any {
		if v == "ada@parked.invalid" {
			panic("no such mailbox")
		}
		return v
	}
	_, s := inHost(t, looseDDL, table)
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 0, &users.Profile{Email: "ada@example.com"})))
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 1, &users.Profile{Email: "countess@example.com"})))
	require.Equal(t, users.ID("ada"), holderOf(t, s, "countess@example.com"))
}

// A row that cannot be read is an error for whoever asks for that person, and
// for nobody else, until the host mends it.
func TestARowThatCannotBeRead(t *testing.T) {
	for _, x := range []struct{ name, bad, good, want string }{
		{"Decode panics", "name = NULL", "name = ''",
			"table people: record bob: column name: Decode: users: the store panicked: interface conversion: interface {} is nil, not string"},
		{"a word the field does not have", "enabled = 'secret'", "enabled = 'yes'", "table people: record bob: column enabled: the field active cannot say what stands there, a text"},
		{"an integer", "enabled = 0", "enabled = 'yes'", "table people: record bob: column enabled: the field active cannot say what stands there, an integer"},
		{"an integer as a role", "admin = 1", "admin = NULL", "table people: record bob: column admin: the field role cannot say what stands there, an integer"},
		{"a number", "admin = 1.5", "admin = ''", "column admin: the field role cannot say what stands there, a number"},
		{"bytes", "admin = x'00'", "admin = 'user'", "column admin: the field role cannot say what stands there, bytes"},
	} {
		t.Run(x.name, func(t *testing.T) {
			db, s := inHost(t, strictDDL, strictTable())
			ctx := t.Context()
			hostDoes(t, db, "INSERT INTO people (id, email) VALUES ('ada', 'ada@example.com'), ('bob', 'bob@example.com')")
			bob := oneUser(t, s, "bob")
			list := func() (out []users.Record) {
				page, err := s.List(ctx, users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Count: true})
				require.NoError(t, err)
				require.Equal(t, len(page.Records), page.Total)
				return page.Records
			}
			refused := func(what string) {
				for _, keys := range [][]users.Key{{users.ByID("bob")}, {users.ByID("ada"), emailKey("bob@example.com")}} {
					recs, err := s.Find(ctx, keys)
					require.ErrorContains(t, err, "sqlstore: find: table people: record bob: ", what)
					require.ErrorContains(t, err, x.want, what)
					require.NotContains(t, err.Error(), "secret", what)
					require.Empty(t, recs)
				}
				for _, b := range []users.Batch{
					writeUser("bob", bob.Version, &users.Profile{Email: "robert@example.com"}), writeUser("bob", bob.Version, nil),
					{Import: "i", Needs: []users.Need{{ID: "bob"}}}, {Import: "i", Needs: []users.Need{{ID: "bob", Version: bob.Version}}},
				} {
					err := s.Apply(ctx, b)
					require.ErrorContains(t, err, "sqlstore: apply: table people: record bob: ", what)
					require.ErrorContains(t, err, x.want, what)
				}
			}

			hostDoes(t, db, "UPDATE people SET email = 'robert@example.com', "+x.bad+" WHERE id = 'bob'")
			before := columnOf(t, db, "SELECT quote(email) || quote(name) || quote(admin) || quote(enabled) FROM people")
			refused("set aside by this call")
			refused("set aside before")
			require.Equal(t, users.ID("ada"), oneUser(t, s, "ada").ID)
			require.Len(t, foundIn(t, s, users.KeyOf("acme", users.LinkActive, "yes")), 2, "a link asks for nobody by name")
			require.Empty(t, cmp.Diff(bob, list()[1]), "as last known (-want +got)")
			require.Equal(t, users.Conflict{Keys: []users.KeyConflict{{Key: emailKey("bob@example.com"), Wants: "x", Holder: "bob"}}},
				conflictOf(t, s, writeUser("x", 0, &users.Profile{Email: "bob@example.com"})), "their keys stay theirs")
			require.NoError(t, s.Apply(ctx, writeUser("ada", 1, &users.Profile{Email: "countess@example.com"})), "of everybody else")
			hostDoes(t, db, "UPDATE people SET name = 'Ada' WHERE id = 'ada'")
			require.Equal(t, "Ada", oneUser(t, s, "ada").Field("name"))
			require.NoError(t, s.Migrate(ctx))
			refused("after Migrate")
			require.Equal(t, before[1], columnOf(t, db, "SELECT quote(email) || quote(name) || quote(admin) || quote(enabled) FROM people")[1])

			hostDoes(t, db, "UPDATE people SET "+x.good+" WHERE id = 'bob'")
			again := oneUser(t, s, "bob")
			require.Equal(t, bob.Version+1, again.Version)
			require.Equal(t, "robert@example.com", again.Field("email"))
			require.Empty(t, columnOf(t, db, "SELECT id FROM unread"))
			require.NoError(t, s.Apply(ctx, writeUser("bob", again.Version, &users.Profile{Email: "bob@example.com"})))

			hostDoes(t, db, "UPDATE people SET "+x.bad+" WHERE id = 'bob'")
			refused("again")
			hostDoes(t, db, "DELETE FROM people WHERE id = 'bob'")
			require.Empty(t, foundIn(t, s, users.ByID("bob"), emailKey("bob@example.com")), "a row that is gone can be read")
			require.Len(t, list(), 1)
			require.Empty(t, columnOf(t, db, "SELECT id FROM unread"))
		})
	}
}

// Somebody who never could be read is listed with what could be, and with no
// right that could not.
func TestANewRowThatCannotBeRead(t *testing.T) {
	db, s := inHost(t, strictDDL, strictTable())
	hostDoes(t, db, "INSERT INTO people VALUES ('bob', 'bob@example.com', 'Bob', 1, 0)")
	page, err := s.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
	require.Empty(t, cmp.Diff(users.Data(&users.Profile{Email: "bob@example.com", DisplayName: "Bob", Inactive: true}), page.Records[0].Data), "(-want +got)")
	for _, k := range []users.Key{users.ByID("bob"), emailKey("bob@example.com")} {
		_, err := s.Find(t.Context(), []users.Key{k})
		require.ErrorContains(t, err, "record bob: column admin: ", "the first of two")
	}
	require.Equal(t, users.Conflict{Keys: []users.KeyConflict{{Key: emailKey("bob@example.com"), Wants: "x", Holder: "bob"}}},
		conflictOf(t, s, writeUser("x", 0, &users.Profile{Email: "bob@example.com"})))
	hostDoes(t, db, "UPDATE people SET admin = 'account_admin', enabled = 'yes'")
	require.Equal(t, &users.Profile{Email: "bob@example.com", DisplayName: "Bob", Roles: []string{users.RoleAdmin}}, oneUser(t, s, "bob").Data)
}

// Not one of many rows that cannot be read keeps the others waiting.
func TestManyRowsThatCannotBeRead(t *testing.T) {
	const n = 2500 // more than are settled at once
	db, s := inHost(t, strictDDL, strictTable())
	hostDoes(t, db, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
        INSERT INTO people (id, email, enabled) SELECT 'p' || i, 'p' || i || '@example.com', iif(i %% 5, 'on', 'yes') FROM n`, n))
	require.Equal(t, "p2500@example.com", oneUser(t, s, "p2500").Field("email"))
	require.Equal(t, []string{fmt.Sprint(n * 4 / 5)}, columnOf(t, db, "SELECT COUNT(*) FROM unread"))
	require.Empty(t, columnOf(t, db, "SELECT id FROM dirty"))
	_, err := s.Find(t.Context(), []users.Key{users.ByID("p1")})
	require.ErrorContains(t, err, "record p1: column enabled: ")
}

// A batch whose own value cannot be read back is refused.
func TestABatchWritesWhatCannotBeReadBack(t *testing.T) {
	db, s := inHost(t, strictDDL+"; CREATE TRIGGER n AFTER INSERT ON people BEGIN UPDATE people SET name = NULL; END", strictTable())
	err := s.Apply(t.Context(), writeUser("bob", 0, &users.Profile{}))
	require.ErrorContains(t, err, "sqlstore: apply: table people: record bob: column name: Decode: users: the store panicked")
	require.Empty(t, columnOf(t, db, "SELECT id FROM people"))
}
