package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/usher-go/usher/users"
)

// folded returns a text as a search compares it: without regard to letter case,
// accents and apostrophes.
func folded(s string) string {
	letters := strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ı", "i", "ħ", "h", "ß", "ss")
	var b strings.Builder
	for _, r := range norm.NFD.String(users.Fold(s)) {
		if !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("'’‘ʼ`´′ʻʹ", r) {
			b.WriteRune(r)
		}
	}
	return letters.Replace(b.String())
}
