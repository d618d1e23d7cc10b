package xlsx

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// What a byte may be in XML.
const (
	inName     = 1 << iota // part of a name; bytes from 0x80 too
	startsName             // the first of a name
	special                // to be looked at in text
	quoted                 // to be looked at in an attribute's value
	oddInName              // a colon, or more than a byte
)

var class = func() (t [256]uint8) {
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

// checkText holds the text between two tags against XML 1.0, and reports
// whether it is plain: free of references and carriage returns.
func checkText(b []byte) (plain bool, err error) {
	plain = true
	for i := 0; i < len(b); i++ {
		if class[b[i]]&special == 0 {
			continue
		}
		switch c := b[i]; {
		case c == '\r':
			plain = false
		case c == '&':
			_, n := reference(b[i:])
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

// checkValue does for an attribute's value what checkText does for text.
func checkValue(b []byte) (plain bool, err error) {
	plain = true
	for i := 0; i < len(b); i++ {
		if class[b[i]]&quoted == 0 {
			continue
		}
		switch c := b[i]; {
		case isSpace(c):
			plain = false
		case c == '&':
			_, n := reference(b[i:])
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

// checkChars holds the content of a comment or CDATA section against XML 1.0.
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

// checkName wants UTF-8 and at most one colon, which stands inside.
func checkName(b []byte) error {
	c := bytes.IndexByte(b, ':')
	if c == 0 || c == len(b)-1 || c > 0 && bytes.IndexByte(b[c+1:], ':') >= 0 || checkChars(b) != nil {
		return syntaxError("malformed name")
	}
	return nil
}

// charLen is the length of the character b begins with, 0 if XML does not allow it.
func charLen(b []byte) int {
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError && n == 1 || !allowed(r) {
		return 0
	}
	return n
}

// allowed is the production Char of XML 1.0.
func allowed(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r >= 0xd800:
		return r >= 0xe000 && r != 0xfffe && r != 0xffff && r <= utf8.MaxRune
	}
	return true
}

// reference is the character that the reference at the start of b stands for,
// and the reference's length; 0 if it is none.
func reference(b []byte) (rune, int) {
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
		if err != nil || !allowed(rune(v)) || v > utf8.MaxRune {
			return 0, 0
		}
		return rune(v), n + 1
	}
}

// decodeText appends text that passed checkText: references resolved, line
// ends as line feeds.
func decodeText(dst, b []byte) []byte {
	for len(b) > 0 {
		n := bytes.IndexByte(b, '&')
		if n < 0 {
			return appendLines(dst, b)
		}
		dst = appendLines(dst, b[:n])
		r, size := reference(b[n:])
		dst = utf8.AppendRune(dst, r)
		b = b[n+size:]
	}
	return dst
}

// decodeValue is decodeText for an attribute's value, where white space is blanks.
func decodeValue(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '&':
			r, n := reference(b[i:])
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

// appendLines appends b with every line end as one line feed.
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
