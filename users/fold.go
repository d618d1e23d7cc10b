package users

import (
	"strings"

	"github.com/usher-go/usher/internal/folding"
)

// Fold is the key under which two names of a role, an org unit, an account or
// a login are the same: without regard to letter case, to compatibility forms
// (NFKC: full-width letters, ligatures), to characters that show nothing, to
// outer blanks and to the number and kind of inner ones. Accents count. It is
// the compatibility caseless match of the Unicode Standard (chapter 3.13, D146)
// but for blanks and for ı, which is i here, as their capitals are one.
// Fold(Fold(s)) == Fold(s).
func Fold(s string) string { return folding.Text(s) }

// FoldEmail is the key under which two addresses are one: without regard to
// letter case before or behind the @, and with the same key for an
// international domain and its A-label form. A plus tag and the dots of a local
// part count. What is no address is folded as text, so that any cell has a key.
// FoldEmail(FoldEmail(s)) == FoldEmail(s), and s is answered as it is, without
// an allocation, where it is ASCII in lower case without outer blanks.
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

// emailFoldDomain tries the folded text as well, because UTS 46 refuses a few
// capitals whose small letters it knows, and a key must fold to itself. What is
// too long for a domain stays text: punycode costs the square of a length.
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
