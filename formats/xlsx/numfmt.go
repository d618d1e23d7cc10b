package xlsx

import (
	"strings"
	"unicode/utf8"
)

type formatKind uint8

const (
	formatGeneral formatKind = iota // the number as it is; text (@) too
	formatDigits                    // digits and literal text, which is applied
	formatDate
	formatElapsed // [h]:mm:ss
	formatOther   // seen otherwise than the number itself
)

// A numberFormat says how a number is shown.
type numberFormat struct {
	kind formatKind
	// pattern, of formatDigits, is the first section: placeholders 0 # ? as they
	// are and literal runes after a backslash each.
	pattern string
	// sections is how many there are: the first is for all numbers, for those not
	// negative, or for those above zero.
	sections int
}

// builtinFormat is the format that an id means without being declared (ISO
// 29500-1, 18.8.30; 27 to 36 and 50 to 58 are East Asian dates).
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

// maxFormatCode is Excel's limit, in characters.
const maxFormatCode = 255

// parseFormat reads a format code, as far as it needs to.
func parseFormat(code string) numberFormat {
	if utf8.RuneCountInString(code) > maxFormatCode {
		return numberFormat{kind: formatOther}
	}
	if strings.EqualFold(code, "General") || code == "@" || code == "" {
		return numberFormat{}
	}
	if strings.EqualFold(code, "d") {
		return numberFormat{kind: formatOther} // a day of some month: other readers see no date in it either
	}
	p := formatParser{sections: 1}
	for code != "" && p.sections > 0 {
		code = p.step(code)
	}
	switch {
	case p.sections == 0:
		return numberFormat{kind: formatOther}
	case p.elapsed:
		return numberFormat{kind: formatElapsed}
	case p.date:
		return numberFormat{kind: formatDate}
	case p.other || !p.digits:
		return numberFormat{kind: formatOther}
	}
	return numberFormat{formatDigits, p.pattern.String(), p.sections}
}

// A formatParser collects what stands in the first section of a format code,
// and counts the sections. None means that the code is malformed.
type formatParser struct {
	pattern                      strings.Builder
	digits, date, elapsed, other bool
	sections                     int
}

// step takes one element off the code and is the rest.
func (p *formatParser) step(code string) string {
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
		p.literal(first, text)
		return after
	case r == '\\', r == '_', r == '*': // the next as it is; a blank as wide as it; it as often as it fits
		_, n := utf8.DecodeRuneInString(rest)
		if r == '\\' {
			p.literal(first, rest[:n])
		}
		return rest[n:]
	case r == '[':
		inside, after, ok := strings.Cut(rest, "]")
		if !ok {
			p.sections = 0
		}
		if first {
			p.bracket(inside)
		}
		return after
	case !first:
	case r == '0', r == '#', r == '?':
		p.digits = true
		p.pattern.WriteRune(r)
	case strings.ContainsRune("yYmMdDhHsS", r):
		p.date = true
	case strings.ContainsRune(".,%/@Ee", r), hasFold(code, "General"):
		p.other = true
	default:
		p.literal(true, string(r))
	}
	return rest
}

func (p *formatParser) literal(first bool, text string) {
	if first {
		for _, r := range text {
			p.pattern.WriteByte('\\')
			p.pattern.WriteRune(r)
		}
	}
}

// bracket takes what stands in square brackets: elapsed time, a currency or
// language ([$€-40C]), a colour, or a condition.
func (p *formatParser) bracket(s string) {
	lower := strings.ToLower(s)
	switch {
	case s != "" && (strings.Trim(lower, "h") == "" || strings.Trim(lower, "m") == "" || strings.Trim(lower, "s") == ""):
		p.elapsed = true
	case strings.HasPrefix(s, "$"):
		text, _, _ := strings.Cut(s[1:], "-")
		p.literal(true, text)
	case strings.HasPrefix(lower, "color"), strings.Contains(" black blue cyan green magenta red white yellow ", " "+lower+" "):
	default:
		p.other = true
	}
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// appendDigits appends the decimal digits of a whole number from zero as
// formatDigits shows them. A placeholder takes one digit, the first all that are left.
func (f numberFormat) appendDigits(dst []byte, digits string) []byte {
	if digits == "0" {
		digits = ""
	}
	places := 0
	for i := 0; i < len(f.pattern); i++ {
		if f.pattern[i] == '\\' {
			_, n := utf8.DecodeRuneInString(f.pattern[i+1:])
			i += n
			continue
		}
		places++
	}
	for i := 0; i < len(f.pattern); i++ {
		if f.pattern[i] == '\\' {
			_, n := utf8.DecodeRuneInString(f.pattern[i+1:])
			dst = append(dst, f.pattern[i+1:i+1+n]...)
			i += n
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
