package e164

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"github.com/usher-go/usher/users"
)

// conjunctions are the words between two numbers, in the languages of Europe.
const conjunctions = `(?:and|or|to|till|und|u\.|oder|od\.|bis|ou|et|à|au|e|ed|o|a|al|y|u|en|of|tot|t/m|og|eller|och|til|lub|i|do|и|или|до)`

var (
	// between matches the text between two numbers: marks, a word, or only the plus sign
	// of the second.
	between = regexp.MustCompile(`(?i)[,;/|\\&\n]+| ` + conjunctions + ` |[0-9) ]\+`)
	// behind matches the text between a number and the last digits of another: "/11",
	// ", -11", " bis 19", " (11)". The submatch is a mark that needs a dash behind it.
	behind = regexp.MustCompile(`(?i) *[/\\|&+([\n…]+ *| *\.{2,} *| +` + conjunctions + ` +| *([,;]) *`)
	// secondExt matches a second extension, which makes the text two numbers.
	secondExt = regexp.MustCompile(`(?i)[0-9][\\/] *x`)
	blanks    = regexp.MustCompile(`[ -]+`)
)

// A text with enough digits for two numbers is split at up to so many blanks and dashes.
const (
	maxPlaces = 24
	minDigits = 12
)

// multiple returns the problem of a text that holds the numbers. They may be unknown.
func multiple(numbers []string) users.Problem {
	p := users.Problem{Code: "phone.multiple"}
	switch {
	case len(numbers) > 1:
		p.Args = map[string]string{"numbers": strings.Join(numbers, ", ")}
	case len(numbers) == 1: // one number twice
		p.Fix = numbers[0]
	}
	return p
}

// short returns the problem of a text that has more than one number in a short form. The
// Fix is the number that is written in full.
func short(numbers []string) users.Problem {
	p := multiple(numbers)
	p.Fix = numbers[0]
	return p
}

// hasSeveral reports whether a text holds more than one number: pieces between
// separators that are numbers, or, if blank is set, parts on both sides of a blank. The
// numbers are those that differ.
func (n *Normalizer) hasSeveral(text, region string, blank bool) (numbers []string, several bool) {
	if secondExt.MatchString(text) {
		return nil, true
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
		if numbers, several = n.numbersIn(append(pieces, text[from:]), region); several {
			return numbers, true
		}
	}

	if !blank {
		return nil, false
	}
	return n.splitAtBlank(text, region, func(string) bool { return true })
}

// splitAtBlank reports whether a text is two numbers with only a blank or a dash between
// them. The second one must be good.
func (n *Normalizer) splitAtBlank(text, region string, good func(second string) bool) (numbers []string, several bool) {
	if digits(text) < minDigits {
		return nil, false
	}

	for i, at := range blanks.FindAllStringIndex(text, -1) {
		if i == maxPlaces {
			break
		}
		if !good(text[at[1]:]) || n.readPiece(text[:at[0]], region, "") == "" {
			continue
		}
		if numbers, several = n.numbersIn([]string{text[:at[0]], text[at[1]:]}, region); several {
			return numbers, true
		}
	}

	return nil, false
}

// isWhole reports whether a number begins with a trunk prefix or a plus sign.
func isWhole(number string) bool {
	return strings.HasPrefix(number, "0") || strings.HasPrefix(number, "+") || strings.HasPrefix(number, "(0")
}

// numbersIn reports whether at least two pieces are numbers, and returns the different
// ones.
func (n *Normalizer) numbersIn(pieces []string, region string) (numbers []string, several bool) {
	count := 0
	for _, p := range pieces {
		first := ""
		if len(numbers) > 0 {
			first = numbers[0]
		}

		number := n.readPiece(p, region, first)
		if number == "" {
			continue
		}
		if count++; !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}

	if count < 2 {
		return nil, false
	}
	return numbers, true
}

