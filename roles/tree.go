package roles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/users"
)

// Levels is how many levels a tree has unless it is told: the lowest of the
// four is a team (after the OCM console).
const Levels = 4

// TreeOptions of a [Tree]. The zero value and nil mean the defaults.
type TreeOptions struct {
	// Levels is how many levels there are. Default: for a tree that is read the
	// account's own ([users.Account]), else [Levels].
	Levels int
}

// A Tree is the org units of an account, each called by its path from the
// root: "Acme/Sales/North/Team 1". It does not change, and may be used by several
// goroutines.
type Tree struct {
	levels int
	units  []unit
	paths  map[string]int   // units by folded path
	names  map[string][]int // units by folded name
	called []string         // the different names, folded for [nearby.All]
	likes  map[string][]int // units by those
	ids    map[users.ID]string
}

type unit struct {
	path  string
	steps []string // the names from the root down
}

func (u unit) name() string { return u.steps[len(u.steps)-1] }

// NewTree is the tree of those units, in the order of their paths. A path that
// stands twice, by the rules of [users.SpaceUnit], is one unit. A unit that is
// not listed is none, though others stand below it. A path with a blank name in
// it is an error.
func NewTree(paths []string, o *TreeOptions) (*Tree, error) {
	t := &Tree{levels: Levels, paths: map[string]int{}, names: map[string][]int{}, likes: map[string][]int{}}
	if o != nil && o.Levels > 0 {
		t.levels = o.Levels
	}
	paths = slices.Clone(paths)
	slices.Sort(paths)
	for _, path := range paths {
		u := unit{path, steps(path)}
		if slices.Contains(u.steps, "") {
			return nil, fmt.Errorf("roles: tree: the unit %q has a blank name in its path", path)
		}
		folded := users.SpaceUnit.Fold(path)
		if _, twice := t.paths[folded]; twice {
			continue
		}
		name, like := users.Fold(u.name()), folding.Heading(u.name())
		if t.likes[like] == nil {
			t.called = append(t.called, like)
		}
		t.paths[folded] = len(t.units)
		t.names[name] = append(t.names[name], len(t.units))
		t.likes[like] = append(t.likes[like], len(t.units))
		t.units = append(t.units, u)
	}
	return t, nil
}

// ReadTree is the tree of an account as it stands now. The error is that of
// [NewTree] or of the store; an account out of reach has no units.
func ReadTree(ctx context.Context, dir *users.Directory, account users.AccountID, o *TreeOptions) (*Tree, error) {
	var paths []string
	ids := map[users.ID]string{}
	q := users.Query{Kind: users.KindUnit, Scope: users.Scope{Accounts: []users.AccountID{account}}, Limit: 1000}
	for r, err := range dir.All(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("roles: tree: %w", err)
		}
		if u, ok := r.Data.(*users.Unit); ok {
			paths, ids[r.ID] = append(paths, u.Path), u.Path
		}
	}
	t, err := NewTree(paths, o)
	if err != nil {
		return nil, err
	}
	t.ids = ids
	if o == nil || o.Levels <= 0 {
		rec, err := dir.Get(ctx, users.ID(account))
		switch a, ok := rec.Data.(*users.Account); {
		case err != nil && !errors.Is(err, users.ErrNotFound):
			return nil, fmt.Errorf("roles: tree: %w", err)
		case ok && a.Levels > 0:
			t.levels = a.Levels
		}
	}
	return t, nil
}

// Path is that of the unit whose record has the id; "" if there is none, and in
// a tree that was made of paths alone.
func (t *Tree) Path(id users.ID) string { return t.ids[id] }

// Levels is how many levels the tree has.
func (t *Tree) Levels() int { return t.levels }

// Level is the level of the unit with that path: 1 for a root; 0 if there is
// no such unit.
func (t *Tree) Level(path string) int {
	if i, ok := t.paths[users.SpaceUnit.Fold(path)]; ok {
		return len(t.units[i].steps)
	}
	return 0
}

// Lowest reports whether the unit with that path stands at the lowest level,
// where an agent's must (after the OCM import page). One below it is none.
func (t *Tree) Lowest(path string) bool { return t.Level(path) == t.levels }

// Paths are those of all units, in order.
func (t *Tree) Paths() []string {
	out := make([]string, len(t.units))
	for i, u := range t.units {
		out[i] = u.path
	}
	return out
}

// maxNear is how many units a finding lists.
const maxNear = 5

// Parse reads a cell that names a unit: by its path, or by its name alone
// where no other unit is called so (our policy). The answer is the unit's path as
// the account writes it; letter case and outer blanks do not matter, by the
// rules of [users.SpaceUnit]. A path goes before a name.
//
//   - org_unit.ambiguous (count, units): several units have the name: how many,
//     and the first five of their paths.
//   - org_unit.unknown (near): there is no such unit. Where one is evidently
//     meant it is the Fix; where several are, near lists the first five of their paths. A unit is
//     near if each name that the cell gives, from the last one up, is near the
//     unit's ([nearby.Best]): "North/Tema 1" is near "Acme/Sales/North/Team 1".
//
// Beside those, the codes of [users.CleanText].
func (t *Tree) Parse(cell string) (path string, problems []users.Problem) {
	text, problems := users.CleanText(cell, maxName*(t.levels+1))
	if text == "" {
		return "", problems
	}
	if i, ok := t.paths[users.SpaceUnit.Fold(text)]; ok {
		return t.units[i].path, problems
	}
	switch at := t.names[users.Fold(text)]; len(at) {
	case 0:
		return "", append(problems, t.unknown(text))
	case 1:
		return t.units[at[0]].path, problems
	default:
		return "", append(problems, users.Problem{Code: "org_unit.ambiguous",
			Args: map[string]string{"count": strconv.Itoa(len(at)), "units": t.list(at)}})
	}
}

func (t *Tree) unknown(text string) users.Problem {
	p := users.Problem{Code: "org_unit.unknown"}
	type miss struct{ at, by int }
	var misses []miss
	given := steps(text)
	for _, name := range nearby.All(given[len(given)-1], t.called) {
		for _, at := range t.likes[name] {
			if by, near := t.units[at].misses(given); near {
				misses = append(misses, miss{at, by})
			}
		}
	}
	slices.SortFunc(misses, func(a, b miss) int { return cmp.Or(a.by-b.by, a.at-b.at) })
	switch {
	case len(misses) == 1, len(misses) > 1 && misses[0].by < misses[1].by:
		p.Fix = t.units[misses[0].at].path
	case len(misses) > 1:
		at := make([]int, len(misses))
		for i, m := range misses {
			at[i] = m.at
		}
		p.Args = map[string]string{"near": t.list(at)}
	}
	return p
}

// misses is by how many edits the names given differ from the unit's last
// ones, if each is near.
func (u unit) misses(given []string) (edits int, near bool) {
	if len(given) > len(u.steps) {
		return 0, false
	}
	for i, is := range u.steps[len(u.steps)-len(given):] {
		if len(nearby.All(given[i], []string{is})) == 0 {
			return 0, false
		}
		edits += nearby.Distance(folding.Heading(given[i]), folding.Heading(is))
	}
	return edits, true
}

// list names the first few of the units.
func (t *Tree) list(at []int) string {
	var out []string
	for _, i := range at[:min(len(at), maxNear)] {
		out = append(out, t.units[i].path)
	}
	if len(at) > maxNear {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

// steps are the names of a path.
func steps(path string) []string {
	out := strings.Split(path, "/")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}
