package xlsx

import (
	"math"
	"strconv"
)

// isWholeNumber reports whether b is a whole number of at most 15 digits without a
// leading zero, like most numbers of a workbook.
func isWholeNumber(b []byte) bool {
	if len(b) == 0 || len(b) > 15 || b[0] == '0' && len(b) > 1 {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// parseNumber parses a decimal number with or without an exponent. strconv alone would
// also accept hexadecimal digits, Inf and NaN.
func parseNumber(b []byte) (f float64, ok bool) {
	if len(b) == 0 || len(b) > 400 {
		return 0, false
	}
	for _, c := range b {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(string(b), 64)
	return f, err == nil
}

// tooPrecise is the smallest whole number with more than the 15 digits that Excel
// keeps.
const tooPrecise = 1e15

// isWhole reports whether f is a whole number.
func isWhole(f float64) bool { return f == math.Trunc(f) }

// round15 returns f rounded to the 15 significant digits that Excel shows and keeps of
// a typed number. A file holds 17 of a computed one: 1001.0000000000001 is shown as 1001.
func round15(f float64) float64 {
	var buf [32]byte
	digits := strconv.AppendFloat(buf[:0], f, 'e', -1, 64)
	if len(digits) <= len("1.23456789012345e+00") {
		return f // at most 15 digits, perhaps after a sign
	}
	digits = strconv.AppendFloat(buf[:0], f, 'e', 14, 64)
	rounded, err := strconv.ParseFloat(string(digits), 64)
	if err != nil {
		return f // the largest numbers round to infinity
	}
	return rounded
}

// appendNumber appends the shortest decimal text of f, without an exponent.
func appendNumber(dst []byte, f float64) []byte {
	if f == 0 {
		f = 0 // not -0
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}
