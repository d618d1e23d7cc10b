package e164

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// readWords reads a number that has letters or marks inside or behind it. body begins
// with the number and has no extension at its end. It is never a number that has other
// digits than the text, except for letters that are keys.
func (n *Normalizer) readWords(body, ext, label, region string) (extensions.Number, []users.Problem) {
	at := strings.IndexFunc(body, func(r rune) bool { return !strings.ContainsRune("+0123456789 -.()/[]~", r) })
	if at < 0 { // a plus between the digits
		return extensions.Number{}, []users.Problem{{Code: "phone.form", Fix: n.fix(body, ext, region, "phone.form")}}
	}

	head, tail := body[:at], body[at:]
	if start := strings.LastIndexAny(head, "+0123456789"); start >= 0 { // "(Fax": the bracket belongs to the word
		head, tail = head[:start+1], strings.TrimLeft(head[start+1:], " -./")+tail
	}

	asked, _ := clean(head)
	if isPlaceholder(tail) {
		return extensions.Number{}, []users.Problem{n.refuse(asked, region, digits(tail) > 0, "")}
	}
	if isMistyped(body) {
		return extensions.Number{}, []users.Problem{n.refuse(asked, region, digits(tail) > 0, n.firstNumber([]string{withDigits(body)}, ext, region))}
	}

	first := n.complete(head, region)
	if first == "" {
		return n.readKeys(body, head, tail, ext, label, region)
	}

	if numbers, several := n.hasTails(head, region); several {
		return extensions.Number{}, []users.Problem{short(numbers)}
	}
	if isExtWord(strings.Trim(tail, " .,;:-()[]")) { // "030 123456 12 ext": its digits can be at any place
		return extensions.Number{}, []users.Problem{{Code: "phone.form"}}
	}
	if hasLongExt(tail) {
		return extensions.Number{}, []users.Problem{extTooLong()}
	}
	if numbers, several := n.severalBehind(first, tail, region); several {
		return extensions.Number{}, []users.Problem{multiple(numbers)}
	}

	if ext == "" {
		exts, rest := extensionsIn(strings.TrimLeft(tail, " .,;:-(["))
		switch {
		case len(exts) > 1:
			return extensions.Number{}, []users.Problem{short(withExts(first, exts))}
		case len(exts) == 1 && (digits(rest) == 0 || countLetters(rest) > 0):
			ext, tail = exts[0], rest
		}
	}

	// An hour, a floor or a room has fewer digits, and a word.
	if longestRun(tail) > 4 || digits(tail) > 0 && (countLetters(tail) == 0 || ext == "" && startsWithExt(tail)) {
		return extensions.Number{}, []users.Problem{{Code: "phone.form", Fix: typed(extensions.Number{E164: first, Ext: ext})}}
	}
	return n.judge(asked, ext, head, region, leftOut(label, tail))
}

// readKeys reads a number whose digits before the first letter are none: the letters
// are keys, or the text is refused.
func (n *Normalizer) readKeys(body, head, tail, ext, label, region string) (extensions.Number, []users.Problem) {
	keys, isKeys := n.keysIn(body, region)
	if isKeys {
		warnings := append([]users.Problem{{Code: "phone.letters", Warning: true}}, leftOut(label, "")...)
		return n.judge(keys, ext, keys, region, warnings)
	}

	if isX(tail) { // "650 x 253 - 1234"
		joined, ok := clean(head + tail[1:])
		if r := n.numbers.recognise(joined, region); ok && r.fault == "" && r.country == "+1" {
			return n.judge(joined, ext, joined, region, leftOut(label, "x"))
		}
	}

	asked, _ := clean(head)
	return extensions.Number{}, []users.Problem{n.refuse(asked, region, digits(tail) > 0, n.fix(body, ext, region, ""))}
}

// refuse returns the problem of a text that begins with the digits asked. If more digits
// are behind them, it says nothing about how many there are.
func (n *Normalizer) refuse(asked, region string, more bool, fix string) users.Problem {
	r := n.numbers.recognise(asked, region)
	p := users.Problem{Code: "phone.form", Fix: fix}
	switch {
	case r.fault == "phone.region", r.fault == "phone.country" && !more:
		p.Code = r.fault
	case r.fault != "" && !more:
		p.Code = r.fault
		if r.country != "" {
			p.Args = map[string]string{"country": r.country}
		}
	}
	return p
}

