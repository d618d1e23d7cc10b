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

// A scanner splits UTF-8 text into records. It reads the text through a window that
// grows only for a record that does not fit. It allocates nothing per record.
type scanner struct {
	src       io.Reader
	delim     []byte
	comment   []byte    // empty for no comments
	skipFirst bool      // the first line is not a row of the table
	maxRecord int       // limit of the bytes of a record
	columns   int       // limit of the cells kept of a record
	stop      [256]bool // bytes at which an unquoted cell may end

	firstSize int // size of the first window
	buf       []byte
	pos, end  int // the unread part of buf
	eof       bool
	nextLine  int // line on which the next record begins

	record
	scratch []byte
}

// A record is the current record. Its slices are valid until the next call of next.
type record struct {
	number  int // from 1
	line    int // on which the record begins, from 1
	cells   []span
	width   int   // number of cells, including those not kept
	tooWide bool  // a cell that is not empty was not kept, or no spreadsheet has as many columns
	faults  fault // the faults of all cells
	lines   int   // number of physical lines
	text    []byte
	skipped bool // not a row: a comment or the first line
}

// A span is the position of a cell in the text of its record.
type span struct {
	from, to int
	closed   int // index after the closing quote, 0 if the cell does not begin with a quote
	faults   fault
}

// A fault is a set of flags for unusual quotes in a cell.
type fault uint8

const (
	doubledQuote fault = 1 << iota // doubled quotes inside quotes; valid, but value must undo them
	bareQuote                      // a quote inside an unquoted cell
	blanksBefore                   // blanks before the opening quote
	textAfter                      // text after the closing quote
	openCurly                      // a typographic quote that is not closed in the cell
	lineBreak                      // a line break inside quotes; valid, but see ambiguous

	// faultMask is the set of flags that are reported.
	faultMask = bareQuote | blanksBefore | textAfter | openCurly
)

// Results of scan and its parts instead of an index.
const (
	needMore  = -1 // the end is not in these bytes
	ambiguous = -2 // the quote that closes the cell may be the opening quote of a later cell
)

var bom = []byte("\ufeff")

// newScanner returns a scanner of src whose first window has firstSize bytes.
func newScanner(src io.Reader, firstSize int, delim, comment rune, lim formats.Limits) *scanner {
	s := &scanner{src: src, firstSize: firstSize, delim: []byte(string(delim)), maxRecord: lim.RecordBytes, columns: lim.Columns, nextLine: 1}
	if comment != 0 {
		s.comment = []byte(string(comment))
	}
	s.stop['"'], s.stop['\r'], s.stop['\n'], s.stop[s.delim[0]] = true, true, true, true
	return s
}

// next scans the next record. It returns false at the end of the text.
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
			s.line, s.nextLine = s.nextLine, s.nextLine+s.lines
			s.text = b[:n]
			s.pos += end
			if n > s.maxRecord {
				return false, s.refuse(formats.OverLimit("record", s.maxRecord))
			}
			return true, nil
		case end == ambiguous, s.eof:
			s.number++
			line := s.nextLine + countLines(b[:n])
			return false, s.refuse(formats.Refuse("csv.quote", "line", strconv.Itoa(line)))
		case len(b) > s.maxRecord+2: // up to two bytes may be part of the line end
			s.number++
			return false, s.refuse(formats.OverLimit("record", s.maxRecord))
		}

		if err := s.fill(); err != nil {
			return false, err
		}
	}
}

// refuse returns r for the current record.
func (s *scanner) refuse(r *formats.Refusal) *formats.Refusal {
	r.Row = s.number
	return r
}

// fill reads more text into the window, which it doubles if the record takes half
// of it. It always fills the window completely. So the sizes of the reads of the
// source make no difference, and scanning a record again takes linear time.
func (s *scanner) fill() error {
	first := s.buf == nil
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end*2 >= len(s.buf) {
		s.buf = append(s.buf, make([]byte, max(s.firstSize, len(s.buf)))...)
	}

	n, err := io.ReadFull(s.src, s.buf[s.end:])
	s.end += n
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		s.eof = true
		// DOS ended a text with Ctrl-Z, and some programs still do.
		s.end -= len(s.buf[:s.end]) - len(bytes.TrimRight(s.buf[:s.end], "\x1a"))
	case err != nil:
		return fmt.Errorf("csv: read: %w", err)
	}

	for first && bytes.HasPrefix(s.buf[s.pos:s.end], bom) {
		s.pos += len(bom)
	}
	return nil
}

