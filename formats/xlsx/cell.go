package xlsx

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// A cell of the open row.
type cell struct {
	column int // from 1
	text   []byte
}

// cellContent is what stands in a c element.
type cellContent struct {
	kind    cellKind
	style   int
	value   []byte // of v, not decoded beyond XML; of is, the text
	has     bool   // a value is there
	inline  bool   // it came from is
	v, is   bool   // elements that were there
	formula bool
}

type cellKind uint8

const (
	kindNumber cellKind = iota
	kindShared
	kindInline
	kindText
	kindBool
	kindError
	kindDate
)

func kindOf(t []byte) (cellKind, bool) {
	switch string(t) {
	case "n", "":
		return kindNumber, true
	case "s":
		return kindShared, true
	case "inlineStr":
		return kindInline, true
	case "str":
		return kindText, true
	case "b":
		return kindBool, true
	case "e":
		return kindError, true
	case "d":
		return kindDate, true
	}
	return 0, false
}

// text is what the cell shows. Findings are left with the sheet. The result
// holds until the end of the row.
func (s *sheet) text(column int, c cellContent) ([]byte, error) {
	if c.formula {
		// A formula's value in v is no inline string; other readers see none either.
		none := !c.has || c.kind == kindInline && !c.inline
		if none || len(c.value) == 0 && c.kind != kindText {
			s.find(formats.Error, "cell.formula_no_value", column, nil)
			return nil, nil
		}
		s.find(formats.Warning, "cell.formula", column, c.value)
	}
	value := c.value
	switch {
	case !c.has:
		return nil, nil
	case c.inline:
		return s.keep(value), nil
	case c.kind == kindText, c.kind == kindInline:
		return s.keep(decodeEscapes(value, 0)), nil
	}
	if len(value) < keptBytes { // a longer one was cut: the blanks may not be all there is
		value = bytes.Trim(value, " \t\r\n")
	}
	if len(value) == 0 {
		return nil, nil
	}
	from := len(s.arena)
	switch c.kind {
	case kindShared:
		i, ok := parseIndex(value)
		if !ok || i >= s.strings.len() {
			return nil, formats.Refuse("xlsx.shared_string", "index", formats.Show(string(value)))
		}
		return s.strings.at(i), nil
	case kindBool:
		switch string(value) {
		case "1", "true":
			return []byte("TRUE"), nil
		case "0", "false":
			return []byte("FALSE"), nil
		}
		s.find(formats.Error, "cell.number", column, value)
		return s.keep(value), nil
	case kindError:
		s.find(formats.Error, "cell.excel_error", column, value)
		return s.keep(value), nil
	case kindDate:
		var ok bool
		if s.arena, ok = isoDate(s.arena, value); !ok {
			s.arena = append(s.arena, value...)
		}
		s.find(formats.Warning, "cell.date", column, s.arena[from:])
		return s.arena[from:], nil
	}
	format := s.styles.at(c.style)
	if format.kind == formatGeneral && wholeNumber(value) {
		return s.keep(value), nil
	}
	return s.number(column, value, format), nil
}

// number is the text of a number in that format.
func (s *sheet) number(column int, value []byte, format numberFormat) []byte {
	f, ok := parseNumber(value)
	if !ok {
		s.find(formats.Error, "cell.number", column, value)
		return s.keep(value)
	}
	from := len(s.arena)
	if isWhole(f) && math.Abs(f) >= tooPrecise {
		if len(bytes.Trim(value, "0123456789")) == 0 {
			s.keep(value) // all that the file has
		} else {
			s.arena = appendNumber(s.arena, f)
		}
		s.find(formats.Error, "number.precision", column, value)
		return s.arena[from:]
	}
	switch format.kind {
	case formatGeneral:
		s.arena = appendNumber(s.arena, f)
		return s.arena[from:]
	case formatDate:
		s.arena, ok = appendDate(s.arena, f, s.date1904)
	case formatElapsed:
		s.arena, ok = appendElapsed(s.arena, f)
	case formatDigits:
		if s.arena, ok = format.appendWhole(s.arena, f); ok {
			return s.arena[from:]
		}
	default:
		ok = false
	}
	if ok {
		s.find(formats.Warning, "cell.date", column, s.arena[from:])
		return s.arena[from:]
	}
	s.arena = appendNumber(s.arena[:from], f)
	s.find(formats.Warning, "cell.format", column, s.arena[from:])
	return s.arena[from:]
}

// appendWhole appends f as the format shows it, if f is one of the whole
// numbers its first section is for and anything is to be seen of it.
func (f numberFormat) appendWhole(dst []byte, v float64) ([]byte, bool) {
	if !isWhole(v) || v < 0 && f.sections > 1 || v == 0 && f.sections > 2 {
		return dst, false
	}
	from := len(dst)
	if v < 0 {
		dst = append(dst, '-')
	}
	var digits [20]byte
	dst = f.appendDigits(dst, string(strconv.AppendInt(digits[:0], int64(math.Abs(v)), 10)))
	return dst, len(dst) > from
}

// keep copies b to the row's arena.
func (s *sheet) keep(b []byte) []byte {
	from := len(s.arena)
	s.arena = append(s.arena, b...)
	return s.arena[from:]
}

// parseIndex reads a whole number from zero.
func parseIndex(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

// cut is text up to the longest a cell can hold, in UTF-16 units.
func cut(text []byte) (short []byte, wasLong bool) {
	if len(text) <= formats.HardCellChars {
		return text, false
	}
	units := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if units++; r > 0xffff {
			units++
		}
		if units > formats.HardCellChars {
			return text[:i], true
		}
		i += n
	}
	return text, false
}
