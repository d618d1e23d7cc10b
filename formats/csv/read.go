package csv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
)

// checkEvery is the number of records between two checks of the context.
const checkEvery = 256

// Read reads the whole of src. The package comment lists the findings; [Open] lists
// the codes of refusals.
func (f Format) Read(ctx context.Context, src formats.Source, lim formats.Limits) (*formats.Table, error) {
	if f.Delimiter != 0 && !isValidSign(f.Delimiter) {
		return nil, fmt.Errorf("csv: %q cannot be a delimiter", f.Delimiter)
	}
	if f.Comment != 0 && !isValidSign(f.Comment) {
		return nil, fmt.Errorf("csv: %q cannot begin a comment", f.Comment)
	}

	lim = lim.WithDefaults()
	cs, err := detectCharset(ctx, src, src.Size, f.Encoding)
	if err != nil {
		return nil, err
	}
	l := f.detectLayout(src, cs)

	raw := newSource(src, src.Size)
	r := reader{
		scanner: newScanner(cs.reader(raw), windowSize(src.Size), l.delim, f.Comment, lim),
		Builder: formats.NewBuilder(src.Name, lim),
		charset: cs,
		heading: l.width,
		args:    args{control: map[string]string{"char": "U+0000"}, garbled: map[string]string{"encoding": cs.name}},
	}
	r.skipFirst = l.sep

	// A source that ended early explains any refusal at the place where it ended.
	err = r.readRows(ctx)
	var refused *formats.Refusal
	if raw.isShort() && (err == nil || errors.As(err, &refused)) {
		return nil, refuseTruncated(io.ErrUnexpectedEOF)
	}
	if err != nil {
		return nil, err
	}

	if !r.hasContent {
		return nil, formats.Refuse("file.empty")
	}
	if cs.guessed {
		r.Find(formats.Finding{
			Severity: formats.Warning, Code: "csv.encoding_guessed",
			Args: map[string]string{"encoding": cs.name, "sample": r.firstNonASCII},
		})
	}
	t := r.Table()
	t.Source = map[string]string{"format": f.Name(), "encoding": cs.name, "delimiter": string(l.delim)}
	return t, nil
}

// A reader adds the records of a file to a table.
type reader struct {
	*scanner
	*formats.Builder
	charset
	hasContent    bool   // a record was not blank
	heading       int    // width of the heading, 0 until known
	firstNonASCII string // the first cell that is not ASCII, where the encoding was guessed
	args          args
}

// args are the arguments that findings share. A file with the same fault in every
// row would otherwise allocate them for every row.
type args struct {
	control, garbled, surplus map[string]string
	found                     int // the width in surplus
}

// readRows adds every record to the table.
func (r *reader) readRows(ctx context.Context) error {
	for {
		if r.number%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("csv: %w", err)
			}
		}

		ok, err := r.next()
		if err != nil || !ok {
			return err
		}
		if r.skipped {
			continue
		}

		r.hasContent = r.hasContent || !r.isBlank()
		if err := r.addRow(); err != nil {
			var refused *formats.Refusal
			if errors.As(err, &refused) {
				refused.Row = r.number
			}
			return err
		}
	}
}

// addRow adds the current record to the table, with its findings.
func (r *reader) addRow() error {
	if r.tooWide {
		return formats.OverLimit("columns", r.columns)
	}

	if r.heading == 0 && r.hasContent {
		r.heading = r.width
	}

	inspect := r.damaged || r.nul || r.guessed
	for i, c := range r.cells {
		text := r.value(c)
		if c.closed == 0 && len(text) > 0 && text[0] == curly[0] && isUnclosedCurly(text) {
			r.cells[i].faults |= openCurly
			r.faults |= openCurly
		}
		if r.wide && bytes.Contains(text, halfLineEnd) {
			return formats.Refuse("csv.encoding", "found", "shifted")
		}
		if inspect {
			text = r.inspect(i, text)
		}
		if err := r.Cell(text); err != nil {
			return err
		}
	}

	if r.faults&faultMask != 0 {
		r.findQuoteFaults()
	}
	if r.width > r.heading {
		r.findSurplus()
	}
	_, err := r.EndRow(r.number, r.line)
	return err
}

// addFinding adds a finding for the cell in column i, from 0.
func (r *reader) addFinding(f formats.Finding, i int, value []byte) {
	f.Row, f.Line, f.Column, f.Value = r.number, r.line, i+1, string(value)
	r.Find(f)
}

// findQuoteFaults adds a finding for each cell of the record with a fault in its
// quotes: an error if the text of the cell is uncertain, or else a warning.
func (r *reader) findQuoteFaults() {
	for i, c := range r.cells {
		if c.faults&faultMask == 0 {
			continue
		}
		f := formats.Finding{Severity: formats.Warning, Code: "csv.quote"}
		if c.faults&(blanksBefore|textAfter|openCurly) != 0 {
			f.Severity = formats.Error
		}
		text := r.value(c)
		if inner, ok := unquote(bytes.TrimSpace(text)); ok && c.faults&blanksBefore != 0 {
			f.Fix = &inner
		}
		r.addFinding(f, i, text)
	}
}

// curly is a typographic opening quote. The others begin with the same byte.
const curly = "“"

// isUnclosedCurly reports whether a typographic quote opens text and no quote closes
// it. Then the text is part of a cell that was split at a delimiter inside the quotes.
func isUnclosedCurly(text []byte) bool {
	first, n := utf8.DecodeRune(text)
	return (first == '“' || first == '”' || first == '„' || first == '‟') &&
		!bytes.ContainsAny(text[n:], "“”‟\"")
}

// unquote returns the text between quotes. ok is false if b is not quoted or has
// another quote inside.
func unquote(b []byte) (text string, ok bool) {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' || bytes.IndexByte(b[1:len(b)-1], '"') >= 0 {
		return "", false
	}
	return string(b[1 : len(b)-1]), true
}

// findSurplus adds a finding for the first cell beyond the heading that is not blank.
func (r *reader) findSurplus() {
	for i := r.heading; i < len(r.cells); i++ {
		if text := r.value(r.cells[i]); !isBlankText(text) {
			if r.args.found != r.width {
				r.args.found = r.width
				r.args.surplus = map[string]string{"want": strconv.Itoa(r.heading), "found": strconv.Itoa(r.width)}
			}
			r.addFinding(formats.Finding{Severity: formats.Error, Code: "csv.field_count", Args: r.args.surplus}, i, text)
			return
		}
	}
}

var replacement = []byte(string(utf8.RuneError))

// halfLineEnd is U+0A00, which is not an assigned character. A line end is decoded
// as U+0A00 if a byte of UTF-16 is missing before it. Then all following rows would
// be read as one cell.
var halfLineEnd = []byte("\u0a00")

// inspect adds findings for a cell of a file that may contain invalid bytes or NULs,
// and returns the valid text of the cell.
func (r *reader) inspect(i int, text []byte) []byte {
	if r.guessed && r.firstNonASCII == "" && bytes.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf }) {
		r.firstNonASCII = formats.Show(string(text))
	}

	if r.nul && bytes.IndexByte(text, 0) >= 0 {
		r.addFinding(formats.Finding{Severity: formats.Error, Code: "text.control", Args: r.args.control}, i, text)
	}
	if !r.damaged {
		return text
	}

	valid := utf8.Valid(text)
	if !valid || r.enc != nil && bytes.Contains(text, replacement) {
		r.addFinding(formats.Finding{Severity: formats.Error, Code: "csv.encoding", Args: r.args.garbled}, i, text)
	}
	if !valid {
		return bytes.ToValidUTF8(text, replacement)
	}
	return text
}
