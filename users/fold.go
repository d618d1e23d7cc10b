package users

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold is the key under which two names of a role, an org unit, an account or
// a login are the same: without regard to letter case, to compatibility forms
// (NFKC: full-width letters, ligatures), to characters that show nothing, to
// outer blanks and to the number and kind of inner ones. Accents count. It is
// the compatibility caseless match of the Unicode Standard (chapter 3.13, D146)
// but for blanks and for ı, which is i here, as their capitals are one.
// Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	if foldIsFolded(s) {
		return s
	}
	if s = foldCompat(s); foldIsFolded(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// foldIsFolded reports whether s is ASCII that Fold leaves as it is.
func foldIsFolded(s string) bool {
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

func foldCompat(s string) string {
	if textIsPlain(s) {
		return strings.ToLower(s)
	}
	s = norm.NFKC.String(foldCase(norm.NFD.String(s)))
	s = strings.Map(func(r rune) rune {
		if foldIsIgnorable(r) {
			return -1
		}
		return r
	}, foldCase(s))
	return norm.NFKC.String(s)
}

// foldCase takes every letter to the small letter of its capital, so that σ and
// ς, s and ſ meet. (cases.Fold of x/text v0.43 swaps the two cases of Cherokee
// and so does not answer the same when asked again.)
func foldCase(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.ToUpper(s)), "ß", "ss")
}

// foldIsIgnorable is the property Default_Ignorable_Code_Point of the Unicode
// Standard, derived as DerivedCoreProperties.txt says.
func foldIsIgnorable(r rune) bool {
	if r < 0xAD {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.In(r, unicode.Prepended_Concatenation_Mark, unicode.White_Space) &&
		(r < 0xFFF9 || r > 0xFFFB) && (r < 0x13430 || r > 0x13440)
}

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
		return foldCaseless(email)
	}
	return foldCaseless(email[:at]) + "@" + emailFoldDomain(email[at+1:])
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
	folded := foldCaseless(domain)
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

// FoldHeading is the key under which two headings of a column are the same:
// as [Fold], and without accents, blanks, hyphens and underscores, and without
// the * or : that some templates put behind a heading. "First_Name", "FIRST NAME"
// and "first name*" are one heading, "PRÉNOM" and "Prenom" another.
func FoldHeading(s string) string {
	if foldIsPlainHeading(s) {
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
	}, norm.NFD.String(foldCompat(s)))
	return norm.NFC.String(strings.TrimRight(s, "*:"))
}

// foldIsPlainHeading reports whether s is ASCII letters and digits that
// FoldHeading leaves as they are.
func foldIsPlainHeading(s string) bool {
	for i := 0; i < len(s); i++ {
		if (s[i] < 'a' || s[i] > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}

// foldNearMax is how many characters of a text [Near] looks at. Headings, roles
// and domains are shorter; what is longer must not cost its square.
const foldNearMax = 64

// Near is how many single edits (a character put in, left out, replaced, or
// two neighbours swapped) lie between a and b: the Damerau-Levenshtein distance
// in its restricted form, where no character is edited twice. It compares the
// first 64 characters and minds letter case.
func Near(a, b string) int {
	var x, y [foldNearMax]rune
	return foldNear(foldRunes(a, &x), foldRunes(b, &y), foldNearMax)
}

// Nearest is the one of among that s may have been meant for: at most two edits
// away, and at most a third of the characters of s, neither counting letter case,
// accents, blanks nor hyphens ([FoldHeading]). Where two are equally near, none
// is: a suggestion must not be a guess.
func Nearest(s string, among []string) (nearest string, found bool) {
	best := foldNearMax
	foldNearby(s, among, func(candidate string, d int) {
		switch {
		case d < best:
			best, nearest, found = d, candidate, true
		case d == best && candidate != nearest:
			found = false
		}
	})
	if !found {
		return "", false
	}
	return nearest, true
}

// Nearby are all those of among that s may have been meant for, as far away as
// [Nearest] allows: the nearest first, equally near ones in the order of among.
func Nearby(s string, among []string) []string {
	var by [3][]string
	foldNearby(s, among, func(candidate string, d int) { by[d] = append(by[d], candidate) })
	return slices.Concat(by[:]...)
}

// foldNearby yields what of among is near s, and by how many edits.
func foldNearby(s string, among []string, yield func(candidate string, edits int)) {
	var x, y [foldNearMax]rune
	a := foldRunes(FoldHeading(s), &x)
	most := min(2, len(a)/3)
	for _, candidate := range among {
		if len(a) == 0 {
			return
		}
		if d := foldNear(a, foldRunes(FoldHeading(candidate), &y), most); d <= most {
			yield(candidate, d)
		}
	}
}

func foldRunes(s string, into *[foldNearMax]rune) []rune {
	n := 0
	for _, r := range s {
		if n == len(into) {
			break
		}
		into[n] = r
		n++
	}
	return into[:n]
}

// foldNear is how many edits lie between a and b, or anything above most as soon
// as there are more.
func foldNear(a, b []rune, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return max(d, -d)
	}
	var rows [3][foldNearMax + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range b {
		row[j+1] = j + 1
	}
	for i := range a {
		before, last, row = last, row, before
		row[0] = i + 1
		least := row[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least > most+1 { // a swap may still gain one on the row before
			return least
		}
	}
	return row[len(b)]
}

// foldCaseless is the canonical caseless form of s (Unicode Standard, chapter
// 3.13, D145), composed.
func foldCaseless(s string) string {
	if textIsPlain(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(foldCase(norm.NFD.String(s)))
}
