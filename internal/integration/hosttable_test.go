package integration_test

import (
	"database/sql"
	"fmt"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
	"github.com/usher-go/usher/users/storetest"
)

// hosted is a table as a host has it: columns of its own beside those that
// usher is told of, unique values, and a trigger that writes to another table.
const hosted = `
CREATE TABLE people (
    person_id     TEXT NOT NULL PRIMARY KEY,
    tenant        TEXT NOT NULL,
    mail          TEXT,
    full_name     TEXT NOT NULL DEFAULT '',
    login         TEXT,
    is_admin      INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    disabled      BOOLEAN,
    badge         TEXT,
    password_hash TEXT NOT NULL DEFAULT '',
    created_at    TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (tenant, mail),
    UNIQUE (tenant, login)
);
CREATE TABLE audit (person_id TEXT, what TEXT);
CREATE TRIGGER audit_people AFTER UPDATE ON people BEGIN INSERT INTO audit VALUES (NEW.person_id, 'changed'); END;
`

// hostedTable is how usher is told of the table.
func hostedTable() *sqlstore.Table {
	return &sqlstore.Table{
		Name: "people", ID: "person_id", Account: "tenant",
		Columns: []sqlstore.Column{
			{Field: "email", Name: "mail", Encode: sqlstore.EmptyIsNull},
			{Field: "name", Name: "full_name"},
			{Field: "login", Name: "login", Encode: sqlstore.EmptyIsNull},
			adminColumn("role", "is_admin"),
			{Field: "active", Name: "disabled", Encode: func(v string) any { return v == "no" }, Decode: func(v any) string {
				if n, is := v.(int64); is && n != 0 || v == true {
					return "no"
				}
				return "yes"
			}},
			{Field: "custom.badge", Name: "badge"},
		},
	}
}

// adminColumn is a column that says whether somebody is an Account Admin.
func adminColumn(field, name string) sqlstore.Column {
	return sqlstore.Column{
		Field: field, Name: name,
		Encode: func(v string) any {
			if v == users.RoleAdmin {
				return 1
			}
			return 0
		},
		Decode: func(v any) string {
			if v == int64(1) {
				return users.RoleAdmin
			}
			return users.RoleUser
		},
	}
}

// hostDoes runs statements of the host's.
func hostDoes(t testing.TB, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		_, err := db.Exec(s)
		require.NoError(t, err, s)
	}
}

func TestContractInAHostsTable(t *testing.T) {
	for _, x := range []struct {
		name, reason string
		open         func(t *testing.T) *sql.DB
	}{
		{"file", "how a host runs it", func(t *testing.T) *sql.DB { return file(t) }},
		{"memory", "one connection must be enough", func(t *testing.T) *sql.DB { return memory(t) }},
	} {
		t.Run(x.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) users.Store {
				db := x.open(t)
				hostDoes(t, db, hosted)
				return migrated(t, db, &sqlstore.Options{Prefix: "usher_", Users: hostedTable()})
			})
		})
	}
}

// inHost is a Store over the host's table in a database in memory.
func inHost(t testing.TB, ddl string, table *sqlstore.Table) (*sql.DB, *sqlstore.Store) {
	t.Helper()
	db := memory(t)
	hostDoes(t, db, ddl)
	return db, migrated(t, db, &sqlstore.Options{Users: table})
}

// writeUser is a batch of one write of a user of acme; no profile deletes it.
func writeUser(id users.ID, version uint64, p *users.Profile) users.Batch {
	w := users.Write{ID: id, Version: version}
	if p != nil {
		w.Record = &users.Record{Head: users.Head{ID: id, Account: "acme"}, Data: p}
	}
	return users.Batch{Import: "i", Writes: []users.Write{w}}
}

// foundIn are the records under the keys.
func foundIn(t testing.TB, s users.Store, keys ...users.Key) []users.Record {
	t.Helper()
	recs, err := s.Find(t.Context(), keys)
	require.NoError(t, err)
	return recs
}

// oneUser is the only record with the id.
func oneUser(t testing.TB, s users.Store, id users.ID) users.Record {
	t.Helper()
	recs := foundIn(t, s, users.ByID(id))
	require.Len(t, recs, 1)
	return recs[0]
}

// columnOf is the values of a query of one column.
func columnOf(t testing.TB, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(query, args...)
	require.NoError(t, err)
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var s sql.NullString
		require.NoError(t, rows.Scan(&s))
		if !s.Valid {
			s.String = "NULL"
		}
		out = append(out, s.String)
	}
	require.NoError(t, rows.Err())
	return out
}

