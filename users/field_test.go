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

func TestRelease(t *testing.T) {
	line := users.Line{PBX: "P1", Short: "1", Group: "g", Internal: "A2", Number: "+331", Holder: "ada"}
	for _, tt := range []struct {
		name  string
		space users.Space
		value string
		edit  func(*users.Line)
	}{
		{"an internal number, by its group, folded", users.SpaceInternal, "g/a2", func(l *users.Line) { l.Internal = "" }},
		{"a public number", users.SpaceNumber, "+331", func(l *users.Line) { l.Number = "" }},
		{"another's", users.SpaceNumber, "+332", nil},
		{"what the line is called by", users.SpaceLine, "p1/1", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, got := line, line
			if tt.edit != nil {
				tt.edit(&want)
			}
			require.Equal(t, tt.edit != nil, users.Record{Head: users.Head{Account: "acme"}, Data: &got}.ClearKey(tt.space, tt.value))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	require.False(t, users.Record{Data: &users.Profile{}}.ClearKey(users.SpaceNumber, "+331"), "a person has no line's number")
}

func TestSetMember(t *testing.T) {
	for _, tt := range []struct {
		name, field, before, value string
		in                         bool
		want                       string
	}{
		{"put in", "roles", "b", "a", true, "a,b"},
		{"there already", "roles", "Desk", "desk", true, "Desk"},
		{"the first", "products", "", "a", true, "a"},
		{"taken out", "roles", "a,b", "a", false, "b"},
		{"in all its letters", "roles", "DESK,b,desk", "Desk", false, "b"},
		{"the last", "products", "a", "a", false, ""},
		{"not there", "roles", "a", "b", false, "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := users.Record{Data: &users.Profile{}}
			require.True(t, r.SetField(tt.field, tt.before))
			require.True(t, r.SetMember(tt.field, tt.value, tt.in))
			require.Equal(t, tt.want, r.Field(tt.field))
		})
	}
	require.False(t, users.Record{Data: &users.Profile{}}.SetMember("email", "a", true), "no set")
	require.False(t, users.Record{Data: &users.Line{}}.SetMember("roles", "a", true))
	require.False(t, users.Record{}.SetMember("roles", "a", true))
}
