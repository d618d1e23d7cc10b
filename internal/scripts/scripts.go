// Package scripts tells whether a word mixes letters of scripts that no writing
// system uses together.
//
// It imports the standard library alone.
package scripts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The scripts that may be mixed in one word, as bits.
const (
	latin = 1 << iota
	han
	hiragana
	katakana
	hangul
	bopomofo
)

// The writing systems of East Asia mix scripts, and Latin with them (UTS 39,
// section 5.2, "Highly Restrictive").
const (
	japanese = latin | han | hiragana | katakana
	korean   = latin | han | hangul
	chinese  = latin | han | bopomofo
)

// Mixed reports whether the letters of s come from scripts that no writing system
// uses together, as the Cyrillic а before Latin dmin in "аdmin". The rule is the
// Highly Restrictive level of UTS 39, section 5.2: one script, or Latin with those of
// Japanese, Korean or Chinese. Digits, punctuation and combining marks that all
// scripts share do not count.
//
// A word in a single script is never mixed, even if it looks like a word of another.
func Mixed(s string) bool {
	var seen uint8
	var other *unicode.RangeTable
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if 'a' <= r|0x20 && r|0x20 <= 'z' {
				seen |= latin
			}
		case unicode.In(r, unicode.Common, unicode.Inherited):
		case unicode.Is(unicode.Latin, r):
			seen |= latin
		case unicode.Is(unicode.Han, r):
			seen |= han
		case unicode.Is(unicode.Hiragana, r):
			seen |= hiragana
		case unicode.Is(unicode.Katakana, r):
			seen |= katakana
		case unicode.Is(unicode.Hangul, r):
			seen |= hangul
		case unicode.Is(unicode.Bopomofo, r):
			seen |= bopomofo
		case other == nil:
			other = scriptOf(r)
		case !unicode.Is(other, r):
			return true
		}
	}
	if other != nil {
		return seen != 0
	}
	return seen&^japanese != 0 && seen&^korean != 0 && seen&^chinese != 0
}

// scriptOf returns the script of a rune, and nil for an unassigned one. A rune has at
// most one script, so the order of the map does not matter.
func scriptOf(r rune) *unicode.RangeTable {
	for _, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return table
		}
	}
	return nil
}

// lookalikes are letters of other scripts with the Latin letters that they look like in
// common typefaces (UTS 39, confusables).
var lookalikes = strings.NewReplacer(
	"а", "a", "А", "A", "В", "B", "с", "c", "С", "C", "ԁ", "d", "е", "e", "Е", "E", "һ", "h", "Н", "H", "і", "i", "І", "I", "ј", "j", "Ј", "J",
	"К", "K", "М", "M", "о", "o", "О", "O", "р", "p", "Р", "P", "ѕ", "s", "Ѕ", "S", "Т", "T", "у", "y", "х", "x", "Х", "X", "ԛ", "q", "ԝ", "w",
	"Α", "A", "Β", "B", "Ε", "E", "Ζ", "Z", "Η", "H", "Ι", "I", "Κ", "K", "Μ", "M", "Ν", "N", "ν", "v", "Ο", "O", "ο", "o", "Ρ", "P", "ρ", "p",
	"Τ", "T", "Υ", "Y", "Χ", "X", "ι", "i", "α", "a", "ɡ", "g", "ı", "i",
)

// Latin returns s with the Latin letters that its letters of other scripts look like:
// "admin" for "аdmin" with a Cyrillic а. A letter that looks like no Latin one stays.
func Latin(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return lookalikes.Replace(s)
		}
	}
	return s
}
