package csv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// A scanner cuts UTF-8 text into records, within a window that grows with the
// longest record only. It allocates nothing per record.
type scanner struct {
	src     io.Reader
	delim   []byte
	comment []byte // none if empty
	skip    bool   // the first line is no record of the table
	longest int    // bytes of a record
	columns int    // how many cells are kept of one
	stop    [256]bool

	room     int // how long the window is at first
	buf      []byte
	pos, end int // what is left to scan in buf
	eof      bool
	ahead    int // the line on which the next record begins

	record
	scratch []byte
}

// A record is what was scanned last, until the next is.
type record struct {
	number int // from 1
	line   int // on which it began, from 1
	cells  []span
	width  int   // number of cells, kept or not
	over   bool  // a cell was not kept that is not empty, or past what any spreadsheet has
	faults fault // of any cell
	lines  int   // how many it takes
	text   []byte
	left   bool // it is a comment or the like
}

// A span is where a cell lies in its record's text.
type span struct {
	from, to int
	shut     int // past the closing quote, 0 if the cell does not begin with a quote
	faults   fault
}

// A fault is what is unusual about the quotes of a cell.
type fault uint8

const (
	escaped fault = 1 << iota // doubled quotes inside quotes: no fault, but work
	bare                      // a quote inside a cell that has no quotes around it
	spaced                    // blanks before the opening quote
	trailed                   // text after the closing quote
	curled                    // a typographic quote that does not close in the cell
	broken                    // a line break inside quotes: no fault, but see lost

	faulty = bare | spaced | trailed | curled
)

// What scan says where it does not find the end of a record.
const (
	more = -1 // there is none in these bytes
	lost = -2 // it cannot be told: a quote seems to close that was meant to open a later cell
)

var bom = []byte("\ufeff")

func newScanner(src io.Reader, room int, delim, comment rune, lim formats.Limits) *scanner {
	s := &scanner{src: src, room: room, delim: []byte(string(delim)), longest: lim.RecordBytes, columns: lim.Columns, ahead: 1}
	if comment != 0 {
		s.comment = []byte(string(comment))
	}
	s.stop['"'], s.stop['\r'], s.stop['\n'], s.stop[s.delim[0]] = true, true, true, true
	return s
}

// next scans one record and reports whether there was one.
func (s *scanner) next() (bool, error) {
	for {
		b := s.buf[s.pos:s.end]
		if len(b) == 0 && s.eof {
			return false, nil
		}
		n, end := s.scan(b)
		switch {
		case end >= 0:
			s.number++
			s.line, s.ahead = s.ahead, s.ahead+s.lines
			s.text = b[:n]
			s.pos += end
			if n > s.longest {
				return false, s.refuse(formats.OverLimit("record", s.longest))
			}
			return true, nil
		case end == lost, s.eof:
			s.number++
			line := s.ahead + countLines(b[:n])
			return false, s.refuse(formats.Refuse("csv.quote", "line", strconv.Itoa(line)))
		case len(b) > s.longest+2: // two bytes may be the begun line end
			s.number++
			return false, s.refuse(formats.OverLimit("record", s.longest))
		}
		if err := s.fill(); err != nil {
			return false, err
		}
	}
}

func (s *scanner) refuse(r *formats.Refusal) *formats.Refusal {
	r.Row = s.number
	return r
}

// fill makes the window longer. It always fills it up, so that the pieces in
// which the source comes make no difference and scanning again stays linear.
func (s *scanner) fill() error {
	first := s.buf == nil
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end*2 >= len(s.buf) {
		s.buf = append(s.buf, make([]byte, max(s.room, len(s.buf)))...)
	}
	n, err := io.ReadFull(s.src, s.buf[s.end:])
	s.end += n
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		s.eof = true
		// Ctrl-Z ended a text under DOS, and still does in files of its heirs.
		s.end -= len(s.buf[:s.end]) - len(bytes.TrimRight(s.buf[:s.end], "\x1a"))
	case err != nil:
		return fmt.Errorf("csv: read: %w", err)
	}
	for first && bytes.HasPrefix(s.buf[s.pos:s.end], bom) {
		s.pos += len(bom)
	}
	return nil
}

