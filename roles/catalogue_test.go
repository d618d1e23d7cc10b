package roles_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/property"
	"github.com/usher-go/usher/users/storetest"
)

// account is a store in which acme has roles and people, and globex a neighbour of theirs.
func account(t *testing.T) *memstore.Store {
	t.Helper()
	store := memstore.New()
	b := users.Batch{Import: "setup"}
	add := func(account users.AccountID, id users.ID, d users.Data) {
		b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: account}, Data: d}})
	}
	add("acme", "r1", &users.Role{Name: "Night desk", GrantedBy: users.ByPartners})
	add("acme", "r2", &users.Role{Name: "Agent desk"})
	add("acme", "r3", &users.Role{Name: "Account_Admin", About: "Everything.", GrantedBy: users.ByPartners})
	add("globex", "r4", &users.Role{Name: "Clerk"})
	add("acme", "ada", &users.Profile{Email: "ada@example.com", Login: "ada", Roles: []string{users.RoleAdmin}, Registered: true})
	add("acme", "bob", &users.Profile{Email: "bob@example.com", Login: "night bird", Roles: []string{"Old desk"}})
	add("acme", "cyd", &users.Profile{DisplayName: "Cyd Night", ContactCentre: &users.ContactCentre{LANID: "ADA"}})
	add("acme", "dan", &users.Profile{DisplayName: "Dan Night"})
	add("globex", "gus", &users.Profile{Email: "gus@example.com", Login: "night", Roles: []string{"Far desk"}})
	require.NoError(t, store.Apply(t.Context(), b))
	return store
}

