package users

import (
	"strings"

	"github.com/usher-go/usher/internal/folding"
)

// Fold returns the key under which two names of a role, an org unit, an account or a
// login are the same. Fold(Fold(s)) == Fold(s).
//
// These do not count: letter case, compatibility forms (NFKC: full-width letters,
// ligatures), characters without a shape, outer blanks, and the number and kind of
// inner blanks. Accents count.
//
// The rule is the compatibility caseless match of the Unicode Standard (chapter 3.13,
// D146). It differs for blanks. It also differs for ı, which is the same as i because
// their capitals are the same.
func Fold(s string) string { return folding.Text(s) }

// FoldEmail returns the key under which two addresses are the same. Letter case does
// not count before or after the @. An international domain has the key of its
// A-label form. A plus tag and the dots of a local part count. Text that is not an
// address is folded as text, so that every cell has a key.
// FoldEmail(FoldEmail(s)) == FoldEmail(s). It returns s itself, without an
// allocation, if s is ASCII in lower case without blanks.
func FoldEmail(email string) string {
	if emailIsFolded(email) {
		return email
	}
	start, end := textBounds(email)
	email = email[start:end]
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return folding.Caseless(email)
	}
	return folding.Caseless(email[:at]) + "@" + emailFoldDomain(email[at+1:])
}

func emailIsFolded(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c > '~' || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// emailFoldDomain also tries the folded text, because UTS 46 refuses a few capitals
// whose small letters it knows, and a key must fold to itself. A text too long for a
// domain stays text, because the cost of punycode grows with the square of the length.
func emailFoldDomain(domain string) string {
	folded := folding.Caseless(domain)
	if len(folded) > 4*emailMaxDomain {
		return folded
	}
	for _, d := range []string{domain, folded} {
		if ascii, err := emailIDNA.ToASCII(d); err == nil {
			return ascii
		}
	}
	return folded
}
