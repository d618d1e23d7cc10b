// Package spreadsheet knows what spreadsheet programs do to text: which texts they run
// as a formula, and what they make of a text that they take for a number or a date.
//
// It imports the standard library alone.
package spreadsheet

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// IsFormula reports whether a spreadsheet that opens s from a CSV file may run it. Such
// a text begins with = + - @ or their full-width forms, with a tab or a line break,
// with | as in a DDE command, or with a percent-encoded line break. The rule is that of
// the OWASP page on CSV injection, and wider. The text is kept as it is; a name field
// reports it as the warning text.formula.
func IsFormula(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '+', '-', '@', '|', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return true
	case '%':
		return len(s) >= 3 && s[1] == '0' && strings.IndexByte("9aAdD", s[2]) >= 0
	}
	return false
}

// Repair returns the text that was meant by the text that a spreadsheet program left
// in a text field. fixed is s itself if nothing is wrong. It is s without the wrapping
// that keeps Excel from reading a number: ="0042", '0042, '+33…. An apostrophe counts
// only before a digit or a formula ([IsFormula]), so that 't Hooft keeps his name. If
// the meant text is lost, fixed is empty and code is one of these:
//
//   - number.scientific: a number with twelve digits or more as Excel and LibreOffice
//     display it, saved as text ("4.42E+11", "4,42E+11"). Its digits are lost.
//   - cell.excel_error: an error value of ECMA-376 part 1, 18.17.3 ("#N/A", "#REF!"),
//     or its French name.
//
// A third code has a fixed text: text.control is a control character as workbooks escape
// it ("Ada_x000D_"), which other programs copy as text. fixed is s without the escapes if
// all of them are line ends and tabs, and empty otherwise.
func Repair(s string) (code, fixed string) {
	switch {
	case s == "":
		return "", ""
	case s[0] == '#' && isError(s):
		return "cell.excel_error", ""
	case isScientific(s):
		return "number.scientific", ""
	case len(s) > 3 && strings.HasPrefix(s, `="`) && strings.IndexByte(s[2:], '"') == len(s)-3:
		return "", s[2 : len(s)-1]
	case len(s) > 1 && s[0] == '\'' && ('0' <= s[1] && s[1] <= '9' || IsFormula(s[1:])):
		return "", s[1:]
	case strings.Contains(s, "_x00"):
		if fixed, escaped := unescape(s); escaped {
			return "text.control", fixed
		}
	}
	return "", s
}

// unescape reports whether s has a control character that is escaped as _xHHHH_. fixed
// is s with a blank for each escaped line end or tab, and empty if another character is
// escaped.
func unescape(s string) (fixed string, escaped bool) {
	const size = len("_xHHHH_")
	var b strings.Builder
	blanks := true
	for i := 0; i < len(s); {
		code, ok := parseEscape(s[i:])
		if !ok {
			b.WriteByte(s[i])
			i++
			continue
		}
		escaped = true
		blanks = blanks && (code == '\t' || code == '\n' || code == '\r')
		b.WriteByte(' ')
		i += size
	}
	if !blanks {
		return "", escaped
	}
	return strings.Join(strings.Fields(b.String()), " "), escaped
}

// parseEscape returns the control character that is escaped at the start of s.
func parseEscape(s string) (code uint64, ok bool) {
	if len(s) < 7 || s[:4] != "_x00" || s[6] != '_' {
		return 0, false
	}
	code, err := strconv.ParseUint(s[4:6], 16, 8)
	return code, err == nil && (code < ' ' || 0x7f <= code && code < 0xa0)
}

func isError(s string) bool {
	switch strings.ToUpper(s) {
	case "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
		"#NUL!", "#VALEUR!", "#NOM?", "#NOMBRE!":
		return true
	}
	return false
}

// isScientific reports whether s is digits, optionally a decimal sign and more digits,
// then E, a sign and two digits or more.
func isScientific(s string) bool {
	e := strings.LastIndexAny(s, "Ee")
	if e < 0 || len(s) < e+4 || s[e+1] != '+' && s[e+1] != '-' || !isDigits(s[e+2:]) {
		return false
	}
	mantissa := strings.TrimPrefix(s[:e], "-")
	if point := strings.IndexAny(mantissa, ".,"); point >= 0 {
		return isDigits(mantissa[:point]) && isDigits(mantissa[point+1:])
	}
	return isDigits(mantissa)
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
