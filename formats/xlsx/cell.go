package xlsx

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// A cell is a cell of the current row.
type cell struct {
	column int // from 1
	text   []byte
}

// A cellContent is the content of a c element.
type cellContent struct {
	kind    cellKind
	style   int
	value   []byte // the text of is, or of v without its escapes decoded
	has     bool   // there is a value
	inline  bool   // the value is from is
	v, is   bool   // the elements were present
	formula bool

	formulaText []byte // the first bytes of the formula
}

// A cellKind is the type of a cell, which says how its value is read.
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

// parseKind parses the attribute t of a cell.
func parseKind(t []byte) (cellKind, bool) {
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

// read reads the children of a c element. If both v and is are present, the type of
// the cell decides between them. A second v, f or is element is refused.
func (c *cellContent) read(z *tokenizer) error {
	return z.each(func() error {
		if z.ns != nsMain {
			return z.skipExtension()
		}
		switch string(z.name) {
		case "v":
			return c.readValue(z)
		case "is":
			return c.readInline(z)
		case "f":
			if err := z.refuseRepeat(&c.formula); err != nil {
				return err
			}
			var err error
			c.formulaText, err = z.skipText(c.formulaText[:0], maxTarget)
			return err
		}
		return z.skipExtension()
	})
}

// readValue reads a v element. In an inline cell, the is element takes precedence.
func (c *cellContent) readValue(z *tokenizer) error {
	if err := z.refuseRepeat(&c.v); err != nil {
		return err
	}
	if c.is && c.kind == kindInline {
		return z.skip()
	}

	c.has, c.inline = true, false
	var err error
	c.value, err = z.appendContent(c.value[:0], keptBytes)
	return err
}

// readInline reads an is element. In a cell that is not inline, the v element takes
// precedence.
func (c *cellContent) readInline(z *tokenizer) error {
	if err := z.refuseRepeat(&c.is); err != nil {
		return err
	}
	if c.v && c.kind != kindInline {
		return z.skip()
	}

	c.has, c.inline = true, true
	var err error
	c.value, err = z.appendRichText(c.value[:0], keptBytes)
	return err
}

// cellText returns the text that the cell shows, and adds findings to the sheet. The
// text is valid until the end of the row.
func (s *sheet) cellText(column int, c cellContent) ([]byte, error) {
	if c.formula {
		// A value in v is not an inline string. Other readers do not read it either.
		none := !c.has || c.kind == kindInline && !c.inline
		if none || len(c.value) == 0 && c.kind != kindText {
			s.addFinding(formats.Error, "cell.formula_no_value", column, nil)
			return nil, nil
		}
		s.addFinding(formats.Warning, "cell.formula", column, c.value)
	}

	switch {
	case !c.has:
		return nil, nil
	case c.inline:
		return s.copyText(c.value), nil
	case c.kind == kindText, c.kind == kindInline:
		return s.copyText(decodeEscapes(c.value, 0)), nil
	}

	// The value of any other type is not text: white space around it does not count. A
	// value that was cut is not trimmed, because there may be text after the blanks.
	value := c.value
	if len(value) < keptBytes {
		value = bytes.Trim(value, " \t\r\n")
	}
	if len(value) == 0 {
		return nil, nil
	}
	return s.valueText(column, c, value)
}

// valueText returns the text of a value that is not empty and not text itself.
func (s *sheet) valueText(column int, c cellContent, value []byte) ([]byte, error) {
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
		s.addFinding(formats.Error, "cell.number", column, value)
		return s.copyText(value), nil

	case kindError:
		s.addFinding(formats.Error, "cell.excel_error", column, value)
		return s.copyText(value), nil

	case kindDate:
		from := len(s.arena)
		var ok bool
		if s.arena, ok = appendISODate(s.arena, value); !ok {
			s.arena = append(s.arena, value...)
		}
		s.addFinding(formats.Warning, "cell.date", column, s.arena[from:])
		return s.arena[from:], nil
	}

	format := s.styles.at(c.style)
	if format.kind == formatGeneral && isWholeNumber(value) {
		return s.copyText(value), nil
	}
	return s.numberText(column, value, format), nil
}

// numberText returns the text of a number in that format: of the 15 significant digits
// that Excel shows, not of all digits in the file.
func (s *sheet) numberText(column int, value []byte, format numberFormat) []byte {
	exact, ok := parseNumber(value)
	if !ok {
		s.addFinding(formats.Error, "cell.number", column, value)
		return s.copyText(value)
	}
	if format.kind == formatDate || format.kind == formatElapsed {
		return s.formattedText(column, exact, format)
	}

	shown := round15(exact)
	if isWhole(shown) && math.Abs(shown) >= tooPrecise {
		from := len(s.arena)
		if len(bytes.Trim(value, "0123456789")) == 0 {
			s.copyText(value) // every digit of the file
		} else {
			s.arena = appendNumber(s.arena, exact)
		}
		s.addFinding(formats.Error, "number.precision", column, value)
		return s.arena[from:]
	}

	text := s.formattedText(column, shown, format)
	if shown != exact && isWhole(shown) {
		fix := string(text)
		s.b.Find(formats.Finding{
			Severity: formats.Warning, Code: "number.precision", Row: s.row, Line: s.row, Column: column,
			Cell: formats.CellName(column, s.row), Value: string(value), Fix: &fix,
		})
	}
	return text
}

// formattedText returns the text of a number of at most 15 digits in that format.
func (s *sheet) formattedText(column int, f float64, format numberFormat) []byte {
	from := len(s.arena)
	ok := false
	switch format.kind {
	case formatGeneral:
		s.arena = appendNumber(s.arena, f)
		if !isWhole(f) {
			s.addFinding(formats.Warning, "cell.fraction", column, s.arena[from:])
		}
		return s.arena[from:]
	case formatDigits:
		if s.arena, ok = format.appendWhole(s.arena, f); ok {
			return s.arena[from:]
		}
	case formatDate:
		s.arena, ok = appendDate(s.arena, f, s.date1904)
	case formatElapsed:
		s.arena, ok = appendElapsed(s.arena, f)
	}
	if ok {
		s.addFinding(formats.Warning, "cell.date", column, s.arena[from:])
		return s.arena[from:]
	}

	s.arena = appendNumber(s.arena[:from], f)
	code := "cell.format"
	if !isWhole(f) {
		code = "cell.fraction"
	}
	s.addFinding(formats.Warning, code, column, s.arena[from:])
	return s.arena[from:]
}

// appendWhole appends v as the format shows it. ok is false if v is not a whole
// number, if another section than the first applies to v, or if the result is empty.
func (f numberFormat) appendWhole(dst []byte, v float64) (out []byte, ok bool) {
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

// copyText copies b to the arena of the row.
func (s *sheet) copyText(b []byte) []byte {
	from := len(s.arena)
	s.arena = append(s.arena, b...)
	return s.arena[from:]
}

// parseIndex parses a whole number of at most nine digits.
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

// truncate returns text cut to the longest text of a cell, in UTF-16 units.
func truncate(text []byte) (short []byte, wasLong bool) {
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
