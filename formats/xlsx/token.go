package xlsx

import (
	"bytes"
	"errors"
	"io"

	"github.com/usher-go/usher/formats"
)

// A tokenKind is the type of a token.
type tokenKind uint8

const (
	tokenEOF tokenKind = iota
	tokenStart
	tokenEnd
	tokenText
)

// A tokenizer splits one XML document into tags and text. It is strict: it refuses
// everything but well-formed XML 1.0 with namespaces, in UTF-8. It refuses a DTD, so
// the only entities are the five of XML itself.
//
// It allocates nothing per token. All slices that it returns lie in its window and
// are valid until the next call of next.
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
	plain bool // the text needs no decoding
	cdata bool // the text is from a CDATA section

	selfClosed bool   // the start tag was also the end tag
	begun      bool   // a token was read
	rooted     bool   // the start tag of the root was read
	open       []byte // concatenated qualified names of the open elements
	opened     []int  // start of each of them in open
	bindings   []binding
	defaultNS  namespace
	names      [][]byte // scratch of checkUnique
}

// windowSize is the size of the first window. A larger token enlarges the window.
const windowSize = 64 << 10

func newTokenizer(r io.Reader, lim *formats.Limits) *tokenizer {
	return &tokenizer{r: r, lim: lim, buf: make([]byte, min(windowSize, lim.XMLToken+1)), defaultNS: nsNone}
}

// errNeedMore means that a token continues after the end of the window.
var errNeedMore = errors.New("more")

// A syntaxError says why a document is not well-formed, or not as it should be.
type syntaxError string

func (e syntaxError) Error() string { return string(e) }

// fillWindow reads until the window is full. It enlarges a window that one token
// fills.
func (z *tokenizer) fillWindow() error {
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
		if errors.Is(err, errNeedMore) {
			if err = z.fillWindow(); err == nil {
				continue
			}
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = syntaxError("the document is cut off")
			}
		}
		return kind, err
	}
}

// token reads one token from the window. If it returns errNeedMore, it has changed
// nothing.
func (z *tokenizer) token() (tokenKind, error) {
	for {
		if z.pos == z.end {
			if !z.ended {
				return 0, errNeedMore
			}
			if len(z.opened) > 0 || !z.rooted {
				return 0, syntaxError("the document ends inside an element")
			}
			return tokenEOF, nil
		}

		w := z.buf[z.pos:z.end]
		if w[0] != '<' {
			return z.readText(w)
		}
		if len(w) == 1 {
			return 0, errNeedMore
		}
		switch w[1] {
		case '/':
			return z.readEndTag(w)
		case '?', '!':
			if kind, err := z.readDeclaration(w); kind != tokenEOF || err != nil {
				return kind, err
			}
		default:
			return z.readStartTag(w)
		}
	}
}

// readText reads the text at the start of w, up to the next tag.
func (z *tokenizer) readText(w []byte) (tokenKind, error) {
	n := bytes.IndexByte(w, '<')
	if n < 0 {
		if !z.ended {
			return 0, errNeedMore
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

// readDeclaration reads a token that begins with <! or <?. Only a CDATA section is
// returned as a token, as text. Any other gives tokenEOF.
func (z *tokenizer) readDeclaration(w []byte) (tokenKind, error) {
	first := !z.begun
	between := func(open, shut string) ([]byte, error) {
		n := bytes.Index(w[len(open):], []byte(shut))
		if n < 0 {
			return nil, errNeedMore
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
		return 0, errNeedMore
	}
	return 0, syntaxError("unknown declaration")
}

// readEndTag reads the end tag at the start of w.
func (z *tokenizer) readEndTag(w []byte) (tokenKind, error) {
	if len(z.opened) == 0 {
		return 0, syntaxError("an end tag without a start tag")
	}
	want := z.open[z.opened[len(z.opened)-1]:]
	i := 2 + len(want)
	if len(w) <= i {
		return 0, errNeedMore
	}
	if !bytes.Equal(w[2:i], want) {
		return 0, syntaxError("start and end tag differ")
	}

	for i < len(w) && isSpace(w[i]) {
		i++
	}
	if i == len(w) {
		return 0, errNeedMore
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
	z.ns, z.name = z.splitName(z.open[start:])
	z.open, z.opened = z.open[:start], z.opened[:depth-1]
	z.unbind(depth)
}

// appendText appends the decoded text of the current token.
func (z *tokenizer) appendText(dst []byte) []byte {
	switch {
	case z.plain:
		return append(dst, z.text...)
	case z.cdata:
		return appendLines(dst, z.text)
	}
	return decodeText(dst, z.text)
}