// scan scans the record at the start of b. n is its length, and end its length with
// the line end. end is needMore if b does not contain the end of the record, and
// ambiguous if the end is uncertain. In both cases n is the start of the cell whose
// end was not found.
func (s *scanner) scan(b []byte) (n, end int) {
	s.record = record{number: s.number, cells: s.cells[:0]}
	if s.skipFirst && s.number == 0 || len(s.comment) > 0 && bytes.HasPrefix(b, s.comment) {
		s.skipped = true
		if n = bytes.IndexAny(b, "\r\n"); n < 0 {
			n = len(b)
		}
		return s.endRecord(b, n)
	}

	for i := 0; ; i += len(s.delim) {
		// A cell is quoted text followed by unquoted text. Each part may be empty.
		c := span{from: i}
		if i < len(b) && b[i] == '"' {
			if i = s.scanQuoted(b, i, &c); i < 0 {
				return c.from, needMore
			}
		}
		if i = s.scanUnquoted(b, i, &c); i < 0 {
			return c.from, needMore
		}
		if c.faults&(lineBreak|textAfter) == lineBreak|textAfter {
			return c.from, ambiguous
		}

		c.to = i
		s.keepCell(c)
		if i == len(b) || b[i] == '\n' || b[i] == '\r' {
			return s.endRecord(b, i)
		}
	}
}

// scanQuoted returns the index after the closing quote of the quoted text at i, or
// needMore.
func (s *scanner) scanQuoted(b []byte, i int, c *span) int {
	for i++; ; i++ {
		k := bytes.IndexByte(b[i:], '"')
		if k < 0 {
			return needMore
		}
		if i += k + 1; i == len(b) || b[i] != '"' {
			break // at the end of b this may be half of a doubled quote; then scanUnquoted needs more
		}
		c.faults |= doubledQuote
	}

	c.closed = i
	if n := countLines(b[c.from:i]); n > 0 {
		s.lines += n
		c.faults |= lineBreak
	}
	return i
}

// scanUnquoted returns the end of the cell whose unquoted part begins at i, or
// needMore.
func (s *scanner) scanUnquoted(b []byte, i int, c *span) int {
	for ; ; i++ {
		for i < len(b) && !s.stop[b[i]] {
			i++
		}
		switch {
		case i == len(b):
			if !s.eof {
				return needMore
			}
		case b[i] == '"':
			if c.closed == 0 && c.faults == 0 {
				c.faults = bareQuote
				if i > c.from && isBlankText(b[c.from:i]) {
					c.faults = blanksBefore
				}
			}
			continue
		case b[i] == '\n', b[i] == '\r', len(s.delim) == 1, bytes.HasPrefix(b[i:], s.delim):
		default:
			continue // a character that shares the first byte of the delimiter
		}

		if c.closed > 0 && i > c.closed {
			c.faults |= textAfter
		}
		return i
	}
}

// keepCell appends a cell to the record, unless the record has too many.
func (s *scanner) keepCell(c span) {
	s.width++
	s.faults |= c.faults
	switch {
	case len(s.cells) < s.columns:
		s.cells = append(s.cells, c)
	case c.to > c.from && c.closed != c.from+2, s.width > formats.HardColumns:
		s.tooWide = true
	}
}

// endRecord ends the record of n bytes. It returns n and the index after the line
// end, or needMore if b may contain a part of the line end only.
func (s *scanner) endRecord(b []byte, n int) (int, int) {
	s.lines++
	rest := b[n:]
	switch {
	case len(rest) < 3 && !s.eof && (len(rest) == 0 || rest[0] == '\r'):
		return n, needMore
	case len(rest) == 0:
		return n, n
	}
	return n, n + lineBreakLen(rest)
}

// lineBreakLen returns the length of the line break at the start of b.
func lineBreakLen(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\r\r\n")):
		return 3
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	}
	return 1
}

// countLines returns the number of line breaks in b.
func countLines(b []byte) int {
	n := 0
	for {
		i := bytes.IndexAny(b, "\r\n")
		if i < 0 {
			return n
		}
		n++
		b = b[i+lineBreakLen(b[i:]):]
	}
}

// value returns the text of a cell of the record. It is valid until the next call.
func (s *scanner) value(c span) []byte {
	if c.closed == 0 {
		return s.text[c.from:c.to]
	}
	inner := s.text[c.from+1 : c.closed-1]
	if c.faults&(doubledQuote|textAfter) == 0 {
		return inner
	}

	// Of each doubled quote one is kept. Text after the closing quote is kept too.
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
	out = append(out, s.text[c.closed:c.to]...)
	s.scratch = out
	return out
}

// isBlank reports whether all cells of the record are blank.
func (s *scanner) isBlank() bool {
	for _, c := range s.cells {
		if !isBlankText(s.value(c)) {
			return false
		}
	}
	return !s.tooWide
}

// isBlankText reports whether b is empty or white space.
func isBlankText(b []byte) bool {
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
