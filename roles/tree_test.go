package roles_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

var acme = []string{
	"Acme", "Acme/Sales", "Acme/Sales/North", "Acme/Sales/North/Team 1", "Acme/Sales/North/Team 2", "Acme/Sales/North/Night shift",
	"Acme/Sales/South", "Acme/Sales/South/Team 1", "Acme/Sales/South/Équipe été",
	"Acme/Service", "Acme/Service/North", "Acme/Service/North/Acme",
}

func tree(t *testing.T, paths ...string) *roles.Tree {
	t.Helper()
	out, err := roles.NewTree(paths, nil)
	require.NoError(t, err)
	return out
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, cell, want string }{
		{"a path", "Acme/Sales/North/Team 1", "Acme/Sales/North/Team 1"},
		{"as the account writes it", "  acme/SALES/north/team  1 ", "Acme/Sales/North/Team 1"},
		{"accents in another form", "Acme/Sales/South/E\u0301quipe e\u0301te\u0301", "Acme/Sales/South/Équipe été"},
		{"a name that one unit has", "Night shift", "Acme/Sales/North/Night shift"},
		{"in other letters", "NIGHT SHIFT", "Acme/Sales/North/Night shift"},
		{"a name of several units", "Team 1", "org_unit.ambiguous count=2 units=Acme/Sales/North/Team 1, Acme/Sales/South/Team 1"},
		{"a path goes before a name", "Acme", "Acme"},
		{"a part of a path is none, and a suggestion", "South/Team 1", "org_unit.unknown >Acme/Sales/South/Team 1"},
		{"a name of several units amid the tree", "North", "org_unit.ambiguous count=2 units=Acme/Sales/North, Acme/Service/North"},
		{"a name misspelt", "Nihgt shift", "org_unit.unknown >Acme/Sales/North/Night shift"},
		{"without its accents", "Equipe ete", "org_unit.unknown >Acme/Sales/South/Équipe été"},
		{"a name amid the path misspelt", "Acme/Slaes/North/Team 1", "org_unit.unknown >Acme/Sales/North/Team 1"},
		{"blanks at the slashes", "Acme / Sales / North / Team 1", "org_unit.unknown >Acme/Sales/North/Team 1"},
		{"as near to several", "Acme/Sales/North/Team 3", "org_unit.unknown near=Acme/Sales/North/Team 1, Acme/Sales/North/Team 2"},
		{"the nearer one", "Acme/Sales/Nort/Team 2", "org_unit.unknown >Acme/Sales/North/Team 2"},
		{"near nothing", "Marketing", "org_unit.unknown"},
		{"more names than there are levels", "Acme/Sales/North/Team 1/Desk 4", "org_unit.unknown"},
		{"backslashes", `Acme\Sales`, "org_unit.unknown >Acme/Sales"},
		{"arrows", "Acme > Sales > North > Team 2", "org_unit.unknown >Acme/Sales/North/Team 2"},
		{"slashes at the ends", "/Acme/Sales/", "org_unit.unknown >Acme/Sales"},
		{"a slash too many", "Acme//Sales/North/Team 1", "org_unit.unknown >Acme/Sales/North/Team 1"},
		{"a comma is part of a name", "Acme, Sales", "org_unit.unknown"},
		{"slashes alone", "///", "org_unit.unknown"},
		{"what cannot be seen", "Night\u202e shift", "text.bidi char=U+202E"},
		{"what cannot be seen around it", "\ufeffNight shift", "text.trimmed Acme/Sales/North/Night shift"},
		{"nothing", " ", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, problems := tree(t, acme...).Parse(tt.cell)
			var got []string
			for _, p := range problems {
				got = append(got, p.Code)
				for _, a := range slices.Sorted(maps.Keys(p.Args)) {
					got = append(got, a+"="+p.Args[a])
				}
				if p.Fix != "" {
					got = append(got, ">"+p.Fix)
				}
			}
			if path != "" {
				got = append(got, path)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	four := tree(t, append(acme, "Acme/Sales/North/Team 1/Desk 4")...)
	three, err := roles.NewTree(acme, &roles.TreeOptions{Levels: 3})
	require.NoError(t, err)
	for _, tt := range []struct {
		name, path    string
		level         int
		lowest, third bool
	}{
		{"a root", "Acme", 1, false, false},
		{"amid the tree", "acme/sales/north", 3, false, true},
		{"a team", "Acme/Sales/North/Team 1", 4, true, false},
		{"below a team", "Acme/Sales/North/Team 1/Desk 4", 5, false, false},
		{"no unit", "Acme/Marketing", 0, false, false},
		{"a name is no path", "Night shift", 0, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.level, four.Level(tt.path))
			require.Equal(t, tt.lowest, four.Lowest(tt.path))
			require.Equal(t, tt.third, three.Lowest(tt.path))
		})
	}
	require.Equal(t, 4, four.Levels())
	require.Equal(t, 3, three.Levels())
}

func TestNewTree(t *testing.T) {
	require.Equal(t, []string{"Acme/Sales", "Other"}, tree(t, "Other", "Acme/Sales", "acme/sales", "Other").Paths())
	require.Empty(t, tree(t).Paths())
	for _, bad := range []string{"", "Acme//Team 1", "/Acme", "Acme/", "Acme/ /Team 1"} {
		_, err := roles.NewTree([]string{"Acme", bad}, nil)
		require.ErrorContains(t, err, fmt.Sprintf("%q", bad))
	}
}

