package formats

import (
	"strings"
	"unicode"
)

// Guard makes a cell inert: text that a spreadsheet might take for a formula
// gets an apostrophe in front. That is text which begins, after any blanks,
// controls and invisible characters, with = + - @ | or %, or a full-width twin
// of the first four; text which begins with a TAB or a line end; and "sep=",
// which is an instruction.
//
// Text that begins with apostrophes and goes on like that gets one more, so
// that Unguard(Guard(s)) == s for every s.
func Guard(s string) string {
	if live(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// Unguard takes away the one apostrophe that [Guard] would have put there.
// Any other text it leaves alone, "'tis" as well as "'0042".
func Unguard(s string) string {
	if strings.HasPrefix(s, "'") && live(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}

// live holds if a spreadsheet may do more with s than show it.
func live(s string) bool {
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case c == '\t', c == '\r', c == '\n':
		return true
	case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return len(s) >= 4 && strings.EqualFold(s[:4], "sep=")
	}
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf)
	})
	for _, r := range s {
		return strings.ContainsRune("=+-@|%＝＋－＠", r)
	}
	return false
}
