package roles

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// A Person is one of those somebody selected.
type Person struct {
	// Name is what they were selected by: as it was pasted, or their e-mail
	// address, LAN ID, login or id, the first there is.
	Name string
	// IDs are of those who are called so: one, unless nobody is, or several are.
	IDs []users.ID
}

// Matching are the people of an account who fit a query; its kind and its scope
// are set by this. They are in the order of the query, and fixed from now on.
func Matching(ctx context.Context, dir *users.Directory, account users.AccountID, q users.Query) ([]Person, error) {
	q.Kind, q.Scope, q.Limit = users.KindUser, users.Scope{Accounts: []users.AccountID{account}}, 1000
	var out []Person
	for r, err := range dir.All(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("roles: select: %w", err)
		}
		if u, ok := r.User(); ok {
			out = append(out, Person{called(u), []users.ID{u.ID}})
		}
	}
	return out, nil
}

func called(u users.User) string {
	for _, name := range []string{u.Email, u.Field(users.FieldLANID), u.Login} {
		if name != "" {
			return name
		}
	}
	return string(u.ID)
}

// Split are the names of a pasted list: one a line, or with commas, semicolons
// or tabs between them. Blank ones are left out.
func Split(list string) []string {
	var out []string
	for name := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune("\n\r\t,;", r) }) {
		if name, _ := users.CleanText(name, 0); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// named are the spaces by which a pasted name may mean somebody.
var named = [...]users.Space{users.SpaceEmail, users.SpaceLANID, users.SpaceLogin, users.SpaceID}

// Named are the people of an account who are called by one of the names: by
// e-mail address, LAN ID, login or id. Each name has a Person, in their order.
func Named(ctx context.Context, dir *users.Directory, account users.AccountID, names ...string) ([]Person, error) {
	keys := make([]users.Key, 0, len(names)*len(named))
	for _, n := range names {
		for _, space := range named {
			keys = append(keys, users.KeyOf(account, space, n))
		}
	}
	found, err := dir.Find(ctx, keys...)
	if err != nil {
		return nil, fmt.Errorf("roles: select: %w", err)
	}
	holders := map[users.Key]users.ID{}
	for _, r := range found.Records {
		if r.Kind() != users.KindUser || r.Account != account {
			continue
		}
		holders[users.ByID(r.ID)] = r.ID
		for _, k := range r.Keys() {
			holders[k] = r.ID
		}
	}
	out := make([]Person, len(names))
	for i, n := range names {
		out[i].Name = n
		for _, k := range keys[i*len(named) : (i+1)*len(named)] {
			if id, ok := holders[k]; ok && !slices.Contains(out[i].IDs, id) {
				out[i].IDs = append(out[i].IDs, id)
			}
		}
	}
	return out, nil
}
