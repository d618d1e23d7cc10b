package csv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

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
}

func utf16Charset(name string, end unicode.Endianness) charset {
	// The scanner drops the byte order mark, as it does with UTF-8.
	return charset{name: name, enc: unicode.UTF16(end, unicode.IgnoreBOM), damaged: true, nul: true}
}

// reader gives the file's text as UTF-8; a UTF-8 file passes as it is.
func (c charset) reader(src io.ReaderAt, size int64) io.Reader {
	r := io.NewSectionReader(src, 0, size)
	if c.enc == nil {
		return r
	}
	return c.enc.NewDecoder().Reader(r)
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
	if err := t.read(ctx, io.NewSectionReader(src, 0, size)); err != nil {
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

// A tally counts what tells one encoding from another.
type tally struct {
	head []byte // the first bytes, four at the most
	size int64
	nul  int64

	sequences int64 // of several bytes, shaped as UTF-8 shapes them
	bad       int64 // sequences and single bytes that UTF-8 does not know
	undefined byte  // a byte that Windows-1252 does not know, 0 if there is none

	little, big units
}

const (
	window = 1 << 16
	carry  = utf8.UTFMax // bytes of a sequence cut by the window's end
)

func (t *tally) read(ctx context.Context, r io.Reader) error {
	buf := make([]byte, carry+window)
	kept := 0
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("csv: %w", err)
		}
		n, err := io.ReadFull(r, buf[carry:])
		final := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !final {
			return fmt.Errorf("csv: read: %w", err)
		}
		chunk := buf[carry : carry+n]
		if t.head == nil {
			t.head = bytes.Clone(chunk[:min(4, n)])
		}
		t.size += int64(n)
		t.units(chunk)
		seen := buf[carry-kept : carry+n]
		kept = t.utf8(seen, final)
		if final {
			return nil
		}
		copy(buf[carry-kept:], seen[len(seen)-kept:])
	}
}

// utf8 counts the sequences in b and returns how many bytes at its end are
// the beginning of one more. There are none if b is final.
func (t *tally) utf8(b []byte, final bool) (kept int) {
	for i := 0; i < len(b); {
		if i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&0x8080808080808080 == 0 {
			i += 8
			continue
		}
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !final && !utf8.FullRune(b[i:]) {
			return len(b) - i
		}
		_, n := utf8.DecodeRune(b[i:])
		if n == 1 {
			n = shape(b[i:])
			t.bad++
		}
		if n > 1 {
			t.sequences++
		}
		for _, c := range b[i : i+n] {
			switch c {
			case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
				t.undefined = c
			}
		}
		i += n
	}
	return 0
}

// shape is the length of the sequence that b begins with, if it looks like
// UTF-8 without being it: overlong, a surrogate, past U+10FFFF, or cut after
// two bytes or more. Else it is 1.
func shape(b []byte) int {
	want := 0
	switch c := b[0]; {
	case c >= 0xf0 && c < 0xf8:
		want = 4
	case c >= 0xe0:
		want = 3
	case c >= 0xc0:
		want = 2
	}
	n := 1
	for n < want && n < len(b) && b[n]&0xc0 == 0x80 {
		n++
	}
	if n < want && n < len(b) {
		return 1
	}
	return n
}

// mostlyUTF8 holds where damage in UTF-8 is likelier than another encoding.
// In Windows-1252 a capital with an accent right before a sign, which is what
// a sequence looks like, is far rarer than one in ten of the letters that are not ASCII.
func (t *tally) mostlyUTF8() bool {
	return t.bad == 0 || t.sequences > 0 && t.sequences*10 >= t.bad
}

// units count 16-bit units in one byte order.
type units struct {
	ascii int64 // units below U+0080, but for NUL
	alien bool  // a unit that is NUL, or has a line end for half of it
}

// evident holds where the file can hardly be anything but UTF-16: much of it
// is ASCII, and no line end is anything else. size is in bytes.
func (u units) evident(size int64) bool {
	return !u.alien && u.ascii*20 >= size && u.ascii > 0
}

func (t *tally) units(b []byte) {
	nul := bytes.Count(b, []byte{0})
	t.nul += int64(nul)
	if t.little.alien && t.big.alien {
		return
	}
	if nul == 0 && (bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') >= 0) {
		t.little.alien, t.big.alien = true, true
		return
	}
	for i := 0; i+1 < len(b); i += 2 {
		t.little.add(b[i+1], b[i])
		t.big.add(b[i], b[i+1])
	}
}

func (u *units) add(high, low byte) {
	switch {
	case high == 0 && low != 0 && low < utf8.RuneSelf:
		u.ascii++
	case high == 0 && low == 0, high == '\n', high == '\r', low == '\n', low == '\r':
		u.alien = true
	}
}
