package property_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/property"
)

// people is a store of one account with a person for each filter.
func people(t *testing.T) users.Store {
	t.Helper()
	s := memstore.New()
	b := users.Batch{Import: "setup"}
	for id, p := range map[users.ID]*users.Profile{
		"ada": {FirstName: "Ada", Email: "ada@example.com", Roles: []string{users.RoleAdmin}},
		"bob": {FirstName: "Bob", Email: "bob@example.com", Products: []string{"MiTeam Meetings"}},
		"ivy": {FirstName: "Ivy", Email: "ivy@example.com", Source: users.IoT},
		"mia": {FirstName: "Mia", Email: "mia@example.com", Source: users.MiCloud},
		"pia": {FirstName: "Pia", Email: "pia@example.com", Source: users.PBXSync, Registered: true},
		"sam": {FirstName: "Sam", Email: "sam@example.com", Source: users.SCIM, Registered: true},
	} {
		b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: "acme"}, Data: p}})
	}
	require.NoError(t, s.Apply(t.Context(), b))
	return s
}

func TestFilters(t *testing.T) {
	dir := users.Open(people(t), users.AccountAdmin("ada", "acme"), nil)
	stays, err := dir.Delete(t.Context(), "sam")
	require.NoError(t, err)
	require.True(t, stays, "SCIM knows Sam")

	names := func(having []users.Key) string {
		out := ""
		for r, err := range dir.All(t.Context(), users.Query{Kind: users.KindUser, Having: having}) {
			require.NoError(t, err)
			out += r.Field("first_name") + " "
		}
		return out
	}
	want := map[property.Filter]string{
		property.Users: "Ada Bob Ivy Mia Pia Sam ", property.Admins: "Ada ",
		property.Registered: "Pia ", property.Unregistered: "Ada Bob Ivy Mia Sam ",
		property.PBX: "Pia ", property.MiCloud: "Mia ", property.IoT: "Ivy ", property.Inactive: "Sam ",
	}
	require.Len(t, property.All(), len(want))
	for _, f := range property.All() {
		t.Run(string(f), func(t *testing.T) {
			having, ok := f.Having()
			require.True(t, ok)
			if diff := cmp.Diff(want[f], names(having)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}

	require.Equal(t, "Bob ", names([]users.Key{property.Licensed("miteam meetings")}))
	_, ok := property.Filter("shoe_size").Having()
	require.False(t, ok)
}
