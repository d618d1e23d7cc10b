package formats

import (
	"strings"
	"unicode"
)

// Guard returns s with an apostrophe in front if a spreadsheet might evaluate s
// instead of showing it, and s itself otherwise. A spreadsheet might evaluate:
//
//   - text that begins with = + - @ | or %, or with a full-width = + - or @,
//     after any blanks, control characters and invisible characters;
//   - text that begins with a TAB or a line end;
//   - text that begins with "sep=", which tells Excel the delimiter.
//
// Guard adds an apostrophe to such text even after leading apostrophes, so that
// Unguard(Guard(s)) == s for every s.
func Guard(s string) string {
	if isLive(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// Unguard removes the apostrophe that [Guard] adds. It returns any other text
// unchanged, such as "'tis" and "'0042".
func Unguard(s string) string {
	if strings.HasPrefix(s, "'") && isLive(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}

// isLive reports whether a spreadsheet might evaluate s instead of showing it.
func isLive(s string) bool {
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case c == '\t', c == '\r', c == '\n':
		return true
	case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return len(s) >= 4 && strings.EqualFold(s[:4], "sep=")
	}

	// A spreadsheet ignores blanks and invisible characters before a formula.
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf)
	})
	for _, r := range s {
		return strings.ContainsRune("=+-@|%＝＋－＠", r)
	}
	return false
}
