package csv

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"

	"github.com/usher-go/usher/formats"
)

// A charset describes how the bytes of one file are decoded.
type charset struct {
	name    string
	enc     encoding.Encoding // nil for UTF-8
	guessed bool              // the encoding is a guess
	damaged bool              // the text may contain invalid bytes: inspect every cell
	nul     bool              // the text may contain NULs
	wide    bool              // UTF-16: a missing byte shifts everything after it
}

// utf16Charset returns the charset of UTF-16 in that byte order.
func utf16Charset(name string, end unicode.Endianness) charset {
	// The scanner drops the byte order mark, as it does with UTF-8.
	return charset{name: name, enc: unicode.UTF16(end, unicode.IgnoreBOM), damaged: true, nul: true, wide: true}
}

// A source reads the bytes of a file a second time and counts them. Without the
// count, a source that ends earlier the second time would look like a shorter file.
type source struct {
	io.Reader
	size, read int64
	ended      bool
}

// isShort reports whether the source has ended before its size.
func (s *source) isShort() bool { return s.ended && s.read < s.size }

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.read += int64(n)
	s.ended = s.ended || err != nil
	return n, err
}

func newSource(src io.ReaderAt, size int64) *source {
	return &source{Reader: io.NewSectionReader(src, 0, size), size: size}
}

// reader returns a reader of the text in UTF-8. UTF-8 is not decoded.
func (c charset) reader(src io.Reader) io.Reader {
	if c.enc == nil {
		return src
	}
	return c.enc.NewDecoder().Reader(src)
}

// detectCharset determines the charset of a file from all its bytes. named is the
// encoding that the caller names, or empty. A byte order mark overrules it.
func detectCharset(ctx context.Context, src io.ReaderAt, size int64, named string) (charset, error) {
	var c charset
	if named != "" {
		var err error
		if c, err = lookupCharset(named); err != nil {
			return c, err
		}
	}

	var t tally
	if err := t.read(ctx, io.NewSectionReader(src, 0, size), windowSize(size)); err != nil {
		return c, err
	}
	switch {
	case t.size < size:
		return c, refuseTruncated(io.ErrUnexpectedEOF)
	case size <= 0:
		return c, formats.Refuse("file.empty")
	}

	marked, err := t.markedCharset()
	switch {
	case err != nil:
		return c, err
	case marked.name != "":
		c = marked
	case named == "":
		if c, err = t.likelyCharset(); err != nil {
			return c, err
		}
	}

	if c.enc == charmap.Windows1252 && t.undefined != 0 {
		return c, formats.Refuse("csv.encoding", "found", "unknown", "byte", fmt.Sprintf("%02X", t.undefined))
	}
	c.nul = c.nul || t.nul > 0
	c.damaged = c.damaged || c.enc == nil && t.bad > 0
	return c, nil
}

// markedCharset returns the charset of the byte order mark, or one without a name
// if the file has no mark.
func (t *tally) markedCharset() (charset, error) {
	switch {
	// The mark of UTF-32 in little endian begins with the mark of UTF-16.
	case bytes.HasPrefix(t.head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(t.head, []byte("\x00\x00\xfe\xff")):
		return charset{}, formats.Refuse("csv.encoding", "found", "utf-32")
	case bytes.HasPrefix(t.head, []byte("\xff\xfe")):
		return utf16Charset("utf-16le", unicode.LittleEndian), nil
	case bytes.HasPrefix(t.head, []byte("\xfe\xff")):
		return utf16Charset("utf-16be", unicode.BigEndian), nil
	case bytes.HasPrefix(t.head, []byte("\xef\xbb\xbf")):
		return charset{name: "utf-8"}, nil
	}
	return charset{}, nil
}

// likelyCharset returns the likeliest charset of a file without a mark.
func (t *tally) likelyCharset() (charset, error) {
	switch {
	case t.little.isEvident(t.size):
		return utf16Charset("utf-16le", unicode.LittleEndian), nil
	case t.big.isEvident(t.size):
		return utf16Charset("utf-16be", unicode.BigEndian), nil
	case t.nul*2 >= t.size && t.size%4 == 0:
		return charset{}, formats.Refuse("csv.encoding", "found", "utf-32")
	case t.nul*2 >= t.size:
		return charset{}, formats.Refuse("csv.encoding", "found", "data")
	case t.isMostlyUTF8():
		return charset{name: "utf-8"}, nil
	case t.nul > 0:
		return charset{}, formats.Refuse("csv.encoding", "found", "data")
	}
	return charset{name: "windows-1252", enc: charmap.Windows1252, guessed: true}, nil
}

// lookupCharset returns the charset of that name in the WHATWG Encoding Standard or
// at IANA.
func lookupCharset(name string) (charset, error) {
	enc, err := htmlindex.Get(name)
	if err != nil {
		// The WHATWG standard lacks the code pages of DOS, which "CSV (MS-DOS)" of
		// Excel uses.
		if enc, err = ianaindex.IANA.Encoding(name); err != nil || enc == nil {
			return charset{}, fmt.Errorf("csv: unknown encoding %q", formats.Show(name))
		}
	}

	canonical, err := htmlindex.Name(enc)
	if err != nil {
		canonical, _ = ianaindex.IANA.Name(enc)
		canonical = strings.ToLower(canonical)
	}

	switch canonical {
	case "utf-8":
		return charset{name: canonical}, nil
	case "replacement":
		return charset{}, fmt.Errorf("csv: unknown encoding %q", formats.Show(name))
	case "utf-16le":
		return utf16Charset(canonical, unicode.LittleEndian), nil
	case "utf-16be":
		return utf16Charset(canonical, unicode.BigEndian), nil
	}
	return charset{name: canonical, enc: enc, damaged: true, nul: true}, nil
}
