package e164

import (
	"strings"
	"unicode"
)

// fix returns the number that a refused text evidently means, or "". A person must
// confirm it.
func (n *Normalizer) fix(text, region, code string) string {
	for _, c := range candidates(text, code) {
		if compact, ok := plain(c); ok {
			c = compact
		}
		if r := n.numbers.recognise(c, region); r.fault == "" {
			return typed(r.number)
		}
	}
	return ""
}

// candidates returns the texts that could have been meant, the most evident first.
func candidates(text, code string) (out []string) {
	if date.MatchString(text) {
		return nil
	}
	if at := strings.IndexAny(text, ".,"); at > 0 && decimals.MatchString(text) {
		return []string{text[:at]}
	}
	if strings.Contains(text, "(0)") { // a trunk prefix that the country does not have
		out = append(out, strings.Replace(text, "(0)", " ", 1))
	}

	compact, isPlain := plain(text)
	switch {
	case strings.HasPrefix(compact, "+00"):
		out = append(out, "+"+compact[3:])
	case strings.HasPrefix(compact, "+0"):
		out = append(out, compact[1:])
	case strings.HasPrefix(compact, "00"):
		out = append(out, "+"+compact[2:])
	case isPlain && code == "phone.too_long" && len(compact) > 10 && compact[0] != '+':
		out = append(out, "+"+compact)
	}

	if !isPlain {
		out = append(out, withDigits(text), withoutWords(text))
	}
	return out
}

// withDigits replaces the letters that look like digits by these digits, if the text
// has no other letters.
func withDigits(text string) string {
	typed := strings.NewReplacer("O", "0", "o", "0", "I", "1", "l", "1").Replace(text)
	if strings.ContainsFunc(typed, unicode.IsLetter) {
		return ""
	}
	return typed
}

// withoutWords removes the words after the last digit.
func withoutWords(text string) string {
	end := strings.LastIndexAny(text, "0123456789")
	if end < 0 || !strings.ContainsFunc(text[end:], unicode.IsLetter) {
		return ""
	}
	return strings.TrimRight(text[:end+1], " ")
}