// leftOut returns the warning about the words before and behind a number.
func leftOut(label, tail string) []users.Problem {
	text := strings.TrimSpace(label + " " + strings.Trim(tail, " .,;:-()[]"))
	if text == "" {
		return nil
	}
	return []users.Problem{{Code: "phone.text", Warning: true, Args: map[string]string{"text": text}}}
}

// severalBehind reports whether the words behind a number have another number.
func (n *Normalizer) severalBehind(first, tail, region string) (numbers []string, several bool) {
	for _, piece := range strings.FieldsFunc(tail, isLetter) {
		piece = strings.TrimLeft(piece, " .,:;-/")
		if number := n.readPiece(piece, region, first); number != "" {
			if number == first {
				return []string{first}, true
			}
			return []string{first, number}, true
		}
	}
	return nil, false
}

// withExts returns a number with each of several extensions.
func withExts(number string, exts []string) (out []string) {
	for _, ext := range exts {
		out = append(out, typed(extensions.Number{E164: number, Ext: ext}))
	}
	return out
}

// group matches letters that can be keys. A hyphen may be inside.
var group = regexp.MustCompile(`[A-Za-z]+(?:-[A-Za-z]+)*`)

// keysIn returns the digits of a number of which some are written as the letters of a
// telephone's keys: one group, in a toll-free or North American number, without which
// the digits are no number.
func (n *Normalizer) keysIn(body, region string) (asked string, ok bool) {
	groups := group.FindAllString(body, 2)
	if len(groups) != 1 || countLetters(groups[0]) < 3 {
		return "", false
	}

	without, ok := clean(strings.Replace(body, groups[0], "", 1))
	if !ok || n.numbers.recognise(without, region).fault == "" {
		return "", false
	}

	asked, ok = clean(phonenumbers.ConvertAlphaCharactersInNumber(body))
	r := n.numbers.recognise(asked, region)
	return asked, ok && r.fault == "" && (r.country == "+1" || isTollFree(r.number.E164))
}

func isTollFree(e164 string) bool {
	parsed, err := phonenumbers.Parse(e164, "")
	return err == nil && phonenumbers.GetNumberType(parsed) == phonenumbers.TOLL_FREE
}

func countLetters(s string) (n int) {
	for _, r := range s {
		if isLetter(r) {
			n++
		}
	}
	return n
}

// isPlaceholder reports whether a text has letters or marks in the place of digits that
// are unknown: "XX XX", "nnnn", "**".
func isPlaceholder(tail string) bool {
	if strings.ContainsAny(tail, "*…•") || strings.Contains(tail, "__") || strings.Contains(tail, "??") || strings.Contains(tail, "##") {
		return true
	}
	for _, word := range strings.FieldsFunc(tail, func(r rune) bool { return !isLetter(r) }) {
		if word = strings.ToLower(word); strings.Trim(word, "oil") == "" {
			continue // [isMistyped]
		}
		if len(word) > 1 && word[0] < 0x80 && strings.Trim(word, word[:1]) == "" {
			return true
		}
	}
	return isX(tail) && digits(tail) == 0
}

// isX reports whether a text begins with the word x.
func isX(tail string) bool {
	return tail != "" && tail[0]|0x20 == 'x' && lastWord(strings.TrimRightFunc(tail, func(r rune) bool { return !isLetter(r) })) == tail[:1]
}

// isMistyped reports whether a text has a letter for a digit: one or two between two
// digits, or a group of letters that look like digits behind one.
func isMistyped(body string) bool {
	var last byte // the last character that is no separator
	for i := 0; i < len(body); {
		end := i
		for end < len(body) && isASCIILetter(body[end]) {
			end++
		}
		if end == i {
			if strings.IndexByte(" -.()/[]~", body[i]) < 0 {
				last = body[i]
			}
			i++
			continue
		}

		word := body[i:end]
		whole := end == len(body) || body[end] < utf8.RuneSelf
		touches := i > 0 && isDigit(body[i-1]) && end < len(body) && isDigit(body[end])
		if touches && len(word) < 3 || whole && isDigit(last) && strings.Trim(word, lookalikes) == "" {
			return true
		}
		last, i = word[0], end
	}
	return false
}

// lookalikes are the letters that are typed for 0 and 1.
const lookalikes = "OoIl"

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// longestRun returns the largest number of digits between two letters of a text.
func longestRun(text string) (longest int) {
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) }) {
		longest = max(longest, len(run))
	}
	return longest
}
