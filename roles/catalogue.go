package roles

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/users"
)

// maxName is how many characters a role or a level of a path may have: as many as
// [users.CleanText] allows a name.
const maxName = 256

// maxCell is how many characters a cell with names of roles may have: room for
// sixteen roles of the longest name.
const maxCell = 16 * maxName

// A Catalogue is the roles that may be named in an account: those of its
// catalogue, Account Admin and Mitel Partner, which every account has, and those
// that somebody has though the catalogue has them no longer. It does not change,
// and may be used by several goroutines.
type Catalogue struct {
	roles []users.Role
	names map[string]string // by folded names
	known []string
	actor users.Actor
}

// ReadCatalogue is the catalogue of an account as it stands now. also are names
// that count if somebody in the account has that role: what was struck off the
// catalogue can still be taken away. Whoever is to give roles has none of them. The error is the store's; an account out of
// reach has no roles of its own.
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
	return c, nil
}

// NewCatalogue is a catalogue of those names and no others: what a product calls
// roles, where who administers the account is another question. Nobody may
// grant anything by it.
func NewCatalogue(names ...string) *Catalogue {
	c := &Catalogue{names: map[string]string{}}
	for _, n := range slices.Sorted(slices.Values(names)) {
		if f := users.Fold(n); f != "" && c.names[f] == "" {
			c.add(users.Role{Name: n})
		}
	}
	return c
}

// Names are those of all roles, in the order of Roles.
func (c *Catalogue) Names() []string { return slices.Clone(c.known) }

func (c *Catalogue) add(r users.Role) {
	c.names[users.Fold(r.Name)] = r.Name
	c.known = append(c.known, r.Name)
	c.roles = append(c.roles, r)
}

// Roles are all of them: Account Admin and Mitel Partner first, then by name.
func (c *Catalogue) Roles() []users.Role { return slices.Clone(c.roles) }

// MayGrant reports whether whoever read the catalogue may give somebody the
// role, and take it away ([users.Actor.MayGrant]).
func (c *Catalogue) MayGrant(role string) bool { return c.actor.MayGrant(role) }

// Parse reads a cell that names one role or several, with commas between them.
// The answer is their names as the catalogue writes them, each once, in order,
// with a comma between; letter case and blanks do not matter ([users.SpaceRole]).
//
//   - role.unknown (role, allowed): one is not in the catalogue; the names that
//     are. The Fix is the whole cell, where one role is evidently meant.
//
// Beside that, the codes of [users.CleanText].
func (c *Catalogue) Parse(cell string) (names string, problems []users.Problem) {
	text, problems := users.CleanText(cell, maxCell)
	var out, fixed []string
	unknown := ""
	evident := true
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		is := c.names[users.Fold(name)]
		if is == "" {
			near, found := nearby.Best(name, c.known)
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
		return set(out), problems
	}
	p := users.Problem{Code: "role.unknown", Args: map[string]string{"role": unknown, "allowed": strings.Join(c.known, ", ")}}
	if evident {
		p.Fix = set(fixed)
	}
	return "", append(problems, p)
}

func set(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ",")
}
