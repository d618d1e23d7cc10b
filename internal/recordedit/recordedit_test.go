package recordedit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

func TestNew(t *testing.T) {
	for _, k := range []users.Kind{users.KindAccount, users.KindUser, users.KindLine, users.KindSubscription,
		users.KindRole, users.KindUnit, users.KindPBX, users.KindImport} {
		require.Equal(t, k, users.Record{Data: recordedit.New(k)}.Kind())
	}
	require.Nil(t, recordedit.New("nonsense"))
}

func TestClearKey(t *testing.T) {
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
			require.Equal(t, tt.edit != nil, recordedit.ClearKey(users.Record{Head: users.Head{Account: "acme"}, Data: &got}, tt.space, tt.value))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	require.False(t, recordedit.ClearKey(users.Record{Data: &users.Profile{}}, users.SpaceNumber, "+331"), "a person has no line's number")
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
			require.True(t, recordedit.SetMember(r, tt.field, tt.value, tt.in))
			require.Equal(t, tt.want, r.Field(tt.field))
		})
	}
	require.False(t, recordedit.SetMember(users.Record{Data: &users.Profile{}}, "email", "a", true), "no set")
	require.False(t, recordedit.SetMember(users.Record{Data: &users.Line{}}, "roles", "a", true))
	require.False(t, recordedit.SetMember(users.Record{}, "roles", "a", true))
}
