package csv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// A tally counts the bytes that distinguish encodings.
type tally struct {
	head []byte // the first bytes, at most four
	size int64
	nul  int64

	sequences int64 // sequences of several bytes in the form of UTF-8
	bad       int64 // sequences and single bytes that are not valid UTF-8
	undefined byte  // a byte that Windows-1252 does not define, or 0

	little, big units
}

const (
	window = 1 << 16     // bytes
	carry  = utf8.UTFMax // bytes of a sequence that crosses the end of the window
)

// windowSize returns the number of bytes of a file of that size to read at once.
func windowSize(size int64) int { return int(max(carry, min(window, size))) }

// read counts all bytes of r.
func (t *tally) read(ctx context.Context, r io.Reader, room int) error {
	buf := make([]byte, carry+room)
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
		t.countUnits(chunk)

		// A sequence that crosses the end of the window is counted with the next one.
		seen := buf[carry-kept : carry+n]
		kept = t.countUTF8(seen, final)
		if final {
			return nil
		}
		copy(buf[carry-kept:], seen[len(seen)-kept:])
	}
}

// countUTF8 counts the sequences in b. kept is the number of bytes at the end of b
// that begin another sequence, and 0 if b is final.
func (t *tally) countUTF8(b []byte, final bool) (kept int) {
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
			n = sequenceLen(b[i:])
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

// sequenceLen returns the length of the sequence at the start of b if it has the form
// of UTF-8 but is not valid: overlong, a surrogate, above U+10FFFF, or cut after two
// bytes or more. Otherwise it returns 1.
func sequenceLen(b []byte) int {
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

// isMostlyUTF8 reports whether damaged UTF-8 is likelier than another encoding. A
// sequence read as Windows-1252 is an accented capital directly before a sign. That
// is far rarer than one in ten of the letters that are not ASCII.
func (t *tally) isMostlyUTF8() bool {
	return t.bad == 0 || t.sequences > 0 && t.sequences*10 >= t.bad
}

// units counts 16-bit units in one byte order.
type units struct {
	ascii   int64 // units below U+0080 except NUL
	notText bool  // a unit is NUL, or one of its bytes is a line end
}

// isEvident reports whether the file is UTF-16 in this byte order: at least a tenth
// of the units are ASCII, and every line end is a whole unit. size is in bytes.
func (u units) isEvident(size int64) bool {
	return !u.notText && u.ascii*20 >= size && u.ascii > 0
}

// countUnits counts the units of b in both byte orders, and its NULs.
func (t *tally) countUnits(b []byte) {
	nul := bytes.Count(b, []byte{0})
	t.nul += int64(nul)

	// Text without a NUL but with a line end is not UTF-16: no unit needs counting.
	if t.little.notText && t.big.notText {
		return
	}
	if nul == 0 && (bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') >= 0) {
		t.little.notText, t.big.notText = true, true
		return
	}
	for i := 0; i+1 < len(b); i += 2 {
		t.little.count(b[i+1], b[i])
		t.big.count(b[i], b[i+1])
	}
}

// count counts one unit.
func (u *units) count(high, low byte) {
	switch {
	case high == 0 && low != 0 && low < utf8.RuneSelf:
		u.ascii++
	case high == 0 && low == 0, high == '\n', high == '\r', low == '\n', low == '\r':
		u.notText = true
	}
}
