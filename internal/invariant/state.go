package invariant

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/users"
)

// TB is what *testing.T and *rapid.T have in common.
type TB interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

// State is every record of a store but imports.
type State map[users.ID]users.Record

// Read is the state of the store.
func Read(t TB, store users.Store) State {
	t.Helper()
	out := State{}
	for _, k := range []users.Kind{users.KindAccount, users.KindUser, users.KindLine, users.KindSubscription, users.KindRole, users.KindUnit, users.KindPBX} {
		q := users.Query{Kind: k, Scope: users.Scope{All: true}, Limit: 1000}
		for {
			page, err := store.List(t.Context(), q)
			if err != nil {
				t.Fatalf("list %s: %v", k, err)
			}
			for _, r := range page.Records {
				out[r.ID] = r
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	return out
}

// Journal is what the import did, in order. No row may stand in it twice.
func Journal(t TB, store users.Store, imp users.ID) []users.Entry {
	t.Helper()
	var out []users.Entry
	seen := map[users.RowID]bool{}
	for e, err := range store.Journal(t.Context(), imp, 0) {
		if err != nil {
			t.Fatalf("journal of %s: %v", imp, err)
		}
		if seen[e.Row] {
			t.Fatalf("import %s did row %d twice", imp, e.Row.Number())
		}
		seen[e.Row] = true
		out = append(out, e)
	}
	return out
}

// texts is one line for every record, with its version, sorted.
func (s State) texts() []string {
	var out []string
	for _, r := range s {
		out = append(out, text(&r))
	}
	slices.Sort(out)
	return out
}

// text is a record without its times.
func text(r *users.Record) string {
	if r == nil {
		return "nothing"
	}
	data, err := users.EncodeData(r.Data)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s %q v%d %s", r.Account, r.ID, r.Version, data)
}

// RequireEqual requires that two states are the same, versions included.
func RequireEqual(t TB, what string, want, got State) {
	t.Helper()
	if d := cmp.Diff(want.texts(), got.texts()); d != "" {
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

// RequireSound requires that every unique key (an address, a line) belongs to one
// record, and that every record a line or a person refers to exists in the same account.
func RequireSound(t TB, s State) {
	t.Helper()
	holder := map[users.Key]users.ID{}
	there := func(by users.Record, what string, id users.ID) {
		t.Helper()
		if r, ok := s[id]; id != "" && (!ok || r.Kind() != users.KindUser || r.Account != by.Account) {
			t.Fatalf("%s names %s as its %s, who is not there", text(&by), id, what)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s)) {
		r := s[id]
		for _, k := range r.Keys() {
			if other, ok := holder[k]; ok {
				t.Fatalf("%s is held by %s and by %s", k, other, id)
			}
			holder[k] = id
		}
		switch d := r.Data.(type) {
		case *users.Line:
			there(r, "holder", d.Holder)
		case *users.Profile:
			if d.ContactCentre != nil {
				there(r, "supervisor", d.ContactCentre.Supervisor)
			}
		}
	}
}

// A naming calls the records that imports made by what they are known by, so
// that two runs that gave them other ids can be compared.
type naming struct{ ids []string }

// name gives names to what the entries made.
func (n *naming) name(entries []users.Entry) {
	for _, e := range entries {
		for _, i := range e.Images {
			if i.Before == nil {
				n.ids = append(n.ids, `"`+string(i.After.ID)+`"`, `"`+known(*i.After)+`"`)
			}
		}
	}
}

func (n *naming) replacer() *strings.Replacer { return strings.NewReplacer(n.ids...) }

func known(r users.Record) string {
	keys := r.Keys()
	for _, space := range []users.Space{users.SpaceLANID, users.SpaceEmail, users.SpaceLine} {
		if i := slices.IndexFunc(keys, func(k users.Key) bool { return k.Space == space }); i >= 0 {
			return keys[i].String()
		}
	}
	return "nameless"
}
