package integration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// A constraint of the host's fails the batch, says which, and leaves nothing.
func TestTheHostsConstraints(t *testing.T) {
	const ddl = `PRAGMA foreign_keys = ON;
CREATE TABLE cities (name TEXT PRIMARY KEY);
INSERT INTO cities VALUES ('Paris'), ('Lyon');
CREATE TABLE people (
    id    TEXT PRIMARY KEY,
    email TEXT CHECK (email <> 'bad@example.com'),
    name  TEXT NOT NULL,
    badge TEXT UNIQUE,
    pin   TEXT UNIQUE ON CONFLICT ROLLBACK,
    city  TEXT REFERENCES cities,
    boss  TEXT REFERENCES people (id)
);
CREATE TABLE orders (person TEXT REFERENCES people (id) ON DELETE RESTRICT);
`
	table := &sqlstore.Table{Name: "people", ID: "id", Fixed: "acme", Columns: []sqlstore.Column{
		{Field: "email", Name: "email"}, {Field: "name", Name: "name", Encode: sqlstore.EmptyIsNull},
		{Field: "custom.badge", Name: "badge", Encode: sqlstore.EmptyIsNull}, {Field: "custom.pin", Name: "pin", Encode: sqlstore.EmptyIsNull},
		{Field: "custom.city", Name: "city", Encode: sqlstore.EmptyIsNull}, {Field: "supervisor", Name: "boss", Encode: sqlstore.EmptyIsNull},
	}}
	person := func(name string, custom ...string) *users.Profile {
		p := &users.Profile{DisplayName: name, Custom: map[string]string{}}
		for i := 0; i < len(custom); i += 2 {
			p.Custom[custom[i]] = custom[i+1]
		}
		return p
	}
	under := func(boss users.ID) *users.Profile {
		p := person("X")
		p.SetField("supervisor", string(boss))
		return p
	}
	for _, x := range []struct {
		name  string
		write users.Write
		want  string
	}{
		{"not null", writeUser("new", 0, person("")).Writes[0], "sqlstore: apply: table people: record new: insert: constraint failed: NOT NULL constraint failed: people.name"},
		{"not null, of a change", writeUser("ada", 1, person("", "badge", "1", "pin", "1")).Writes[0], "record ada: update: constraint failed: NOT NULL"},
		{"check", writeUser("new", 0, &users.Profile{Email: "bad@example.com", DisplayName: "X"}).Writes[0], "record new: insert: constraint failed: CHECK"},
		{"unique", writeUser("new", 0, person("X", "badge", "1")).Writes[0], "record new: insert: constraint failed: UNIQUE constraint failed: people.badge"},
		{"unique, of a change", writeUser("bob", 1, person("Bob", "badge", "1")).Writes[0], "record bob: update: constraint failed: UNIQUE constraint failed: people.badge"},
		{"unique, and rolls back", writeUser("new", 0, person("X", "pin", "1")).Writes[0], "record new: insert: constraint failed: UNIQUE constraint failed: people.pin"},
		{"unique of a change, and rolls back", writeUser("bob", 1, person("Bob", "pin", "1")).Writes[0], "record bob: update: constraint failed: UNIQUE constraint failed: people.pin"},
		{"foreign key", writeUser("new", 0, person("X", "city", "Atlantis")).Writes[0], "sqlstore: apply: commit: constraint failed: FOREIGN KEY"},
		{"foreign key, to oneself", writeUser("new", 0, under("nobody")).Writes[0], "commit: constraint failed: FOREIGN KEY"},
		{"foreign key, of a deletion", writeUser("ada", 1, nil).Writes[0], "commit: constraint failed: FOREIGN KEY"},
	} {
		t.Run(x.name, func(t *testing.T) {
			db, s := inHost(t, ddl, table)
			hostDoes(t, db, "INSERT INTO people (id, name, badge, pin) VALUES ('ada', 'Ada', '1', '1'), ('bob', 'Bob', NULL, NULL)", "INSERT INTO orders VALUES ('ada')")
			oneUser(t, s, "ada")
			all := func() (out []string) {
				for _, table := range []string{"people", "records", "keys", "links", "journal", "dirty"} {
					for _, row := range contents(t, db, table) {
						out = append(out, fmt.Sprint(table, row))
					}
				}
				return out
			}
			before := all()
			b := writeUser("a first", 0, person("First"))
			b.Rows = []users.RowNote{{Row: 1}}
			b.Writes = append(b.Writes, x.write, writeUser("z last", 0, person("Last")).Writes[0])
			err := s.Apply(t.Context(), b)
			require.ErrorContains(t, err, x.want)
			require.Empty(t, cmp.Diff(before, all()), "(-want +got)")
			b.Writes = slices.Delete(b.Writes, 1, 2)
			require.NoError(t, s.Apply(t.Context(), b), "the connection is good for the next")
			require.Equal(t, []string{"a first", "ada", "bob", "z last"}, columnOf(t, db, "SELECT id FROM people ORDER BY id"))
		})
	}

	t.Run("what holds at the end", func(t *testing.T) {
		db, s := inHost(t, ddl, table)
		b := writeUser("a", 0, under("b"))
		b.Writes = append(b.Writes, writeUser("b", 0, under("a")).Writes[0], writeUser("c", 0, under("d")).Writes[0], writeUser("d", 0, person("D")).Writes[0])
		require.NoError(t, s.Apply(t.Context(), b))
		b = writeUser("a", 1, nil)
		b.Writes = append(b.Writes, writeUser("b", 1, under("c")).Writes[0], writeUser("d", 1, nil).Writes[0], writeUser("c", 1, person("C")).Writes[0])
		require.NoError(t, s.Apply(t.Context(), b))
		require.Equal(t, []string{"b>c", "c>NULL"}, columnOf(t, db, "SELECT id || '>' || coalesce(boss, 'NULL') FROM people ORDER BY id"))
	})
}

