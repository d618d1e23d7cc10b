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

// Reopen reads a document that [Preview.Save] wrote, and returns its preview on the
// store as it is now. Findings, actions and permissions are computed again through
// dir. Changing a document gives no further rights. The document holds the id of the
// import. An id that is in use is refused.
//
// Reopen costs as much as a preview without reading the file. Memory grows with
// the length of the document: limit the length of one that comes from outside.
//
// If the import was started in the meantime, the preview shows that import. A commit
// continues it, or returns its report.
//
// Rows that would now do something else than the document showed are stale
// ([Preview.Stale], [RowView.Stale]). A commit ends them as conflicts, unless a
// person has seen them since ([Preview.Acknowledge]).
//
// Of templates Reopen uses the one with the name in the document. The preview of an
// undo ([Undo]) needs none. The error is a [*formats.Refusal] ("document.form",
// "document.version", "document.template"), an error of [Importer.Preview] or
// [Undo], or one of the reader.
func Reopen(ctx context.Context, dir *users.Directory, r io.Reader, templates ...*Template) (*Preview, error) {
	d := &opening{from: &source{r: r}}
	d.dec = json.NewDecoder(d.from)
	if err := d.read(); err != nil {
		return nil, err
	}
	opts, err := d.options(ctx, dir)
	if err != nil {
		return nil, err
	}

	if d.head.Undoes != "" {
		return d.reopenUndo(ctx, dir, opts)
	}
	for _, t := range d.head.Tables {
		if t.Reading == nil {
			t.Reading = &gridReading{} // the zero value says that it is not known
		}
		d.readings = append(d.readings, *t.Reading)
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

// options returns the options of the document. If its import was begun meanwhile,
// they resume it.
func (d *opening) options(ctx context.Context, dir *users.Directory) (Options, error) {
	opts := Options{Account: d.head.Account, Mode: d.head.Mode, Label: d.head.Label, AllowReplay: d.head.Again, Map: d.head.Map, Resume: d.head.Resume}
	opts.continues = d.head.Rest
	opts.document, d.id = &d.document, d.head.ID

	rec, err := importRecord(ctx, dir, d.head.ID)
	switch {
	case err == nil && rec.Account == opts.Account:
		opts.Resume = cmp.Or(opts.Resume, rec.ID)
	case err != nil && !errors.Is(err, users.ErrNotFound):
		return opts, fmt.Errorf("importer: open: %w", err)
	}
	return opts, nil
}

// reopenUndo returns the preview of an undoing. Its rows come from the journal, and
// the document may only remove some.
func (d *opening) reopenUndo(ctx context.Context, dir *users.Directory, opts Options) (*Preview, error) {
	e := d.edits
	if len(d.head.Map) > 0 || len(d.tables) > 0 || e != nil && len(e.Added)+len(e.Set) > 0 {
		return nil, formats.Refuse("document.form")
	}
	p, err := undo(ctx, dir, d.head.Undoes, opts)
	if err != nil {
		return nil, fmt.Errorf("importer: open: %w", err)
	}
	return p, nil
}

// maxTables is the largest number of tables in a document. No template has as many.
const maxTables = 100

// document is the content of a document without its tables.
type document struct {
	id       users.ID
	edits    *docEdits // nil if there are none
	readings []gridReading
	shown    []byte // as in docPart, of all rows
	rows     int
}

// source is a reader that remembers its error, to tell it from a wrong document.
type source struct {
	r   io.Reader
	err error
}

// Read implements [io.Reader].
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// opening is a document that is being read.
type opening struct {
	document
	from     *source
	dec      *json.Decoder
	head     docHead
	builders []*formats.Builder
	findings []map[int][]formats.Finding // by table and row
	last     []int                       // by table: the number of the row read last
	tables   []*formats.Table
}

// read reads the whole document and builds its tables.
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
		d.beginTable(t)
	}
	if err := d.readParts(); err != nil {
		return err
	}
	for i := range d.builders {
		d.tables = append(d.tables, d.endTable(i))
	}
	return nil
}

// readParts reads the lines after the head, up to the one that ends the document.
func (d *opening) readParts() error {
	for {
		var part docPart
		if err := d.next(&part); err != nil {
			return err
		}
		if part.End != nil {
			d.rows = *part.End
			return nil
		}
		if err := d.addPart(&part); err != nil {
			return err
		}
	}
}

// endTable returns table number i with the findings that belong to none of its
// rows: first those of the whole table, then those of rows that hold nothing.
func (d *opening) endTable(i int) *formats.Table {
	b := d.builders[i]
	for _, f := range d.findings[i][0] {
		b.Find(f)
	}
	for _, row := range slices.Sorted(maps.Keys(d.findings[i])) {
		if row != 0 {
			for _, f := range d.findings[i][row] {
				b.Find(f)
			}
		}
	}

	t := b.Table()
	t.Source, t.Cells = d.head.Tables[i].Source, d.head.Tables[i].Cells
	return t
}

// next reads a line. It refuses a line that does not belong to a document, and
// returns the reader's own errors as they are.
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

// noDocument returns the refusal of a document that is wrong in some way.
func noDocument(cause error) *formats.Refusal {
	r := formats.Refuse("document.form")
	r.Err = cause
	return r
}

// beginTable prepares a table for its rows.
func (d *opening) beginTable(t docTable) {
	d.builders = append(d.builders, formats.NewBuilder(t.Name, formats.Limits{Rows: -1, Cells: -1, CellChars: -1, Columns: formats.HardColumns}))
	byRow := map[int][]formats.Finding{}
	for _, f := range t.Findings {
		byRow[f.Row] = append(byRow[f.Row], f)
	}
	d.findings = append(d.findings, byRow)
	d.last = append(d.last, 0)
}

// addPart adds a line that is neither the head nor the end.
func (d *opening) addPart(p *docPart) error {
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
	for i := range p.Rows {
		if err := d.addRow(p.Table, &p.Rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// addRow adds a row to a table. Record numbers must rise.
func (d *opening) addRow(table int, r *docRow) error {
	if r.Number <= d.last[table] || r.Number > formats.HardRows || r.Line < 0 {
		return formats.Refuse("document.form")
	}
	d.last[table] = r.Number

	if !r.restore() {
		return formats.Refuse("document.form")
	}
	b := d.builders[table]
	for _, c := range r.Cells {
		if err := b.Cell([]byte(c)); err != nil {
			return err
		}
	}

	// The builder takes findings of a row before the row ends.
	for _, f := range d.findings[table][r.Number] {
		b.Find(f)
	}
	delete(d.findings[table], r.Number)
	_, err := b.EndRow(r.Number, r.Line)
	return err
}

// restore puts the marks of withheld cells and the texts of Bytes into the cells.
// It reports whether all of them are cells of the row.
func (r *docRow) restore() bool {
	for _, c := range r.Withheld {
		if c < 0 || c >= len(r.Cells) {
			return false
		}
		r.Cells[c] = withheld
	}
	for c, text := range r.Bytes {
		if c < 0 || c >= len(r.Cells) {
			return false
		}
		r.Cells[c] = string(text)
	}
	return true
}
