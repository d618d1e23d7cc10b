package users

import (
	"unicode"
	"unicode/utf8"
)

// The scripts that may stand together in one word, as bits.
const (
	scriptLatin = 1 << iota
	scriptHan
	scriptHiragana
	scriptKatakana
	scriptHangul
	scriptBopomofo
)

// The writing systems of East Asia mix scripts, and Latin with them (UTS 39,
// section 5.2, "Highly Restrictive").
const (
	scriptsJapanese = scriptLatin | scriptHan | scriptHiragana | scriptKatakana
	scriptsKorean   = scriptLatin | scriptHan | scriptHangul
	scriptsChinese  = scriptLatin | scriptHan | scriptBopomofo
)

// MixedScripts reports whether the letters of s come from scripts that no
// writing system uses together, as the Cyrillic а before Latin dmin in
// "аdmin". The rule is the Highly Restrictive level of UTS 39, section 5.2: one
// script, or Latin with those of Japanese, Korean or Chinese. Digits,
// punctuation and combining marks common to all scripts count for none.
//
// A word wholly in one script is never mixed, even where it looks like a word
// of another.
func MixedScripts(s string) bool {
	var seen uint8
	var other *unicode.RangeTable
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if 'a' <= r|0x20 && r|0x20 <= 'z' {
				seen |= scriptLatin
			}
		case unicode.In(r, unicode.Common, unicode.Inherited):
		case unicode.Is(unicode.Latin, r):
			seen |= scriptLatin
		case unicode.Is(unicode.Han, r):
			seen |= scriptHan
		case unicode.Is(unicode.Hiragana, r):
			seen |= scriptHiragana
		case unicode.Is(unicode.Katakana, r):
			seen |= scriptKatakana
		case unicode.Is(unicode.Hangul, r):
			seen |= scriptHangul
		case unicode.Is(unicode.Bopomofo, r):
			seen |= scriptBopomofo
		case other == nil:
			other = scriptOf(r)
		case !unicode.Is(other, r):
			return true
		}
	}
	if other != nil {
		return seen != 0
	}
	return seen&^scriptsJapanese != 0 && seen&^scriptsKorean != 0 && seen&^scriptsChinese != 0
}

// scriptOf is nil for a rune of no script: one that is not assigned. A rune has
// one script at the most, so the order of the map is no matter.
func scriptOf(r rune) *unicode.RangeTable {
	for _, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return table
		}
	}
	return nil
}
