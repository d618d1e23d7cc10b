package users_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

func TestFieldsWithOpenNames(t *testing.T) {
	for _, tt := range []struct {
		name, reason, field, value, want string
		before, after                    users.Profile
	}{
		{name: "a feature", reason: "one that is off is not one that was never set", field: "feature.Recording", value: "no", want: "no",
			after: users.Profile{ContactCentre: &users.ContactCentre{Features: map[string]bool{"Recording": false}}}},
		{name: "a feature in other letters", reason: "it keeps the name it has", field: "feature.RECORDING", value: "yes", want: "yes",
			before: users.Profile{ContactCentre: &users.ContactCentre{Features: map[string]bool{"Recording": false}}},
			after:  users.Profile{ContactCentre: &users.ContactCentre{Features: map[string]bool{"Recording": true}}}},
		{name: "the last feature goes", reason: "nothing is left behind", field: "feature.Recording",
			before: users.Profile{ContactCentre: &users.ContactCentre{Features: map[string]bool{"Recording": true}}}},
		{name: "none of a channel", reason: "zero is a number", field: "channel.voice", value: "0", want: "0",
			after: users.Profile{ContactCentre: &users.ContactCentre{Channels: map[string]int{"voice": 0}}}},
		{name: "one channel of two goes", reason: "the other stays", field: "channel.voice",
			before: users.Profile{ContactCentre: &users.ContactCentre{Channels: map[string]int{"voice": 1, "chat": 2}}},
			after:  users.Profile{ContactCentre: &users.ContactCentre{Channels: map[string]int{"chat": 2}}}},
		{name: "roles of the catalogue", reason: "who administers the account is another question", field: users.FieldCatalogue, value: "B,A", want: "A,B",
			before: users.Profile{Roles: []string{"C", "account_admin"}}, after: users.Profile{Roles: []string{"A", "B", "account_admin"}}},
		{name: "usher's own roles among them", reason: "they are not of the catalogue", field: users.FieldCatalogue, value: "A,account_admin,partner", want: "A",
			after: users.Profile{Roles: []string{"A"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := users.Record{Data: &tt.before}.Clone()
			kept, err := users.EncodeData(&tt.before)
			require.NoError(t, err)
			require.True(t, r.SetField(tt.field, tt.value))
			require.Empty(t, cmp.Diff(users.Data(&tt.after), r.Data), "%s (-want +got)", tt.reason)
			require.Equal(t, tt.want, r.Field(tt.field))
			now, err := users.EncodeData(&tt.before)
			require.NoError(t, err)
			require.Equal(t, string(kept), string(now), "the record it was cloned from")
		})
	}
	for field, values := range map[string][]string{"feature.x": {"perhaps", "Yes", "1"}, "channel.voice": {"many", "-1", "01", "1.0"}} {
		for _, v := range values {
			var p users.Profile
			require.False(t, p.SetField(field, v), "%s=%s", field, v)
			require.Empty(t, p)
		}
	}
	full := users.Profile{ContactCentre: &users.ContactCentre{Features: map[string]bool{"b": true, "a": false}, Channels: map[string]int{"voice": 1}}}
	require.Subset(t, users.Record{Data: &full}.Fields(), []string{"feature.a", "feature.b", "channel.voice"})
}

// A copy of a person shares no features or channels with them.
func TestACopyHasFeaturesOfItsOwn(t *testing.T) {
	r := users.Record{Data: &users.Profile{ContactCentre: &users.ContactCentre{Features: map[string]bool{"a": true}, Channels: map[string]int{"voice": 1}}}}
	u, _ := r.User()
	u.ContactCentre.Features["b"], u.ContactCentre.Channels["chat"] = true, 2
	require.Empty(t, r.Field("feature.b")+r.Field("channel.chat"))
}

// A sync may not write what its source does not keep, whatever the field is called.
func TestSyncsLeaveFeaturesAlone(t *testing.T) {
	for _, field := range []string{"feature.x", "channel.voice", users.FieldCatalogue} {
		require.NotNil(t, users.Sync(users.SCIM, "acme").Permits(users.Record{Data: &users.Profile{Source: users.SCIM}}, field, "", "1"), field)
	}
	limited := users.AccountAdmin("ann", "acme").Granting("A")
	require.Nil(t, limited.Permits(users.Record{Data: &users.Profile{}}, users.FieldCatalogue, "", "A"))
	require.Equal(t, "role.forbidden", limited.Permits(users.Record{Data: &users.Profile{}}, users.FieldCatalogue, "A", "A,B").Code)
}
