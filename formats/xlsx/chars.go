package xlsx

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// The classes of bytes in XML. A byte may have several.
const (
	inName     = 1 << iota // may be part of a name; includes bytes from 0x80
	startsName             // may begin a name
	special                // must be checked in text
	quoted                 // must be checked in the value of an attribute
	oddInName              // a colon, or part of a longer character
)

// byteClass has the classes of every byte.
var byteClass = func() (t [256]uint8) {
	for c := range t {
		switch b := byte(c); {
		case 'a' <= b|0x20 && b|0x20 <= 'z', b == '_':
			t[c] = inName | startsName
		case b == ':':
			t[c] = inName | startsName | oddInName
		case '0' <= b && b <= '9', b == '-', b == '.':
			t[c] = inName
		case b >= utf8.RuneSelf:
			t[c] = inName | startsName | special | quoted | oddInName
		case b == '&', b == '\r':
			t[c] = special | quoted
		case b == ']':
			t[c] = special
		case b == '<', b == '\t', b == '\n':
			t[c] = quoted
		case b < ' ':
			t[c] = special | quoted
		}
	}
	return t
}()

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// checkText checks the text between two tags against XML 1.0. plain means that the
// text needs no decoding: it has no references and no carriage returns.
func checkText(b []byte) (plain bool, err error) {
	plain = true
	for i := 0; i < len(b); i++ {
		if byteClass[b[i]]&special == 0 {
			continue
		}
		switch c := b[i]; {
		case c == '\r':
			plain = false
		case c == '&':
			_, n := parseReference(b[i:])
			if n == 0 {
				return false, syntaxError("an unknown reference")
			}
			plain = false
			i += n - 1
		case c == ']':
			if bytes.HasPrefix(b[i:], []byte("]]>")) {
				return false, syntaxError("]]> in text")
			}
		default:
			n := charLen(b[i:])
			if n == 0 {
				return false, syntaxError("a character XML does not allow")
			}
			i += n - 1
		}
	}
	return plain, nil
}

// checkValue checks the value of an attribute. plain means that it needs no decoding.
func checkValue(b []byte) (plain bool, err error) {
	plain = true
	for i := 0; i < len(b); i++ {
		if byteClass[b[i]]&quoted == 0 {
			continue
		}
		switch c := b[i]; {
		case isSpace(c):
			plain = false
		case c == '&':
			_, n := parseReference(b[i:])
			if n == 0 {
				return false, syntaxError("an unknown reference")
			}
			plain = false
			i += n - 1
		case c == '<':
			return false, syntaxError("< in an attribute")
		default:
			n := charLen(b[i:])
			if n == 0 {
				return false, syntaxError("a character XML does not allow")
			}
			i += n - 1
		}
	}
	return plain, nil
}

// checkChars checks the content of a comment or CDATA section against XML 1.0.
func checkChars(b []byte) error {
	for i := 0; i < len(b); i++ {
		if c := b[i]; c < ' ' && !isSpace(c) || c >= utf8.RuneSelf {
			n := charLen(b[i:])
			if n == 0 {
				return syntaxError("a character XML does not allow")
			}
			i += n - 1
		}
	}
	return nil
}

// checkName checks that a name is UTF-8 and has at most one colon, which must not be
// its first or last byte.
func checkName(b []byte) error {
	c := bytes.IndexByte(b, ':')
	if c == 0 || c == len(b)-1 || c > 0 && bytes.IndexByte(b[c+1:], ':') >= 0 || checkChars(b) != nil {
		return syntaxError("malformed name")
	}
	return nil
}

// charLen returns the length of the character at the start of b, or 0 if XML does not
// allow the character.
func charLen(b []byte) int {
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError && n == 1 || !isAllowed(r) {
		return 0
	}
	return n
}

// isAllowed reports whether XML 1.0 allows r (production Char).
func isAllowed(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r >= 0xd800:
		return r >= 0xe000 && r != 0xfffe && r != 0xffff && r <= utf8.MaxRune
	}
	return true
}

// parseReference returns the character of the reference at the start of b, and the
// length of the reference. The length is 0 if there is no valid reference.
func parseReference(b []byte) (rune, int) {
	const longest = len("&#x0000010FFFF;")
	n := bytes.IndexByte(b[:min(len(b), longest)], ';')
	if n < 0 {
		return 0, 0
	}

	switch name := string(b[1:n]); name {
	case "lt":
		return '<', n + 1
	case "gt":
		return '>', n + 1
	case "amp":
		return '&', n + 1
	case "quot":
		return '"', n + 1
	case "apos":
		return '\'', n + 1
	default:
		if len(name) < 2 || name[0] != '#' {
			return 0, 0
		}
		digits, base := name[1:], 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		v, err := strconv.ParseUint(digits, base, 32)
		if err != nil || !isAllowed(rune(v)) || v > utf8.MaxRune {
			return 0, 0
		}
		return rune(v), n + 1
	}
}

// decodeText decodes text that passed checkText and appends it: references become
// characters, line ends become line feeds.
func decodeText(dst, b []byte) []byte {
	for len(b) > 0 {
		n := bytes.IndexByte(b, '&')
		if n < 0 {
			return appendLines(dst, b)
		}
		dst = appendLines(dst, b[:n])
		r, size := parseReference(b[n:])
		dst = utf8.AppendRune(dst, r)
		b = b[n+size:]
	}
	return dst
}

// decodeValue is decodeText for the value of an attribute, where white space becomes
// blanks.
func decodeValue(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '&':
			r, n := parseReference(b[i:])
			dst = utf8.AppendRune(dst, r)
			i += n - 1
		case c == '\r' && i+1 < len(b) && b[i+1] == '\n':
		case isSpace(c):
			dst = append(dst, ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// appendLines appends b and turns every line end into one line feed.
func appendLines(dst, b []byte) []byte {
	for {
		n := bytes.IndexByte(b, '\r')
		if n < 0 {
			return append(dst, b...)
		}
		dst = append(dst, b[:n]...)
		dst = append(dst, '\n')
		b = bytes.TrimPrefix(b[n+1:], []byte("\n"))
	}
}