// Rows hand unique values on, in a table that refuses two at any moment.
func TestUniqueValuesChangeHands(t *testing.T) {
	table := &sqlstore.Table{Name: "people", ID: "id", Fixed: "acme", Columns: []sqlstore.Column{{Field: "email", Name: "email"}, {Field: "login", Name: "login", Encode: sqlstore.EmptyIsNull}}}
	const ddl = `CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (email LIKE '%_@_%.__%'), login TEXT UNIQUE, hash TEXT DEFAULT 'h');
CREATE TABLE seen (email TEXT);
CREATE TRIGGER see AFTER UPDATE ON people BEGIN INSERT INTO seen VALUES (NEW.email); END;`
	const n = 60
	for _, x := range []struct {
		name string
		next func(i int) int // whose address the ith takes
		park bool
	}{
		{"a ring", func(i int) int { return (i + 1) % n }, true},
		{"a ring, backwards", func(i int) int { return (i + n - 1) % n }, true},
		{"pairs", func(i int) int { return i ^ 1 }, true},
		{"a chain", func(i int) int { return i + 1 }, false},
		{"a chain, backwards", func(i int) int { return (i + n) % (n + 1) }, false},
		{"rings in no order, and one who leaves", func(i int) int {
			if i == 0 {
				return n
			}
			return (i * 7) % n
		}, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			db, s := inHost(t, ddl, table)
			address := func(i int) string { return fmt.Sprintf("p%02d@example.com", i) }
			id := func(i int) users.ID { return users.ID(fmt.Sprintf("p%02d", i)) }
			made, moved := users.Batch{Import: "i"}, users.Batch{Import: "i"}
			want := []string{}
			for i := range n {
				made.Writes = append(made.Writes, writeUser(id(i), 0, &users.Profile{Email: address(i), Login: address(i)}).Writes...)
				to := strings.ToUpper(address(x.next(i)))
				moved.Writes = append(moved.Writes, writeUser(id(i), 1, &users.Profile{Email: to, Login: address(x.next(i))}).Writes...)
				want = append(want, to+" h")
			}
			require.NoError(t, s.Apply(t.Context(), made))
			require.NoError(t, s.Apply(t.Context(), moved))
			require.Empty(t, cmp.Diff(want, columnOf(t, db, "SELECT email || ' ' || hash FROM people ORDER BY id")), "(-want +got)")
			require.Equal(t, x.park, len(columnOf(t, db, "SELECT email FROM seen WHERE email LIKE '%parked%'")) > 0, "nobody is parked who need not be")
			for i := range n {
				require.Equal(t, id(i), holderOf(t, s, address(x.next(i))))
			}
		})
	}
	t.Run("and to new rows from deleted ones", func(t *testing.T) {
		_, s := inHost(t, ddl, table)
		require.NoError(t, s.Apply(t.Context(), writeUser("z", 0, &users.Profile{Email: "x@example.com"})))
		b := writeUser("a", 0, &users.Profile{Email: "x@example.com"})
		b.Writes = append(b.Writes, writeUser("z", 1, nil).Writes...)
		require.NoError(t, s.Apply(t.Context(), b))
		require.Equal(t, users.ID("a"), holderOf(t, s, "x@example.com"))
	})
}