func TestCatalogue(t *testing.T) {
	store := account(t)
	admin := users.Open(store, users.AccountAdmin("ada", "acme"), nil)
	c, err := roles.ReadCatalogue(t.Context(), admin, "acme", "OLD desk", "Far desk", "Clerk", "Agent desk")
	require.NoError(t, err)
	want := []users.Role{{Name: users.RoleAdmin, About: "Everything.", GrantedBy: users.ByPartners}, {Name: users.RolePartner},
		{Name: "Agent desk"}, {Name: "Night desk", GrantedBy: users.ByPartners}, {Name: "Old desk"}}
	if diff := cmp.Diff(want, c.Roles()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	may := func(c *roles.Catalogue) (out []string) {
		for _, r := range c.Roles() {
			if c.MayGrant(r.Name) {
				out = append(out, r.Name)
			}
		}
		return out
	}
	require.Equal(t, []string{"Agent desk", "Old desk"}, may(c))
	c, err = roles.ReadCatalogue(t.Context(), users.Open(store, users.Partner("pat"), nil), "acme")
	require.NoError(t, err)
	require.Equal(t, []string{users.RoleAdmin, "Agent desk", "Night desk"}, may(c))
	c, err = roles.ReadCatalogue(t.Context(), admin, "globex", "Far desk")
	require.NoError(t, err)
	require.Len(t, c.Roles(), 2, "an account out of reach has no roles of its own, and shows nobody's")
}

func TestCatalogueParse(t *testing.T) {
	c, err := roles.ReadCatalogue(t.Context(), users.Open(account(t), users.Partner("pat"), nil), "acme")
	require.NoError(t, err)
	for _, tt := range []struct{ name, cell, want string }{
		{"a role", "Agent desk", "Agent desk"},
		{"as the catalogue writes it", " AGENT  desk ", "Agent desk"},
		{"several, in order and once", "night desk, agent desk,Night Desk,", "Agent desk,Night desk"},
		{"one of usher's own", "Account_Admin", "account_admin"},
		{"none", " , ", ""},
		{"one misspelt", "Nihgt desk", "role.unknown Nihgt desk >Night desk"},
		{"the fix is the whole cell", "Nihgt desk,Agent desk", "role.unknown Nihgt desk >Agent desk,Night desk"},
		{"near to nothing", "Nihgt desk,Cook", "role.unknown Nihgt desk >"},
		{"a semicolon between two", "Agent desk; night DESK", "role.unknown Agent desk; night DESK >Agent desk,Night desk"},
		{"a semicolon, and one unknown", "Agent desk;Cook", "role.unknown Agent desk;Cook >"},
		{"letters of another alphabet", "Agent d\u0435sk", "role.confusable  >Agent desk"},
		{"a text that is none", "Agent\u202e desk", "text.bidi  >"},
		{"a warning stays one", "\ufeffAgent desk", "text.trimmed  > Agent desk"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			names, problems := c.Parse(tt.cell)
			var got []string
			for _, p := range problems {
				got = append(got, p.Code+" "+p.Args["role"]+" >"+p.Fix)
			}
			if names != "" {
				got = append(got, names)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A catalogue of names has those alone, however often they are written.
func TestNewCatalogue(t *testing.T) {
	c := roles.NewCatalogue("Lead", "Desk", "desk", " ")
	require.Equal(t, []string{"Desk", "Lead"}, c.Names())
	names, problems := c.Parse("lead, DESK")
	require.Equal(t, "Desk,Lead", names)
	require.Empty(t, problems)
	_, problems = c.Parse(users.RoleAdmin)
	require.Len(t, problems, 1)
	require.False(t, c.MayGrant("Desk"))
}

func TestMatching(t *testing.T) {
	dir := users.Open(account(t), users.Partner("pat"), nil)
	registered, _ := property.Registered.Having()
	for _, tt := range []struct {
		name string
		q    users.Query
		want string
	}{
		{"everybody, of one account", users.Query{}, "ada@example.com=ada bob@example.com=bob ADA=cyd dan=dan"},
		{"a search", users.Query{Text: "night"}, "bob@example.com=bob ADA=cyd dan=dan"},
		{"a filter", users.Query{Having: registered}, "ada@example.com=ada"},
		{"kind and scope are not the caller's", users.Query{Kind: users.KindRole, Scope: users.Scope{All: true}, Limit: 1, Text: "example"}, "ada@example.com=ada bob@example.com=bob"},
		{"nobody", users.Query{Text: "zoe"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			people, err := roles.Matching(t.Context(), dir, "acme", tt.q)
			require.NoError(t, err)
			require.Equal(t, tt.want, said(people))
		})
	}
}

func TestNamed(t *testing.T) {
	store := account(t)
	for _, tt := range []struct {
		name, list string
		actor      users.Actor
		want       string
	}{
		{"address, login, LAN ID, id", "ADA@example.com, Night Bird\ndan;cyd", users.Partner("pat"), "ADA@example.com=ada Night Bird=bob dan=dan cyd=cyd"},
		{"one person twice is two names", "bob\tbob@example.com", users.Partner("pat"), "bob=bob bob@example.com=bob"},
		{"a login and a LAN ID", "ada", users.Partner("pat"), "ada=cyd,ada"},
		{"nobody, in their place", "zoe,bob", users.Partner("pat"), "zoe= bob=bob"},
		{"what is no person", "r1", users.Partner("pat"), "r1="},
		{"of another account", "gus@example.com,gus", users.Partner("pat"), "gus@example.com= gus="},
		{"nothing", " \n,; ", users.Partner("pat"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			people, err := roles.Named(t.Context(), users.Open(store, tt.actor, nil), "acme", roles.Split(tt.list)...)
			require.NoError(t, err)
			require.Equal(t, tt.want, said(people))
		})
	}
}

func said(people []roles.Person) string {
	var out []string
	for _, p := range people {
		ids := ""
		for i, id := range p.IDs {
			ids += strings.Repeat(",", min(i, 1)) + string(id)
		}
		out = append(out, p.Name+"="+ids)
	}
	return strings.Join(out, " ")
}

// What the store cannot answer is an error, and nothing less.
func TestStoreFails(t *testing.T) {
	broken := errors.New("the store is broken")
	store := storetest.NewFaulty(account(t))
	store.Before = func(string, int) error { return broken }
	dir := users.Open(store, users.AccountAdmin("ada", "acme"), nil)
	for name, do := range map[string]func(context.Context) error{
		"tree":      func(ctx context.Context) error { _, err := roles.ReadTree(ctx, dir, "acme", nil); return err },
		"catalogue": func(ctx context.Context) error { _, err := roles.ReadCatalogue(ctx, dir, "acme"); return err },
		"matching":  func(ctx context.Context) error { _, err := roles.Matching(ctx, dir, "acme", users.Query{}); return err },
		"named":     func(ctx context.Context) error { _, err := roles.Named(ctx, dir, "acme", "ada"); return err },
	} {
		t.Run(name, func(t *testing.T) { require.ErrorIs(t, do(t.Context()), broken) })
	}
}