// Every unit is found by its path, and a name says either the one unit that
// has it or how many do; a suggestion is always a unit, and is accepted as it stands.
func TestParseAnswersUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Ca-cé ]{0,3}[A-C]`).Filter(func(s string) bool { return strings.TrimSpace(s) != "" })
		path := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(name, 1, 4).Draw(t, "path"), "/")
		})
		all, err := roles.NewTree(rapid.SliceOf(path).Draw(t, "paths"), nil)
		require.NoError(t, err)
		named := map[string]int{}
		for _, p := range all.Paths() {
			got, problems := all.Parse(p)
			require.Equal(t, p, got)
			require.Empty(t, problems)
			steps := strings.Split(p, "/")
			require.Equal(t, len(steps), all.Level(p))
			named[users.Fold(steps[len(steps)-1])]++
		}
		cell := rapid.OneOf(name, path).Draw(t, "cell")
		got, problems := all.Parse(cell)
		if all.Level(cell) == 0 {
			require.Equal(t, named[users.Fold(cell)] == 1, got != "")
		}
		if got != "" {
			require.Empty(t, problems)
			require.Positive(t, all.Level(got))
			return
		}
		for _, p := range problems {
			require.Equal(t, named[users.Fold(cell)] > 1, p.Code == "org_unit.ambiguous")
			if p.Fix != "" {
				again, bad := all.Parse(p.Fix)
				require.Equal(t, p.Fix, again)
				require.Empty(t, bad)
			}
		}
	})
}

func TestReadTree(t *testing.T) {
	store := memstore.New()
	host := users.Open(store, users.Host("setup"), nil)
	b := users.Batch{Import: "setup"}
	var want []string
	for i := range 1500 { // more than one page
		path := fmt.Sprintf("Acme/Sales/North/Team %04d", i)
		want = append(want, path)
		id := users.ID(fmt.Sprint("unit", i))
		b.Writes = append(b.Writes, users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: "acme"}, Data: &users.Unit{Path: path}}})
	}
	b.Writes = append(b.Writes, users.Write{ID: "globex", Record: &users.Record{Head: users.Head{ID: "globex", Account: "globex"}, Data: &users.Account{Levels: 2}}})
	b.Writes = append(b.Writes, users.Write{ID: "other", Record: &users.Record{Head: users.Head{ID: "other", Account: "globex"}, Data: &users.Unit{Path: "Globex"}}})
	require.NoError(t, host.Apply(t.Context(), b))

	for _, tt := range []struct {
		name    string
		actor   users.Actor
		account users.AccountID
		want    []string
	}{
		{"all pages, of one account", users.Partner("pat"), "acme", want},
		{"the admin's own", users.AccountAdmin("ada", "acme"), "acme", want},
		{"out of reach", users.AccountAdmin("ada", "acme"), "globex", []string{}},
		{"no account", users.Partner("pat"), "", []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := roles.ReadTree(t.Context(), users.Open(store, tt.actor, nil), tt.account, nil)
			require.NoError(t, err)
			if diff := cmp.Diff(tt.want, got.Paths()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for account, want := range map[users.AccountID]int{"acme": roles.Levels, "globex": 2} {
		got, err := roles.ReadTree(t.Context(), host, account, nil)
		require.NoError(t, err)
		require.Equal(t, want, got.Levels(), "%s says how many it has, or nothing", account)
		got, err = roles.ReadTree(t.Context(), host, account, &roles.TreeOptions{Levels: 7})
		require.NoError(t, err)
		require.Equal(t, 7, got.Levels())
		require.Equal(t, account == "globex", got.Path("other") == "Globex", "a unit is known by its id")
	}
	_, err := roles.ReadTree(t.Context(), users.Open(store, users.Actor{}, nil), "acme", nil)
	require.ErrorIs(t, err, users.ErrActor)
}

// A cell that names no unit is compared with every name there is.
func BenchmarkParse(b *testing.B) {
	var paths []string
	for i := range 10_000 {
		paths = append(paths, fmt.Sprintf("Acme/Region %d/Site %d/Team %d", i/1000, i/100, i))
	}
	all, err := roles.NewTree(paths, nil)
	require.NoError(b, err)
	for _, bb := range []struct{ name, cell string }{{"path", "Acme/Region 7/Site 77/Team 7777"}, {"name", "Team 7777"}, {"near", "Acme/Region 7/Site 77/Taem 7777"}, {"far", "Marketing"}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = all.Parse(bb.cell)
			}
		})
	}
}

// A misspelt unit among thousands is found, whichever of its names is misspelt.
func TestMisspeltAmongThousands(t *testing.T) {
	var paths []string
	for i := range 2200 {
		paths = append(paths, fmt.Sprintf("Acme/Sales %d/Region %d/Team %d", i/400, i/40, i))
	}
	big := tree(t, paths...)
	for i := 0; i < len(paths); i += 37 {
		for _, form := range []string{"Acme/Sales %d/Region %d/Taem %d", "Acme/Sales %d/Regoin %d/Team %d", "/Acme/Sales %d/Region %d/Team %d/", "Acme > Sales %d > Region %d > Team %d"} {
			_, problems := big.Parse(fmt.Sprintf(form, i/400, i/40, i))
			require.Len(t, problems, 1)
			require.Equal(t, paths[i], problems[0].Fix, form)
		}
	}
}

// 10,000 of these cells are to be read in less than seconds.
func BenchmarkMisspeltUnit(b *testing.B) {
	var paths []string
	for i := range 2200 {
		paths = append(paths, fmt.Sprintf("Acme/Sales %d/Region %d/Team %d", i/400, i/40, i))
	}
	big, err := roles.NewTree(paths, nil)
	require.NoError(b, err)
	for i := 0; b.Loop(); i++ {
		n := i % len(paths)
		big.Parse(fmt.Sprintf("Acme/Sales %d/Regoin %d/Team %d", n/400, n/40, n))
	}
}
