package xlsx

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// root reads the root's start tag, which must be so called in SpreadsheetML.
func (z *tokenizer) root(name string) error {
	for {
		switch kind, err := z.next(); {
		case err != nil:
			return err
		case kind != tokenStart:
		case z.ns != nsMain || string(z.name) != name:
			return syntaxError("the root is not " + name)
		default:
			return nil
		}
	}
}

// finish reads what stands after the root, so that the part is drained.
func (z *tokenizer) finish() error {
	for {
		if kind, err := z.next(); err != nil || kind == tokenEOF {
			return err
		}
	}
}

// blank refuses text between elements, where only white space belongs.
func (z *tokenizer) blank() error {
	if len(bytes.Trim(z.text, " \t\r\n")) > 0 {
		return syntaxError("text between elements")
	}
	return nil
}

// unexpected refuses an element that does not belong where it stands: there
// might be text or cells inside, which would be missed.
func unexpected(z *tokenizer) error {
	return syntaxError("unexpected element " + formats.Show(string(z.name)))
}

// passBy leaves out an extension, and refuses anything else.
func (z *tokenizer) passBy() error {
	if z.is("extLst") {
		return z.skip()
	}
	return unexpected(z)
}

// content appends the text up to the end of the element just begun, at most
// about most bytes of it. There are no elements inside.
func (z *tokenizer) content(dst []byte, most int) ([]byte, error) {
	for {
		kind, err := z.next()
		switch {
		case err != nil:
			return dst, err
		case kind == tokenEnd:
			return dst, nil
		case kind == tokenStart:
			return dst, unexpected(z)
		case len(dst) < most:
			dst = z.appendText(dst)
		}
	}
}

// richText appends the text of the element just begun (si or is): that of t
// and of the t of each r. Phonetic runs (rPh) are left out.
func (z *tokenizer) richText(dst []byte, most int) ([]byte, error) {
	inRun := func() (err error) {
		if z.ns != nsMain {
			return z.passBy()
		}
		switch string(z.name) {
		case "t":
			from := len(dst)
			if dst, err = z.content(dst, most); err != nil {
				return err
			}
			dst = decodeEscapes(dst, from)
			return nil
		case "rPh", "phoneticPr", "rPr":
			return z.skip()
		}
		return z.passBy()
	}

	err := z.each(func() error {
		if z.is("r") {
			return z.each(inRun)
		}
		return inRun()
	})
	return dst, err
}

// escapeAt is the UTF-16 unit that an escape _xHHHH_ at the start of b stands for.
func escapeAt(b []byte) (unit rune, ok bool) {
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

func hasEscape(b []byte) bool {
	for i := bytes.Index(b, []byte("_x")); i >= 0; {
		if _, ok := escapeAt(b[i:]); ok {
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

// decodeEscapes resolves the escapes _xHHHH_ (ST_Xstring) in b from that
// index on, in place. Half of a surrogate pair is left as it is written.
func decodeEscapes(b []byte, from int) []byte {
	if !hasEscape(b[from:]) {
		return b
	}
	const size = len("_xHHHH_")
	out := b[:from]
	for i := from; i < len(b); {
		r, ok := escapeAt(b[i:])
		n := size
		if ok && utf16.IsSurrogate(r) {
			low, more := escapeAt(b[i+size:])
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
