package xlsx

import "github.com/usher-go/usher/formats"

// plainCell takes the commonest cells off the window if one stands there just
// so: <c r="B3" s="1" t="s"><v>5</v></c>, a whole number without t, or nothing
// inside; s may be absent. It is a shortcut: whatever else there is it leaves
// to readCell, and what it takes readCell would read alike.
func (s *sheet) plainCell(z *tokenizer) bool {
	const open, shared, value, shut = `<c r="`, ` t="s">`, `<v>`, `</v></c>`
	const longest = len(open) + len(`XFD1048576" s="123456789"`) + len(shared) + len(value) + 15 + len(shut)
	w := z.buf[z.pos:z.end]
	if len(w) > longest {
		w = w[:longest]
	}
	if len(w) < len(open) || string(w[:len(open)]) != open ||
		z.selfClosed || z.defaultNS != nsMain || len(z.opened)+2 > z.lim.XMLDepth || z.lim.XMLAttributes < 3 {
		return false
	}
	i := len(open)
	column := 0
	for i < len(w) && 'A' <= w[i] && w[i] <= 'Z' && column <= formats.HardColumns {
		column = 26*column + int(w[i]-'A') + 1
		i++
	}
	row, i := digits(w, i)
	if row != s.row || column <= s.column || column > formats.HardColumns || i == len(w) || w[i] != '"' {
		return false
	}
	i++
	style := 0
	if after(w, i, ` s="`) {
		from := i + len(` s="`)
		if style, i = digits(w, from); i == from || i == len(w) || w[i] != '"' {
			return false
		}
		i++
	}
	if after(w, i, "/>") {
		z.pos += i + len("/>")
		return s.add(column, nil) == nil
	}
	isShared := after(w, i, shared)
	switch {
	case isShared:
		i += len(shared)
	case after(w, i, ">"):
		i++
	default:
		return false
	}
	if !after(w, i, value) {
		return false
	}
	i += len(value)
	from := i
	number, i := digits(w, i)
	if !after(w, i, shut) {
		return false
	}
	var text []byte
	switch raw := w[from:i]; {
	case isShared && len(raw) > 0 && number < s.strings.len():
		text = s.strings.at(number)
	case !isShared && s.styles.at(style).kind == formatGeneral && wholeNumber(raw):
		text = s.keep(raw)
	default:
		return false
	}
	z.pos += i + len(shut)
	return s.add(column, text) == nil
}

// digits reads a whole number of at most 15 digits at w[i], and is the index after it.
func digits(w []byte, i int) (n, end int) {
	for end = i; end < len(w) && end < i+15 && '0' <= w[end] && w[end] <= '9'; end++ {
		n = 10*n + int(w[end]-'0')
	}
	return n, end
}

// after reports whether w goes on with that from index i.
func after(w []byte, i int, what string) bool {
	return len(w)-i >= len(what) && string(w[i:i+len(what)]) == what
}