// What a table cannot hold is refused, never cut. What it holds in another form
// is what the record says from then on.
func TestLossyColumns(t *testing.T) {
	short := sqlstore.Column{Field: "name", Name: "name", Encode: func(v string) any { return v[:min(4, len(v))] }}
	lower := sqlstore.Column{Field: "email", Name: "email", Encode: func(v string) any { return strings.ToLower(v) }}
	table := &sqlstore.Table{Name: "people", ID: "id", Fixed: "acme", Columns: []sqlstore.Column{
		lower, short, adminColumn("roles", "is_admin"), {Field: "login", Name: "login", Encode: sqlstore.EmptyIsNull}, {Field: "external_id", Name: "ext"},
	}}
	const ddl = `CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, name TEXT, is_admin INTEGER, login TEXT, ext TEXT);
CREATE TRIGGER fill AFTER INSERT ON people WHEN NEW.login IS NULL BEGIN UPDATE people SET login = lower(NEW.name) WHERE id = NEW.id; END;
CREATE TRIGGER up AFTER UPDATE ON people BEGIN UPDATE people SET ext = upper(ext) WHERE id = NEW.id AND ext <> upper(ext); END;
CREATE TRIGGER keep BEFORE DELETE ON people WHEN OLD.name = 'keep' BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER drop_new BEFORE INSERT ON people WHEN NEW.name = 'drop' BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER cascade AFTER DELETE ON people WHEN OLD.name = 'last' BEGIN DELETE FROM people; END;`
	fresh := func(t *testing.T) *hostCase {
		db, s := inHost(t, ddl, table)
		return &hostCase{t, db, s}
	}
	t.Run("letter case", func(t *testing.T) {
		h := fresh(t)
		b := writeUser("ada", 0, &users.Profile{Email: "Ada@Example.com", Roles: []string{users.RoleAdmin}})
		b.Rows, b.Writes[0].Row = []users.RowNote{{Row: 1}}, 1
		h.apply(b)
		ada := oneUser(t, h.store, "ada")
		require.Equal(t, uint64(1), ada.Version)
		require.Equal(t, &users.Profile{Email: "ada@example.com", Roles: []string{users.RoleAdmin}}, ada.Data)
		for e, err := range h.store.Journal(t.Context(), "i", 0) {
			require.NoError(t, err)
			require.Equal(t, ada, *e.Images[0].After, "the journal says what is stored")
		}
	})
	for _, x := range []struct {
		name, want string
		write      *users.Profile
	}{
		{"a list as a boolean", `sqlstore: apply: table people: record new: column is_admin cannot hold roles "reader": it reads back as "user"`, &users.Profile{Roles: []string{"reader"}}},
		{"a text that is cut", `column name cannot hold name "Countess": it reads back as "Coun"`, &users.Profile{DisplayName: "Countess", Roles: []string{users.RoleAdmin}}},
		{"a row that is not made", "record new: it has no row", &users.Profile{DisplayName: "drop"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			h := fresh(t)
			require.ErrorContains(t, h.store.Apply(t.Context(), writeUser("new", 0, x.write)), x.want)
			require.Empty(t, foundIn(t, h.store, users.ByID("new")))
			require.Empty(t, columnOf(t, h.db, "SELECT id FROM people"))
		})
	}
	t.Run("a row that is not deleted", func(t *testing.T) {
		h := fresh(t)
		h.apply(writeUser("k", 0, &users.Profile{DisplayName: "keep", Roles: []string{users.RoleAdmin}}))
		require.ErrorContains(t, h.store.Apply(t.Context(), writeUser("k", 1, nil)), "record k: its row is still there")
		require.Equal(t, uint64(1), oneUser(t, h.store, "k").Version)
	})
	t.Run("what a trigger fills in, under a key that is taken", func(t *testing.T) {
		h := fresh(t)
		h.apply(writeUser("one", 0, &users.Profile{DisplayName: "Ada", Roles: []string{users.RoleAdmin}}))
		h.apply(writeUser("two", 0, &users.Profile{DisplayName: "ADA", Roles: []string{users.RoleAdmin}}))
		key := users.KeyOf("acme", users.SpaceLogin, "ada")
		require.Equal(t, users.ID("one"), foundIn(t, h.store, key)[0].ID)
		require.Equal(t, "ada", oneUser(t, h.store, "two").Data.(*users.Profile).Login)
		h.apply(writeUser("one", 1, nil))
		require.Equal(t, users.ID("two"), foundIn(t, h.store, key)[0].ID)
	})
	t.Run("what a trigger changes beside", func(t *testing.T) {
		h := fresh(t)
		h.apply(writeUser("x", 0, &users.Profile{ExternalID: "a", Login: "x", Roles: []string{users.RoleAdmin}}))
		was := users.KeyOf("acme", users.SpaceExternal, "local:a")
		require.Len(t, foundIn(t, h.store, was), 1)
		h.apply(writeUser("x", 1, &users.Profile{ExternalID: "a", Login: "y", Roles: []string{users.RoleAdmin}}))
		require.Empty(t, foundIn(t, h.store, was))
		require.Len(t, foundIn(t, h.store, users.KeyOf("acme", users.SpaceExternal, "local:A")), 1)
		require.Equal(t, uint64(2), oneUser(t, h.store, "x").Version)
	})
	t.Run("what a trigger does to others is the host's doing", func(t *testing.T) {
		h := fresh(t)
		h.apply(writeUser("last", 0, &users.Profile{DisplayName: "last", Roles: []string{users.RoleAdmin}}))
		h.apply(writeUser("other", 0, &users.Profile{DisplayName: "x", Roles: []string{users.RoleAdmin}}))
		h.apply(writeUser("last", 1, nil))
		require.Empty(t, foundIn(t, h.store, users.ByID("last"), users.ByID("other")))
	})
	t.Run("a role beside others", func(t *testing.T) {
		db, s := inHost(t, hosted, hostedTable())
		require.NoError(t, s.Apply(t.Context(), writeUser("ada", 0, &users.Profile{Roles: []string{"reader"}})))
		hostDoes(t, db, "UPDATE people SET is_admin = 1")
		require.Equal(t, []string{users.RoleAdmin, "reader"}, oneUser(t, s, "ada").Data.(*users.Profile).Roles)
	})
	t.Run("an account the table is not of", func(t *testing.T) {
		h := fresh(t)
		b := writeUser("x", 0, &users.Profile{})
		b.Writes[0].Record.Account = "globex"
		require.EqualError(t, h.store.Apply(t.Context(), b), `sqlstore: apply: table people: record x: account "globex": all people in it are of "acme"`)
	})
}

