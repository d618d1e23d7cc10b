package csv

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// Writer writes sheets as delimited text that is inert ([formats.Guard]).
//
// The zero value writes what Excel opens right where the decimal sign is a
// point: UTF-8 with a byte order mark, without which Excel takes it for the
// machine's old code page; commas; CRLF, after RFC 4180. Where the decimal sign
// is a comma, Excel wants the Delimiter ';'.
//
// NUL and bytes that are not UTF-8 are written as U+FFFD.
type Writer struct {
	// Delimiter separates cells; 0 is a comma.
	Delimiter rune
	// Comment is the sign of a comment; 0 is the sheet's, or '#'. A line of the preamble that
	// begins with it is written without quotes, so that a reader with the same
	// [Format.Comment] passes it over, unless that would leave something live. A
	// record that begins with it is written with quotes, so that none does.
	Comment rune
	// NoBOM leaves out the byte order mark, for programs that trip over it.
	NoBOM bool
	// LF ends lines as Unix does.
	LF bool
}

var _ formats.Writer = Writer{}

// Ext is ".csv".
func (Writer) Ext() string { return ".csv" }

// WriteSheet writes the preamble, the headings and the rows, each row filled up
// to the width of the headings. It writes while rows come, some 32 KiB at a time.
func (w Writer) WriteSheet(out io.Writer, s formats.Sheet) error {
	w.Comment = cmp.Or(w.Comment, s.Comment)
	e, err := w.encoder(out)
	if err != nil {
		return err
	}
	for _, line := range s.Preamble {
		e.preamble(line)
	}
	row := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		row[i] = c.Heading
	}
	if len(row) > 0 {
		e.record(row)
	}
	if s.Rows == nil {
		return e.flush()
	}
	n := 0
	for cells := range s.Rows {
		n++
		if len(cells) > len(row) {
			return fmt.Errorf("csv: write: row %d has %d cells, the sheet %d columns", n, len(cells), len(row))
		}
		clear(row[copy(row, cells):])
		if e.record(row); e.err != nil {
			break
		}
	}
	return e.flush()
}

// An encoder writes records. Its error sticks.
type encoder struct {
	out     io.Writer
	buf     []byte
	err     error
	delim   rune
	comment rune
	eol     string
}

const pieces = 32 << 10

func (w Writer) encoder(out io.Writer) (*encoder, error) {
	e := &encoder{out: out, delim: ',', comment: '#', eol: "\r\n"}
	if w.Delimiter != 0 {
		e.delim = w.Delimiter
	}
	if w.Comment != 0 {
		e.comment = w.Comment
	}
	if !validSign(e.delim) {
		return nil, fmt.Errorf("csv: %q cannot be a delimiter", e.delim)
	}
	if !validSign(e.comment) {
		return nil, fmt.Errorf("csv: %q cannot begin a comment", e.comment)
	}
	if w.LF {
		e.eol = "\n"
	}
	if !w.NoBOM {
		e.buf = append(e.buf, bom...)
	}
	return e, nil
}

func (e *encoder) flush() error {
	if len(e.buf) > 0 && e.err == nil {
		if _, err := e.out.Write(e.buf); err != nil {
			e.err = fmt.Errorf("csv: write: %w", err)
		}
	}
	e.buf = e.buf[:0]
	return e.err
}

func (e *encoder) record(cells []string) {
	for i, s := range cells {
		if i > 0 {
			e.buf = utf8.AppendRune(e.buf, e.delim)
		}
		e.cell(clean(s), i == 0)
	}
	e.end()
}

func (e *encoder) end() {
	e.buf = append(e.buf, e.eol...)
	if len(e.buf) >= pieces {
		_ = e.flush()
	}
}

// preamble writes a line as one cell, or as the comment it is.
func (e *encoder) preamble(line string) {
	line = clean(line)
	if e.isComment(line) {
		line = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ").Replace(line)
		// Without quotes a spreadsheet may split the comment into cells.
		said := line
		if rest := strings.TrimPrefix(line, string(e.comment)); strings.HasPrefix(rest, " ") {
			said = rest // the sign itself, of which % counts as live, is harmless before a blank
		}
		cells := strings.FieldsFunc(said, func(r rune) bool { return r == e.delim || isDelimiter(r) })
		if !slices.ContainsFunc(cells, func(s string) bool { return !inert(s) }) {
			e.buf = append(e.buf, line...)
			e.end()
			return
		}
	}
	e.record([]string{line})
}

// inert holds for a piece of a comment that may stand as a cell of its own.
func inert(s string) bool {
	s = strings.TrimLeft(s, "'\" ")
	return formats.Guard(s) == s
}

func (e *encoder) isComment(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == e.comment
}

func (e *encoder) cell(s string, first bool) {
	s = formats.Guard(s)
	if !e.quotes(s) && !(first && e.isComment(s)) {
		e.buf = append(e.buf, s...)
		return
	}
	e.buf = append(e.buf, '"')
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		e.buf = append(e.buf, s[:i+1]...)
		e.buf = append(e.buf, '"')
		s = s[i+1:]
	}
	e.buf = append(e.buf, s...)
	e.buf = append(e.buf, '"')
}

// quotes holds for text that needs quotes, or is surer with them: whichever
// delimiter a reader takes, it finds the same cells or a fault; and no reader
// takes the file for anything but text.
func (e *encoder) quotes(s string) bool {
	if s == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	if first != '\'' && first != '_' && !unicode.IsLetter(first) && !unicode.IsDigit(first) || unicode.IsSpace(last) {
		return true
	}
	for _, r := range s {
		if r == e.delim || r == '"' || isDelimiter(r) || r < ' ' || r == 0x7f {
			return true
		}
	}
	return false
}

// isDelimiter holds for the delimiters that readers look for.
func isDelimiter(r rune) bool {
	return r == ',' || r == ';' || r == '\t' || r == '|'
}

// clean is s without what no reader takes.
func clean(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}
