package formats

import (
	"strings"
	"unicode"
)

// Headings is a set of known headings. A [Format] uses it to recognise the row of the
// headings before anything else is known of a file. Headings are equal if they differ
// in case, blanks and punctuation only.
type Headings map[string]bool

// NewHeadings returns the set of these headings.
func NewHeadings(headings []string) Headings {
	out := make(Headings, len(headings))
	for _, h := range headings {
		if k := foldHeading(h); k != "" {
			out[k] = true
		}
	}
	return out
}

// Has reports whether text is a known heading.
func (h Headings) Has(text string) bool { return h[foldHeading(text)] }

// foldHeading returns s in lower case with letters and digits only.
func foldHeading(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
