package importer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// A Template is the host's code: a panic in it fails its row, and no other.
func TestAPanicFailsItsRow(t *testing.T) {
	tpl := people(importer.ModeUpsert)
	inner := tpl.Tables[0].Draft
	tpl.Tables[0].Draft = func(r importer.Row, d *importer.Draft) {
		inner(r, d)
		if r.Value("name") == "Boom" {
			panic("the host's own")
		}
	}
	dir := users.Open(memstore.New(), users.Host("test"), nil)
	table, err := csv.Read(t.Context(), strings.NewReader("LAN ID,EMAIL,NAME\nl1,p1@x.com,A\nl2,p2@x.com,Boom\nl2,p3@x.com,C\n"), nil)
	require.NoError(t, err)
	p, err := importer.New(dir, tpl, &importer.Options{Account: "acme"}).Preview(t.Context(), table)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"internal.panic": 1}, p.Summary().Codes, "it stands at no key either")
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeCreated: 2, importer.OutcomeFailed: 1}, r.Counts)
	_, err = p.Edit(t.Context(), importer.Set(users.RowAt(0, 3), "name", "B"), importer.Set(users.RowAt(0, 3), "lan_id", "l3"))
	require.NoError(t, err)
	require.Empty(t, p.Summary().Codes["internal.panic"])
}
