package xlsx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// utf8Reader returns a reader of r in UTF-8 without a byte order mark. A package may
// also use UTF-16, which is detected by its mark or by the zero next to the first "<".
func utf8Reader(r io.Reader) (io.Reader, error) {
	var head [3]byte
	n, err := io.ReadFull(r, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}

	all := func(skip int) io.Reader { return io.MultiReader(bytes.NewReader(head[skip:n]), r) }
	switch {
	case n == 3 && string(head[:]) == "\xef\xbb\xbf":
		return r, nil
	case n >= 2 && head[0] == 0xff && head[1] == 0xfe:
		return &utf16Reader{r: all(2), order: binary.LittleEndian}, nil
	case n >= 2 && head[0] == 0xfe && head[1] == 0xff:
		return &utf16Reader{r: all(2), order: binary.BigEndian}, nil
	case n >= 2 && head[0] == '<' && head[1] == 0:
		return &utf16Reader{r: all(0), order: binary.LittleEndian}, nil
	case n >= 2 && head[0] == 0 && head[1] == '<':
		return &utf16Reader{r: all(0), order: binary.BigEndian}, nil
	}
	return all(0), nil
}

// A utf16Reader converts UTF-16 to UTF-8. A lone surrogate or half a unit becomes an
// invalid byte, which the tokenizer refuses.
type utf16Reader struct {
	r     io.Reader
	order binary.ByteOrder
	raw   [4 << 10]byte
	kept  int    // bytes of raw that are an incomplete unit or pair
	out   []byte // the unread part of text
	text  []byte // decoded
	err   error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.fill()
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// fill reads and decodes more of r.
func (u *utf16Reader) fill() {
	n, err := u.r.Read(u.raw[u.kept:])
	u.err = err
	b := u.raw[:u.kept+n]
	u.text = u.text[:0]

	for len(b) >= 2 {
		r := rune(u.order.Uint16(b))
		size := 2
		if utf16.IsSurrogate(r) {
			if len(b) < 4 && err == nil {
				break
			}
			r, size = utf8.RuneError, 2
			if len(b) >= 4 {
				r, size = utf16.DecodeRune(rune(u.order.Uint16(b)), rune(u.order.Uint16(b[2:]))), 4
			}
			if r == utf8.RuneError {
				u.text = append(u.text, 0xff)
				b = b[size:]
				continue
			}
		}
		u.text = utf8.AppendRune(u.text, r)
		b = b[size:]
	}

	if err != nil && len(b) > 0 {
		u.text = append(u.text, 0xff)
	}
	u.kept = copy(u.raw[:], b)
	u.out = u.text
}

// checkInstruction checks the content of a processing instruction. The XML declaration
// must be the first token, and name an encoding that is supported.
func checkInstruction(body []byte, first bool) error {
	end := bytes.IndexAny(body, " \t\r\n")
	if end < 0 {
		end = len(body)
	}
	target, rest := body[:end], body[end:]
	if len(target) == 0 || byteClass[target[0]]&startsName == 0 {
		return syntaxError("malformed processing instruction")
	}

	if !bytes.EqualFold(target, []byte("xml")) {
		return checkChars(body)
	}
	if !first || string(target) != "xml" {
		return syntaxError("an XML declaration inside the document")
	}

	_, rest, ok := bytes.Cut(rest, []byte("encoding"))
	if !ok {
		return checkChars(body)
	}
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return syntaxError("malformed XML declaration")
	}
	name, _, _ := bytes.Cut(rest[1:], rest[:1])
	switch strings.ToLower(string(name)) {
	case "utf-8", "utf8", "utf-16", "us-ascii", "ascii":
		return checkChars(body)
	}
	return formats.Refuse("xlsx.encoding", "found", string(name))
}
