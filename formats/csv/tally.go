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

// room is how much of a file of that size to look at in one piece.
func room(size int64) int { return int(max(carry, min(window, size))) }

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
