package users

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxText is how many characters (runes) [CleanText] allows when it is not
// told: the limit of a name.
const MaxText = 256

// MaxCombining is how many combining marks [CleanText] allows on one base
// character: more than spelling needs, and too few to write over other lines.
const MaxCombining = 8

// CleanText checks a name or another text of one line and brings it into the
// form to keep: without outer blanks, and in NFC, so that texts that look
// alike compare alike. At most limit characters (runes) are allowed; 0 means
// [MaxText]. An empty text is no problem; where a rule refuses, text is "".
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
//   - text.combining (max): more than [MaxCombining] marks on one character.
//   - text.too_long (max, length): lengths in characters.
func CleanText(raw string, limit int) (text string, problems []Problem) {
	if limit <= 0 {
		limit = MaxText
	}
	start, end := textBounds(raw)
	text = raw[start:end]
	if len(text) > limit || !textIsPlain(text) {
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

// textIsPlain reports whether s is printable ASCII, which needs no closer look.
func textIsPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
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
		} else if marks++; marks > MaxCombining {
			return "", Problem{Code: "text.combining", Args: map[string]string{"max": strconv.Itoa(MaxCombining)}}
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

// FormulaLike reports whether a spreadsheet that opens s from a CSV file may
// run it: s begins with = + - @ or their full-width twins, with a tab or a line
// break, with | as in a DDE command, or with a percent-encoded line break. The
// rule is that of the OWASP page on CSV injection, and wider. Such a text is
// kept as it is; a name field reports it as the warning text.formula.
func FormulaLike(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '+', '-', '@', '|', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return true
	case '%':
		return len(s) >= 3 && s[1] == '0' && strings.IndexByte("9aAdD", s[2]) >= 0
	}
	return false
}

// Damage recognises what a spreadsheet program leaves of a text that it took
// for something else, in a field where text belongs. fixed is the text that was
// meant: s itself where nothing is wrong, s without the wrapping that keeps
// Excel's hands off a number (="0042", '0042, '+33…: the apostrophe counts only
// before a digit or what [FormulaLike] knows, so that 't Hooft keeps his name).
// Where what was meant is lost, fixed is "" and code says why:
//
//   - number.scientific: Excel's and LibreOffice's display of a number with
//     twelve digits or more, saved as text ("4.42E+11", "4,42E+11"). Its digits
//     are gone, so there is no telling which number it was.
//   - cell.excel_error: one of the error values of ECMA-376 part 1, 18.17.3
//     ("#N/A", "#REF!"), or its French name.
func Damage(s string) (code, fixed string) {
	switch {
	case s == "":
		return "", ""
	case s[0] == '#' && damageIsError(s):
		return "cell.excel_error", ""
	case damageIsScientific(s):
		return "number.scientific", ""
	case len(s) > 3 && strings.HasPrefix(s, `="`) && strings.IndexByte(s[2:], '"') == len(s)-3:
		return "", s[2 : len(s)-1]
	case len(s) > 1 && s[0] == '\'' && ('0' <= s[1] && s[1] <= '9' || FormulaLike(s[1:])):
		return "", s[1:]
	}
	return "", s
}

func damageIsError(s string) bool {
	switch strings.ToUpper(s) {
	case "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
		"#NUL!", "#VALEUR!", "#NOM?", "#NOMBRE!":
		return true
	}
	return false
}

// damageIsScientific reports whether s is digits, perhaps a decimal sign and
// more digits, then E, a sign and two digits or more.
func damageIsScientific(s string) bool {
	e := strings.LastIndexAny(s, "Ee")
	if e < 0 || len(s) < e+4 || s[e+1] != '+' && s[e+1] != '-' || !damageIsDigits(s[e+2:]) {
		return false
	}
	mantissa := strings.TrimPrefix(s[:e], "-")
	if point := strings.IndexAny(mantissa, ".,"); point >= 0 {
		return damageIsDigits(mantissa[:point]) && damageIsDigits(mantissa[point+1:])
	}
	return damageIsDigits(mantissa)
}

func damageIsDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
