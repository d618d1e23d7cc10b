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

// checkEvery is how many records may pass until the context is asked again.
const checkEvery = 256

// Read reads the whole of src. The package's comment says what becomes of
// what; [Reopen] lists the codes it refuses with.
func (f Format) Read(ctx context.Context, src formats.Source, lim formats.Limits) (*formats.Table, error) {
	if f.Delimiter != 0 && !validSign(f.Delimiter) {
		return nil, fmt.Errorf("csv: %q cannot be a delimiter", f.Delimiter)
	}
	if f.Comment != 0 && !validSign(f.Comment) {
		return nil, fmt.Errorf("csv: %q cannot begin a comment", f.Comment)
	}
	lim = lim.WithDefaults()
	cs, err := decide(ctx, src, src.Size, f.Encoding)
	if err != nil {
		return nil, err
	}
	l := f.detect(src, cs)
	raw := newSource(src, src.Size)
	r := reader{
		scanner: newScanner(cs.reader(raw), room(src.Size), l.delim, f.Comment, lim),
		Builder: formats.NewBuilder(src.Name, lim),
		charset: cs,
		heading: l.width,
		args:    args{control: map[string]string{"char": "U+0000"}, garbled: map[string]string{"encoding": cs.name}},
	}
	r.skip = l.sep
	err = r.rows(ctx)
	var refused *formats.Refusal
	if raw.short() && (err == nil || errors.As(err, &refused)) {
		return nil, truncated(io.ErrUnexpectedEOF) // whatever else is wrong where it breaks off
	}
	if err != nil {
		return nil, err
	}
	if !r.shown {
		return nil, formats.Refuse("file.empty")
	}
	if cs.guessed {
		r.Find(formats.Finding{
			Severity: formats.Warning, Code: "csv.encoding_guessed",
			Args: map[string]string{"encoding": cs.name, "sample": r.guess},
		})
	}
	t := r.Table()
	t.Source = map[string]string{"format": f.Name(), "encoding": cs.name, "delimiter": string(l.delim)}
	return t, nil
}

// A reader takes records into a table.
type reader struct {
	*scanner
	*formats.Builder
	charset
	shown   bool   // some record was not blank
	heading int    // width of the heading, 0 until it is known
	guess   string // the first text that is not ASCII, where the encoding was guessed

	control, garbled int // the last records with such a finding
	args             args
}

// args are the arguments that findings share: a file that is wrong throughout
// has the same ones in every row.
type args struct {
	control, garbled, surplus map[string]string
	found                     int // the width that surplus is about
}

func (r *reader) rows(ctx context.Context) error {
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
		if r.left {
			continue
		}
		r.shown = r.shown || !r.blank()
		if err := r.row(); err != nil {
			var refused *formats.Refusal
			if errors.As(err, &refused) {
				refused.Row = r.number
			}
			return err
		}
	}
}

func (r *reader) row() error {
	if r.over {
		return formats.OverLimit("columns", r.columns)
	}
	if r.heading == 0 && r.shown {
		r.heading = r.width
	}
	inspect := r.damaged || r.nul || r.guessed
	for i, c := range r.cells {
		text := r.value(c)
		if c.shut == 0 && len(text) > 0 && text[0] == curly[0] && curls(text) {
			r.cells[i].faults |= curled
			r.faults |= curled
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
	if r.faults&faulty != 0 {
		r.quotes()
	}
	if r.width > r.heading {
		r.surplus()
	}
	_, err := r.EndRow(r.number, r.line)
	return err
}

// find adds a finding about the cell in column i, from 0.
func (r *reader) find(f formats.Finding, i int, value []byte) {
	f.Row, f.Line, f.Column, f.Value = r.number, r.line, i+1, string(value)
	r.Find(f)
}

// quotes finds the worst of what is wrong with the record's quotes.
func (r *reader) quotes() {
	f := formats.Finding{Severity: formats.Warning, Code: "csv.quote"}
	wanted := bare
	if r.faults&(spaced|trailed|curled) != 0 {
		f.Severity, wanted = formats.Error, spaced|trailed|curled
	}
	for i, c := range r.cells {
		if c.faults&wanted == 0 {
			continue
		}
		text := r.value(c)
		if inner, ok := unquote(bytes.TrimSpace(text)); ok && c.faults&spaced != 0 {
			f.Fix = &inner
		}
		r.find(f, i, text)
		return
	}
}

// curly is the typographic opening quote; the others begin with the same byte.
const curly = "“"

// curls holds for text that a typographic quote opens and none closes: what
// was meant to be one cell was split at a delimiter inside.
func curls(text []byte) bool {
	first, n := utf8.DecodeRune(text)
	return (first == '“' || first == '”' || first == '„' || first == '‟') &&
		!bytes.ContainsAny(text[n:], "“”‟\"")
}

// unquote is the text between quotes, if nothing in it makes that doubtful.
func unquote(b []byte) (string, bool) {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' || bytes.IndexByte(b[1:len(b)-1], '"') >= 0 {
		return "", false
	}
	return string(b[1 : len(b)-1]), true
}

// surplus finds the first cell that shows something beyond the heading's width.
func (r *reader) surplus() {
	for i := r.heading; i < len(r.cells); i++ {
		if text := r.value(r.cells[i]); !blank(text) {
			if r.args.found != r.width {
				r.args.found = r.width
				r.args.surplus = map[string]string{"want": strconv.Itoa(r.heading), "found": strconv.Itoa(r.width)}
			}
			r.find(formats.Finding{Severity: formats.Error, Code: "csv.field_count", Args: r.args.surplus}, i, text)
			return
		}
	}
}

var replacement = []byte(string(utf8.RuneError))

// halfLineEnd is U+0A00, which is no character. It is what a line end becomes
// where a byte of UTF-16 is missing before it: the rows from there on are in one cell.
var halfLineEnd = []byte("\u0a00")

// inspect looks at a cell of a file whose text may not all be text, and gives
// what is to be kept of it.
func (r *reader) inspect(i int, text []byte) []byte {
	if r.guessed && r.guess == "" && bytes.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf }) {
		r.guess = formats.Show(string(text))
	}
	if r.nul && r.control != r.number && bytes.IndexByte(text, 0) >= 0 {
		r.control = r.number
		r.find(formats.Finding{Severity: formats.Error, Code: "text.control", Args: r.args.control}, i, text)
	}
	if !r.damaged {
		return text
	}
	valid := utf8.Valid(text)
	if r.garbled != r.number && (!valid || r.enc != nil && bytes.Contains(text, replacement)) {
		r.garbled = r.number
		r.find(formats.Finding{Severity: formats.Error, Code: "csv.encoding", Args: r.args.garbled}, i, text)
	}
	if !valid {
		return bytes.ToValidUTF8(text, replacement)
	}
	return text
}
