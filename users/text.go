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

// maxText is how many characters (runes) [CleanText] allows when it is not
// told: the limit of a name.
const maxText = 256

// maxCombining is how many combining marks [CleanText] allows on one base
// character: more than spelling needs, and too few to write over other lines.
const maxCombining = 8

// CleanText checks a name or another text of one line and brings it into the
// form to keep: without outer blanks, and in NFC, so that texts that look
// alike compare alike. At most limit characters (runes) are allowed; 0 means
// [maxText]. An empty text is no problem; where a rule refuses, text is "".
//
//   - text.trimmed (warning): something other than plain spaces stood around the
//     text: a no-break space, a line break, a byte order mark, a zero-width
//     character, a direction mark. Plain spaces are padding and go unsaid.
//   - text.control (char): a control or line-break character or U+FEFF inside, a
//     noncharacter, or bytes that are not UTF-8 (char is U+FFFD then). Where only
//     line breaks, tabs and U+FEFF are in the way, the Fix has a space for the
//     first two and nothing for the last.
//   - text.bidi (char): an embedding, override or isolate (U+202A-202E,
//     U+2066-2069), which make a text show in another order than it is stored.
//     The Fix is without them, unless one of them is an override. Direction marks
//     and joiners inside are kept: Arabic, Hebrew and Indic names need them.
//   - text.combining (max): more than [maxCombining] marks on one character.
//   - text.too_long (max, length): lengths in characters.
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
	}
	if strings.Trim(raw[:start], " ") != "" || strings.Trim(raw[end:], " ") != "" {
		problems = []Problem{{Code: "text.trimmed", Warning: true}}
	}
	return text, problems
}

// textCheck is CleanText for a text whose ends are trimmed. The fault has no
// code where there is none.
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

// textFix is s with what surely was not meant taken out, or "" where that does
// not make a good text.
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
	textBOM = '\uFEFF'
	textLRO = '\u202D'
	textRLO = '\u202E'
)

// textBounds are the ends of s without its outer blanks: spaces of every kind,
// line breaks, and the characters that show nothing.
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

// textIsBlank reports whether r shows nothing at the end of a text: white space
// (Unicode White_Space), zero-width characters and joiners, direction marks, the
// byte order mark.
func textIsBlank(r rune) bool {
	return unicode.IsSpace(r) || textIsInvisible(r)
}

// textIsInvisible reports whether r shows nothing and takes no room.
func textIsInvisible(r rune) bool {
	switch r {
	case '\u00AD', '\u061C', '\u180E', '\u3164', '\uFFA0', textBOM:
		return true
	}
	return '\u200B' <= r && r <= '\u200F' || '\u2060' <= r && r <= '\u2064'
}

// textIsBreak reports whether r ends a line.
func textIsBreak(r rune) bool {
	switch r {
	case '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// textIsBidi reports whether r overrides the order in which text shows: the
// embeddings, overrides and isolates of UAX 9, not its marks.
func textIsBidi(r rune) bool {
	return '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069'
}

// textFault is the code of the first character that no one-line text may hold,
// "" where there is none. Bytes that are not UTF-8 answer as U+FFFD.
func textFault(s string) (code string, char rune) {
	for i, r := range s {
		switch {
		case textIsBidi(r):
			return "text.bidi", r
		case unicode.IsControl(r), textIsBreak(r), r == textBOM, unicode.Is(unicode.Noncharacter_Code_Point, r),
			r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			return "text.control", r
		}
	}
	return "", 0
}

// textChar names a character for a message.
func textChar(r rune) string { return fmt.Sprintf("%U", r) }
