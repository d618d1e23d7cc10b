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

// Writer writes sheets as delimited text. Every cell is inert ([formats.Guard]).
//
// The zero value writes UTF-8 with a byte order mark, commas, and CRLF after RFC
// 4180. Excel opens such a file correctly where the decimal sign is a point. Where
// it is a comma, Excel needs the Delimiter ';'. Without the mark, Excel reads the
// file in the code page of the machine.
//
// NUL and bytes that are not UTF-8 are written as U+FFFD.
type Writer struct {
	// Delimiter separates cells; 0 means the one of the sheet, or else a comma.
	Delimiter rune
	// Comment is the character that begins a comment; 0 means the one of the sheet,
	// or else '#'. A line of the preamble that begins with it is written without
	// quotes, so that a reader with the same [Format.Comment] skips it. A comment with
	// a part that is not inert is quoted all the same. A record that begins with it is written with
	// quotes, so that no reader skips it.
	Comment rune
	// NoBOM leaves out the byte order mark, for programs that do not understand it.
	NoBOM bool
	// LF ends lines with LF instead of CRLF.
	LF bool
}

var _ formats.Writer = Writer{}

// Ext returns ".csv".
func (Writer) Ext() string { return ".csv" }

// WriteSheet writes the preamble, the headings and the rows. It fills each row up to
// the width of the headings, and adds the facts that a text file has in its rows. It
// writes to out while it reads the rows, about 32 KiB at a time.
func (w Writer) WriteSheet(out io.Writer, s formats.Sheet) error {
	w.Comment = cmp.Or(w.Comment, s.Comment)
	w.Delimiter = cmp.Or(w.Delimiter, s.Delimiter)
	e, err := w.encoder(out)
	if err != nil {
		return err
	}
	e.asRead = s.AsRead

	for _, line := range s.Preamble {
		e.writePreamble(line)
	}

	width := len(s.Columns)
	row := make([]string, width)
	for i, c := range s.Columns {
		row[i] = c.Heading
	}
	var facts []string // the same in every row
	for _, f := range s.Facts {
		if f.InRows {
			row, facts = append(row, f.Name), append(facts, f.Value)
		}
	}
	if len(row) > 0 {
		e.writeRecord(row)
	}

	if s.Rows == nil {
		return e.flush()
	}
	copy(row[width:], facts)
	n := 0
	for cells := range s.Rows {
		n++
		if len(cells) > width {
			return fmt.Errorf("csv: write: row %d has %d cells, the sheet %d columns", n, len(cells), width)
		}
		clear(row[copy(row, cells):width])
		for i, c := range s.Columns {
			if c.Wrap {
				row[i] = strings.ReplaceAll(row[i], "\n", " ")
			}
		}
		if e.writeRecord(row); e.err != nil {
			break
		}
	}
	return e.flush()
}

// An encoder writes records. After an error it writes nothing more.
type encoder struct {
	out     io.Writer
	buf     []byte
	err     error
	delim   rune
	comment rune
	eol     string
	asRead  bool // cells may be guarded already
}

// flushSize is the number of buffered bytes that the encoder writes at once.
const flushSize = 32 << 10

// encoder returns an encoder with the options of w, or the error of an invalid option.
func (w Writer) encoder(out io.Writer) (*encoder, error) {
	e := &encoder{out: out, delim: ',', comment: '#', eol: "\r\n"}
	if w.Delimiter != 0 {
		e.delim = w.Delimiter
	}
	if w.Comment != 0 {
		e.comment = w.Comment
	}

	if !isValidSign(e.delim) {
		return nil, fmt.Errorf("csv: %q cannot be a delimiter", e.delim)
	}
	if !isValidSign(e.comment) {
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

// flush writes the buffer to out.
func (e *encoder) flush() error {
	if len(e.buf) > 0 && e.err == nil {
		if _, err := e.out.Write(e.buf); err != nil {
			e.err = fmt.Errorf("csv: write: %w", err)
		}
	}
	e.buf = e.buf[:0]
	return e.err
}

// writeRecord writes one line of cells.
func (e *encoder) writeRecord(cells []string) {
	for i, s := range cells {
		if i > 0 {
			e.buf = utf8.AppendRune(e.buf, e.delim)
		}
		e.writeCell(replaceInvalid(s), i == 0)
	}
	e.endLine()
}

// endLine ends a line, and flushes the buffer if it is full.
func (e *encoder) endLine() {
	e.buf = append(e.buf, e.eol...)
	if len(e.buf) >= flushSize {
		_ = e.flush()
	}
}

// writePreamble writes a line as a comment if it is one and is inert, and otherwise
// as one cell.
func (e *encoder) writePreamble(line string) {
	line = replaceInvalid(line)
	if e.isComment(line) {
		line = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ").Replace(line)

		// A spreadsheet may split a comment without quotes into cells, at any
		// delimiter. Each of them must be inert.
		content := line
		if rest := strings.TrimPrefix(line, string(e.comment)); strings.HasPrefix(rest, " ") {
			content = rest // a comment sign before a blank is harmless, even %
		}
		cells := strings.FieldsFunc(content, func(r rune) bool { return r == e.delim || isDelimiter(r) })
		if !slices.ContainsFunc(cells, func(s string) bool { return !isInert(s) }) {
			e.buf = append(e.buf, line...)
			e.endLine()
			return
		}
	}
	e.writeRecord([]string{line})
}

// isInert reports whether a piece of a comment is safe as a cell of its own.
func isInert(s string) bool {
	s = strings.TrimLeft(s, "'\" ")
	return formats.Guard(s) == s
}

// isComment reports whether s begins with the comment sign.
func (e *encoder) isComment(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == e.comment
}

// writeCell writes one cell, guarded and quoted as needed. first means the first
// cell of a record.
func (e *encoder) writeCell(s string, first bool) {
	if e.asRead {
		s = formats.Unguard(s)
	}
	s = formats.Guard(s)
	if !e.needsQuotes(s) && !(first && e.isComment(s)) {
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

// needsQuotes reports whether s is written in quotes. It quotes more than RFC 4180
// requires, for two reasons. A reader with a wrong delimiter then finds the same
// cells or a fault. And no reader mistakes the file for something other than text.
func (e *encoder) needsQuotes(s string) bool {
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

// isDelimiter reports whether r is a delimiter that readers try.
func isDelimiter(r rune) bool {
	return r == ',' || r == ';' || r == '\t' || r == '|'
}

// replaceInvalid returns s with U+FFFD for NULs and bytes that are not UTF-8, which
// no reader accepts.
func replaceInvalid(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}
