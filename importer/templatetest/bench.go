package templatetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// bench is what the cases work at: a template, samples, and what they do with
// both. Its methods fail the case when they cannot.
type bench struct {
	t     T
	ctx   context.Context
	rule  string
	tpl   *importer.Template
	s     Samples
	newID int
}

func newBench(t T, ctx context.Context, rule string, tpl *importer.Template, s Samples) *bench {
	s.Account = cmp.Or(s.Account, "acme")
	s.Stored = slices.Clone(s.Stored)
	for i := range s.Stored {
		r := &s.Stored[i]
		r.ID = cmp.Or(r.ID, users.ID(fmt.Sprintf("stored-%d", i)))
		r.Account = cmp.Or(r.Account, s.Account)
	}
	return &bench{t: t, ctx: ctx, rule: rule, tpl: tpl, s: s}
}

// at is a bench of another template, of the same case.
func (b *bench) at(tpl *importer.Template) *bench {
	out := *b
	out.tpl = tpl
	return &out
}

// store is a new store with what the samples have stored.
func (b *bench) store() *memstore.Store {
	b.t.Helper()
	store := memstore.New()
	batch := users.Batch{Import: "samples"}
	for _, r := range b.s.Stored {
		rec := r.Clone()
		batch.Writes = append(batch.Writes, users.Write{ID: r.ID, Record: &rec})
	}
	if len(batch.Writes) > 0 {
		if err := store.Apply(b.ctx, batch); err != nil {
			b.fatalf("the records of the samples cannot be stored: %v", err)
		}
	}
	return store
}

// dir is a host's view of a store, with a clock that stands still and ids that count.
func (b *bench) dir(store users.Store) *users.Directory {
	return users.Open(store, users.Host("templatetest"), &users.Options{
		Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
		NewID: func() users.ID {
			b.newID++
			return users.ID(fmt.Sprintf("made-%04d", b.newID))
		},
	})
}

// A sheet is a table that can be edited as a preview is. Its rows keep their numbers.
type sheet struct {
	table int
	lang  string
	rows  []row
}

type row struct {
	number, line int
	cells        []string
}

// sheets are the tables of a file, with headings in the template's first language.
func (b *bench) sheets(f File) []*sheet {
	b.t.Helper()
	if len(f.Tables) > len(b.tpl.Tables) {
		b.fatalf("the file %q has %d tables, the template %d", f.Name, len(f.Tables), len(b.tpl.Tables))
	}
	var out []*sheet
	for i, rows := range f.Tables {
		if rows == nil {
			continue
		}
		s := &sheet{table: i, lang: b.tpl.Languages()[0]}
		for n, cells := range rows {
			if len(cells) > len(b.tpl.Tables[i].Columns) {
				b.fatalf("row %d of the file %q has %d cells, the table %q %d columns", n+1, f.Name, len(cells), b.tpl.Tables[i].Name, len(b.tpl.Tables[i].Columns))
			}
			s.rows = append(s.rows, row{n + 2, n + 2, padded(cells, len(b.tpl.Tables[i].Columns))})
		}
		out = append(out, s)
	}
	return out
}

func padded(cells []string, n int) []string {
	return append(slices.Clone(cells), make([]string, n-len(cells))...)
}

func clones(sheets []*sheet) []*sheet {
	var out []*sheet
	for _, s := range sheets {
		c := &sheet{table: s.table, lang: s.lang}
		for _, r := range s.rows {
			c.rows = append(c.rows, row{r.number, r.line, slices.Clone(r.cells)})
		}
		out = append(out, c)
	}
	return out
}

// read is the sheet as a format would have read it.
func (b *bench) read(s *sheet) *formats.Table {
	b.t.Helper()
	spec := &b.tpl.Tables[s.table]
	build := formats.NewBuilder(spec.Name, formats.Limits{Rows: -1, Cells: -1, CellChars: -1})
	var heads []string
	for i := range spec.Columns {
		heads = append(heads, spec.Columns[i].Heading(s.lang))
	}
	for _, r := range append([]row{{1, 1, heads}}, s.rows...) {
		for _, c := range r.cells {
			if err := build.Cell([]byte(c)); err != nil {
				b.fatalf("a cell cannot be read: %v", err)
			}
		}
		if _, err := build.EndRow(r.number, r.line); err != nil {
			b.fatalf("a row cannot be read: %v", err)
		}
	}
	return build.Table()
}

