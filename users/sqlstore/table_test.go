package sqlstore_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

func TestTablesAreRefused(t *testing.T) {
	good := func() *sqlstore.Table {
		return &sqlstore.Table{Name: "people", ID: "id", Account: "tenant", Columns: []sqlstore.Column{
			{Field: "email", Name: "mail"}, {Field: "custom.badge", Name: "badge"},
		}}
	}
	for _, x := range []struct {
		name string
		do   func(*sqlstore.Table)
		want string
	}{
		{"as it should be", func(*sqlstore.Table) {}, ""},
		{"mixed case, digits", func(t *sqlstore.Table) { t.Name, t.ID = "T_2People", "2nd_ID" }, ""},
		{"a keyword", func(t *sqlstore.Table) { t.Name, t.Account = "order", "group" }, ""},
		{"no name", func(t *sqlstore.Table) { t.Name = "" }, `sqlstore: table "": no name of a host's table`},
		{"a statement", func(t *sqlstore.Table) { t.Name = `people"; DROP TABLE people; --` }, `sqlstore: table "people\"; DROP TABLE people; --": no name of a host's table`},
		{"another schema", func(t *sqlstore.Table) { t.Name = "main.people" }, "no name of a host's table"},
		{"the sign of the prefix", func(t *sqlstore.Table) { t.Name = "@people" }, "no name of a host's table"},
		{"letters beyond ASCII", func(t *sqlstore.Table) { t.Name = "peo\u0440le" }, "no name of a host's table"},
		{"a zero byte", func(t *sqlstore.Table) { t.Name = "people\x00" }, "no name of a host's table"},
		{"too long", func(t *sqlstore.Table) { t.Name = strings.Repeat("x", 64) }, "no name of a host's table"},
		{"SQLite's", func(t *sqlstore.Table) { t.Name = "SQLite_schema" }, "no name of a host's table"},
		{"usher's own for a moment", func(t *sqlstore.Table) { t.Name = "usher_migrating" }, "no name of a host's table"},
		{"usher's", func(t *sqlstore.Table) { t.Name = "Usher_Records" }, "no name of a host's table"},
		{"no id", func(t *sqlstore.Table) { t.ID = "" }, `column "": no name`},
		{"an id that is an expression", func(t *sqlstore.Table) { t.ID = `id" OR 1 --` }, `column "id\" OR 1 --": no name`},
		{"an account that is one", func(t *sqlstore.Table) { t.Account = "a b" }, `column "a b": no name`},
		{"a column that is one", func(t *sqlstore.Table) { t.Columns[0].Name = "lower(mail)" }, `column "lower(mail)": no name`},
		{"a column for two things", func(t *sqlstore.Table) { t.Columns[1].Name = "MAIL" }, `column "MAIL" stands for two things`},
		{"the id as a field", func(t *sqlstore.Table) { t.Columns[1].Name = "id" }, `column "id" stands for two things`},
		{"no columns", func(t *sqlstore.Table) { t.Columns = nil }, "no columns"},
		{"an account, and one for all", func(t *sqlstore.Table) { t.Fixed = "acme" }, `column "tenant" for the account, and a fixed one`},
		{"no account at all", func(t *sqlstore.Table) { t.Account = "" }, `sqlstore: table "people": no column for the account, and no fixed one`},
		{"a field that is none", func(t *sqlstore.Table) { t.Columns[0].Field = "Email" }, `column "mail": there is no field "Email"`},
		{"a custom field without a name", func(t *sqlstore.Table) { t.Columns[1].Field = "custom." }, `column "badge": there is no field "custom."`},
		{"a field twice", func(t *sqlstore.Table) { t.Columns[1].Field = "email" }, `field "email" has two columns`},
		{"two fields that say one thing", func(t *sqlstore.Table) { t.Columns[0].Field, t.Columns[1].Field = "roles", "role" }, `field "role" beside "roles"`},
	} {
		t.Run(x.name, func(t *testing.T) {
			table := good()
			x.do(table)
			opts := &sqlstore.Options{Prefix: "usher_", Users: table}
			_, err := sqlstore.Schema(opts)
			if x.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, x.want)
			_, again := sqlstore.New(nil, opts).Find(t.Context(), []users.Key{users.ByID("ada")})
			require.Equal(t, err, again)
		})
	}
}
