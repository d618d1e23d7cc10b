package xlsx

import (
	"math"
	"strconv"
)

// wholeNumber reports whether b is what most numbers in a workbook are: up to
// 15 digits without a leading zero.
func wholeNumber(b []byte) bool {
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

// parseNumber reads a decimal number with or without an exponent. Go would
// read more: hexadecimal digits, Inf, NaN.
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

// tooPrecise is where whole numbers have more than the 15 digits Excel keeps.
const tooPrecise = 1e15

func isWhole(f float64) bool { return f == math.Trunc(f) }

// appendNumber appends the shortest decimal number that is f, never with an exponent.
func appendNumber(dst []byte, f float64) []byte {
	if f == 0 {
		f = 0 // not -0
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}
