package xlsx

import "github.com/usher-go/usher/formats"

// takePlainCell takes one cell off the window if the window begins with a common
// form of a cell, and reports whether it did. The forms are
//
//	<c r="B3" s="1" t="s"><v>5</v></c>   a shared string
//	<c r="B3" s="1"><v>5</v></c>         a whole number
//	<c r="B3" s="1"/>                    an empty cell
//
// each with or without s. It is a shortcut: readCell reads every other form, and
// would read the same from these.
func (s *sheet) takePlainCell(z *tokenizer) bool {
	const shared, value, shut = ` t="s">`, `<v>`, `</v></c>`
	const longest = len(`<c r="XFD1048576" s="123456789"`) + len(shared) + len(value) + 15 + len(shut)
	w := z.buf[z.pos:z.end]
	if len(w) > longest {
		w = w[:longest]
	}
	if z.selfClosed || z.defaultNS != nsMain || len(z.opened)+2 > z.lim.XMLDepth || z.lim.XMLAttributes < 3 {
		return false
	}

	column, style, i := s.scanPlainTag(w)
	if i == 0 {
		return false
	}
	if hasAt(w, i, "/>") {
		z.pos += i + len("/>")
		return s.addCell(column, nil) == nil
	}

	isShared := hasAt(w, i, shared)
	switch {
	case isShared:
		i += len(shared)
	case hasAt(w, i, ">"):
		i++
	default:
		return false
	}
	if !hasAt(w, i, value) {
		return false
	}
	i += len(value)

	from := i
	number, i := parseDigits(w, i)
	if !hasAt(w, i, shut) {
		return false
	}

	var text []byte
	switch raw := w[from:i]; {
	case isShared && len(raw) > 0 && number < s.strings.len():
		text = s.strings.at(number)
	case !isShared && s.styles.at(style).kind == formatGeneral && isWholeNumber(raw):
		text = s.copyText(raw)
	default:
		return false
	}
	z.pos += i + len(shut)
	return s.addCell(column, text) == nil
}

// scanPlainTag scans <c r="B3" s="1" at the start of w, where s may be absent. The
// cell must be in the current row, after its last cell. end is the index after the
// attributes, or 0 if w does not begin with such a tag.
func (s *sheet) scanPlainTag(w []byte) (column, style, end int) {
	const open, styled = `<c r="`, ` s="`
	if !hasAt(w, 0, open) {
		return 0, 0, 0
	}

	i := len(open)
	for i < len(w) && 'A' <= w[i] && w[i] <= 'Z' && column <= formats.HardColumns {
		column = 26*column + int(w[i]-'A') + 1
		i++
	}
	row, i := parseDigits(w, i)
	if row != s.row || column <= s.column || column > formats.HardColumns || i == len(w) || w[i] != '"' {
		return 0, 0, 0
	}
	i++

	if hasAt(w, i, styled) {
		from := i + len(styled)
		if style, i = parseDigits(w, from); i == from || i == len(w) || w[i] != '"' {
			return 0, 0, 0
		}
		i++
	}
	return column, style, i
}

// parseDigits parses a whole number of at most 15 digits at w[i]. end is the index
// after it.
func parseDigits(w []byte, i int) (n, end int) {
	for end = i; end < len(w) && end < i+15 && '0' <= w[end] && w[end] <= '9'; end++ {
		n = 10*n + int(w[end]-'0')
	}
	return n, end
}

// hasAt reports whether w contains text at index i.
func hasAt(w []byte, i int, text string) bool {
	return len(w)-i >= len(text) && string(w[i:i+len(text)]) == text
}
