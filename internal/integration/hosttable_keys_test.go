package integration_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// looseDDL is a table in which the host allows anything.
const looseDDL = "CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, login TEXT, nick TEXT UNIQUE)"

func looseTable() *sqlstore.Table {
	return &sqlstore.Table{Name: "people", ID: "id", Fixed: "acme", Columns: []sqlstore.Column{{Field: "email", Name: "email"}, {Field: "login", Name: "login"}}}
}

// conflictOf is the Conflict of a batch.
func conflictOf(t testing.TB, s users.Store, b users.Batch) users.Conflict {
	t.Helper()
	c := new(users.Conflict)
	err := s.Apply(t.Context(), b)
	require.True(t, errors.As(err, &c), "%v, want a conflict", err)
	return *c
}

// holderOf is who is found under the address; "" for nobody.
func holderOf(t testing.TB, s users.Store, address string) users.ID {
	t.Helper()
	recs := foundIn(t, s, emailKey(address))
	if len(recs) == 0 {
		return ""
	}
	require.Len(t, recs, 1)
	return recs[0].ID
}

// Where the host has two people with one address, both are kept, and the key
// stays with the one who has it until it is given up.
func TestTwoOfTheHostsWithOneAddress(t *testing.T) {
	const address = "same@example.com"
	start := func(t *testing.T) *hostCase {
		db, s := inHost(t, looseDDL, looseTable())
		h := &hostCase{t, db, s}
		h.do("INSERT INTO people (id, email) VALUES ('m', 'Same@Example.com')")
		require.Equal(t, users.ID("m"), holderOf(t, s, address))
		h.do("INSERT INTO people (id, email) VALUES ('b', 'same@example.com'), ('a', 'SAME@example.com')")
		require.Equal(t, users.ID("m"), holderOf(t, s, address), "the key stays")
		for id, email := range map[users.ID]string{"a": "SAME@example.com", "b": "same@example.com", "m": "Same@Example.com"} {
			require.Equal(t, email, oneUser(t, s, id).Data.(*users.Profile).Email, "nothing is lost")
		}
		return h
	}
	email := func(id users.ID, version uint64, email string) users.Batch {
		return writeUser(id, version, &users.Profile{Email: email})
	}
	for _, x := range []struct {
		name string
		do   func(*hostCase)
		want []users.ID // who has it then, and when that one lets go, and so on
	}{
		{"the host deletes who has it", func(h *hostCase) { h.do("DELETE FROM people WHERE id = 'm'") }, []users.ID{"a", "b", ""}},
		{"the host changes who has it", func(h *hostCase) { h.do("UPDATE people SET email = 'm@example.com' WHERE id = 'm'") }, []users.ID{"a", "b", ""}},
		{"a batch deletes who has it", func(h *hostCase) { h.apply(writeUser("m", 1, nil)) }, []users.ID{"a", "b", ""}},
		{"a batch changes who has it", func(h *hostCase) { h.apply(email("m", 1, "m@example.com")) }, []users.ID{"a", "b", ""}},
		{"a batch deletes one who waits", func(h *hostCase) { h.apply(writeUser("a", 1, nil)) }, []users.ID{"m", "b", ""}},
		{"a batch changes one who waits", func(h *hostCase) { h.apply(email("a", 1, "a@example.com")) }, []users.ID{"m", "b", ""}},
		{"a batch changes something else of one who waits", func(h *hostCase) {
			p := oneUser(h.t, h.store, "a").Clone().Data.(*users.Profile)
			p.Login = "a"
			h.apply(writeUser("a", 1, p))
		}, []users.ID{"m", "a", "b", ""}},
		{"a batch changes something else of all of them", func(h *hostCase) {
			b := users.Batch{Import: "i"}
			for _, id := range []users.ID{"a", "b", "m"} {
				p := oneUser(h.t, h.store, id).Clone().Data.(*users.Profile)
				p.Login = string(id)
				b.Writes = append(b.Writes, writeUser(id, 1, p).Writes...)
			}
			h.apply(b)
		}, []users.ID{"m", "a", "b", ""}},
		{"the host changes one who waits", func(h *hostCase) { h.do("UPDATE people SET email = NULL WHERE id = 'a'") }, []users.ID{"m", "b", ""}},
		{"the host changes one who waits, and back", func(h *hostCase) {
			h.do("UPDATE people SET email = NULL WHERE id = 'a'")
			oneUser(h.t, h.store, "a")
			h.do("UPDATE people SET email = 'same@example.com' WHERE id = 'a'")
		}, []users.ID{"m", "a", "b", ""}},
		{"the host has two change places", func(h *hostCase) {
			h.do("UPDATE people SET email = 'x@example.com' WHERE id = 'm'; UPDATE people SET email = 'y@example.com' WHERE id = 'a'")
		}, []users.ID{"b", ""}},
		{"usher looks at everybody again", func(h *hostCase) { require.NoError(h.t, h.store.Migrate(h.t.Context())) }, []users.ID{"m", "a", "b", ""}},
	} {
		t.Run(x.name, func(t *testing.T) {
			h := start(t)
			x.do(h)
			for _, want := range x.want {
				got := holderOf(t, h.store, address)
				require.Equal(t, want, got)
				if want != "" {
					h.do("DELETE FROM people WHERE id = '" + string(want) + "'")
				}
			}
			require.Empty(t, columnOf(t, h.db, "SELECT record FROM waiting"))
		})
	}

	t.Run("nobody else may take it meanwhile", func(t *testing.T) {
		h := start(t)
		take := email("z", 0, address)
		key := emailKey(address)
		require.Empty(t, cmp.Diff(users.Conflict{Keys: []users.KeyConflict{{Key: key, Wants: "z", Holder: "m"}}}, conflictOf(t, h.store, take)), "(-want +got)")
		take.Writes = append(take.Writes, writeUser("m", 1, nil).Writes...)
		require.Empty(t, cmp.Diff(users.Conflict{Keys: []users.KeyConflict{{Key: key, Wants: "z", Holder: "a"}}}, conflictOf(t, h.store, take)),
			"one who waited has it before one who comes (-want +got)")
		require.Equal(t, users.ID("m"), holderOf(t, h.store, address), "of a batch that is refused nothing is given up")
		take.Writes = append(take.Writes, writeUser("a", 1, nil).Writes[0], writeUser("b", 1, &users.Profile{}).Writes[0])
		h.apply(take)
		require.Equal(t, users.ID("z"), holderOf(t, h.store, address))
	})
}

