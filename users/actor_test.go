package users_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

func TestGrantingNeverWidens(t *testing.T) {
	admin := users.AccountAdmin("ada", "acme")
	for _, tt := range []struct {
		name, reason string
		actor        users.Actor
		want         []string
	}{
		{"unlimited", "an Account Admin grants all but the partner's role", admin, []string{"a", "b", users.RoleAdmin}},
		{"one", "only those named", admin.Granting("a"), []string{"a"}},
		{"none", "nothing named is nothing granted", admin.Granting(), nil},
		{"wider after", "what was taken away does not come back", admin.Granting("a").Granting("a", "b", users.RoleAdmin), []string{"a"}},
		{"other after", "nor does anything else come", admin.Granting("a").Granting("b"), nil},
		{"after none", "nothing stays nothing", admin.Granting().Granting("a"), nil},
		{"the partner's role", "nobody but the host hands it out", users.Partner("p").Granting(users.RolePartner), nil},
		{"sync", "a sync hands out nothing", users.Sync(users.SCIM, "acme").Granting("a"), nil},
		{"of the partner's", "an admin does not hand out what partners alone do", admin.Under(users.Role{Name: "A", GrantedBy: users.ByPartners}), []string{"b", users.RoleAdmin}},
		{"of the admins'", "nor a partner what admins alone do", users.Partner("p").Under(users.Role{Name: "a", GrantedBy: users.ByAccountAdmins}), []string{"b", users.RoleAdmin}},
		{"their own", "those who are named may", admin.Under(users.Role{Name: "a", GrantedBy: users.ByAccountAdmins}, users.Role{Name: "b"}), []string{"a", "b", users.RoleAdmin}},
		{"Account Admin of the partner's", "a catalogue may speak of this one too", admin.Under(users.Role{Name: users.RoleAdmin, GrantedBy: users.ByPartners}), []string{"a", "b"}},
		{"an unknown granter", "what is not understood is not allowed", admin.Under(users.Role{Name: "a", GrantedBy: "friend"}), []string{"b", users.RoleAdmin}},
		{"fewer after", "both bind", admin.Under(users.Role{Name: "a", GrantedBy: users.ByPartners}).Granting("a", "b"), []string{"b"}},
		{"host under a catalogue", "no rule binds a host", users.Host("h").Under(users.Role{Name: "a", GrantedBy: users.ByPartners}), []string{"a", "b", users.RoleAdmin, users.RolePartner}},
		{"zero", "nobody grants nothing", users.Actor{}.Granting("a"), nil},
		{"host", "no rule binds a host, and this neither", users.Host("h").Granting(), []string{"a", "b", users.RoleAdmin, users.RolePartner}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range []string{"a", "b", users.RoleAdmin, users.RolePartner} {
				if tt.actor.MayGrant(r) {
					got = append(got, r)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestGrantingKeepsItsOwnRoles(t *testing.T) {
	roles := []string{"a", "b"}
	a := users.Partner("p").Granting(roles...)
	roles[0] = users.RoleAdmin
	require.False(t, a.MayGrant(users.RoleAdmin), "the caller's slice is the caller's")
	b := a.Granting("b")
	require.True(t, a.MayGrant("a"), "a narrower actor is another one")
	require.False(t, b.MayGrant("a"))
}

func TestPermitsOneself(t *testing.T) {
	s := acme(t)
	ada, err := users.Open(s, users.Host("h"), nil).Get(t.Context(), "ada")
	require.NoError(t, err)
	want := &users.Problem{Code: "self.deactivate"}
	if diff := cmp.Diff(want, users.AccountAdmin("ada", "acme").Permits(ada, "active", "yes", "no")); diff != "" {
		t.Errorf("nobody takes their own rights (-want +got):\n%s", diff)
	}
	require.Nil(t, users.AccountAdmin("eve", "acme").Permits(ada, "active", "yes", "no"), "others may")
}

// Whoever is nobody gets an error from every method of a Directory, and no answer.
func TestNobodyGetsNothing(t *testing.T) {
	actors := []struct {
		name  string
		actor users.Actor
	}{
		{"zero", users.Actor{}},
		{"zero, granting", users.Actor{}.Granting(users.RoleAdmin)},
		{"admin without an id", users.AccountAdmin("", "acme")},
		{"admin without an account", users.AccountAdmin("ada", "")},
		{"sync without a source", users.Sync("", "acme")},
		{"sync without an account", users.Sync(users.SCIM, "")},
		{"sync of local people", users.Sync(users.Local, "acme")},
	}
	for _, tt := range []struct {
		name string
		do   func(context.Context, *users.Directory) (any, error)
		want any
	}{
		{"Scope", func(ctx context.Context, d *users.Directory) (any, error) { return d.Scope(ctx) }, users.Scope{}},
		{"Find", func(ctx context.Context, d *users.Directory) (any, error) { return d.Find(ctx, users.ByID("bob")) }, users.Found{}},
		{"Find nothing", func(ctx context.Context, d *users.Directory) (any, error) { return d.Find(ctx) }, users.Found{}},
		{"Get", func(ctx context.Context, d *users.Directory) (any, error) { return d.Get(ctx, "bob") }, users.Record{}},
		{"User", func(ctx context.Context, d *users.Directory) (any, error) { return d.User(ctx, "bob") }, users.User{}},
		{"List", func(ctx context.Context, d *users.Directory) (any, error) {
			return d.List(ctx, users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
		}, users.Page{}},
		{"All", func(ctx context.Context, d *users.Directory) (any, error) {
			return last(d.All(ctx, users.Query{Kind: users.KindUser}))
		}, users.Record{}},
		{"Journal", func(ctx context.Context, d *users.Directory) (any, error) { return last(d.Journal(ctx, "setup", 0)) }, users.Entry{}},
		{"Apply", func(ctx context.Context, d *users.Directory) (any, error) {
			return nil, d.Apply(ctx, under(d.Actor(), "acme", removed("bob")))
		}, nil},
		{"Add", func(ctx context.Context, d *users.Directory) (any, error) {
			_, err := d.Add(ctx, "acme", users.Profile{FirstName: "X"})
			return nil, err
		}, nil},
		{"Edit", func(ctx context.Context, d *users.Directory) (any, error) {
			return d.Edit(ctx, users.User{Head: users.Head{ID: "bob", Account: "acme", Version: 1}})
		}, users.User{}},
		{"Delete", func(ctx context.Context, d *users.Directory) (any, error) { return d.Delete(ctx, "bob") }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := acme(t)
			for _, a := range actors {
				got, err := tt.do(t.Context(), users.Open(s, a.actor, options()))
				require.ErrorIs(t, err, users.ErrActor, a.name)
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", a.name, diff)
				}
			}
			require.NotNil(t, stored(t, s, "bob").Data)
		})
	}
}

// last is what a sequence yields last.
func last[T any](seq func(func(T, error) bool)) (v T, err error) {
	for v, err = range seq {
		if err != nil {
			return v, err
		}
	}
	return v, err
}
