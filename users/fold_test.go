package users_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/idna"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/users"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ name, reason, s, want string }{
		{"empty", "nothing", "", ""},
		{"folded", "nothing to do", "account admin", "account admin"},
		{"capitals", "letter case", "Account ADMIN", "account admin"},
		{"blanks", "outer go, inner are one", "  Account \t Admin\u00a0", "account admin"},
		{"only blanks", "nothing", " \u3000", ""},
		{"accents", "count", "Équipe", "équipe"},
		{"decomposed", "is the same", "E\u0301quipe", "équipe"},
		{"full width", "compatibility form", "Ａｄｍｉｎ", "admin"},
		{"ligature", "compatibility form", "oﬃce", "office"},
		{"sharp s", "full case folding", "STRAẞE straße", "strasse strasse"},
		{"sigma", "both small ones", "ΣΊΣΥΦΟΣ σίσυφος", "σίσυφοσ σίσυφοσ"},
		{"dotless i", "has the same capital", "ıI", "ii"},
		{"Cherokee", "the same in both cases", "Ꭰꭰ", "ꭰꭰ"},
		{"zero width", "shows nothing", "Ad\u200bmin\ufeff", "admin"},
		{"hyphen", "counts", "team-1", "team-1"},
		{"Cyrillic twin", "another name: MixedScripts knows", "аdmin", "аdmin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, users.Fold(tt.s), tt.reason)
		})
	}
}

func TestFoldHeading(t *testing.T) {
	for _, tt := range []struct {
		want     string
		headings []string
	}{
		{"firstname", []string{"First Name", "FIRST_NAME", "first-name", "firstName", "\ufeffFirst\u00a0Name ", "First Name*", "First\nName :"}},
		{"prenom", []string{"PRÉNOM ", "Prenom", "pre\u0301nom"}},
		{"action", []string{"__action__", "Action", "ACTION"}},
		{"email", []string{"E-mail", "e‑mail", "EMAIL", "É-Mail"}},
		{"nomd'usage", []string{"Nom d’usage", "NOM D'USAGE"}},
		{"", []string{"", "  ", "*", "_"}},
	} {
		for _, heading := range tt.headings {
			require.Equal(t, tt.want, users.FoldHeading(heading), "%q", heading)
		}
	}
	require.NotEqual(t, users.FoldHeading("NOM"), users.FoldHeading("NOME"), "languages stay apart")
}

func TestFoldEmail(t *testing.T) {
	for _, tt := range []struct{ name, reason, s, want string }{
		{"empty", "nothing", "", ""},
		{"folded", "nothing to do", "ada+x@example.com", "ada+x@example.com"},
		{"capitals", "duplicates are compared without letter case", "Ada+X@Example.COM", "ada+x@example.com"},
		{"blanks", "do not make it another address", " ada@example.com\u00a0", "ada@example.com"},
		{"U-label", "the same domain", "Ada@EXÄMPLE.com", "ada@xn--exmple-cua.com"},
		{"U-label decomposed", "the same domain", "ada@exa\u0308mple.com", "ada@xn--exmple-cua.com"},
		{"A-label", "the same domain", "ada@XN--EXMPLE-CUA.com", "ada@xn--exmple-cua.com"},
		{"local beyond ASCII", "letter case, NFC", "JOSE\u0301@x.com", "josé@x.com"},
		{"no address", "text has a key too", "Ada ÉTÉ", "ada été"},
		{"text of a page with an at", "never taken for a domain", "a@" + strings.Repeat("É", 1000), "a@" + strings.Repeat("é", 1000)},
		{"bad domain", "text has a key too", "A@\u0378É.com", "a@\u0378é.com"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, users.FoldEmail(tt.s), tt.reason)
		})
	}
	require.NotEqual(t, users.FoldEmail("a.b@x.com"), users.FoldEmail("ab@x.com"), "dots count")
	require.NotEqual(t, users.FoldEmail("ada+x@x.com"), users.FoldEmail("ada@x.com"), "a plus tag counts")
}

func TestFoldLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkFoldLaws(t, rapid.OneOf(oddText(), emailText()).Draw(t, "s"))
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Ada", "É-Mail *", "A@Exämple.com", "\u0345\u0301", "ﬁ\u200b", "a@\u2183.com", "\xff@\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkFoldLaws(t, s) })
}

// checkFoldLaws: a key folds to itself, whatever its text.
func checkFoldLaws(t rapid.TB, s string) {
	for name, fold := range map[string]func(string) string{
		"Fold": users.Fold, "FoldHeading": users.FoldHeading, "FoldEmail": users.FoldEmail,
	} {
		if key := fold(s); fold(key) != key {
			t.Errorf("%s(%q) is %q, and that folds to %q", name, s, key, fold(key))
		}
	}
	if key := users.Fold(s); strings.TrimSpace(key) != key || strings.Contains(key, "  ") {
		t.Errorf("Fold(%q) is %q: blanks are left", s, key)
	}
}

// TestFoldEveryCharacter holds the laws for each character but the ideographs,
// alone and beside a letter and a mark, and each against its other cases.
func TestFoldEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.Cn, unicode.Co, unicode.Unified_Ideograph, unicode.Tangut) {
			continue
		}
		s := string(r)
		checkFoldLaws(t, s)
		checkFoldLaws(t, "a"+s+"\u0301")
		if other := unicode.SimpleFold(r); other != r {
			require.Equal(t, users.Fold(s), users.Fold(string(other)))
			require.Equal(t, users.FoldEmail(s), users.FoldEmail(string(other)))
		}
	}
}

func TestFoldEmailFormsOfADomain(t *testing.T) {
	letter := rapid.SampledFrom([]rune("aäbçéßñøœ"))
	rapid.Check(t, func(t *rapid.T) {
		domain := "ada@" + string(rapid.SliceOfN(letter, 1, 12).Draw(t, "label")) + ".com"
		ascii, err := idna.ToASCII(domain[len("ada@"):])
		require.NoError(t, err)
		require.Equal(t, users.FoldEmail(domain), users.FoldEmail("ada@"+ascii))
		require.Equal(t, users.FoldEmail(domain), users.FoldEmail(strings.ToUpper("ada@"+ascii)))
	})
}

func TestNear(t *testing.T) {
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
			require.Equal(t, tt.want, users.Near(tt.a, tt.b))
		})
	}
}

func TestNearIsADistance(t *testing.T) {
	word := rapid.StringOfN(rapid.SampledFrom([]rune("abé")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := users.Near(a, b)
		require.Equal(t, d, users.Near(b, a), "the same both ways")
		require.Equal(t, a == b, d == 0, "zero for the same text alone")
		require.LessOrEqual(t, d, max(len([]rune(a)), len([]rune(b))))
	})
}

func TestNearest(t *testing.T) {
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
			nearest, found := users.Nearest(tt.s, tt.among)
			require.Equal(t, tt.want, nearest, tt.reason)
			require.Equal(t, tt.want != "", found)
		})
	}
}

func TestNearby(t *testing.T) {
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
			require.Equal(t, tt.want, users.Nearby(tt.s, tt.among))
		})
	}
}

// What is near is what so many edits reach, however soon it is known that more are needed.
func TestNearbyAgreesWithNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[abc]{0,9}`)
		s, other := word.Draw(t, "s"), word.Draw(t, "other")
		near := s != "" && users.Near(s, other) <= min(2, len(s)/3)
		require.Equal(t, near, len(users.Nearby(s, []string{other})) == 1)
	})
}

func TestNearestAllocatesNothing(t *testing.T) {
	among := []string{"firstname", "lastname", "email"}
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = users.Nearest("emial", among) }))
}

func BenchmarkFold(b *testing.B) {
	for _, bb := range []struct{ name, s string }{{"folded", "account admin"}, {"capitals", "Account Admin"}, {"accents", "Équipe"}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = users.Fold(bb.s)
			}
		})
	}
}
