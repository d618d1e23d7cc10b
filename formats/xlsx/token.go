package xlsx

import (
	"bytes"
	"errors"
	"io"

	"github.com/usher-go/usher/formats"
)

type tokenKind uint8

const (
	tokenEOF tokenKind = iota
	tokenStart
	tokenEnd
	tokenText
)

// A tokenizer splits one XML document into tags and text. It is strict: what
// it does not refuse is well-formed XML 1.0 with namespaces, in UTF-8. There
// is no DTD and so no entity but the five of XML itself.
//
// It allocates nothing per token. All slices it hands out lie in its window
// and hold until the next call of next.
type tokenizer struct {
	r   io.Reader
	lim *formats.Limits

	buf      []byte
	pos, end int // the unread part of the window
	ended    bool

	// The current token.
	name  []byte // local name of a tag
	ns    namespace
	attrs []attr
	text  []byte
	plain bool // text needs no decoding
	cdata bool

	selfClosed bool
	begun      bool   // something was read
	rooted     bool   // the root element was opened
	open       []byte // qualified names of the open elements, one after the other
	opened     []int  // where each of them begins
	bindings   []binding
	defaultNS  namespace
	names      [][]byte // scratch of the check for repeated attributes
}

const windowSize = 64 << 10

func newTokenizer(r io.Reader, lim *formats.Limits) *tokenizer {
	return &tokenizer{r: r, lim: lim, buf: make([]byte, min(windowSize, lim.XMLToken+1)), defaultNS: nsNone}
}

// errMore means that a token goes on beyond the window.
var errMore = errors.New("more")

type syntaxError string

func (e syntaxError) Error() string { return string(e) }

// more reads on until the window is full, and enlarges it if one token fills it.
func (z *tokenizer) more() error {
	if z.ended {
		return io.ErrUnexpectedEOF
	}
	if z.pos > 0 {
		copy(z.buf, z.buf[z.pos:z.end])
		z.end -= z.pos
		z.pos = 0
	}
	if z.end == len(z.buf) {
		if z.end > z.lim.XMLToken {
			return formats.OverLimit("xml_token", z.lim.XMLToken)
		}
		z.buf = append(z.buf, make([]byte, min(z.end, z.lim.XMLToken+1-z.end))...)
	}
	n, err := io.ReadFull(z.r, z.buf[z.end:])
	z.end += n
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		z.ended = true
		err = nil
	}
	return err
}

// next reads one token.
func (z *tokenizer) next() (tokenKind, error) {
	if z.selfClosed {
		z.selfClosed = false
		z.pop()
		return tokenEnd, nil
	}
	for {
		kind, err := z.token()
		if errors.Is(err, errMore) {
			if err = z.more(); err == nil {
				continue
			}
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = syntaxError("the document is cut off")
			}
		}
		return kind, err
	}
}

// token reads one token of the window, or answers errMore and has changed nothing.
func (z *tokenizer) token() (tokenKind, error) {
	for {
		if z.pos == z.end {
			if !z.ended {
				return 0, errMore
			}
			if len(z.opened) > 0 || !z.rooted {
				return 0, syntaxError("the document ends inside an element")
			}
			return tokenEOF, nil
		}
		w := z.buf[z.pos:z.end]
		if w[0] != '<' {
			return z.charData(w)
		}
		if len(w) == 1 {
			return 0, errMore
		}
		switch w[1] {
		case '/':
			return z.endTag(w)
		case '?', '!':
			if kind, err := z.special(w); kind != tokenEOF || err != nil {
				return kind, err
			}
		default:
			return z.startTag(w)
		}
	}
}

func (z *tokenizer) charData(w []byte) (tokenKind, error) {
	n := bytes.IndexByte(w, '<')
	if n < 0 {
		if !z.ended {
			return 0, errMore
		}
		n = len(w)
	}
	text := w[:n]
	plain, err := checkText(text)
	if err != nil {
		return 0, err
	}
	if len(z.opened) == 0 && len(bytes.Trim(text, " \t\r\n")) > 0 {
		return 0, syntaxError("text outside of the root element")
	}
	z.text, z.plain, z.cdata = text, plain, false
	z.begun = true
	z.pos += n
	return tokenText, nil
}

// special reads what begins with <! or <?. Only CDATA gives a token.
func (z *tokenizer) special(w []byte) (tokenKind, error) {
	first := !z.begun
	between := func(open, shut string) ([]byte, error) {
		n := bytes.Index(w[len(open):], []byte(shut))
		if n < 0 {
			return nil, errMore
		}
		z.begun = true
		z.pos += len(open) + n + len(shut)
		return w[len(open) : len(open)+n], nil
	}
	switch {
	case w[1] == '?':
		body, err := between("<?", "?>")
		if err != nil {
			return 0, err
		}
		return 0, checkInstruction(body, first)
	case bytes.HasPrefix(w, []byte("<!--")):
		body, err := between("<!--", "-->")
		if err != nil {
			return 0, err
		}
		if bytes.Contains(body, []byte("--")) || bytes.HasSuffix(body, []byte("-")) {
			return 0, syntaxError("-- inside a comment")
		}
		return 0, checkChars(body)
	case bytes.HasPrefix(w, []byte("<![CDATA[")):
		if len(z.opened) == 0 {
			return 0, syntaxError("text outside of the root element")
		}
		body, err := between("<![CDATA[", "]]>")
		if err != nil {
			return 0, err
		}
		z.text, z.plain, z.cdata = body, bytes.IndexByte(body, '\r') < 0, true
		return tokenText, checkChars(body)
	case bytes.HasPrefix(w, []byte("<!DOCTYPE")):
		return 0, formats.Refuse("xlsx.doctype")
	case len(w) < len("<![CDATA[") && !z.ended:
		return 0, errMore
	}
	return 0, syntaxError("unknown declaration")
}

func (z *tokenizer) endTag(w []byte) (tokenKind, error) {
	if len(z.opened) == 0 {
		return 0, syntaxError("an end tag without a start tag")
	}
	want := z.open[z.opened[len(z.opened)-1]:]
	i := 2 + len(want)
	if len(w) <= i {
		return 0, errMore
	}
	if !bytes.Equal(w[2:i], want) {
		return 0, syntaxError("start and end tag differ")
	}
	for i < len(w) && isSpace(w[i]) {
		i++
	}
	if i == len(w) {
		return 0, errMore
	}
	if w[i] != '>' {
		return 0, syntaxError("malformed end tag")
	}
	z.pos += i + 1
	z.pop()
	return tokenEnd, nil
}

// pop closes the innermost element and makes it the current token.
func (z *tokenizer) pop() {
	depth := len(z.opened)
	start := z.opened[depth-1]
	z.ns, z.name = z.split(z.open[start:])
	z.open, z.opened = z.open[:start], z.opened[:depth-1]
	z.unbind(depth)
}

// appendText appends the current text, decoded.
func (z *tokenizer) appendText(dst []byte) []byte {
	switch {
	case z.plain:
		return append(dst, z.text...)
	case z.cdata:
		return appendLines(dst, z.text)
	}
	return decodeText(dst, z.text)
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
			err = z.blank()
		default:
			err = visit()
		}
		if err != nil {
			return err
		}
	}
}

// is reports whether the current tag has that name in SpreadsheetML.
func (z *tokenizer) is(name string) bool { return z.ns == nsMain && string(z.name) == name }

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
