package users_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

func TestEveryFieldIsReadAndWrittenByItsName(t *testing.T) {
	odd := map[string]string{"role": users.RoleAdmin, "roles": "Agent desk,account_admin", "source": "scim", "registered": "yes", "active": "no", "products": "a,b"}
	for _, f := range append(users.ProfileFields(), "custom.cost_centre") {
		t.Run(f, func(t *testing.T) {
			want := "x"
			if v, ok := odd[f]; ok {
				want = v
			}
			var p users.Profile
			before := p.Field(f)
			require.True(t, p.SetField(f, want))
			if diff := cmp.Diff(want, p.Field(f)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			require.True(t, p.SetField(f, before))
			if f == "source" {
				p.Source = ""
			}
			if diff := cmp.Diff(users.Profile{}, p, cmp.Transformer("empty", func(m map[string]string) int { return len(m) }),
				cmp.Transformer("none", func(s []string) int { return len(s) })); diff != "" {
				t.Errorf("writing back what was there leaves nothing behind (-want +got):\n%s", diff)
			}
		})
	}
	var p users.Profile
	require.False(t, p.SetField("no_such_field", "x"))
	require.Empty(t, p.Field("no_such_field"))
}

func TestANameToShow(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		p          users.Profile
	}{
		{"the display name", "Countess", users.Profile{DisplayName: "Countess", FirstName: "Ada", LastName: "Lovelace"}},
		{"else first and last", "Ada Lovelace", users.Profile{FirstName: "Ada", LastName: "Lovelace"}},
		{"else the one there is", "Lovelace", users.Profile{LastName: "Lovelace"}},
		{"else the address", "ada@example.com", users.Profile{Email: "ada@example.com"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.p.Name()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAChangeToACloneStaysThere(t *testing.T) {
	r := users.User{Profile: users.Profile{Roles: []string{"a"}, Custom: map[string]string{"k": "v"}, ContactCentre: &users.ContactCentre{LANID: "l"}}}.Record()
	before, err := users.EncodeData(r.Data)
	require.NoError(t, err)
	c := r.Clone()
	for _, f := range append(users.ProfileFields(), "custom.k") {
		c.SetField(f, "changed")
	}
	after, err := users.EncodeData(r.Data)
	require.NoError(t, err)
	if diff := cmp.Diff(string(before), string(after)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
