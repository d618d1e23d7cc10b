package e164

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
)

// cleanMarks removes invisible characters from a text and writes digits, blanks, dashes
// and full-width characters in ASCII. A line break inside becomes "\n". The fault has no
// code if the text is good.
func cleanMarks(raw string) (text string, fault users.Problem) {
	var b strings.Builder
	b.Grow(len(raw))
	for i, r := range raw {
		switch {
		case ' ' <= r && r <= '~':
			b.WriteByte(byte(r))

		case r == '\t':
			b.WriteByte(' ')

		case strings.ContainsRune("\n\v\f\r\u0085\u2028\u2029", r):
			b.WriteByte('\n')

		case r == utf8.RuneError && !strings.HasPrefix(raw[i:], "\uFFFD"),
			unicode.IsControl(r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			return "", charFault("text.control", r)

		case r == '\u202E': // it shows the digits in reverse order
			return "", charFault("text.bidi", r)

		case isInvisible(r):
		case unicode.Is(unicode.Nd, r):
			b.WriteByte('0' + digit(r))

		case '\uFF01' <= r && r <= '\uFF5E':
			b.WriteByte(byte(r - '\uFF01' + '!'))

		case unicode.IsSpace(r), strings.ContainsRune("☎☏✆📞📱", r):
			b.WriteByte(' ')

		case strings.ContainsRune("‐‑‒–—―⁃−﹘﹣ー", r):
			b.WriteByte('-')

		case strings.ContainsRune("⁺﹢➕", r):
			b.WriteByte('+')

		case strings.ContainsRune("‘’ʼ′´", r):
			b.WriteByte('\'')

		case strings.ContainsRune("“”„″", r):
			b.WriteByte('"')

		default:
			b.WriteRune(r)
		}
	}

	return strings.Trim(b.String(), " \n"), users.Problem{}
}

func charFault(code string, r rune) users.Problem {
	return users.Problem{Code: code, Args: map[string]string{"char": fmt.Sprintf("%U", r)}}
}

// isInvisible reports whether r has no shape and occurs in pasted numbers: soft hyphens,
// zero-width characters, and the marks by which contact cards show a number from left
// to right.
func isInvisible(r rune) bool {
	switch {
	case r == '\u00AD', r == '\u061C', r == '\u180E', r == '\uFEFF', '\uFE00' <= r && r <= '\uFE0F',
		'\u200B' <= r && r <= '\u200F', '\u202A' <= r && r <= '\u202D', '\u2060' <= r && r <= '\u2069':
		return true
	}
	return false
}

// digit returns the value of a decimal digit of any script. Unicode has the digits of a
// script in tens, 0 first.
func digit(r rune) byte {
	for _, span := range unicode.Nd.R16 {
		if rune(span.Lo) <= r && r <= rune(span.Hi) {
			return byte((r - rune(span.Lo)) % 10)
		}
	}
	for _, span := range unicode.Nd.R32 {
		if rune(span.Lo) <= r && r <= rune(span.Hi) {
			return byte((r - rune(span.Lo)) % 10)
		}
	}
	return 0
}

// unwrap removes the marks that keep a spreadsheet from changing a number, and the
// punctuation around it.
func unwrap(text string) (string, users.Problem) {
	for range 3 { // ="'0612345678"
		code, fixed := spreadsheet.Repair(text)
		if code != "" {
			return text, users.Problem{Code: code}
		}
		if fixed = strings.Trim(fixed, ` '"=`); fixed == text {
			break
		}
		text = fixed
	}
	return strings.TrimRightFunc(text, func(r rune) bool {
		return strings.ContainsRune(" .,;:'\"-()[]/", r)
	}), users.Problem{}
}

var (
	// scientific matches a long number as a spreadsheet displays it, also without its sign.
	scientific = regexp.MustCompile(`^\+?[0-9](?:[.,][0-9]+)?[Ee]\+?[0-9]{1,2}$`)
	// decimals matches a number that was stored as a number with decimals.
	decimals = regexp.MustCompile(`^\+?[0-9]{5,}[.,]0{1,2}$`)
	date     = regexp.MustCompile(`^(?:(?:19|20)[0-9]{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12][0-9]|3[01])(?:[T ].*)?|` +
		`(?:0?[1-9]|[12][0-9]|3[01])[-/.](?:0?[1-9]|[12][0-9]|3[01])[-/.](?:19|20)[0-9]{2})$`)
)

// damage returns what is wrong with a text that is not a number at all.
func damage(text string) users.Problem {
	switch {
	case scientific.MatchString(text):
		return users.Problem{Code: "number.scientific"}
	case decimals.MatchString(text), date.MatchString(text), !strings.ContainsAny(text, "0123456789"):
		return users.Problem{Code: "phone.form"}
	}
	return users.Problem{}
}

// plain returns a text of digits and the usual punctuation without the punctuation. A
// plus may be before the first digit.
func plain(text string) (compact string, ok bool) {
	var b strings.Builder
	b.Grow(len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			b.WriteByte(c)
		case c == '+' && b.Len() == 0:
			b.WriteByte(c)
		case c == ' ', c == '-', c == '.', c == '(', c == ')':
		default:
			return "", false
		}
	}
	return b.String(), true
}

// clean is [plain] for a text that may also have slashes, square brackets, a tilde and
// several plus signs at the beginning.
func clean(text string) (compact string, ok bool) {
	var b strings.Builder
	b.Grow(len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			b.WriteByte(c)
		case c == '+' && b.Len() == 0:
			b.WriteByte(c)
		case c == '+' && b.Len() == 1 && b.String() == "+":
		case strings.IndexByte(" -.()/[]~", c) >= 0:
		default:
			return "", false
		}
	}
	return b.String(), true
}
