package integration_test

import (
	"database/sql"
	"testing"

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

// mapping is how usher is told of the table.
func mapping() *sqlstore.Table {
	return &sqlstore.Table{
		Name: "people", ID: "person_id", Account: "tenant",
		Columns: []sqlstore.Column{
			{Field: "email", Name: "mail", Encode: sqlstore.EmptyIsNull},
			{Field: "name", Name: "full_name"},
			{Field: "login", Name: "login", Encode: sqlstore.EmptyIsNull},
			admin("role", "is_admin"),
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

// admin is a column that says whether somebody is an Account Admin.
func admin(field, name string) sqlstore.Column {
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

func host(t testing.TB, db *sql.DB, statements ...string) {
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
				host(t, db, hosted)
				return migrated(t, db, &sqlstore.Options{Prefix: "usher_", Users: mapping()})
			})
		})
	}
}
