package roles

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// A Person is one entry of a selection of people.
type Person struct {
	// Name is the name that was pasted. For a person found by a query it is their
	// e-mail address, LAN ID, login or id, the first that is set.
	Name string
	// IDs are the ids of the people with that name: one, none, or several.
	IDs []users.ID
}

// Matching returns the people of an account who fit a query, in the order of the query.
// Matching sets the kind and the scope of the query itself.
func Matching(ctx context.Context, dir *users.Directory, account users.AccountID, q users.Query) ([]Person, error) {
	q.Kind, q.Scope, q.Limit = users.KindUser, users.Scope{Accounts: []users.AccountID{account}}, 1000
	var out []Person
	for r, err := range dir.All(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("roles: select: %w", err)
		}
		if u, ok := r.User(); ok {
			out = append(out, Person{nameOf(u), []users.ID{u.ID}})
		}
	}
	return out, nil
}

func nameOf(u users.User) string {
	for _, name := range []string{u.Email, u.Field(users.FieldLANID), u.Login} {
		if name != "" {
			return name
		}
	}
	return string(u.ID)
}

// Split returns the names of a pasted list, separated by line breaks, commas, semicolons
// or tabs. It leaves out blank names.
func Split(list string) []string {
	var out []string
	for name := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune("\n\r\t,;", r) }) {
		if name, _ := users.CleanText(name, 0); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// nameSpaces are the spaces in which a pasted name is looked up.
var nameSpaces = [...]users.Space{users.SpaceEmail, users.SpaceLANID, users.SpaceLogin, users.SpaceID}

// Named returns the people of an account who have one of the names as e-mail address, LAN
// ID, login or id. It returns one Person for each name, in the order of names.
func Named(ctx context.Context, dir *users.Directory, account users.AccountID, names ...string) ([]Person, error) {
	keys := make([]users.Key, 0, len(names)*len(nameSpaces))
	for _, n := range names {
		for _, space := range nameSpaces {
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
		for _, k := range keys[i*len(nameSpaces) : (i+1)*len(nameSpaces)] {
			if id, ok := holders[k]; ok && !slices.Contains(out[i].IDs, id) {
				out[i].IDs = append(out[i].IDs, id)
			}
		}
	}

	return out, nil
}
