package integration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// lineOf is a line that somebody holds.
func lineOf(id users.ID, account users.AccountID, holder users.ID) users.Write {
	return users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: account}, Data: &users.Line{PBX: "P", Short: string(id), Holder: holder}}}
}

// held are the lines somebody holds.
func held(t testing.TB, s users.Store, account users.AccountID, holder users.ID) []users.Record {
	t.Helper()
	return foundIn(t, s, users.KeyOf(account, users.LinkHolder, string(holder)))
}

// Whoever has the id of somebody who left is somebody else, though nobody looked
// in between: they have no rights, no names and no lines of theirs.
func TestAnotherPersonUnderTheID(t *testing.T) {
	for _, x := range []struct {
		name string
		do   []string
		want string // of the person's data; of the one who left they must say nothing
	}{
		{"deleted and made again", []string{"DELETE FROM people WHERE id = '7'", "INSERT INTO people (id, email) VALUES ('7', 'bob@example.com')"}, "bob@example.com"},
		{"with the same values", []string{"DELETE FROM people WHERE id = '7'", "INSERT INTO people (id, email) VALUES ('7', 'ada@example.com')"}, "ada@example.com"},
		{"changed before", []string{"UPDATE people SET login = 'x'", "DELETE FROM people WHERE id = '7'", "INSERT OR FAIL INTO people (id, email) VALUES ('7', 'bob@example.com')"}, "bob@example.com"},
		{"and changed after", []string{"DELETE FROM people WHERE id = '7'", "INSERT OR IGNORE INTO people (id, email) VALUES ('7', 'x')", "UPDATE OR REPLACE people SET email = 'bob@example.com'"}, "bob@example.com"},
		{"twice", []string{"DELETE FROM people", "INSERT INTO people (id) VALUES ('7')", "DELETE FROM people", "INSERT OR REPLACE INTO people (id, email) VALUES ('7', 'bob@example.com')"}, "bob@example.com"},
		{"replaced, with recursive triggers", []string{"PRAGMA recursive_triggers = ON", "REPLACE INTO people (id, email) VALUES ('7', 'bob@example.com')"}, "bob@example.com"},
		{"changed, and given another id", []string{"UPDATE people SET login = 'x'", "UPDATE people SET id = '9' WHERE id = '7'", "INSERT INTO people (id, email) VALUES ('7', 'bob@example.com')"}, "bob@example.com"},
		{"given another id, and the id given to another", []string{"INSERT INTO people (id, email) VALUES ('8', 'bob@example.com')", "UPDATE people SET id = '9' WHERE id = '7'", "UPDATE OR ABORT people SET id = '7' WHERE id = '8'"}, "bob@example.com"},
	} {
		t.Run(x.name, func(t *testing.T) {
			db, s := inHost(t, looseDDL, looseTable())
			ctx := t.Context()
			hostDoes(t, db, "INSERT INTO people (id, email) VALUES ('7', 'ada@example.com')")
			oneUser(t, s, "7")
			p := &users.Profile{Email: "ada@example.com", LastName: "Lovelace", Roles: []string{users.RoleAdmin}}
			b := writeUser("7", 1, p)
			b.Writes = append(b.Writes, lineOf("l1", "acme", "7"), lineOf("l2", "acme", "7"), lineOf("l3", "acme", "other"))
			require.NoError(t, s.Apply(ctx, b))
			require.Len(t, held(t, s, "acme", "7"), 2)

			hostDoes(t, db, x.do...)
			require.Equal(t, users.Conflict{Stale: []users.ID{"7"}}, conflictOf(t, s, writeUser("7", 2, nil)), "read for the one who left")
			is := oneUser(t, s, "7")
			require.Equal(t, uint64(3), is.Version)
			require.Empty(t, cmp.Diff(users.Data(&users.Profile{Email: x.want}), is.Data), "(-want +got)")
			require.Empty(t, foundIn(t, s, users.KeyOf("acme", users.LinkGrant, users.RoleAdmin)))
			require.Empty(t, held(t, s, "acme", "7"))
			for id, want := range map[users.ID]users.Line{"l1": {PBX: "P", Short: "l1"}, "l2": {PBX: "P", Short: "l2"}} {
				l := oneUser(t, s, id)
				require.Equal(t, uint64(2), l.Version)
				require.Equal(t, &want, l.Data)
				require.False(t, l.Updated.IsZero())
			}
			require.Equal(t, uint64(1), oneUser(t, s, "l3").Version, "of others nothing is touched")
			require.Len(t, held(t, s, "acme", "other"), 1)
		})
	}
}

