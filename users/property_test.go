package users_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

func TestFilters(t *testing.T) {
	s := acme(t)
	host := users.Open(s, users.Host("test"), options())
	bob, err := host.User(t.Context(), "bob")
	require.NoError(t, err)
	bob.Products = []string{"MiTeam Meetings"}
	_, err = host.Edit(t.Context(), bob)
	require.NoError(t, err)
	dir := users.Open(s, users.AccountAdmin("ada", "acme"), nil)
	_, err = dir.Delete(t.Context(), "sam") // stays listed: SCIM knows him
	require.NoError(t, err)

	names := func(having []users.Key) string {
		out := ""
		for r, err := range dir.All(t.Context(), users.Query{Kind: users.KindUser, Having: having}) {
			require.NoError(t, err)
			out += r.Field("first_name") + " "
		}
		return out
	}
	want := map[users.Property]string{users.PropertyUsers: "Ada Bob Mia Pat Sam ", users.PropertyAdmins: "Ada ", users.PropertyUnregistered: "Ada Bob Mia Pat Sam ",
		users.PropertyMiCloud: "Mia ", users.PropertyInactive: "Sam "}
	for _, f := range users.Properties() {
		t.Run(string(f), func(t *testing.T) {
			having, ok := f.Having()
			require.True(t, ok)
			if diff := cmp.Diff(want[f], names(having)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	require.Equal(t, "Bob ", names([]users.Key{users.Licensed("miteam meetings")}))
	_, ok := users.Property("shoe_size").Having()
	require.False(t, ok)
}
