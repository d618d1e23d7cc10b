package e164

import (
	"strings"

	"github.com/usher-go/usher/extensions"
)

// fix returns the number that a refused text evidently means, or "". A person must
// confirm it.
func (n *Normalizer) fix(text, ext, region, code string) string {
	return n.firstNumber(candidates(text, region, code), ext, region)
}

// firstNumber returns the number of the first text that is one, as a person would type
// it, or "".
func (n *Normalizer) firstNumber(texts []string, ext, region string) string {
	for _, text := range texts {
		compact, ok := clean(text)
		if !ok || compact == "" {
			continue
		}
		if r := n.numbers.recognise(compact, region); r.fault == "" {
			return typed(extensions.Number{E164: r.number.E164, Ext: ext})
		}
	}
	return ""
}

// candidates returns the texts that could have been meant, the most evident first.
func candidates(text, region, code string) (out []string) {
	if date.MatchString(text) {
		return nil
	}
	if at := strings.IndexAny(text, ".,"); at > 0 && decimals.MatchString(text) {
		return []string{text[:at]}
	}
	if strings.Contains(text, "(0)") { // a trunk prefix that the country does not have
		out = append(out, strings.Replace(text, "(0)", " ", 1))
	}

	compact, isClean := clean(text)
	switch {
	case !isClean:
		return append(out, withDigits(text), withoutWords(text), behindWords(text), withoutLetters(text))
	case strings.HasPrefix(compact, "+00"):
		out = append(out, "+"+compact[3:])
	case strings.HasPrefix(compact, "+0"):
		out = append(out, compact[1:])
	case strings.HasPrefix(compact, "00"):
		out = append(out, "+"+compact[2:])
	case code == "phone.too_long" && len(compact) > 10 && compact[0] != '+':
		out = append(out, "+"+compact)
	case len(compact) > 6 && compact[0] != '+' && (code == "phone.too_short" || code == "phone.invalid"):
		if shortest, _ := ordinary(region); len(compact)+1 >= shortest {
			out = append(out, "0"+compact) // Italy's numbers keep the 0 that a spreadsheet removes
		}
	}
	return out
}

// withDigits replaces the letters that look like digits by these digits, if the text
// has no other letters.
func withDigits(text string) string {
	typed := strings.NewReplacer("O", "0", "o", "0", "I", "1", "l", "1").Replace(text)
	if strings.ContainsFunc(typed, isLetter) {
		return ""
	}
	return typed
}

// withoutWords removes the words after the last digit.
func withoutWords(text string) string {
	end := strings.LastIndexAny(text, "0123456789")
	if end < 0 || !strings.ContainsFunc(text[end:], isLetter) {
		return ""
	}
	return strings.TrimRight(text[:end+1], " ")
}

// behindWords returns the number behind the last word, if it begins like one.
func behindWords(text string) string {
	last := strings.TrimLeft(text[strings.LastIndexFunc(text, isLetter)+1:], " .,;:-")
	if !isWhole(last) {
		return ""
	}
	return last
}

// withoutLetters removes the letters between the digits of a number that begins like
// one.
func withoutLetters(text string) string {
	if !isWhole(text) {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if isLetter(r) {
			return -1
		}
		return r
	}, text)
}