// scan finds the record that b begins with: n bytes, and end with its line
// end. Else end is more or lost; if nothing more comes, n is where the quote
// opened that does not close.
func (s *scanner) scan(b []byte) (n, end int) {
	s.record = record{number: s.number, cells: s.cells[:0]}
	if s.skip && s.number == 0 || len(s.comment) > 0 && bytes.HasPrefix(b, s.comment) {
		s.left = true
		if n = bytes.IndexAny(b, "\r\n"); n < 0 {
			n = len(b)
		}
		return s.lineEnd(b, n)
	}
	for i := 0; ; i += len(s.delim) {
		c := span{from: i}
		if i < len(b) && b[i] == '"' {
			if i = s.quoted(b, i, &c); i < 0 {
				return c.from, more
			}
		}
		if i = s.plain(b, i, &c); i < 0 {
			return c.from, more
		}
		if c.faults&(broken|trailed) == broken|trailed {
			return c.from, lost
		}
		c.to = i
		s.keep(c)
		if i == len(b) || b[i] == '\n' || b[i] == '\r' {
			return s.lineEnd(b, i)
		}
	}
}

// quoted finds the end of the quoted text that begins at i: past its closing
// quote, or more.
func (s *scanner) quoted(b []byte, i int, c *span) int {
	for i++; ; i++ {
		k := bytes.IndexByte(b[i:], '"')
		if k < 0 {
			return more
		}
		if i += k + 1; i == len(b) || b[i] != '"' {
			break // or, at the end of b, half of a doubled quote: plain wants more then
		}
		c.faults |= escaped
	}
	c.shut = i
	if n := countLines(b[c.from:i]); n > 0 {
		s.lines += n
		c.faults |= broken
	}
	return i
}

// plain finds where the cell ends whose unquoted part begins at i, or more.
func (s *scanner) plain(b []byte, i int, c *span) int {
	for ; ; i++ {
		for i < len(b) && !s.stop[b[i]] {
			i++
		}
		switch {
		case i == len(b):
			if !s.eof {
				return more
			}
		case b[i] == '"':
			if c.shut == 0 && c.faults == 0 {
				c.faults = bare
				if i > c.from && blank(b[c.from:i]) {
					c.faults = spaced
				}
			}
			continue
		case b[i] == '\n', b[i] == '\r', len(s.delim) == 1, bytes.HasPrefix(b[i:], s.delim):
		default:
			continue // a character that begins as the delimiter does
		}
		if c.shut > 0 && i > c.shut {
			c.faults |= trailed
		}
		return i
	}
}

func (s *scanner) keep(c span) {
	s.width++
	s.faults |= c.faults
	switch {
	case len(s.cells) < s.columns:
		s.cells = append(s.cells, c)
	case c.to > c.from && c.shut != c.from+2, s.width > formats.HardColumns:
		s.over = true
	}
}

// lineEnd finds what follows the line end at n.
func (s *scanner) lineEnd(b []byte, n int) (int, int) {
	s.lines++
	rest := b[n:]
	switch {
	case len(rest) < 3 && !s.eof && (len(rest) == 0 || rest[0] == '\r'):
		return n, more
	case len(rest) == 0:
		return n, n
	}
	return n, n + breakLen(rest)
}

// breakLen is the length of the line break that b begins with.
func breakLen(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\r\r\n")):
		return 3
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	}
	return 1
}

func countLines(b []byte) int {
	n := 0
	for {
		i := bytes.IndexAny(b, "\r\n")
		if i < 0 {
			return n
		}
		n++
		b = b[i+breakLen(b[i:]):]
	}
}

// value is the text of a cell of the record, until the next call.
func (s *scanner) value(c span) []byte {
	if c.shut == 0 {
		return s.text[c.from:c.to]
	}
	inner := s.text[c.from+1 : c.shut-1]
	if c.faults&(escaped|trailed) == 0 {
		return inner
	}
	out := s.scratch[:0]
	for {
		i := bytes.IndexByte(inner, '"')
		if i < 0 {
			break
		}
		out = append(out, inner[:i+1]...)
		inner = inner[i+2:]
	}
	out = append(out, inner...)
	out = append(out, s.text[c.shut:c.to]...)
	s.scratch = out
	return out
}

// blank holds for a record that shows nothing.
func (s *scanner) blank() bool {
	for _, c := range s.cells {
		if !blank(s.value(c)) {
			return false
		}
	}
	return !s.over
}

// blank holds for text that shows nothing.
func blank(b []byte) bool {
	for len(b) > 0 {
		r, n := rune(b[0]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(b)
		}
		if !unicode.IsSpace(r) {
			return false
		}
		b = b[n:]
	}
	return true
}
