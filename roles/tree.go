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

// Levels is the default number of levels of a tree. The lowest of the four is a team
// (after the OCM console).
const Levels = 4

// TreeOptions configure a [Tree]. The zero value and nil mean the defaults.
type TreeOptions struct {
	// Levels is the number of levels. The default is the account's own
	// ([users.Account]) for a tree that is read, and else [Levels].
	Levels int
}

// A Tree holds the org units of an account by their paths from the root:
// "Acme/Sales/North/Team 1". It does not change, and several goroutines may use it.
type Tree struct {
	levels int
	units  []unit
	paths  map[string]int   // units by folded path
	names  map[string][]int // units by folded name
	called []string         // the different names in paths, folded as headings
	near   *nearby.Index    // of called
	likes  map[int][]int    // units by their own name, a number in called
	ids    map[users.ID]string
}

type unit struct {
	path  string
	steps []string // the names from the root down
	likes []int    // the same, as numbers in called
}

func (u unit) name() string { return u.steps[len(u.steps)-1] }

// NewTree returns the tree of the units with those paths, in the order of the paths. Two
// paths that fold to the same key ([users.SpaceUnit]) are one unit. A unit that is not
// listed does not exist, even if units below it are listed. A path with a blank name is
// an error.
func NewTree(paths []string, o *TreeOptions) (*Tree, error) {
	t := &Tree{levels: Levels, paths: map[string]int{}, names: map[string][]int{}, likes: map[int][]int{}}
	if o != nil && o.Levels > 0 {
		t.levels = o.Levels
	}

	number := map[string]int{} // of the names in called
	paths = slices.Clone(paths)
	slices.Sort(paths)
	for _, path := range paths {
		u := unit{path: path, steps: splitPath(path)}
		if slices.Contains(u.steps, "") {
			return nil, fmt.Errorf("roles: tree: the unit %q has a blank name in its path", path)
		}

		folded := users.SpaceUnit.Fold(path)
		if _, twice := t.paths[folded]; twice {
			continue
		}

		for _, like := range foldAll(u.steps) {
			n, known := number[like]
			if !known {
				n = len(t.called)
				number[like], t.called = n, append(t.called, like)
			}
			u.likes = append(u.likes, n)
		}
		name, like := users.Fold(u.name()), u.likes[len(u.likes)-1]

		t.paths[folded] = len(t.units)
		t.names[name] = append(t.names[name], len(t.units))
		t.likes[like] = append(t.likes[like], len(t.units))
		t.units = append(t.units, u)
	}

	t.near = nearby.NewIndex(t.called)
	return t, nil
}

// ReadTree returns the tree of an account as it is now. The error is that of [NewTree] or
// of the store. An account out of reach has no units.
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

// Path returns the path of the unit whose record has the id. It is empty for an unknown id
// and in a tree made by [NewTree].
func (t *Tree) Path(id users.ID) string { return t.ids[id] }

// Levels returns the number of levels of the tree.
func (t *Tree) Levels() int { return t.levels }

// Level returns the level of the unit with the path, 1 for a root. It is 0 for an unknown
// unit.
func (t *Tree) Level(path string) int {
	if i, ok := t.paths[users.SpaceUnit.Fold(path)]; ok {
		return len(t.units[i].steps)
	}
	return 0
}

// Lowest reports whether the unit with the path is at the lowest level. An agent's unit
// must be (after the OCM import page). A unit below that level is not.
func (t *Tree) Lowest(path string) bool { return t.Level(path) == t.levels }

// Paths returns the paths of all units, in order.
func (t *Tree) Paths() []string {
	out := make([]string, len(t.units))
	for i, u := range t.units {
		out[i] = u.path
	}
	return out
}

// maxNear is how many units a finding lists.
const maxNear = 5

// Parse reads a cell that names a unit by its path, or by its name alone if no other unit
// has that name (our policy). It returns the unit's path as the account writes it. Letter
// case and outer blanks do not count ([users.SpaceUnit]). A path is tried before a name.
//
//   - org_unit.ambiguous (count, units): count units have the name; units has the first
//     five paths.
//   - org_unit.unknown (near): no unit has the path or the name. If one unit is evidently
//     meant, it is the Fix. If several are, near has the first five paths. A unit is near
//     if each name in the cell, from the last one up, is near the unit's name: "North/Tema 1"
//     is near "Acme/Sales/North/Team 1". Slashes at the ends, and other signs between
//     the names, do not count: "/Acme > Sales/" is evidently "Acme/Sales".
//
// Parse also returns the codes of [users.CleanText].
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
		return "", append(problems, t.reportUnknown(text))
	case 1:
		return t.units[at[0]].path, problems
	default:
		return "", append(problems, users.Problem{Code: "org_unit.ambiguous",
			Args: map[string]string{"count": strconv.Itoa(len(at)), "units": t.list(at)}})
	}
}

func (t *Tree) reportUnknown(text string) users.Problem {
	p := users.Problem{Code: "org_unit.unknown"}
	given := foldAll(givenPath(text))
	if len(given) == 0 {
		return p
	}

	// One edit is the common case, and is found much sooner than two.
	misses := t.misses(given, 1)
	if len(misses) == 0 || misses[0].by > 1 || len(misses) > 1 && misses[1].by == misses[0].by {
		misses = t.misses(given, 2)
	}
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

// miss is a unit that is near, with the number of edits.
type miss struct{ at, by int }

// misses returns the units near the given names, with at most so many edits in a name,
// the nearest first.
func (t *Tree) misses(given []string, most int) []miss {
	// Each name in the cell is looked up once, among the names of all units.
	edits := make([]map[int]int, len(given))
	for i, name := range given {
		edits[i] = map[int]int{}
		t.near.Each(name, most, func(n, by int) { edits[i][n] = by })
	}

	var out []miss
	for n := range edits[len(given)-1] {
		for _, at := range t.likes[n] {
			if by, near := t.units[at].misses(edits); near {
				out = append(out, miss{at, by})
			}
		}
	}
	slices.SortFunc(out, func(a, b miss) int { return cmp.Or(a.by-b.by, a.at-b.at) })
	return out
}

// misses returns by how many edits the given names differ from the last names of the
// unit's path. edits has for each given name those that are near, with their edits.
// near is false if one of the unit's names is not.
func (u unit) misses(edits []map[int]int) (by int, near bool) {
	if len(edits) > len(u.likes) {
		return 0, false
	}
	for i, name := range u.likes[len(u.likes)-len(edits):] {
		n, near := edits[i][name]
		if !near {
			return 0, false
		}
		by += n
	}
	return by, true
}

// givenPath returns the names of a path that is written in any way: with a slash at an
// end or twice, with backslashes, or with > between the names.
func givenPath(text string) []string {
	path := strings.NewReplacer("\\", "/", "»", "/", "›", "/", "→", "/", "->", "/", ">", "/", "|", "/").Replace(text)
	return slices.DeleteFunc(splitPath(path), func(name string) bool { return name == "" })
}

// foldAll returns names folded as headings.
func foldAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = folding.Heading(n)
	}
	return out
}

// list returns the paths of the first units, for a message.
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

// splitPath returns the names of a path.
func splitPath(path string) []string {
	out := strings.Split(path, "/")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}