// readPiece returns the number in a piece of a text, and "" if there is none. Words may
// be before and after it. After another number it may be a national number of the same
// country.
func (n *Normalizer) readPiece(p, region, first string) string {
	start := strings.IndexAny(p, "+0123456789")
	if start < 0 || isExtWord(lastWord(trimExtMarks(p[:start]))) {
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

// hasTails reports whether a number that is complete already has the last digits of
// others behind it: "030 12345-10/11". In a plan of open length the digits together are
// a number too, but another one. The first number is the one that is complete.
func (n *Normalizer) hasTails(body, region string) (numbers []string, several bool) {
	var places [][]int
	if separates(body) {
		places = behind.FindAllStringSubmatchIndex(body, maxPlaces)
	}

	for _, at := range places {
		head, rest := body[:at[0]], body[at[1]:]
		if digits(head) < 4 {
			continue
		}
		if at[2] >= 0 && !strings.HasPrefix(rest, "-") && (dialOf(head) == 0 || dialOf(head) > 3 || digits(rest) != dialOf(head)) {
			continue // behind a comma may be an extension
		}

		tails, ok := tailsIn(rest)
		if !ok {
			continue
		}
		if first := n.complete(head, region); first != "" {
			return n.withTails(first, head, tails, region), true
		}
	}

	dash := strings.LastIndexByte(body, '-')
	if dash < 0 {
		return nil, false
	}

	head, tail := strings.TrimRight(body[:dash], " "), strings.TrimLeft(body[dash+1:], " ")
	if head == "" || !isDigits(tail) || !isSecondDial(head, body[:dash], tail) {
		return nil, false
	}
	if first := n.complete(head, region); first != "" {
		return n.withTails(first, head, []string{"-" + tail}, region), true
	}
	return nil, false
}

// separates reports whether a text has a character with which [behind] matches, and
// four digits before it.
func separates(body string) bool {
	n := 0
	for i := range len(body) {
		switch c := body[i]; {
		case isDigit(c):
			n++
		case n < 4, c == ' ', c == '-', c == ')', c == '.' && body[i-1] != '.':
		default:
			return true
		}
	}
	return false
}

// isSecondDial reports whether the digits behind the last dash are a second direct dial:
// there is a blank before the dash and another direct dial before that, "12345-10 -11",
// or both are the ends of a range, "10-19" and "7-8".
func isSecondDial(head, before, tail string) bool {
	last := head[strings.LastIndexAny(head, " -./()")+1:]
	if len(before) > len(head) && strings.HasSuffix(head, "-"+last) && isDigits(last) {
		return true
	}
	if len(last) != len(tail) || len(tail) > 3 || !isDigits(last) {
		return false
	}

	zeros, nines := strings.TrimRight(last, "0"), strings.TrimRight(tail, "9")
	if zeros == nines && len(last) > len(zeros) {
		return true
	}
	return last[:len(last)-1] == tail[:len(tail)-1] && tail[len(tail)-1] == last[len(last)-1]+1
}

// tailsIn returns the groups of digits of a text that has nothing else, each with the
// dash before it.
func tailsIn(rest string) (tails []string, ok bool) {
	for _, t := range behind.Split(strings.TrimRight(rest, " )]"), -1) {
		compact := strings.NewReplacer(" ", "", ".", "", "-", "", ")", "").Replace(t)
		if !isDigits(compact) {
			return nil, false
		}
		if isWhole(t) {
			compact = t
		} else if strings.HasPrefix(t, "-") {
			compact = "-" + compact
		}
		tails = append(tails, compact)
	}
	return tails, true
}

func isDigits(s string) bool { return s != "" && digits(s) == len(s) }

// complete returns the number that a text is, if no digit is missing. A number that is
// shorter than every ordinary line can be the beginning of one.
func (n *Normalizer) complete(text, region string) string {
	compact, ok := clean(text)
	if !ok {
		return ""
	}
	r := n.numbers.recognise(compact, region)
	if r.fault != "" {
		return ""
	}

	if national := len(r.number.E164) - len(r.country); national < 6 {
		parsed, err := phonenumbers.Parse(r.number.E164, "")
		if err != nil {
			return ""
		}
		if shortest, _ := ordinary(phonenumbers.GetRegionCodeForNumber(parsed)); national < shortest {
			return ""
		}
	}
	return r.number.E164
}

// withTails returns a number, and those that have other digits at the end. The digits
// replace the direct dial of the text, behind its last dash, or as many as they are.
func (n *Normalizer) withTails(first, text string, tails []string, region string) []string {
	numbers := []string{first}
	dial := dialOf(text)
	for _, t := range tails {
		number := ""
		if isWhole(t) {
			number = n.readPiece(t, region, first)
		}
		if number == "" {
			ending := strings.Map(onlyDigits, t)
			cut := len(ending)
			if dial > 0 && len(ending) <= 4 && (t[0] == '-' || dial <= len(ending)) {
				cut = dial
			}
			if cut < len(first) {
				number = n.numbers.recognise(first[:len(first)-cut]+ending, "").number.E164
			}
		}
		if number != "" && !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// dialOf returns how many digits the direct dial of a number has: at most four behind
// its last dash.
func dialOf(text string) int {
	dash := strings.LastIndexByte(text, '-')
	if last := text[dash+1:]; dash >= 0 && len(last) <= 4 && isDigits(last) {
		return len(last)
	}
	return 0
}

func onlyDigits(r rune) rune {
	if '0' <= r && r <= '9' {
		return r
	}
	return -1
}
