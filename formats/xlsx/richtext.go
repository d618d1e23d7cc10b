package xlsx

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// appendRichText appends the text of the current element, si or is: the text of its
// t elements and of those in its r elements. It leaves out phonetic runs (rPh), and
// stops appending at about limit bytes.
func (z *tokenizer) appendRichText(dst []byte, limit int) ([]byte, error) {
	inRun := func() (err error) {
		if z.ns != nsMain {
			return z.skipExtension()
		}
		switch string(z.name) {
		case "t":
			from := len(dst)
			if dst, err = z.appendContent(dst, limit); err != nil {
				return err
			}
			dst = decodeEscapes(dst, from)
			return nil
		case "rPh", "phoneticPr", "rPr":
			return z.skip()
		}
		return z.skipExtension()
	}

	err := z.each(func() error {
		if z.is("r") {
			return z.each(inRun)
		}
		return inRun()
	})
	return dst, err
}

// parseEscape returns the UTF-16 unit of the escape _xHHHH_ at the start of b.
func parseEscape(b []byte) (unit rune, ok bool) {
	const size = len("_xHHHH_")
	if len(b) < size || b[0] != '_' || b[1] != 'x' || b[size-1] != '_' {
		return 0, false
	}
	for _, c := range b[2 : size-1] {
		v := hexValue(c)
		if v < 0 {
			return 0, false
		}
		unit = unit<<4 | rune(v)
	}
	return unit, true
}

// hasEscape reports whether b contains an escape _xHHHH_.
func hasEscape(b []byte) bool {
	for i := bytes.Index(b, []byte("_x")); i >= 0; {
		if _, ok := parseEscape(b[i:]); ok {
			return true
		}
		n := bytes.Index(b[i+1:], []byte("_x"))
		if n < 0 {
			break
		}
		i += 1 + n
	}
	return false
}

// decodeEscapes decodes the escapes _xHHHH_ (ST_Xstring) in b from that index on, in
// place. It leaves half of a surrogate pair as it is written.
func decodeEscapes(b []byte, from int) []byte {
	if !hasEscape(b[from:]) {
		return b
	}

	const size = len("_xHHHH_")
	out := b[:from]
	for i := from; i < len(b); {
		r, ok := parseEscape(b[i:])
		n := size
		if ok && utf16.IsSurrogate(r) {
			low, more := parseEscape(b[i+size:])
			r, n = utf16.DecodeRune(r, low), 2*size
			ok = more && r != utf8.RuneError
		}
		if !ok {
			out = append(out, b[i])
			i++
			continue
		}
		out = utf8.AppendRune(out, r)
		i += n
	}
	return out
}
