package xlsx

import (
	"math"
	"strings"
	"unicode/utf8"
)

// A formatKind says how a number format is applied.
type formatKind uint8

const (
	formatGeneral formatKind = iota // the number as it is; also text (@)
	formatDigits                    // digits and literal text
	formatDate
	formatElapsed // [h]:mm:ss
	formatOther   // any other format, which is not applied
)

// A numberFormat is a number format of a cell.
type numberFormat struct {
	kind formatKind
	// pattern is the first section of a formatDigits: the placeholders 0 # ?, and runs of
	// literal text. A run is a backslash, a byte with its length, and the text, so that a
	// long text costs a cell one copy.
	pattern string
	// sections is the number of sections. The first of one is for all numbers, of two
	// for numbers from zero, of three or more for numbers above zero.
	sections int
}

// builtinFormat returns the format of an id that needs no declaration (ISO 29500-1,
// 18.8.30). 27 to 36 and 50 to 58 are East Asian dates.
func builtinFormat(id int) numberFormat {
	switch {
	case id == 1:
		return numberFormat{formatDigits, "0", 1}
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id == 45, id == 47, id >= 50 && id <= 58:
		return numberFormat{kind: formatDate}
	case id == 46:
		return numberFormat{kind: formatElapsed}
	case id >= 2 && id <= 13, id >= 37 && id <= 44, id == 48:
		return numberFormat{kind: formatOther}
	}
	return numberFormat{}
}

// maxFormatCode is the longest format code of Excel, in characters.
const maxFormatCode = 255

// maxPattern is the longest pattern that is applied, in bytes. A longer one would make a
// large table of a small file. The formats of identifiers are far shorter.
const maxPattern = 128

// parseFormat parses a format code as far as its kind and its first section need.
func parseFormat(code string) numberFormat {
	if utf8.RuneCountInString(code) > maxFormatCode {
		return numberFormat{kind: formatOther}
	}
	if strings.EqualFold(code, "General") || code == "@" || code == "" {
		return numberFormat{}
	}
	if strings.EqualFold(code, "d") {
		// A day of the month alone. Other readers do not treat it as a date either.
		return numberFormat{kind: formatOther}
	}

	p := formatParser{sections: 1}
	for code != "" && p.sections > 0 {
		code = p.takeElement(code)
	}

	switch {
	case p.sections == 0:
		return numberFormat{kind: formatOther}
	case p.elapsed:
		return numberFormat{kind: formatElapsed}
	case p.date:
		return numberFormat{kind: formatDate}
	case p.other || !p.digits || len(p.pattern) > maxPattern:
		return numberFormat{kind: formatOther}
	}
	return numberFormat{formatDigits, string(p.pattern), p.sections}
}

// A formatParser collects the elements in the first section of a format code, and
// counts the sections. Zero sections mean that the code is malformed.
type formatParser struct {
	pattern                      []byte
	run                          int // index of the length of the last run, 0 if a placeholder follows it
	digits, date, elapsed, other bool
	sections                     int
}

// takeElement parses the element at the start of code and returns the rest.
func (p *formatParser) takeElement(code string) string {
	first := p.sections == 1
	r, size := utf8.DecodeRuneInString(code)
	rest := code[size:]
	switch {
	case r == ';':
		p.sections++
	case r == '"':
		text, after, ok := strings.Cut(rest, `"`)
		if !ok {
			p.sections = 0
		}
		p.addLiteral(first, text)
		return after
	case r == '\\', r == '_', r == '*': // next rune literally; a blank of its width; repeated to fill the cell
		_, n := utf8.DecodeRuneInString(rest)
		if r == '\\' {
			p.addLiteral(first, rest[:n])
		}
		return rest[n:]
	case r == '[':
		inside, after, ok := strings.Cut(rest, "]")
		if !ok {
			p.sections = 0
		}
		if first {
			p.addBracket(inside)
		}
		return after
	case !first:
	case r == '0', r == '#', r == '?':
		p.digits = true
		p.pattern, p.run = append(p.pattern, byte(r)), 0
	case strings.ContainsRune("yYmMdDhHsS", r):
		p.date = true
	case strings.ContainsRune(".,%/@Ee", r), hasFold(code, "General"):
		p.other = true
	default:
		p.addLiteral(true, string(r))
	}
	return rest
}

// addLiteral adds literal text to the pattern if first is true.
func (p *formatParser) addLiteral(first bool, text string) {
	for first && text != "" {
		if p.run == 0 || p.pattern[p.run] == math.MaxUint8 {
			p.pattern = append(p.pattern, '\\', 0)
			p.run = len(p.pattern) - 1
		}
		n := min(len(text), math.MaxUint8-int(p.pattern[p.run]))
		p.pattern = append(p.pattern, text[:n]...)
		p.pattern[p.run] += byte(n)
		text = text[n:]
	}
}

// addBracket parses the content of square brackets: elapsed time, a currency or
// language ([$€-40C]), a colour, or a condition.
func (p *formatParser) addBracket(s string) {
	lower := strings.ToLower(s)
	switch {
	case s != "" && (strings.Trim(lower, "h") == "" || strings.Trim(lower, "m") == "" || strings.Trim(lower, "s") == ""):
		p.elapsed = true
	case strings.HasPrefix(s, "$"):
		text, _, _ := strings.Cut(s[1:], "-")
		p.addLiteral(true, text)
	case strings.HasPrefix(lower, "color"), strings.Contains(" black blue cyan green magenta red white yellow ", " "+lower+" "):
	default:
		p.other = true
	}
}

// hasFold reports whether s begins with prefix in any case.
func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// appendDigits appends the decimal digits of a whole number from zero in the format.
// Each placeholder shows one digit, except that the first one shows all digits that the
// others do not.
func (f numberFormat) appendDigits(dst []byte, digits string) []byte {
	if digits == "0" {
		digits = ""
	}

	places := 0
	for i := 0; i < len(f.pattern); i++ {
		if f.pattern[i] == '\\' {
			i += 1 + int(f.pattern[i+1])
			continue
		}
		places++
	}

	for i := 0; i < len(f.pattern); i++ {
		if f.pattern[i] == '\\' {
			end := i + 1 + int(f.pattern[i+1])
			dst = append(dst, f.pattern[i+2:end+1]...)
			i = end
			continue
		}
		switch n := len(digits) - places + 1; {
		case n > 0:
			dst = append(dst, digits[:n]...)
			digits = digits[n:]
		case f.pattern[i] == '0':
			dst = append(dst, '0')
		case f.pattern[i] == '?':
			dst = append(dst, ' ')
		}
		places--
	}
	return dst
}
