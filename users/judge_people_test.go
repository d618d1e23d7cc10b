package users_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

// The rules about people hold for an edit by hand as for any other door.
func TestPeopleRulesByHand(t *testing.T) {
	partner, admin := users.Partner("p"), users.AccountAdmin("ada", "acme")
	under := func(boss users.ID) func(*users.User) {
		return func(u *users.User) { u.ContactCentre = &users.ContactCentre{Supervisor: boss} }
	}
	tests := []struct {
		name, reason string
		actor        users.Actor
		id           users.ID
		change       func(*users.User)
		want         string
	}{
		{"every name taken away", "a person keeps one of the three", partner, "bob", func(u *users.User) { u.FirstName = "" }, "name.missing"},
		{"one name for another", "one is enough", partner, "bob", func(u *users.User) { u.FirstName, u.DisplayName = "", "Bob" }, "<nil>"},
		{"their own supervisor", "no one is above themselves", partner, "bob", under("bob"), "supervisor.self"},
		{"led by a person they lead", "bob leads lea", partner, "bob", under("lea"), "reference.cycle"},
		{"led over two others", "bob leads lea, and lea leads max", partner, "bob", under("max"), "reference.cycle"},
		{"led by another", "max leads no one", partner, "ada", under("max"), "<nil>"},
		{"a role of the catalogue", "it exists", partner, "bob", func(u *users.User) { u.Roles = []string{"Agent desk"} }, "<nil>"},
		{"a role that does not exist", "the catalogue would make it the partner's later", admin, "bob", func(u *users.User) { u.Roles = []string{"Agent Lead"} }, "role.unknown"},
		{"a role that looks like one", "the a is Cyrillic", admin, "bob", func(u *users.User) { u.Roles = []string{"\u0410gent desk"} }, "role.unknown"},
		{"a product without a subscription", "there is nothing to give", partner, "bob", func(u *users.User) { u.Products = []string{"Fax"} }, "product.unknown"},
		{"a product in other letters", "names fold", partner, "bob", func(u *users.User) { u.Products = []string{"meetings"} }, "<nil>"},
		{"registered by hand", "only the host and the source know it", partner, "bob", func(u *users.User) { u.Registered = true }, "field.reserved"},
		{"a source's id by hand", "likewise", partner, "bob", func(u *users.User) { u.ExternalID = "7" }, "field.reserved"},
		{"a line break in a custom field", "one clean line", partner, "bob", func(u *users.User) { u.Custom = map[string]string{"title": "a\nb"} }, "text.control"},
		{"a custom field of 5 MB", "has a limit", partner, "bob", func(u *users.User) { u.Custom = map[string]string{"title": strings.Repeat("x", 5<<20)} }, "text.too_long"},
		{"a control character in a product", "one clean line", partner, "bob", func(u *users.User) { u.Products = []string{"Meet\u0007ings"} }, "text.control"},
		{"the address of a partner's person by an admin", "their invitations would go astray", admin, "pat", func(u *users.User) { u.Email = "me@example.com" }, "partner.locked"},
		{"the address of a partner's person by a partner", "it is theirs", partner, "pat", func(u *users.User) { u.Email = "pat2@example.com" }, "<nil>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Log(tt.reason)
			s := acme(t)
			put(t, s, "lea", "bob")
			put(t, s, "max", "lea")
			dir := users.Open(s, tt.actor, nil)
			u, err := dir.User(t.Context(), tt.id)
			require.NoError(t, err)
			tt.change(&u)
			_, err = dir.Edit(t.Context(), u)
			require.Empty(t, cmp.Diff(tt.want, code(err)), "(-want +got)")
		})
	}
}

// put adds a person of acme who is led by another.
func put(t *testing.T, s users.Store, id, boss users.ID) {
	t.Helper()
	host := users.Open(s, users.Host("test"), nil)
	rec := users.Record{Head: users.Head{ID: id, Account: "acme", Created: at, Updated: at}, Data: &users.Profile{FirstName: string(id), ContactCentre: &users.ContactCentre{Supervisor: boss}}}
	require.NoError(t, host.Apply(t.Context(), users.Batch{Import: "put " + id, Writes: []users.Write{{ID: id, Record: &rec}}}))
}

// An id is one clean line, whoever makes the record.
func TestIDsAreClean(t *testing.T) {
	for _, id := range []users.ID{"a\nb", " a", "a\u202eb", users.ID(strings.Repeat("x", 201))} {
		rec := users.Record{Head: users.Head{ID: id, Account: "acme", Created: at, Updated: at}, Data: &users.Profile{FirstName: "X"}}
		err := users.Open(acme(t), users.Host("h"), nil).Apply(t.Context(), users.Batch{Import: "i", Writes: []users.Write{{ID: id, Record: &rec}}})
		require.Empty(t, cmp.Diff("id.form", code(err)), "%q (-want +got)", id)
	}
}

// Two edits that together close a circle are not both written.
func TestCircleClosedByTwo(t *testing.T) {
	s := acme(t)
	put(t, s, "lea", "")
	lead := func(ctx context.Context, d *users.Directory, id, boss users.ID) error {
		u, err := d.User(ctx, id)
		if err != nil {
			return err
		}
		u.ContactCentre = &users.ContactCentre{Supervisor: boss}
		_, err = d.Edit(ctx, u)
		return err
	}
	raced := meanwhile(s, func() error {
		return lead(t.Context(), users.Open(s, users.Partner("q"), nil), "lea", "bob")
	})
	err := lead(t.Context(), users.Open(raced, users.Partner("p"), nil), "bob", "lea")
	require.Empty(t, cmp.Diff("reference.cycle", code(err)), "the second closes the circle (-want +got)")
}

// A person who leads others is deleted only on approval, and then leads no one.
func TestDeleteLeader(t *testing.T) {
	s := acme(t)
	put(t, s, "lea", "bob")
	put(t, s, "max", "bob")
	dir := users.Open(s, users.Partner("p"), nil)

	_, err := dir.Delete(t.Context(), "bob")
	require.Empty(t, cmp.Diff(users.BrakeLeader, code(err)), "(-want +got)")
	var denied *users.Denied
	require.ErrorAs(t, err, &denied)
	require.Empty(t, cmp.Diff(map[string]string{"count": "2", "people": "lea, max"}, denied.Refusals[0].Problem.Args), "(-want +got)")

	_, err = dir.Delete(t.Context(), "bob", users.BrakeLeader)
	require.NoError(t, err)
	require.Empty(t, stored(t, s, "bob").ID)
	for _, id := range []users.ID{"lea", "max"} {
		require.Empty(t, stored(t, s, id).Field(users.FieldSupervisor))
	}
}
