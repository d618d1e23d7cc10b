package xlsx

import (
	"bytes"

	"github.com/usher-go/usher/formats"
)

// is reports whether the current tag has that name in SpreadsheetML.
func (z *tokenizer) is(name string) bool { return z.ns == nsMain && string(z.name) == name }

// openRoot reads the start tag of the root, which must have that name in
// SpreadsheetML.
func (z *tokenizer) openRoot(name string) error {
	for {
		switch kind, err := z.next(); {
		case err != nil:
			return err
		case kind != tokenStart:
		case !z.is(name):
			return syntaxError("the root is not " + name)
		default:
			return nil
		}
	}
}

// drain reads the rest of the document after the root. Only a part that was read to
// its end is known to be undamaged.
func (z *tokenizer) drain() error {
	for {
		if kind, err := z.next(); err != nil || kind == tokenEOF {
			return err
		}
	}
}

// each calls visit for every start tag directly inside the current element and
// returns after the end tag of that element. visit must read its own element up
// to and including the end tag. Text between the elements must be white space.
func (z *tokenizer) each(visit func() error) error { return z.eachWith(nil, visit) }

// eachWith is each with a shortcut, which may be nil. eachWith calls the shortcut
// before every token. A shortcut takes as many whole elements off the window as it
// can, and leaves everything else to visit.
func (z *tokenizer) eachWith(shortcut, visit func() error) error {
	for {
		if shortcut != nil {
			if err := shortcut(); err != nil {
				return err
			}
		}

		kind, err := z.next()
		switch {
		case err != nil || kind == tokenEnd:
			return err
		case kind == tokenText:
			err = z.checkBlank()
		default:
			err = visit()
		}
		if err != nil {
			return err
		}
	}
}

// eachNamed calls visit for every child of the current element that has that name in
// SpreadsheetML, and skips the content of all children. Unlike each, it also skips
// other elements and text.
func (z *tokenizer) eachNamed(name string, visit func() error) error {
	for {
		kind, err := z.next()
		switch {
		case err != nil || kind == tokenEnd:
			return err
		case kind == tokenText:
			continue
		case z.is(name):
			err = visit()
		}
		if err == nil {
			err = z.skip()
		}
		if err != nil {
			return err
		}
	}
}

// skip reads on to the end of the element whose start tag was read last.
func (z *tokenizer) skip() error {
	for depth := 1; depth > 0; {
		switch kind, err := z.next(); {
		case err != nil:
			return err
		case kind == tokenStart:
			depth++
		case kind == tokenEnd:
			depth--
		}
	}
	return nil
}

// skipText is skip that appends the text of the element. It stops appending at about
// limit bytes.
func (z *tokenizer) skipText(dst []byte, limit int) ([]byte, error) {
	for depth := 1; depth > 0; {
		switch kind, err := z.next(); {
		case err != nil:
			return dst, err
		case kind == tokenStart:
			depth++
		case kind == tokenEnd:
			depth--
		case len(dst) < limit:
			dst = z.appendText(dst)
		}
	}
	return dst, nil
}

// skipExtension skips an extLst element, and refuses any other.
func (z *tokenizer) skipExtension() error {
	if z.is("extLst") {
		return z.skip()
	}
	return z.refuseUnexpected()
}

// refuseUnexpected refuses the current element. An element at a wrong place could
// contain text or cells, which would be lost if it were skipped.
func (z *tokenizer) refuseUnexpected() error {
	return syntaxError("unexpected element " + formats.Show(string(z.name)))
}

// refuseRepeat refuses the current element if *seen is true, and sets *seen.
func (z *tokenizer) refuseRepeat(seen *bool) error {
	if *seen {
		return syntaxError("a second element " + formats.Show(string(z.name)))
	}
	*seen = true
	return nil
}

// checkBlank refuses text between elements that is not white space.
func (z *tokenizer) checkBlank() error {
	if len(bytes.Trim(z.text, " \t\r\n")) > 0 {
		return syntaxError("text between elements")
	}
	return nil
}

// appendContent appends the text of the current element, which must not contain
// elements. It stops appending at about limit bytes.
func (z *tokenizer) appendContent(dst []byte, limit int) ([]byte, error) {
	for {
		kind, err := z.next()
		switch {
		case err != nil:
			return dst, err
		case kind == tokenEnd:
			return dst, nil
		case kind == tokenStart:
			return dst, z.refuseUnexpected()
		case len(dst) < limit:
			dst = z.appendText(dst)
		}
	}
}