// Migrate says what the host's table lacks, before it makes anything.
func TestMigrateSaysWhatIsMissing(t *testing.T) {
	const good = "CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, login TEXT)"
	for _, x := range []struct{ name, ddl, want string }{
		{"table", "", "sqlstore: migrate: table people: it is not there"},
		{"column", "CREATE TABLE people (id TEXT PRIMARY KEY, emial TEXT, login TEXT)", "sqlstore: migrate: table people: there is no column email that can be written"},
		{"column that is computed", "CREATE TABLE people (id TEXT PRIMARY KEY, login TEXT, email TEXT AS (login || '@example.com'))", "there is no column email that can be written"},
		{"id", "CREATE TABLE people (key TEXT PRIMARY KEY, email TEXT, login TEXT)", "there is no column id"},
		{"unique index", "CREATE TABLE people (id TEXT, email TEXT, login TEXT, UNIQUE (id, email))", "column id has no unique index of its own"},
		{"unique index over all rows", "CREATE TABLE people (id TEXT, email TEXT, login TEXT); CREATE UNIQUE INDEX x ON people (id) WHERE email <> ''", "column id has no unique index of its own"},
		{"key of its own", "CREATE TABLE people (id TEXT, email TEXT, login TEXT, PRIMARY KEY (id, email))", "column id has no unique index of its own"},
		{"id that takes text", "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, login TEXT)",
			"column id takes no text, which usher's ids are: make it TEXT, or name another column as ID, of text and with a unique index"},
		{"id that keeps text as it is", "CREATE TABLE people (id bigint UNIQUE, email TEXT, login TEXT)", "column id takes no text"},
		{"id that takes text in a strict table", "CREATE TABLE People (ID BLOB PRIMARY KEY, email TEXT, login TEXT) STRICT", "column id takes no text"},
		{"", good, ""},
		{"", "CREATE TABLE people (id UNIQUE, email TEXT, login TEXT)", ""},
		{"", "CREATE TABLE people (id ANY NOT NULL PRIMARY KEY, email TEXT, login TEXT) STRICT", ""},
		{"", "CREATE TABLE people (id VARCHAR(40) PRIMARY KEY, email TEXT, login TEXT)", ""},
		{"", "CREATE TABLE people (id UUID PRIMARY KEY, email TEXT, login TEXT)", ""},
		{"", strings.ToUpper(good), ""},
		{"", "CREATE TABLE people (id TEXT, email TEXT, login TEXT); CREATE UNIQUE INDEX x ON people (id)", ""},
		{"", "CREATE TABLE people (id TEXT NOT NULL UNIQUE, email TEXT, login TEXT) STRICT", ""},
		{"", "CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, login TEXT) WITHOUT ROWID", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			db := memory(t)
			hostDoes(t, db, x.ddl)
			before := schema(t, db)
			s := sqlstore.New(db, &sqlstore.Options{Users: looseTable()})
			err := s.Migrate(t.Context())
			if x.want != "" {
				require.ErrorContains(t, err, x.want)
				require.Equal(t, before, schema(t, db))
				return
			}
			require.NoError(t, err)
			require.NoError(t, s.Apply(t.Context(), writeUser("ada", 0, &users.Profile{Email: "ada@example.com"})))
			hostDoes(t, db, "UPDATE people SET login = 'ada'")
			require.Equal(t, "ada", oneUser(t, s, "ada").Data.(*users.Profile).Login)
		})
	}
}

