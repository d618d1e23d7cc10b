// Package nearby finds the words that a person may have meant by an unknown word: a
// heading, a role, an org unit, the domain of an address.
//
// It imports the standard library and internal/folding.
package nearby

import (
	"slices"

	"github.com/usher-go/usher/internal/folding"
)

// maxRunes is how many characters of a text [Distance] compares. Headings, roles and
// domains are shorter. The cost grows with the square of the length.
const maxRunes = 64

// Distance returns the number of single edits between a and b. An edit inserts,
// removes or replaces a character, or swaps two neighbours: the Damerau-Levenshtein
// distance in its restricted form, in which no character is edited twice. It compares
// the first 64 characters. Letter case counts.
func Distance(a, b string) int {
	var x, y [maxRunes]rune
	return distance(runes(a, &x), runes(b, &y), maxRunes)
}

// Best returns the candidate that s may have been meant for. It is at most two edits
// away, and at most a third of the characters of s. Letter case, accents, blanks and
// hyphens do not count ([folding.Heading]). If two candidates are equally near, found
// is false, because a suggestion must not be a guess.
func Best(s string, among []string) (nearest string, found bool) {
	best := maxRunes
	eachNear(s, among, func(candidate string, d int) {
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

// All returns every candidate that s may have been meant for, by the limits of
// [Best]. The nearest come first. Equally near ones keep the order of among.
func All(s string, among []string) []string {
	var by [3][]string
	eachNear(s, among, func(candidate string, d int) { by[d] = append(by[d], candidate) })
	return slices.Concat(by[:]...)
}

// eachNear yields the candidates that are near s, with their number of edits.
func eachNear(s string, among []string, yield func(candidate string, edits int)) {
	var x, y [maxRunes]rune
	a := runes(folding.Heading(s), &x)
	most := min(mostEdits, len(a)/3)
	for _, candidate := range among {
		if len(a) == 0 {
			return
		}
		if d := distance(a, runes(folding.Heading(candidate), &y), most); d <= most {
			yield(candidate, d)
		}
	}
}

func runes(s string, into *[maxRunes]rune) []rune {
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

// distance returns the number of edits between a and b, or any number above most as
// soon as there are more than most.
func distance(a, b []rune, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return max(d, -d)
	}

	var rows [3][maxRunes + 1]int
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