// preview makes the preview of the sheets.
func (b *bench) preview(dir *users.Directory, mode importer.Mode, sheets []*sheet) *importer.Preview {
	b.t.Helper()
	var tables []*formats.Table
	for _, s := range sheets {
		tables = append(tables, b.read(s))
	}
	return b.previewOf(dir, mode, tables)
}

func (b *bench) previewOf(dir *users.Directory, mode importer.Mode, tables []*formats.Table) *importer.Preview {
	b.t.Helper()
	p, err := b.importer(dir, mode).Preview(b.ctx, tables...)
	if err != nil {
		b.fatalf("a preview cannot be made: %v", err)
	}
	return p
}

func (b *bench) importer(dir *users.Directory, mode importer.Mode) *importer.Importer {
	return importer.New(dir, b.tpl, &importer.Options{Account: b.s.Account, Mode: mode, AllowReplay: true})
}

// modes are those the template has, its default first.
func (b *bench) modes() []importer.Mode {
	if len(b.tpl.Modes) > 0 {
		return b.tpl.Modes
	}
	return []importer.Mode{importer.ModeUpsert, importer.ModeCreate, importer.ModeUpdate}
}

func (b *bench) commit(p *importer.Preview) *importer.Report {
	b.t.Helper()
	r, err := p.Commit(b.ctx, &importer.CommitOptions{Approve: []string{importer.BrakeMass, users.BrakeLeader}})
	if err != nil {
		b.fatalf("a preview cannot be committed: %v", err)
	}
	return r
}

// shown is all that a preview shows, the cells as they stand aside.
type shown struct {
	Rows     []importer.RowView
	Summary  importer.Summary
	Findings []formats.Finding
}

func show(p *importer.Preview) shown {
	return shown{slices.Collect(p.Rows()), p.Summary(), p.Findings()}
}

// text is a value as lines of JSON, for people to compare.
func (b *bench) text(v any) string {
	b.t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		b.fatalf("%T cannot be written: %v", v, err)
	}
	return out.String()
}

// writers are how sheets are written to files.
func (b *bench) writers() []formats.Writer {
	return []formats.Writer{csv.Writer{Delimiter: b.tpl.Delimiter}, xlsx.Writer{}}
}

// written is a sheet after it was written to a file and read back, as a host reads uploads.
func (b *bench) written(w formats.Writer, s formats.Sheet) *formats.Table {
	b.t.Helper()
	var file bytes.Buffer
	if err := w.WriteSheet(&file, s); err != nil {
		b.fatalf("the sheet %q cannot be written to a file %s: %v", s.Name, w.Ext(), err)
	}
	src := formats.Source{Name: "sheet" + w.Ext(), ReaderAt: bytes.NewReader(file.Bytes()), Size: int64(file.Len())}
	t, err := formats.Open(b.ctx, src, nil, xlsx.Format{}, csv.Format{Comment: b.tpl.Comment, Headings: b.tpl.Headings()})
	if err != nil {
		b.fatalf("the sheet %q, written to a file %s, cannot be read: %v", s.Name, w.Ext(), err)
	}
	return t
}

// altered is the template with tables that may be changed.
func altered(tpl *importer.Template) *importer.Template {
	out := *tpl
	out.Tables = slices.Clone(tpl.Tables)
	for i := range out.Tables {
		out.Tables[i].Columns = slices.Clone(out.Tables[i].Columns)
	}
	return &out
}

// watched is the template with see called after every row that a Draft read:
// the table, the row, and what the draft said before and after.
func watched(tpl *importer.Template, see func(table int, r importer.Row, before, after string)) *importer.Template {
	out := altered(tpl)
	for i := range out.Tables {
		draft := out.Tables[i].Draft
		out.Tables[i].Draft = func(r importer.Row, d *importer.Draft) {
			before := d.String()
			draft(r, d)
			see(i, r, before, d.String())
		}
	}
	return out
}