// A host that runs the statements itself is told by the first call, and never
// reads a column's name where its value should be.
func TestAColumnIsMissing(t *testing.T) {
	db := memory(t)
	hostDoes(t, db, "CREATE TABLE people (id TEXT PRIMARY KEY, login TEXT)", "INSERT INTO people VALUES ('ada', 'ada')")
	opts := &sqlstore.Options{Users: looseTable()}
	statements, err := sqlstore.Schema(opts)
	require.NoError(t, err)
	hostDoes(t, db, statements...)
	_, err = sqlstore.New(db, opts).Find(t.Context(), []users.Key{users.ByID("ada")})
	require.ErrorContains(t, err, "sqlstore: find: table people: ")
	require.ErrorContains(t, err, "no such column: h.email")
}

func TestSchemaOfAHostsTableIsWhatMigrateMakes(t *testing.T) {
	ours, theirs := memory(t), memory(t)
	opts := &sqlstore.Options{Prefix: "usher_", Users: hostedTable()}
	hostDoes(t, ours, hosted)
	hostDoes(t, theirs, hosted)
	migrated(t, ours, opts)
	statements, err := sqlstore.Schema(opts)
	require.NoError(t, err)
	for range 2 {
		hostDoes(t, theirs, statements...)
		require.Empty(t, cmp.Diff(schema(t, theirs), schema(t, ours)), "(-want +got)")
	}
	hostDoes(t, theirs, "INSERT INTO people (person_id, tenant) VALUES ('ada', 'acme')")
	oneUser(t, sqlstore.New(theirs, opts), "ada")
}

