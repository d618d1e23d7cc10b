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

// A charset is how the bytes of one file become text.
type charset struct {
	name    string
	enc     encoding.Encoding // nil for UTF-8
	guessed bool              // the name is a guess
	damaged bool              // some text may be none: look at every cell
	nul     bool              // there may be NULs
	wide    bool              // of units of two bytes, which may be torn
}

func utf16Charset(name string, end unicode.Endianness) charset {
	// The scanner drops the byte order mark, as it does with UTF-8.
	return charset{name: name, enc: unicode.UTF16(end, unicode.IgnoreBOM), damaged: true, nul: true, wide: true}
}

// A source is the bytes of a file once more. It counts them: a source that
// ends earlier the second time looks like a shorter file.
type source struct {
	io.Reader
	size, read int64
	ended      bool
}

// short holds once the source has ended before its size.
func (s *source) short() bool { return s.ended && s.read < s.size }

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.read += int64(n)
	s.ended = s.ended || err != nil
	return n, err
}

func newSource(src io.ReaderAt, size int64) *source {
	return &source{Reader: io.NewSectionReader(src, 0, size), size: size}
}

// reader gives the file's text as UTF-8; a UTF-8 file passes as it is.
func (c charset) reader(src io.Reader) io.Reader {
	if c.enc == nil {
		return src
	}
	return c.enc.NewDecoder().Reader(src)
}

// decide finds the charset of a file out of all its bytes. named is what the
// caller calls it, or empty.
func decide(ctx context.Context, src io.ReaderAt, size int64, named string) (charset, error) {
	var c charset
	if named != "" {
		var err error
		if c, err = lookup(named); err != nil {
			return c, err
		}
	}
	var t tally
	if err := t.read(ctx, io.NewSectionReader(src, 0, size), room(size)); err != nil {
		return c, err
	}
	switch {
	case t.size < size:
		return c, truncated(io.ErrUnexpectedEOF)
	case size <= 0:
		return c, formats.Refuse("file.empty")
	case bytes.HasPrefix(t.head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(t.head, []byte("\x00\x00\xfe\xff")):
		return c, formats.Refuse("csv.encoding", "found", "utf-32")
	case bytes.HasPrefix(t.head, []byte("\xff\xfe")):
		return utf16Charset("utf-16le", unicode.LittleEndian), nil
	case bytes.HasPrefix(t.head, []byte("\xfe\xff")):
		return utf16Charset("utf-16be", unicode.BigEndian), nil
	case bytes.HasPrefix(t.head, []byte("\xef\xbb\xbf")):
		c = charset{name: "utf-8"}
	case named != "":
	case t.little.evident(size):
		return utf16Charset("utf-16le", unicode.LittleEndian), nil
	case t.big.evident(size):
		return utf16Charset("utf-16be", unicode.BigEndian), nil
	case t.nul*2 >= t.size && size%4 == 0:
		return c, formats.Refuse("csv.encoding", "found", "utf-32")
	case t.nul*2 >= t.size:
		return c, formats.Refuse("csv.encoding", "found", "data")
	case t.mostlyUTF8():
		c = charset{name: "utf-8"}
	case t.nul > 0:
		return c, formats.Refuse("csv.encoding", "found", "data")
	default:
		c = charset{name: "windows-1252", enc: charmap.Windows1252, guessed: true}
	}
	if c.enc == charmap.Windows1252 && t.undefined != 0 {
		return c, formats.Refuse("csv.encoding", "found", "unknown", "byte", fmt.Sprintf("%02X", t.undefined))
	}
	c.nul = c.nul || t.nul > 0
	c.damaged = c.damaged || c.enc == nil && t.bad > 0
	return c, nil
}

// lookup knows an encoding by its name.
func lookup(name string) (charset, error) {
	enc, err := htmlindex.Get(name)
	if err != nil {
		// The web never needed the code pages of DOS; Excel's "CSV (MS-DOS)" does.
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