func emailKey(address string) users.Key { return users.KeyOf("acme", users.SpaceEmail, address) }

const wholeRow = "SELECT concat_ws('|', person_id, tenant, coalesce(mail, 'NULL'), full_name, coalesce(login, 'NULL'), is_admin, disabled, badge, password_hash) FROM people ORDER BY person_id"

// A batch writes the mapped columns, of a change those that changed, and no others.
func TestBatchesWriteTheHostsTable(t *testing.T) {
	db, s := inHost(t, hosted, hostedTable())
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 0, &users.Profile{
		Email: "Ada@Example.com", DisplayName: "Ada 👩‍👩‍👧 \"L\"", Roles: []string{users.RoleAdmin, "reader"}, Custom: map[string]string{"badge": "0042", "desk": "7"},
	})))
	require.Equal(t, []string{"ada|acme|Ada@Example.com|Ada 👩‍👩‍👧 \"L\"|NULL|1|0|0042|"}, columnOf(t, db, wholeRow))
	require.NotEmpty(t, columnOf(t, db, "SELECT created_at FROM people")[0])

	hostDoes(t, db, "UPDATE people SET password_hash = 'secret', badge = '  0042'")
	ada := oneUser(t, s, "ada")
	require.Equal(t, uint64(2), ada.Version)
	p := ada.Clone().Data.(*users.Profile)
	p.Login, p.Inactive = "ada", true
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 2, p)))
	require.Equal(t, []string{"ada|acme|Ada@Example.com|Ada 👩‍👩‍👧 \"L\"|ada|1|1|  0042|secret"}, columnOf(t, db, wholeRow))

	hostDoes(t, db, "DELETE FROM audit")
	p = oneUser(t, s, "ada").Clone().Data.(*users.Profile)
	p.Grant("writer", true)
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 3, p)))
	require.Empty(t, columnOf(t, db, "SELECT what FROM audit"), "nothing that the table holds was changed")
	require.Empty(t, columnOf(t, db, "SELECT id FROM dirty"), "our own writes are not the host's")
	require.Equal(t, []string{users.RoleAdmin, "reader", "writer"}, oneUser(t, s, "ada").Data.(*users.Profile).Roles)

	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 4, nil)))
	require.Empty(t, columnOf(t, db, wholeRow))
	require.Empty(t, columnOf(t, db, "SELECT id FROM dirty"))
}

// What the host writes is found at once: by id, by key, in lists. What only
// usher knows of the person stays.
func TestTheHostsWritesAreFound(t *testing.T) {
	db, s := inHost(t, hosted, hostedTable())
	begin := time.Now().Add(-time.Second).UTC().Truncate(time.Millisecond)
	hostDoes(t, db, "INSERT INTO people (person_id, tenant, mail, full_name, is_admin, badge) VALUES ('ada', 'acme', 'Ada@Example.com', 'Ada', 1, NULL)")

	ada := oneUser(t, s, "ada")
	require.Equal(t, users.Head{ID: "ada", Account: "acme", Version: 1, Created: ada.Created, Updated: ada.Created}, ada.Head)
	require.WithinRange(t, ada.Created, begin, time.Now().Add(time.Second))
	require.Empty(t, cmp.Diff(users.Data(&users.Profile{Email: "Ada@Example.com", DisplayName: "Ada", Roles: []string{users.RoleAdmin}}), ada.Data), "(-want +got)")
	require.Len(t, foundIn(t, s, users.KeyOf("acme", users.LinkSource, string(users.Local))), 1, "the host's people are local")

	p := ada.Clone().Data.(*users.Profile)
	p.Mobile, p.Products = "+33612345678", []string{"connect"}
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 1, p)))
	hostDoes(t, db, "UPDATE people SET mail = 'countess@example.com', is_admin = 0, disabled = 1")

	page, err := s.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Text: "COUNTESS", Having: []users.Key{{Space: users.LinkActive, Value: "no"}}, Count: true})
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
	require.Equal(t, 1, page.Total)
	require.Equal(t, uint64(3), page.Records[0].Version)
	require.Empty(t, cmp.Diff(users.Data(&users.Profile{Email: "countess@example.com", DisplayName: "Ada", Mobile: "+33612345678",
		Products: []string{"connect"}, Inactive: true, Roles: []string{}}), page.Records[0].Data, cmpopts.EquateEmpty()), "(-want +got)")
	require.Empty(t, foundIn(t, s, emailKey("ada@example.com"), users.KeyOf("acme", users.LinkGrant, users.RoleAdmin), users.KeyOf("acme", users.LinkActive, "yes")))
	require.Len(t, foundIn(t, s, emailKey("countess@example.com")), 1)

	hostDoes(t, db, "UPDATE people SET tenant = 'globex'")
	require.Equal(t, users.AccountID("globex"), oneUser(t, s, "ada").Account)
	require.Empty(t, foundIn(t, s, emailKey("countess@example.com")))

	hostDoes(t, db, "UPDATE people SET person_id = 'eve'")
	require.Equal(t, "Ada", oneUser(t, s, "eve").Data.(*users.Profile).DisplayName)
	require.Empty(t, foundIn(t, s, users.ByID("ada")))

	hostDoes(t, db, "DELETE FROM people")
	require.Empty(t, foundIn(t, s, users.ByID("eve"), users.KeyOf("globex", users.SpaceEmail, "countess@example.com")))
	for _, table := range []string{"records", "keys", "links", "dirty", "waiting"} {
		require.Empty(t, columnOf(t, db, "SELECT 1 FROM "+table), table)
	}
}