// People who were kept in usher's tables are not deleted for want of a row.
func TestUsersBeforeTheHostsTable(t *testing.T) {
	db := memory(t)
	plain := migrated(t, db, nil)
	require.NoError(t, plain.Apply(t.Context(), writeUser("ada", 0, &users.Profile{Email: "ada@example.com", Mobile: "+33612345678"})))
	hostDoes(t, db, looseDDL)
	s := sqlstore.New(db, &sqlstore.Options{Users: looseTable()})
	require.EqualError(t, s.Migrate(t.Context()), "sqlstore: migrate: table people: there are users that are not in it, and they would be deleted: put them there first")
	require.Len(t, foundIn(t, plain, users.ByID("ada")), 1)
	hostDoes(t, db, "INSERT INTO people (id, email) VALUES ('ada', 'countess@example.com')")
	require.NoError(t, s.Migrate(t.Context()))
	require.Equal(t, &users.Profile{Email: "countess@example.com", Mobile: "+33612345678"}, oneUser(t, s, "ada").Data)
}

// A migration of the host's that makes its table anew takes the triggers away.
// Nothing is written blindly then, and Migrate finds what changed.
func TestTheTriggersAreGone(t *testing.T) {
	db, s := inHost(t, looseDDL, looseTable())
	hostDoes(t, db, "INSERT INTO people (id, email) VALUES ('ada', 'ada@example.com'), ('bob', 'bob@example.com')")
	oneUser(t, s, "ada")
	hostDoes(t, db, "ALTER TABLE people RENAME TO old", looseDDL, "INSERT INTO people SELECT * FROM old", "DROP TABLE old",
		"UPDATE people SET email = 'countess@example.com' WHERE id = 'ada'", "DELETE FROM people WHERE id = 'bob'")
	err := s.Apply(t.Context(), writeUser("ada", 1, &users.Profile{Email: "lovelace@example.com"}))
	require.EqualError(t, err, "sqlstore: apply: table people: its triggers are gone: migrate again")
	require.NoError(t, s.Migrate(t.Context()))
	require.Equal(t, users.Conflict{Stale: []users.ID{"ada"}}, conflictOf(t, s, writeUser("ada", 1, &users.Profile{Email: "lovelace@example.com"})))
	require.Equal(t, "countess@example.com", oneUser(t, s, "ada").Data.(*users.Profile).Email)
	require.Empty(t, foundIn(t, s, users.ByID("bob")))
}

// The Store keeps what it was told, whatever becomes of the options.
func TestTheTableIsTheStoresOwn(t *testing.T) {
	db := memory(t)
	hostDoes(t, db, looseDDL)
	opts := &sqlstore.Options{Users: looseTable()}
	s := sqlstore.New(db, opts)
	opts.Users.Name, opts.Users.Columns[0].Name = `"`, `"`
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 0, &users.Profile{Email: "ada@example.com"})))
}
