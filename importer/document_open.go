package importer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// Reopen reads a document that [Preview.Save] wrote, and makes its preview on the
// store as it is now, through dir: findings, actions and what may be done are
// computed afresh, so that a document somebody changed gains nothing. It costs
// what a preview costs, but for reading the file; memory grows with the length
// of the document: bound that of what comes from outside. Who writes a document
// chooses the id of its import, and gains nothing by it: an id that something has already is refused.
//
// A document whose import was begun since, here or elsewhere, is that import
// still: the preview shows what it showed, and a commit goes on, or answers the
// report of what is done.
//
// Rows that would now do something else than they were shown to do are marked
// ([Preview.Stale], [RowView.Changed]); a commit ends them as conflicts, unless
// somebody has seen them since ([Preview.Acknowledge]).
//
// The template is the one of templates that has the name the document was saved
// under; the preview of an undoing ([Undo]) needs none. The error is a
// [*formats.Refusal] ("document.form", "document.version", "document.template"),
// what [Importer.Preview] or [Undo] return, or the reader's.
func Reopen(ctx context.Context, dir *users.Directory, r io.Reader, templates ...*Template) (*Preview, error) {
	d := &opening{from: &source{r: r}}
	d.dec = json.NewDecoder(d.from)
	if err := d.read(); err != nil {
		return nil, err
	}
	opts := Options{Account: d.head.Account, Mode: d.head.Mode, Label: d.head.Label, AllowReplay: d.head.Again, Map: d.head.Map, Resume: d.head.Resume}
	opts.continues = d.head.Rest
	opts.document, d.id = &d.document, d.head.ID
	if rec, err := importRecord(ctx, dir, d.head.ID); err == nil && rec.Account == opts.Account {
		opts.Resume = cmp.Or(opts.Resume, rec.ID) // it was begun since
	} else if err != nil && !errors.Is(err, users.ErrNotFound) {
		return nil, fmt.Errorf("importer: open: %w", err)
	}
	if d.head.Undoes != "" {
		if e := d.edits; len(d.head.Map) > 0 || len(d.tables) > 0 || e != nil && len(e.Added)+len(e.Set) > 0 {
			return nil, formats.Refuse("document.form") // its rows can only be removed
		}
		p, err := undo(ctx, dir, d.head.Undoes, opts)
		if err != nil {
			return nil, fmt.Errorf("importer: open: %w", err)
		}
		return p, nil
	}
	i := slices.IndexFunc(templates, func(t *Template) bool { return t.Name == d.head.Template })
	if i < 0 {
		want := ""
		if len(templates) == 1 {
			want = templates[0].Name
		}
		return nil, formats.Refuse("document.template", "found", formats.Show(d.head.Template), "want", want)
	}
	return New(dir, templates[i], &opts).Preview(ctx, d.tables...)
}

// maxTables is how many tables a document may have. No template has as many.
const maxTables = 100

// document is what a reopened preview has beside its tables.
type document struct {
	id    users.ID
	edits *docEdits
	shown []byte
	rows  int
}

// source is a reader that remembers its error.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// opening is a document while it is read.
type opening struct {
	document
	from     *source
	dec      *json.Decoder
	head     docHead
	builders []*formats.Builder
	findings []map[int][]formats.Finding // by table and row
	last     []int                       // the number of the row read last
	tables   []*formats.Table
}

func (d *opening) read() error {
	if err := d.next(&d.head); err != nil {
		return err
	}
	switch {
	case d.head.Kind != documentKind || d.head.Version < 1:
		return formats.Refuse("document.form")
	case d.head.Version > documentVersion:
		return formats.Refuse("document.version", "found", strconv.Itoa(d.head.Version), "want", strconv.Itoa(documentVersion))
	}
	if len(d.head.Tables) > maxTables {
		return ErrTables
	}
	for _, t := range d.head.Tables {
		d.begin(t)
	}
	for {
		var part docPart
		if err := d.next(&part); err != nil {
			return err
		}
		if part.End != nil {
			d.rows = *part.End
			break
		}
		if err := d.part(&part); err != nil {
			return err
		}
	}
	for i, b := range d.builders {
		for _, f := range d.findings[i][0] {
			b.Find(f)
		}
		for _, row := range slices.Sorted(maps.Keys(d.findings[i])) {
			if row != 0 {
				for _, f := range d.findings[i][row] { // in rows that hold nothing
					b.Find(f)
				}
			}
		}
		t := b.Table()
		t.Source, t.Cells = d.head.Tables[i].Source, d.head.Tables[i].Cells
		d.tables = append(d.tables, t)
	}
	return nil
}

// next reads a line. What is no document is refused; the reader's own errors are not.
func (d *opening) next(into any) error {
	err := d.dec.Decode(into)
	switch {
	case err == nil:
		return nil
	case d.from.err != nil:
		return fmt.Errorf("importer: open: %w", d.from.err)
	}
	return noDocument(err)
}

func noDocument(cause error) *formats.Refusal {
	r := formats.Refuse("document.form")
	r.Err = cause
	return r
}

func (d *opening) begin(t docTable) {
	d.builders = append(d.builders, formats.NewBuilder(t.Name, formats.Limits{Rows: -1, Cells: -1, CellChars: -1, Columns: formats.HardColumns}))
	byRow := map[int][]formats.Finding{}
	for _, f := range t.Findings {
		byRow[f.Row] = append(byRow[f.Row], f)
	}
	d.findings = append(d.findings, byRow)
	d.last = append(d.last, 0)
}

func (d *opening) part(p *docPart) error {
	d.shown = append(d.shown, p.Shown...)
	if p.Edits != nil {
		d.edits = p.Edits
	}
	if len(p.Rows) == 0 {
		return nil
	}
	if p.Table < 0 || p.Table >= len(d.builders) {
		return formats.Refuse("document.form")
	}
	b := d.builders[p.Table]
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.Number <= d.last[p.Table] || r.Number > formats.HardRows || r.Line < 0 {
			return formats.Refuse("document.form")
		}
		d.last[p.Table] = r.Number
		for _, c := range r.Withheld {
			if c < 0 || c >= len(r.Cells) {
				return formats.Refuse("document.form")
			}
			r.Cells[c] = withheld
		}
		for c, text := range r.Bytes {
			if c < 0 || c >= len(r.Cells) {
				return formats.Refuse("document.form")
			}
			r.Cells[c] = string(text)
		}
		for _, c := range r.Cells {
			if err := b.Cell([]byte(c)); err != nil {
				return err
			}
		}
		for _, f := range d.findings[p.Table][r.Number] {
			b.Find(f)
		}
		delete(d.findings[p.Table], r.Number)
		if _, err := b.EndRow(r.Number, r.Line); err != nil {
			return err
		}
	}
	return nil
}