// Nor has somebody whose row cannot be read anything of the one who left.
func TestAnotherPersonWhoCannotBeRead(t *testing.T) {
	db, s := inHost(t, strictDDL, strictTable())
	hostDoes(t, db, "INSERT INTO people (id, email, admin) VALUES ('7', 'ada@example.com', 'account_admin')")
	oneUser(t, s, "7")
	require.NoError(t, s.Apply(t.Context(), users.Batch{Import: "i", Writes: []users.Write{lineOf("l1", "acme", "7")}}))
	hostDoes(t, db, "DELETE FROM people", "INSERT INTO people (id, email, admin) VALUES ('7', 'bob@example.com', 1)")
	page, err := s.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
	require.Equal(t, &users.Profile{Email: "bob@example.com"}, page.Records[0].Data)
	require.Equal(t, uint64(2), page.Records[0].Version)
	require.Empty(t, held(t, s, "acme", "7"))
	_, err = s.Find(t.Context(), []users.Key{users.ByID("7")})
	require.ErrorContains(t, err, "record 7: column admin: ")
}

// A host that makes a row anew in the place of the old one keeps the person.
func TestTheSamePersonInAnotherRow(t *testing.T) {
	db, s := inHost(t, looseDDL, looseTable())
	hostDoes(t, db, "INSERT INTO people (id, email) VALUES ('7', 'ada@example.com')")
	oneUser(t, s, "7")
	require.NoError(t, s.Apply(t.Context(), writeUser("7", 1, &users.Profile{Email: "ada@example.com", LastName: "Lovelace"})))
	hostDoes(t, db, "REPLACE INTO people (id, email) VALUES ('7', 'countess@example.com')",
		"INSERT INTO people (id) VALUES ('7') ON CONFLICT (id) DO UPDATE SET login = 'ada'")
	require.Equal(t, &users.Profile{Email: "countess@example.com", Login: "ada", LastName: "Lovelace"}, oneUser(t, s, "7").Data)
}

// Whoever leaves, or changes to another account, leaves their lines.
func TestLinesOfThoseWhoLeave(t *testing.T) {
	for _, x := range []struct{ name, do string }{
		{"the host deletes them", "DELETE FROM people WHERE person_id = '7'"},
		{"the host gives them another id", "UPDATE people SET person_id = '8' WHERE person_id = '7'"},
		{"the host has them in another account", "UPDATE people SET tenant = 'globex' WHERE person_id = '7'"},
	} {
		t.Run(x.name, func(t *testing.T) {
			db, s := inHost(t, hosted, hostedTable())
			hostDoes(t, db, "INSERT INTO people (person_id, tenant) VALUES ('7', 'acme'), ('boss', 'acme')")
			oneUser(t, s, "7")
			under := oneUser(t, s, "boss").Clone()
			under.SetField("supervisor", "7")
			require.NoError(t, s.Apply(t.Context(), users.Batch{Import: "i", Writes: []users.Write{
				lineOf("l1", "acme", "7"), lineOf("l2", "globex", "7"), {ID: "boss", Version: 1, Record: &under},
			}}))
			hostDoes(t, db, x.do)
			require.Empty(t, held(t, s, "acme", "7"))
			require.Equal(t, uint64(2), oneUser(t, s, "l1").Version)
			require.Len(t, held(t, s, "globex", "7"), 1, "of the account they were in")
			require.Equal(t, users.Conflict{Stale: []users.ID{"l1"}}, conflictOf(t, s, users.Batch{Import: "i", Writes: []users.Write{{ID: "l1", Version: 1}}}))
			require.Equal(t, "7", oneUser(t, s, "boss").Field("supervisor"), "as a deletion by usher leaves it")
		})
	}
}

