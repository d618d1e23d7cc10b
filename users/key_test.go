package users_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/users"
)

func TestSpaces(t *testing.T) {
	type space struct {
		Key            users.Key // of what is typed, in account acme
		Kind           users.Kind
		Unique, Global bool
	}
	const typed = "Ada@EXAMPLE.Com"
	key := func(s users.Space, value string) users.Key {
		return users.Key{Account: "acme", Space: s, Value: value}
	}
	for _, tt := range []struct {
		space  users.Space
		reason string
		want   space
	}{
		{users.SpaceID, "an id is what it is, whoever's", space{users.Key{Space: users.SpaceID, Value: typed}, "", true, true}},
		{users.SpaceEmail, "addresses differ by more than case", space{key(users.SpaceEmail, "ada@example.com"), users.KindUser, true, false}},
		{users.SpaceLogin, "a login is typed by people", space{key(users.SpaceLogin, "ada@example.com"), users.KindUser, true, false}},
		{users.SpaceExternal, "a source's ids are the source's", space{key(users.SpaceExternal, typed), users.KindUser, true, false}},
		{users.SpaceLine, "a line is of a PBX of the account", space{key(users.SpaceLine, "ada@example.com"), users.KindLine, true, false}},
		{users.SpaceNumber, "the world has one set of numbers", space{users.Key{Space: users.SpaceNumber, Value: "ada@example.com"}, users.KindLine, true, true}},
		{users.SpaceRole, "a catalogue has a name once", space{key(users.SpaceRole, "ada@example.com"), users.KindRole, true, false}},
		{users.LinkHolder, "one person holds many lines; an id is what it is", space{key(users.LinkHolder, typed), users.KindLine, false, false}},
		{users.LinkSupervisor, "the same of supervisors", space{key(users.LinkSupervisor, typed), users.KindUser, false, false}},
		{users.LinkMember, "and of org units", space{key(users.LinkMember, typed), users.KindUser, false, false}},
		{users.LinkGrant, "many have one role", space{key(users.LinkGrant, "ada@example.com"), users.KindUser, false, false}},
		{"zzz", "no space is not unique", space{key("zzz", "ada@example.com"), "", false, false}},
	} {
		t.Run(string(tt.space), func(t *testing.T) {
			s := tt.space
			got := space{users.KeyOf("acme", s, typed), s.Kind(), s.Unique(), s.Global()}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestKeysOfRecords(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		data         users.Data
		want         []string
	}{
		{"slash in the PBX", "a/b and c must not read as a and b/c", &users.Line{PBX: "a/b", Short: "c"}, []string{"acme/line:a%2fb/c"}},
		{"slash in the number", "or the other way round", &users.Line{PBX: "a", Short: "b/c"}, []string{"acme/line:a/b/c"}},
		{"internal number", "it is unique in the PBX where no group is said", &users.Line{PBX: "A", Short: "1", Internal: "2"}, []string{"acme/internal:a/2", "acme/line:a/1"}},
		{"internal number of a group", "else in the group", &users.Line{PBX: "A", Short: "1", Group: "G", Internal: "2"}, []string{"acme/internal:g/2", "acme/line:a/1"}},
		{"public number", "it is of no account", &users.Line{PBX: "A", Short: "1", Number: "+331"}, []string{"number:+331", "acme/line:a/1"}},
		{"external id of a PBX", "two sources may give one id", &users.Profile{Source: users.PBXSync, ExternalID: "X1"}, []string{"acme/external:pbx:X1"}},
		{"external id of SCIM", "to two people", &users.Profile{Source: users.SCIM, ExternalID: "X1"}, []string{"acme/external:scim:X1"}},
		{"external id of no source", "which is the local one", &users.Profile{ExternalID: "X1"}, []string{"acme/external:local:X1"}},
		{"nobody", "nothing is held by what is empty", &users.Profile{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, k := range (users.Record{Head: users.Head{ID: "x", Account: "acme"}, Data: tt.data}).Keys() {
				got = append(got, k.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
