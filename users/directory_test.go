package users_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// at is what the clock says in these tests.
var at = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// options count ids up and stop the clock.
func options() *users.Options {
	n := 0
	return &users.Options{
		Now:   func() time.Time { return at },
		NewID: func() users.ID { n++; return users.ID(fmt.Sprintf("id%04d", n)) },
	}
}

// acme is a store with two customers and a partner's own account.
func acme(t *testing.T) users.Store {
	t.Helper()
	s := memstore.New()
	host := users.Open(s, users.Host("test"), options())
	var b users.Batch
	b.Import = "setup"
	put := func(account users.AccountID, id users.ID, d users.Data) {
		b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: account, Created: at, Updated: at}, Data: d}})
	}
	put("acme", "acme", &users.Account{Name: "Acme"})
	put("globex", "globex", &users.Account{Name: "Globex"})
	put("reseller", "reseller", &users.Account{Name: "Reseller", Partner: true})
	put("acme", "ada", &users.Profile{FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com", Roles: []string{users.RoleAdmin}})
	put("acme", "bob", &users.Profile{FirstName: "Bob", Email: "bob@example.com"})
	put("acme", "pat", &users.Profile{FirstName: "Pat", Email: "pat@example.com", Roles: []string{users.RolePartner}})
	put("acme", "sam", &users.Profile{FirstName: "Sam", Email: "sam@example.com", Source: users.SCIM, Registered: true})
	put("acme", "mia", &users.Profile{FirstName: "Mia", Email: "mia@example.com", Source: users.MiCloud})
	put("globex", "gus", &users.Profile{FirstName: "Gus", Email: "gus@example.com", Roles: []string{users.RoleAdmin}})
	put("reseller", "rex", &users.Profile{FirstName: "Rex", Email: "rex@example.com"})
	put("acme", "agentdesk", &users.Role{Name: "Agent desk"})
	put("acme", "meetings", &users.Subscription{Product: "Meetings", Total: 5})
	put("acme", "l1", &users.Line{PBX: "PBX1", Short: "1001", Number: "+33123456789", Holder: "bob"})
	put("globex", "l2", &users.Line{PBX: "PBX1", Short: "1001", Number: "+33198765432", Holder: "gus"})
	require.NoError(t, host.Apply(t.Context(), b))
	return s
}

func code(err error) string {
	var d *users.Denied
	if e, ok := err.(*users.Denied); ok {
		d = e
	}
	if d == nil || len(d.Refusals) == 0 {
		return fmt.Sprint(err)
	}
	return d.Refusals[0].Problem.Code
}

func TestScope(t *testing.T) {
	emails := func(d *users.Directory) string {
		out := ""
		for r, err := range d.All(t.Context(), users.Query{Kind: users.KindUser}) {
			if err != nil {
				return err.Error()
			}
			u, _ := r.User()
			out += u.FirstName + " "
		}
		return out
	}
	for _, tt := range []struct{ name, reason, want string }{
		{"zero", "the zero Actor reaches nothing", users.ErrActor.Error()},
		{"partner", "a Partner serves every customer account, and no partner's own", "Ada Bob Gus Mia Pat Sam "},
		{"admin", "an Account Admin manages their own account", "Ada Bob Mia Pat Sam "},
		{"sync", "a sync stays in its account", "Ada Bob Mia Pat Sam "},
		{"host", "the host sees everything", "Ada Bob Gus Mia Pat Rex Sam "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			actor := map[string]users.Actor{"partner": users.Partner("p"), "admin": users.AccountAdmin("ada", "acme"),
				"sync": users.Sync(users.SCIM, "acme"), "host": users.Host("h")}[tt.name]
			if diff := cmp.Diff(tt.want, emails(users.Open(acme(t), actor, nil))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestFindBeyondReach(t *testing.T) {
	dir := users.Open(acme(t), users.AccountAdmin("ada", "acme"), nil)
	theirs := users.KeyOf("", users.SpaceNumber, "+33198765432")
	f, err := dir.Find(t.Context(), users.ByID("bob"), users.ByID("gus"), theirs,
		users.KeyOf("globex", users.SpaceEmail, "gus@example.com"), users.KeyOf("acme", users.SpaceLine, "PBX1/1001"))
	require.NoError(t, err)
	var ids []users.ID
	for _, r := range f.Records {
		ids = append(ids, r.ID)
	}
	if diff := cmp.Diff([]users.ID{"bob", "l1"}, ids); diff != "" {
		t.Errorf("only what the actor reaches is found (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]users.Key{theirs}, f.OutOfReach); diff != "" {
		t.Errorf("of another account an Account Admin learns that a number is in use, and no more (-want +got):\n%s", diff)
	}
}

func TestRules(t *testing.T) {
	admin, partner := users.AccountAdmin("ada", "acme"), users.Partner("p")
	add := func(p users.Profile) func(context.Context, *users.Directory) error {
		return func(ctx context.Context, d *users.Directory) error { _, err := d.Add(ctx, "acme", p); return err }
	}
	edit := func(id users.ID, change func(*users.User)) func(context.Context, *users.Directory) error {
		return func(ctx context.Context, d *users.Directory) error {
			u, err := d.User(ctx, id)
			if err != nil {
				return err
			}
			change(&u)
			_, err = d.Edit(ctx, u)
			return err
		}
	}
	del := func(id users.ID) func(context.Context, *users.Directory) error {
		return func(ctx context.Context, d *users.Directory) error { _, err := d.Delete(ctx, id); return err }
	}
	for _, tt := range []struct {
		name  string
		actor users.Actor
		do    func(context.Context, *users.Directory) error
		want  string
	}{
		{"adding needs a name", admin, add(users.Profile{Email: "x@example.com"}), "name.missing"},
		{"an address must be one", admin, add(users.Profile{FirstName: "X", Email: "x@localhost"}), "email.form"},
		{"an address must be in its canonical form", admin, add(users.Profile{FirstName: "X", Email: "x@EXAMPLE.com"}), "email.form"},
		{"a clean person is added", admin, add(users.Profile{FirstName: "X", Email: "x@example.com"}), "<nil>"},
		{"an Account Admin may make another", admin, add(users.Profile{FirstName: "X", Roles: []string{users.RoleAdmin}}), "<nil>"},
		{"nobody hands out the partner's role", partner, add(users.Profile{FirstName: "X", Roles: []string{users.RolePartner}}), "role.forbidden"},
		{"a limited actor grants what it was given", admin.Granting("Agent desk"), add(users.Profile{FirstName: "X", Roles: []string{"Agent desk"}}), "<nil>"},
		{"and nothing else", admin.Granting("Agent desk"), add(users.Profile{FirstName: "X", Roles: []string{users.RoleAdmin}}), "role.forbidden"},
		{"a person added is local", admin, add(users.Profile{FirstName: "X", Source: users.SCIM}), "source.foreign"},
		{"a source unknown to usher", users.Host("h"), add(users.Profile{FirstName: "X", Source: "ldap"}), "source.unknown"},
		{"a sync adds its own", users.Sync(users.SCIM, "acme"), add(users.Profile{FirstName: "X", Email: "x@example.com"}), "<nil>"},
		{"a sync writes only what its source owns", users.Sync(users.SCIM, "acme"), edit("sam", func(u *users.User) { u.Products = []string{"meetings"} }), "source.foreign"},
		{"a sync leaves other people alone", users.Sync(users.SCIM, "acme"), edit("bob", func(u *users.User) { u.FirstName = "Rob" }), "source.foreign"},
		{"a sync writes what it owns", users.Sync(users.SCIM, "acme"), edit("sam", func(u *users.User) { u.FirstName = "Samuel" }), "<nil>"},
		{"a field its source keeps is locked", admin, edit("sam", func(u *users.User) { u.FirstName = "Samuel" }), "field.locked"},
		{"other fields of that person are not", admin, edit("sam", func(u *users.User) { u.Products = []string{"meetings"} }), "<nil>"},
		{"nobody changes the source", admin, edit("bob", func(u *users.User) { u.Source = users.SCIM }), "field.locked"},
		{"nobody takes their own rights", admin, edit("ada", func(u *users.User) { u.Grant(users.RoleAdmin, false) }), "self.demote"},
		{"nobody deletes themselves", admin, del("ada"), "self.delete"},
		{"the last Account Admin keeps the rights", partner, edit("ada", func(u *users.User) { u.Grant(users.RoleAdmin, false) }), "admin.last"},
		{"the last Account Admin cannot be deleted", partner, del("ada"), "admin.last"},
		{"a partner's person cannot be deleted", admin, del("pat"), "delete.partner"},
		{"one synced from MiCloud Connect cannot be deleted", admin, del("mia"), "delete.source"},
		{"anyone else can", admin, del("bob"), "<nil>"},
		{"another account's person is not found", admin, del("gus"), users.ErrNotFound.Error()},
		{"nor a partner's own", partner, del("rex"), users.ErrNotFound.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := users.Open(acme(t), tt.actor, options())
			if diff := cmp.Diff(tt.want, code(tt.do(t.Context(), dir))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeletedFromTheirSourceStayListed(t *testing.T) {
	dir := users.Open(acme(t), users.AccountAdmin("ada", "acme"), options())
	stays, err := dir.Delete(t.Context(), "sam")
	require.NoError(t, err)
	require.True(t, stays)
	u, err := dir.User(t.Context(), "sam")
	require.NoError(t, err)
	require.True(t, u.Inactive)
	require.False(t, u.Registered)
	stays, err = dir.Delete(t.Context(), "bob")
	require.NoError(t, err)
	require.False(t, stays)
	_, err = dir.User(t.Context(), "bob")
	require.ErrorIs(t, err, users.ErrNotFound)
}

func TestTwoAdminsDemotedAtOnce(t *testing.T) {
	ctx := t.Context()
	for range 50 {
		s := acme(t)
		dir := users.Open(s, users.Partner("p"), nil)
		bob, err := dir.User(ctx, "bob")
		require.NoError(t, err)
		bob.Grant(users.RoleAdmin, true)
		_, err = dir.Edit(ctx, bob)
		require.NoError(t, err)
		done := make(chan error)
		for _, id := range []users.ID{"ada", "bob"} {
			go func() {
				u, err := dir.User(ctx, id)
				if err == nil {
					u.Grant(users.RoleAdmin, false)
					_, err = dir.Edit(ctx, u)
				}
				done <- err
			}()
		}
		failed := 0
		for range 2 {
			if err := <-done; err != nil {
				require.Equal(t, "admin.last", code(err))
				failed++
			}
		}
		require.Equal(t, 1, failed, "one of two admins demoted at once must stay")
	}
}

func TestAnEditAtAnOldVersionIsAConflict(t *testing.T) {
	dir := users.Open(acme(t), users.Partner("p"), options())
	a, err := dir.User(t.Context(), "bob")
	require.NoError(t, err)
	b := a
	a.Mobile = "+33612345678"
	a, err = dir.Edit(t.Context(), a)
	require.NoError(t, err)
	require.EqualValues(t, 2, a.Version)
	b.FirstName = "Rob"
	_, err = dir.Edit(t.Context(), b)
	var c *users.Conflict
	require.ErrorAs(t, err, &c)
	if diff := cmp.Diff([]users.ID{"bob"}, c.Stale); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnAddressInUse(t *testing.T) {
	dir := users.Open(acme(t), users.Partner("p"), options())
	_, err := dir.Add(t.Context(), "acme", users.Profile{FirstName: "X", Email: "Bob@example.com"})
	var c *users.Conflict
	require.ErrorAs(t, err, &c)
	require.Equal(t, users.ID("bob"), c.Keys[0].Holder)
	_, err = dir.Add(t.Context(), "globex", users.Profile{FirstName: "X", Email: "bob@example.com"})
	require.NoError(t, err, "an address is unique in its account only")
}

func TestEveryEditIsJournaled(t *testing.T) {
	dir := users.Open(acme(t), users.Partner("p"), options())
	u, err := dir.User(t.Context(), "bob")
	require.NoError(t, err)
	u.FirstName = "Rob"
	_, err = dir.Edit(t.Context(), u)
	require.NoError(t, err)
	var got []string
	for r, err := range dir.All(t.Context(), users.Query{Kind: users.KindImport}) {
		require.NoError(t, err)
		for e, err := range dir.Journal(t.Context(), r.ID, 0) {
			require.NoError(t, err)
			for _, i := range e.Images {
				got = append(got, i.Before.Field("first_name")+" → "+i.After.Field("first_name"))
			}
		}
	}
	if diff := cmp.Diff([]string{"Bob → Rob"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDeleteByHandFreesLines(t *testing.T) {
	s := staffed(t)
	stays, err := users.Open(s, users.AccountAdmin("ada", "acme"), options()).Delete(t.Context(), "bob")
	require.NoError(t, err)
	require.False(t, stays)
	want := &users.Line{PBX: "PBX1", Short: "1001", Number: "+33123456789"}
	if diff := cmp.Diff(users.Data(want), stored(t, s, "l1").Data); diff != "" {
		t.Errorf("who is made again under that id must inherit nothing (-want +got):\n%s", diff)
	}
}

func TestJournalWithinReach(t *testing.T) {
	s := staffed(t)
	host := users.Open(s, users.Host("h"), options())
	far := under(users.Host("h"), "globex", changed("globex", "gus", gus(mobile("+33612345678"))))
	require.NoError(t, host.Apply(t.Context(), far))
	both := under(users.Host("h"), "acme", changed("acme", "bob", bob(mobile("+33612345678"))), changed("globex", "l2", &users.Line{PBX: "PBX1", Short: "1002"}), removed("labs"))
	both.Import, both.Writes[3].ID, both.Writes[3].Record.ID = "both", "both", "both"
	require.NoError(t, host.Apply(t.Context(), both))
	for _, tt := range []struct {
		name, reason string
		actor        users.Actor
		imp          users.ID
		want         []string
	}{
		{"out of reach", "an import of another account has no entries", users.AccountAdmin("ada", "acme"), "imp", nil},
		{"in reach", "its own admin reads it", users.AccountAdmin("gus", "globex"), "imp", []string{"row", "gus"}},
		{"images out of reach", "are left out, the row is not", users.AccountAdmin("ada", "acme"), "both", []string{"row", "bob"}},
		{"everything in reach", "is there for who sees both", users.Partner("p"), "both", []string{"row", "bob", "l2", "labs"}},
		{"no record", "rows without one are nobody's", users.Partner("p"), "setup", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for e, err := range users.Open(s, tt.actor, nil).Journal(t.Context(), tt.imp, 0) {
				require.NoError(t, err)
				got = append(got, "row")
				for _, i := range e.Images {
					r := i.After
					if r == nil {
						r = i.Before
					}
					got = append(got, string(r.ID))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestListWithinReach(t *testing.T) {
	s := acme(t)
	for _, tt := range []struct {
		name, reason string
		actor        users.Actor
		scope        users.Scope
		want         string
	}{
		{"nothing asked", "all the actor reaches", users.AccountAdmin("ada", "acme"), users.Scope{}, "[l1]"},
		{"everything asked", "is not what is got", users.AccountAdmin("ada", "acme"), users.Scope{All: true}, "[l1]"},
		{"another account asked", "which is out of reach", users.AccountAdmin("ada", "acme"), users.Scope{Accounts: []users.AccountID{"globex"}}, "[]"},
		{"both asked", "one is out of reach", users.AccountAdmin("ada", "acme"), users.Scope{Accounts: []users.AccountID{"acme", "globex"}}, "[l1]"},
		{"none asked", "an empty list of accounts is none", users.Host("h"), users.Scope{Accounts: []users.AccountID{}}, "[]"},
		{"all but one", "the host's exceptions hold", users.Host("h"), users.Scope{All: true, Except: []users.AccountID{"acme"}}, "[l2]"},
		{"all but their own", "and an admin's", users.AccountAdmin("ada", "acme"), users.Scope{All: true, Except: []users.AccountID{"acme"}}, "[]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := users.Open(s, tt.actor, nil).List(t.Context(), users.Query{Kind: users.KindLine, Scope: tt.scope})
			require.NoError(t, err)
			ids := make([]users.ID, len(p.Records))
			for i, r := range p.Records {
				ids[i] = r.ID
			}
			if diff := cmp.Diff(tt.want, fmt.Sprint(ids)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
