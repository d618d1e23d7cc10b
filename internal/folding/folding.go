// Package folding returns the forms in which texts are compared: names, headings of
// columns, and texts without regard to letter case.
//
// It imports the standard library and golang.org/x/text. Package users exports
// [Text] as users.Fold.
package folding

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Text returns the key under which two names are the same. The rule is that of
// users.Fold.
func Text(s string) string {
	if isFolded(s) {
		return s
	}
	if s = compat(s); isFolded(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isFolded reports whether s is ASCII that Text returns unchanged.
func isFolded(s string) bool {
	blank := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || 'A' <= c && c <= 'Z' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return !blank || s == ""
}

func compat(s string) string {
	if IsPlain(s) {
		return strings.ToLower(s)
	}
	s = norm.NFKC.String(capitalsToSmall(norm.NFD.String(s)))
	s = strings.Map(func(r rune) rune {
		if IsIgnorable(r) {
			return -1
		}
		return r
	}, capitalsToSmall(s))
	return norm.NFKC.String(s)
}

// capitalsToSmall replaces every letter by the small letter of its capital, so that
// σ and ς, s and ſ are the same. It does not use cases.Fold of x/text v0.43, which
// swaps the two cases of Cherokee each time it is called.
func capitalsToSmall(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.ToUpper(s)), "ß", "ss")
}

// IsIgnorable reports the property Default_Ignorable_Code_Point of the Unicode
// Standard, derived as DerivedCoreProperties.txt says.
func IsIgnorable(r rune) bool {
	if r < 0xAD {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.In(r, unicode.Prepended_Concatenation_Mark, unicode.White_Space) &&
		(r < 0xFFF9 || r > 0xFFFB) && (r < 0x13430 || r > 0x13440)
}

// Heading returns the key under which two headings of a column are the same. It folds
// as [Text] does, and drops accents, blanks, hyphens, underscores, and the * or : that
// some templates put at the end. "First_Name", "FIRST NAME" and "first name*" are one
// heading; "PRÉNOM" and "Prenom" are another.
func Heading(s string) string {
	if isPlainHeading(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Mn, unicode.White_Space, unicode.Pd, unicode.Pc):
			return -1
		case r == '’', r == 'ʼ':
			return '\''
		}
		return r
	}, norm.NFD.String(compat(s)))
	return norm.NFC.String(strings.TrimRight(s, "*:"))
}

// isPlainHeading reports whether s is ASCII letters and digits that Heading returns
// unchanged.
func isPlainHeading(s string) bool {
	for i := 0; i < len(s); i++ {
		if (s[i] < 'a' || s[i] > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}

// Caseless returns the canonical caseless form of s (Unicode Standard, chapter 3.13,
// D145), composed.
func Caseless(s string) string {
	if IsPlain(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(capitalsToSmall(norm.NFD.String(s)))
}

// IsPlain reports whether s is printable ASCII, which needs no further check.
func IsPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