// REPLACE INTO deletes the row in its way, and no trigger hears of it.
func TestReplaceInto(t *testing.T) {
	db, s := inHost(t, "CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT UNIQUE, login TEXT, nick TEXT UNIQUE)", looseTable())
	hostDoes(t, db, "INSERT INTO people VALUES ('ada', 'ada@example.com', 'ada', 'a'), ('bob', 'bob@example.com', 'bob', 'b')")
	require.Len(t, foundIn(t, s, users.ByID("ada"), users.ByID("bob")), 2)

	hostDoes(t, db, "REPLACE INTO people VALUES ('eve', 'ada@example.com', 'eve', 'e')")
	require.Equal(t, users.ID("eve"), holderOf(t, s, "ada@example.com"))
	require.Empty(t, foundIn(t, s, users.ByID("ada")), "whoever wants a key has its holder looked at")

	hostDoes(t, db, "REPLACE INTO people VALUES ('dan', 'dan@example.com', 'dan', 'b')")
	require.NoError(t, s.Migrate(t.Context()))
	require.Empty(t, foundIn(t, s, users.ByID("bob")), "no key of usher's was in the way: Migrate finds it")
	require.Len(t, foundIn(t, s, users.ByID("dan"), users.ByID("eve")), 2)
}

// What a statement does in case of a conflict is not handed on to the notes.
func TestEveryWayOfWriting(t *testing.T) {
	db, s := inHost(t, looseDDL, looseTable())
	for _, or := range []string{"", "OR ABORT", "OR FAIL", "OR ROLLBACK", "OR IGNORE", "OR REPLACE"} {
		t.Run(or, func(t *testing.T) {
			hostDoes(t, db,
				"INSERT "+or+" INTO people (id, email) VALUES ('ada', 'one@example.com')",
				"UPDATE "+or+" people SET email = 'two@example.com' WHERE id = 'ada'",
				"INSERT INTO people (id, email) VALUES ('ada', 'x') ON CONFLICT (id) DO UPDATE SET email = 'three@example.com'",
				"UPDATE "+or+" people SET id = 'eve' WHERE id = 'ada'",
				"UPDATE "+or+" people SET id = 'ada' WHERE id = 'eve'")
			require.Equal(t, users.ID("ada"), holderOf(t, s, "three@example.com"))
			hostDoes(t, db, "DELETE FROM people")
			require.Equal(t, users.ID(""), holderOf(t, s, "three@example.com"))
		})
	}
}

// Ids are of all kinds of record together: a row whose id is taken is nobody
// until it is free.
func TestAnIDThatAnotherKindHas(t *testing.T) {
	db, s := inHost(t, looseDDL, looseTable())
	account := func(version uint64, r *users.Record) users.Batch {
		return users.Batch{Import: "i", Writes: []users.Write{{ID: "acme", Version: version, Record: r}}}
	}
	rec := users.Record{Head: users.Head{ID: "acme", Account: "acme"}, Data: &users.Account{Name: "Acme"}}
	require.NoError(t, s.Apply(t.Context(), account(0, &rec)))
	hostDoes(t, db, "INSERT INTO people (id, email) VALUES ('acme', 'a@example.com')")
	require.Equal(t, users.KindAccount, oneUser(t, s, "acme").Kind())
	require.Empty(t, foundIn(t, s, emailKey("a@example.com")))
	require.NoError(t, s.Apply(t.Context(), account(1, nil)))
	require.Equal(t, users.ID("acme"), holderOf(t, s, "a@example.com"))
	hostDoes(t, db, "DELETE FROM people")
	require.NoError(t, s.Apply(t.Context(), account(0, &rec)))
}