// A version rises when what usher knows of the person differs, and only then.
func TestVersionsFollowTheHost(t *testing.T) {
	db, s := inHost(t, hosted, hostedTable())
	hostDoes(t, db, "INSERT INTO people (person_id, tenant, mail) VALUES ('ada', 'acme', 'ada@example.com')")
	version := func() uint64 { t.Helper(); return oneUser(t, s, "ada").Version }
	require.Equal(t, uint64(1), version())
	for _, same := range []string{
		"UPDATE people SET password_hash = 'x'",
		"UPDATE people SET mail = mail, full_name = ''",
		"UPDATE people SET mail = 'other@example.com'; UPDATE people SET mail = 'ada@example.com'",
		"UPDATE people SET badge = ''",
	} {
		hostDoes(t, db, same)
		require.Equal(t, uint64(1), version(), same)
	}
	require.NoError(t, s.Migrate(t.Context()))
	require.Equal(t, uint64(1), version(), "after Migrate")
	hostDoes(t, db, "UPDATE people SET mail = 'ADA@example.com'")
	require.Equal(t, uint64(2), version(), "letter case is data")
	hostDoes(t, db, "DELETE FROM people; INSERT INTO people (person_id, tenant, mail) VALUES ('ada', 'acme', 'new@example.com')")
	require.Equal(t, uint64(3), version(), "made again before anybody looked")

	hostDoes(t, db, "DELETE FROM people")
	require.Empty(t, foundIn(t, s, users.ByID("ada")))
	hostDoes(t, db, "INSERT INTO people (person_id, tenant, mail) VALUES ('ada', 'acme', 'ada@example.com')")
	require.Equal(t, uint64(4), version(), "made again after it was gone: a batch read before must not fit")
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 4, nil)))
	require.NoError(t, s.Apply(t.Context(), writeUser("ada", 0, &users.Profile{})))
	require.Equal(t, uint64(1), version(), "made again by a batch, as the contract has it")
}

