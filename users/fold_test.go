package users_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/idna"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/internal/folding"
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
		"Fold": users.Fold, "folding.Heading": folding.Heading, "FoldEmail": users.FoldEmail,
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
