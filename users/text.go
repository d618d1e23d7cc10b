package users

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/usher-go/usher/internal/folding"
)

// maxText is the default limit of [CleanText] in characters (runes): the limit of a name.
const maxText = 256

// maxCombining is how many combining marks [CleanText] allows on one base character.
// Spelling needs fewer; more would write over other lines.
const maxCombining = 8

// CleanText checks a name or another text of one line and returns the form to keep.
// That form has no outer blanks and is in NFC, so that texts that look the same are the
// same. At most limit characters (runes) are allowed; 0 means 256. An empty text is no
// problem. If a rule refuses the text, the returned text is empty.
//
// The problems are:
//
//   - text.trimmed (warning): around the text was something other than plain spaces:
//     a no-break space, a line break, a byte order mark, a zero-width character, a
//     direction mark. Plain spaces are padding and are not reported.
//   - text.control (char): the text has a control character, a line break, U+FEFF, a
//     noncharacter, or bytes that are not UTF-8 (char is then U+FFFD). If only line
//     breaks, tabs and U+FEFF are at fault, the Fix has a space for the first two and
//     nothing for the last.
//   - text.replacement (char): U+FFFD, which a program wrote for a character that it
//     could not read. The character is lost.
//   - text.bidi (char): an embedding, override or isolate (U+202A-202E,
//     U+2066-2069), by which a text is shown in another order than it is stored. The
//     Fix is without them, unless one of them is an override. Direction marks and
//     joiners inside are kept, because Arabic, Hebrew and Indic names need them.
//   - text.invisible (char, warning): a character inside that is shown as nothing and
//     that no script needs. The Fix is the text without such characters.
//   - text.combining (max): one character has more than 8 combining marks.
//   - text.too_long (max, length): lengths are in characters.
func CleanText(raw string, limit int) (text string, problems []Problem) {
	if limit <= 0 {
		limit = maxText
	}
	start, end := textBounds(raw)
	text = raw[start:end]
	if len(text) > limit || !folding.IsPlain(text) {
		var fault Problem
		if text, fault = textCheck(text, limit); fault.Code != "" {
			return "", []Problem{fault}
		}
		problems = textStray(text)
	}
	if strings.Trim(raw[:start], " ") != "" || strings.Trim(raw[end:], " ") != "" {
		problems = append(problems, Problem{Code: "text.trimmed", Warning: true})
	}
	return text, problems
}

// textStray warns of the first character inside a text that is shown as nothing and
// that no script needs: a zero-width space, a soft hyphen, a Hangul filler. Joiners and
// direction marks are left alone. The Fix is the text without such characters.
func textStray(text string) []Problem {
	isStray := func(r rune) bool {
		return textIsInvisible(r) && r != '\u200C' && r != '\u200D' && r != '\u200E' && r != '\u200F' && r != '\u061C'
	}
	i := strings.IndexFunc(text, isStray)
	if i < 0 {
		return nil
	}

	r, _ := utf8.DecodeRuneInString(text[i:])
	fixed := strings.Map(func(r rune) rune {
		if isStray(r) {
			return -1
		}
		return r
	}, text)
	return []Problem{{Code: "text.invisible", Warning: true, Args: map[string]string{"char": textChar(r)}, Fix: fixed}}
}

// textCheck is CleanText for a text whose ends are trimmed. The fault has no code if
// the text is good.
func textCheck(s string, limit int) (text string, fault Problem) {
	if code, r := textFault(s); code != "" {
		return "", Problem{Code: code, Args: map[string]string{"char": textChar(r)}, Fix: textFix(s, limit)}
	}

	s = norm.NFC.String(s)
	length, marks := 0, 0
	for _, r := range s {
		length++
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		} else if marks++; marks > maxCombining {
			return "", Problem{Code: "text.combining", Args: map[string]string{"max": strconv.Itoa(maxCombining)}}
		}
	}

	if length > limit {
		return "", Problem{Code: "text.too_long", Args: map[string]string{
			"max": strconv.Itoa(limit), "length": strconv.Itoa(length)}}
	}

	return s, Problem{}
}

// textFix returns s without the characters that were surely not meant, or "" if the
// result is not a good text.
func textFix(s string, limit int) string {
	if !utf8.ValidString(s) {
		return ""
	}

	var b strings.Builder
	for _, r := range s {
		switch {
		case textIsBreak(r) || r == '\t':
			if !strings.HasSuffix(b.String(), " ") {
				b.WriteByte(' ')
			}
		case r == textBOM || textIsBidi(r) && r != textLRO && r != textRLO:
		default:
			b.WriteRune(r)
		}
	}

	start, end := textBounds(b.String())
	fixed := b.String()[start:end]
	if code, _ := textFault(fixed); code != "" {
		return ""
	}

	fixed, _ = textCheck(fixed, limit)
	return fixed
}

const (
	textBOM          = '\uFEFF'
	textBrailleBlank = '\u2800'
	textLRO          = '\u202D'
	textRLO          = '\u202E'
)

// textBounds returns the ends of s without its outer blanks: spaces of every kind,
// line breaks, and characters without a shape.
func textBounds(s string) (start, end int) {
	end = len(s)
	for start < end {
		r, size := utf8.DecodeRuneInString(s[start:end])
		if !textIsBlank(r) {
			break
		}
		start += size
	}

	for start < end {
		r, size := utf8.DecodeLastRuneInString(s[start:end])
		if !textIsBlank(r) {
			break
		}
		end -= size
	}

	return start, end
}

// textIsBlank reports whether r is invisible at the end of a text: white space
// (Unicode White_Space), zero-width characters and joiners, direction marks, the
// byte order mark.
func textIsBlank(r rune) bool {
	return unicode.IsSpace(r) || textIsInvisible(r)
}

// textIsInvisible reports whether r has no shape: a character that is shown as nothing
// (Default_Ignorable_Code_Point), or the blank pattern of Braille. A variation selector
// belongs to the character before it.
func textIsInvisible(r rune) bool {
	return r == textBrailleBlank || folding.IsIgnorable(r) && !textIsBidi(r) && !unicode.Is(unicode.Variation_Selector, r)
}

// textIsBreak reports whether r ends a line.
func textIsBreak(r rune) bool {
	switch r {
	case '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// textIsBidi reports whether r overrides the order in which text is shown: the
// embeddings, overrides and isolates of UAX 9, not its marks.
func textIsBidi(r rune) bool {
	return '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069'
}

// textFault returns the code of the first character that a text of one line must not
// have, and "" if there is none. A byte that is not UTF-8 is reported as U+FFFD.
func textFault(s string) (code string, char rune) {
	for i, r := range s {
		switch {
		case textIsBidi(r):
			return "text.bidi", r
		case unicode.IsControl(r), textIsBreak(r), r == textBOM, unicode.Is(unicode.Noncharacter_Code_Point, r),
			r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			return "text.control", r
		case r == utf8.RuneError:
			return "text.replacement", r
		}
	}
	return "", 0
}

// textChar returns the name of a character for a message: "U+00A0".
func textChar(r rune) string { return fmt.Sprintf("%U", r) }