// What the host's table does beside a batch is taken over before the batch
// ends: nobody it writes or relies on may be gone by then.
func TestCascades(t *testing.T) {
	const ddl = `PRAGMA foreign_keys = ON;
CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, login TEXT, boss TEXT REFERENCES people (id) ON DELETE CASCADE);
INSERT INTO people VALUES ('a', 'a@example.com', NULL, NULL), ('b', 'b@example.com', NULL, 'a'), ('c', 'c@example.com', NULL, 'b'), ('d', 'd@example.com', NULL, NULL);
CREATE TRIGGER mark AFTER DELETE ON people WHEN OLD.id = 'a' BEGIN UPDATE people SET login = 'left' WHERE id = 'd'; END`
	b := func(version uint64) users.Write {
		return writeUser("b", version, &users.Profile{Email: "b@example.com", Mobile: "+33612345678"}).Writes[0]
	}
	for _, x := range []struct {
		name  string
		needs []users.Need
		write []users.Write
		want  []users.ID
	}{
		{"nobody is needed", nil, nil, nil},
		{"one who goes too", []users.Need{{ID: "b"}, {ID: "d"}}, nil, []users.ID{"b"}},
		{"two who go too", []users.Need{{ID: "c"}, {ID: "b", Version: 1}}, nil, []users.ID{"b", "c"}},
		{"one who is changed", []users.Need{{ID: "d", Version: 1}}, nil, []users.ID{"d"}},
		{"one who is changed, at any version", []users.Need{{ID: "d"}}, nil, nil},
		{"one who is written, but not in the table", nil, []users.Write{b(1)}, []users.ID{"b"}},
		{"one who is deleted as well", nil, []users.Write{{ID: "b", Version: 1}}, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			db, s := inHost(t, ddl, looseTable())
			require.Len(t, foundIn(t, s, users.ByID("a"), users.ByID("b"), users.ByID("c"), users.ByID("d")), 4)
			require.NoError(t, s.Apply(t.Context(), users.Batch{Import: "i", Writes: []users.Write{lineOf("l", "acme", "c")}}))
			batch := writeUser("a", 1, nil)
			batch.Needs, batch.Writes = x.needs, append(batch.Writes, x.write...)
			if x.want != nil {
				require.Equal(t, users.Conflict{Gone: x.want}, conflictOf(t, s, batch))
				require.Equal(t, []string{"a", "b", "c", "d"}, columnOf(t, db, "SELECT id FROM people ORDER BY id"))
				require.Len(t, foundIn(t, s, users.ByID("a"), users.ByID("b"), users.ByID("c"), users.ByID("d")), 4)
				require.Len(t, held(t, s, "acme", "c"), 1)
				return
			}
			require.NoError(t, s.Apply(t.Context(), batch))
			require.Empty(t, columnOf(t, db, "SELECT id FROM dirty"), "settled with the batch")
			require.Equal(t, []string{"d", "l"}, columnOf(t, db, "SELECT id FROM records ORDER BY id"))
			require.Equal(t, "left", oneUser(t, s, "d").Field("login"))
			require.Empty(t, held(t, s, "acme", "c"))
		})
	}
}

// Whom the host's table makes unreadable beside a batch, the batch cannot need.
func TestACascadeThatCannotBeRead(t *testing.T) {
	table := looseTable()
	table.Columns = append(table.Columns, sqlstore.Column{Field: "active", Name: "nick"})
	db, s := inHost(t, looseDDL+"; CREATE TRIGGER off AFTER DELETE ON people BEGIN UPDATE people SET nick = 'off'; END", table)
	hostDoes(t, db, "INSERT INTO people (id) VALUES ('a'), ('b')")
	require.Len(t, foundIn(t, s, users.ByID("a"), users.ByID("b")), 2)
	batch := writeUser("a", 1, nil)
	batch.Needs = []users.Need{{ID: "b"}}
	require.ErrorContains(t, s.Apply(t.Context(), batch), "sqlstore: apply: table people: record b: column nick: ")
	require.Len(t, foundIn(t, s, users.ByID("a"), users.ByID("b")), 2)
	batch.Needs = nil
	require.NoError(t, s.Apply(t.Context(), batch))
	_, err := s.Find(t.Context(), []users.Key{users.ByID("b")})
	require.ErrorContains(t, err, "record b: column nick: ")
}
