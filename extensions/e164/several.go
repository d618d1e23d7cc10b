package e164

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	// between matches the text between two numbers: marks, a word, or only the plus sign
	// of the second.
	between = regexp.MustCompile(`(?i)[,;/|\\&\n]+| (?:or|and|ou|et|oder|und|o|e|y|u) |[0-9) ]\+`)
	// secondExt matches a second extension, which makes the text two numbers.
	secondExt = regexp.MustCompile(`(?i)[0-9][\\/] *x`)
	blanks    = regexp.MustCompile(`[ -]+`)
)

// A text with enough digits for two numbers is split at up to so many blanks and dashes.
const (
	maxPlaces = 24
	minDigits = 12
)

// hasSeveral reports whether a text holds more than one number: pieces between
// separators that are numbers, or, if blank is set, parts on both sides of a blank. same
// is the number if the text holds one number twice.
func (n *Normalizer) hasSeveral(text, region string, blank bool) (several bool, same string) {
	if secondExt.MatchString(text) {
		return true, ""
	}

	var pieces []string
	from := 0
	for _, at := range between.FindAllStringIndex(text, -1) {
		if text[at[1]-1] == '+' {
			at[0], at[1] = at[0]+1, at[1]-1 // the digit belongs to the first number, the plus to the second
		}
		if at[0] >= from {
			pieces = append(pieces, text[from:at[0]])
			from = at[1]
		}
	}

	if from > 0 {
		if ok, same := n.numbersIn(append(pieces, text[from:]), region); ok {
			return true, same
		}
	}

	if !blank || digits(text) < minDigits {
		return false, ""
	}

	for i, at := range blanks.FindAllStringIndex(text, -1) {
		if i == maxPlaces {
			break
		}
		if n.readPiece(text[:at[0]], region, "") == "" {
			continue
		}
		if ok, same := n.numbersIn([]string{text[:at[0]], text[at[1]:]}, region); ok {
			return true, same
		}
	}

	return false, ""
}

// numbersIn reports whether at least two pieces are numbers.
func (n *Normalizer) numbersIn(pieces []string, region string) (ok bool, same string) {
	count := 0
	first := ""
	for _, p := range pieces {
		number := n.readPiece(p, region, first)
		switch {
		case number == "":
			continue
		case count == 0:
			first, same = number, number
		case number != same:
			same = ""
		}
		count++
	}

	if count < 2 {
		return false, ""
	}
	return true, same
}

// readPiece returns the number in a piece of a text, and "" if there is none. Words may
// be before and after it. After another number it may be a national number of the same
// country.
func (n *Normalizer) readPiece(p, region, first string) string {
	start := strings.IndexAny(p, "+0123456789")
	if start < 0 || isExtWord(p[:start]) {
		return ""
	}

	p = p[start:]
	if end := strings.IndexFunc(p, unicode.IsLetter); end >= 0 {
		p = p[:end]
	}

	compact, ok := plain(p)
	if !ok || len(compact) < 6 {
		return ""
	}

	number := n.numbers.recognise(compact, region).number.E164
	if number == "" && first != "" && compact[0] == '0' {
		number = n.numbers.recognise(n.numbers.recognise(first, "").country+compact, "").number.E164
	}
	return number
}

// isExtWord reports whether the number after s is an extension.
func isExtWord(s string) bool {
	s = strings.ToLower(strings.Trim(s, " .:,;=-(["))
	for _, word := range []string{"ext", "xt", "x", "int", "#", "~", "anexo", "доб", "poste", "durchwahl", "nebenstelle", "interno", "ramal", "toestel"} {
		if strings.HasPrefix(s, word) || strings.HasSuffix(s, word) {
			return true
		}
	}
	return false
}