// Columns the host leaves NULL, of numbers, of times, of bytes that are no
// text; ids that are none.
func TestOddRows(t *testing.T) {
	table := &sqlstore.Table{Name: "people", ID: "id", Fixed: "acme", Columns: []sqlstore.Column{
		{Field: "email", Name: "email"}, {Field: "name", Name: "name"}, {Field: "custom.n", Name: "n"}, {Field: "custom.at", Name: "at"},
	}}
	db, s := inHost(t, "CREATE TABLE people (id TEXT PRIMARY KEY COLLATE NOCASE, email TEXT, name TEXT, n, at DATETIME)", table)
	hostDoes(t, db, `INSERT INTO people VALUES
        ('null', NULL, NULL, NULL, NULL), ('number', 'n@example.com', 'N', 17, NULL), ('real', NULL, 'R', 1.5, NULL),
        ('time', NULL, 'T', NULL, '2025-03-04 05:06:07'), ('bytes', CAST(x'61ff62' AS TEXT), CAST(x'ff' AS TEXT), x'6162', NULL),
        ('日本', 'ü@bücher.example', '日本語 العربية', 'x', NULL), ('Case', NULL, 'C', NULL, NULL),
        (NULL, 'nobody@example.com', 'no id', NULL, NULL), ('', 'nobody@example.com', 'empty id', NULL, NULL),
        (x'626c6f62', 'nobody@example.com', 'blob id', NULL, NULL), ('a' || char(0) || 'b', 'nobody@example.com', 'zero byte', NULL, NULL)`)
	page, err := s.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
	got := map[users.ID]users.Data{}
	for _, r := range page.Records {
		got[r.ID] = r.Data
	}
	require.Empty(t, cmp.Diff(map[users.ID]users.Data{
		"null":   &users.Profile{},
		"number": &users.Profile{Email: "n@example.com", DisplayName: "N", Custom: map[string]string{"n": "17"}},
		"real":   &users.Profile{DisplayName: "R", Custom: map[string]string{"n": "1.5"}},
		"time":   &users.Profile{DisplayName: "T", Custom: map[string]string{"at": "2025-03-04T05:06:07Z"}},
		"bytes":  &users.Profile{Email: "a\uFFFDb", DisplayName: "\uFFFD", Custom: map[string]string{"n": "ab"}},
		"日本":     &users.Profile{Email: "ü@bücher.example", DisplayName: "日本語 العربية", Custom: map[string]string{"n": "x"}},
		"Case":   &users.Profile{DisplayName: "C"},
	}, got), "(-want +got)")
	require.Empty(t, columnOf(t, db, "SELECT id FROM dirty"), "a row that is nobody is not noted for ever")

	require.NoError(t, s.Migrate(t.Context()))
	require.Equal(t, uint64(1), oneUser(t, s, "bytes").Version, "what reads alike is no change")
	p := oneUser(t, s, "bytes").Clone().Data.(*users.Profile)
	p.LastName = "B"
	require.NoError(t, s.Apply(t.Context(), writeUser("bytes", 1, p)))
	require.Equal(t, []string{"61FF62"}, columnOf(t, db, "SELECT hex(email) FROM people WHERE id = 'bytes'"), "what a batch does not change stays, though it cannot be read")
	hostDoes(t, db, "UPDATE people SET id = 'CASE' WHERE id = 'case'", "UPDATE people SET name = 'c' WHERE id = 'case'")
	require.Empty(t, foundIn(t, s, users.ByID("Case")), "ids are told apart by letter case")
	require.Equal(t, "c", oneUser(t, s, "CASE").Data.(*users.Profile).DisplayName)
}

// A table that was there before usher is taken over whole.
func TestTenThousandRowsBeforeMigrate(t *testing.T) {
	const n = 10_000
	db := file(t)
	hostDoes(t, db, hosted, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
        INSERT INTO people (person_id, tenant, mail, full_name) SELECT 'p' || i, 'acme', 'p' || i || '@example.com', 'Person ' || i FROM n`, n))
	s := migrated(t, db, &sqlstore.Options{Users: hostedTable()})
	begin := time.Now()
	p := oneUser(t, s, "p77")
	took := time.Since(begin)
	t.Logf("%d rows settled in %v", n, took)
	require.Less(t, took, 20*time.Second)
	require.True(t, p.Created.IsZero() && p.Updated.IsZero(), "nobody knows when")
	page, err := s.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Count: true})
	require.NoError(t, err)
	require.Equal(t, n, page.Total)
	require.Len(t, foundIn(t, s, emailKey("p1@example.com"), emailKey("p10000@example.com")), 2)

	hostDoes(t, db, "UPDATE people SET badge = 'new'")
	require.Equal(t, users.Conflict{Stale: []users.ID{"p9999"}}, conflictOf(t, s, writeUser("p9999", 1, nil)), "a batch settles all of them first")

	p = oneUser(t, s, "p77")
	begin = time.Now()
	require.NoError(t, s.Migrate(t.Context()))
	require.Equal(t, p, oneUser(t, s, "p77"))
	t.Logf("migrated and settled again in %v", time.Since(begin))
}

// A hostCase is a host's database and the Store over it.
type hostCase struct {
	t     testing.TB
	db    *sql.DB
	store *sqlstore.Store
}

func (h *hostCase) do(statement string) { h.t.Helper(); hostDoes(h.t, h.db, statement) }

func (h *hostCase) apply(b users.Batch) {
	h.t.Helper()
	require.NoError(h.t, h.store.Apply(h.t.Context(), b))
}
