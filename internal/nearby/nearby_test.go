package nearby_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/nearby"
)

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		want       int
	}{
		{"nothing", "", "", 0},
		{"to nothing", "abc", "", 3},
		{"from nothing", "", "abc", 3},
		{"same", "email", "email", 0},
		{"put in", "emal", "email", 1},
		{"left out", "emaill", "email", 1},
		{"replaced", "emeil", "email", 1},
		{"swapped", "emial", "email", 1},
		{"swapped at the ends", "meali", "email", 2},
		{"characters, not bytes", "é", "e", 1},
		{"restricted", "ca", "abc", 3},
		{"capitals count", "A", "a", 1},
		{"only the first 64", strings.Repeat("a", 64) + "b", strings.Repeat("a", 64) + "ccc", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, nearby.Distance(tt.a, tt.b))
		})
	}
}

func TestDistanceLaws(t *testing.T) {
	word := rapid.StringOfN(rapid.SampledFrom([]rune("abé")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := nearby.Distance(a, b)
		require.Equal(t, d, nearby.Distance(b, a), "the same both ways")
		require.Equal(t, a == b, d == 0, "zero for the same text alone")
		require.LessOrEqual(t, d, max(len([]rune(a)), len([]rune(b))))
	})
}

func TestBest(t *testing.T) {
	headings := []string{"First Name", "Last Name", "Name", "Email", "Rôle"}
	for _, tt := range []struct {
		name, reason, s, want string
		among                 []string
	}{
		{"one letter", "a slip", "Emial", "Email", headings},
		{"two letters", "two slips in a long word", "Frist Nmae", "First Name", headings},
		{"the same but for case", "nearest of all", "first_name", "First Name", headings},
		{"the same but for accents", "nearest of all", "ROLE", "Rôle", headings},
		{"too far", "no guess", "Phone", "", headings},
		{"too short", "every short word is near another", "Na", "", headings},
		{"a third", "one letter of three", "Nam", "Name", headings},
		{"tie", "two are equally near", "User 3", "", []string{"User 1", "User 2"}},
		{"tie broken", "a third is nearer", "User 3", "User 3", []string{"User 1", "User 2", "User 3"}},
		{"one twice", "no tie with itself", "Usr", "User", []string{"User", "User"}},
		{"a later nearer one", "best wins", "gmial.com", "gmail.com", []string{"mail.com", "gmail.com"}},
		{"nothing", "near to nothing", "", "", headings},
		{"among none", "nothing to name", "Email", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nearest, found := nearby.Best(tt.s, tt.among)
			require.Equal(t, tt.want, nearest, tt.reason)
			require.Equal(t, tt.want != "", found)
		})
	}
}

func TestAll(t *testing.T) {
	for _, tt := range []struct {
		name, s string
		among   []string
		want    []string
	}{
		{"those equally near, as they stand", "User 3", []string{"User 2", "Admin", "User 1"}, []string{"User 2", "User 1"}},
		{"the nearest first", "Agent desk", []string{"Agent dusks", "Agent disk", "agent-desk"}, []string{"agent-desk", "Agent disk", "Agent dusks"}},
		{"none", "Phone", []string{"Email"}, nil},
		{"near to nothing", " ", []string{"Email"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, nearby.All(tt.s, tt.among))
		})
	}
}

// What is near is what so many edits reach, however soon it is known that more are needed.
func TestAllAgreesWithDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[abc]{0,9}`)
		s, other := word.Draw(t, "s"), word.Draw(t, "other")
		near := s != "" && nearby.Distance(s, other) <= min(2, len(s)/3)
		require.Equal(t, near, len(nearby.All(s, []string{other})) == 1)
	})
}

func TestBestAllocatesNothing(t *testing.T) {
	among := []string{"firstname", "lastname", "email"}
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = nearby.Best("emial", among) }))
}

// An index agrees with the search among all candidates.
func TestIndexAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[abc]{0,9}|team [0-9]{1,3}|acme/sales/[a-c]{1,3}/team [0-9]{1,2}|[ab]{60,70}`)
		among := rapid.SliceOfN(word, 0, 20).Draw(t, "among")
		s := word.Draw(t, "s")
		x := nearby.NewIndex(among)

		nearest, found := nearby.Best(s, among)
		got, has := x.Best(s)
		require.Equal(t, found, has, "%q", nearest)
		require.Equal(t, folding.Heading(nearest), folding.Heading(got))

		var all []string
		near := 0
		x.Each(s, 1, func(_, edits int) {
			require.LessOrEqual(t, edits, 1)
			near++
		})
		x.Each(s, 2, func(i, edits int) {
			if edits < 2 {
				near--
			}
			require.Equal(t, edits, nearby.Distance(folding.Heading(s), folding.Heading(among[i])))
			all = append(all, among[i])
		})
		require.ElementsMatch(t, nearby.All(s, among), all)
		require.Zero(t, near, "those of at most one edit are the same")
	})
}

func BenchmarkIndex(b *testing.B) {
	var units []string
	for i := range 2200 {
		units = append(units, fmt.Sprintf("Acme/Sales/Region %d/Team %d", i/40, i))
	}
	x := nearby.NewIndex(units)
	for i := 0; b.Loop(); i++ {
		x.Best(fmt.Sprintf("Acme/Sale/Region %d/Taem %d", i%2200/40, i%2200))
	}
}
