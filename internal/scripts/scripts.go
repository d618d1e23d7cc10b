// Package scripts tells whether a word mixes letters of scripts that no writing
// system uses together.
//
// It imports the standard library alone.
package scripts

import (
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
