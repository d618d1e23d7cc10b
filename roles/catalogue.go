package roles

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/internal/scripts"
	"github.com/usher-go/usher/users"
)

// maxName is the largest number of characters of a role or of one level of a path, as in
// [users.CleanText].
const maxName = 256

// maxCell is the largest number of characters of a cell with names of roles: sixteen
// roles with the longest name.
const maxCell = 16 * maxName

// A Catalogue holds the roles that a cell may name in an account: the roles of the
// account's catalogue, Account Admin and Mitel Partner, which every account has, and
// roles that a person has although the catalogue no longer lists them. It does not
// change, and several goroutines may use it.
type Catalogue struct {
	roles []users.Role
	names map[string]string // by folded name
	known []string
	likes *nearby.Index // of known
	actor users.Actor
}

// ReadCatalogue returns the catalogue of an account as it is now. A name in also counts
// if a person in the account has that role, so that a role which left the catalogue can
// still be taken away. A caller that grants roles passes none. The error is the store's.
// An account out of reach has no roles of its own.
func ReadCatalogue(ctx context.Context, dir *users.Directory, account users.AccountID, also ...string) (*Catalogue, error) {
	listed, err := dir.Roles(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("roles: catalogue: %w", err)
	}

	c := &Catalogue{names: map[string]string{}, actor: dir.Actor().Under(listed...)}
	for _, r := range []users.Role{{Name: users.RoleAdmin}, {Name: users.RolePartner}} {
		if i := slices.IndexFunc(listed, func(l users.Role) bool { return users.Fold(l.Name) == r.Name }); i >= 0 {
			r.About, r.GrantedBy = listed[i].About, listed[i].GrantedBy
			listed = slices.Delete(listed, i, i+1)
		}
		c.add(r)
	}

	for _, r := range listed {
		c.add(r)
	}

	for _, name := range also {
		if c.names[users.Fold(name)] != "" {
			continue
		}
		page, err := dir.List(ctx, users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{account}}, Limit: 1,
			Having: []users.Key{{Space: users.LinkGrant, Value: users.Fold(name)}}})
		if err != nil {
			return nil, fmt.Errorf("roles: catalogue: %w", err)
		}
		for _, r := range page.Records {
			u, _ := r.User()
			if i := slices.IndexFunc(u.Roles, func(has string) bool { return users.Fold(has) == users.Fold(name) }); i >= 0 {
				c.add(users.Role{Name: u.Roles[i]})
			}
		}
	}

	c.likes = nearby.NewIndex(c.known)
	return c, nil
}

// NewCatalogue returns a catalogue of those names and no others. It is for a product
// whose roles do not say who administers the account. No actor may grant a role by it.
func NewCatalogue(names ...string) *Catalogue {
	c := &Catalogue{names: map[string]string{}}
	for _, n := range slices.Sorted(slices.Values(names)) {
		if f := users.Fold(n); f != "" && c.names[f] == "" {
			c.add(users.Role{Name: n})
		}
	}
	c.likes = nearby.NewIndex(c.known)
	return c
}

// Names returns the names of all roles, in the order of [Catalogue.Roles].
func (c *Catalogue) Names() []string { return slices.Clone(c.known) }

func (c *Catalogue) add(r users.Role) {
	c.names[users.Fold(r.Name)] = r.Name
	c.known = append(c.known, r.Name)
	c.roles = append(c.roles, r)
}

// Roles returns all roles: Account Admin and Mitel Partner first, the others by name.
func (c *Catalogue) Roles() []users.Role { return slices.Clone(c.roles) }

// MayGrant reports whether the actor who read the catalogue may give a person the role
// and take it away ([users.Actor.MayGrant]).
func (c *Catalogue) MayGrant(role string) bool { return c.actor.MayGrant(role) }

// Parse reads a cell that names one role, or several separated by commas. It returns the
// names as the catalogue writes them, each once, in order, separated by commas. Letter
// case and blanks do not count ([users.SpaceRole]).
//
//   - role.unknown (role, allowed): a role is not in the catalogue. allowed has the names
//     that are. The Fix is the whole cell, if it is evident which role was meant.
//   - role.confusable (like): a role has letters of another script that look like those
//     of a role in the catalogue.
//
// Parse also returns the codes of [users.CleanText].
func (c *Catalogue) Parse(cell string) (names string, problems []users.Problem) {
	text, problems := users.CleanText(cell, maxCell)
	names, fault := c.read(text, ",")
	if fault == nil {
		return names, problems
	}

	// Another sign between the names is a mistake, unless it is part of a name.
	if fault.Fix == "" && strings.ContainsAny(text, otherSigns) {
		if fixed, _ := c.read(text, ","+otherSigns); fixed != "" {
			fault.Fix = fixed
		}
	}
	return "", append(problems, *fault)
}

// otherSigns are the signs that people write between roles instead of a comma.
const otherSigns = ";/|+&\n"

// read reads the names between any of the signs. It returns a fault if one is unknown.
func (c *Catalogue) read(text, signs string) (names string, fault *users.Problem) {
	var out, fixed []string
	unknown, like := "", ""
	evident := true
	for name := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(signs, r) }) {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		is := c.names[users.Fold(name)]
		if is == "" {
			near, found := c.names[users.Fold(scripts.Latin(name))], true
			if near != "" && like == "" {
				like = near
			}
			if near == "" {
				near, found = c.likes.Best(name)
			}
			evident = evident && found
			if unknown == "" {
				unknown = name
			}
			fixed = append(fixed, near)
			continue
		}
		out, fixed = append(out, is), append(fixed, is)
	}

	if unknown == "" {
		return joinSet(out), nil
	}
	fault = &users.Problem{Code: "role.unknown", Args: map[string]string{"role": unknown, "allowed": strings.Join(c.known, ", ")}}
	if like != "" {
		fault.Code, fault.Args = "role.confusable", map[string]string{"like": like}
	}
	if evident {
		fault.Fix = joinSet(fixed)
	}
	return "", fault
}

func joinSet(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ",")
}
