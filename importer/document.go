package importer

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A document is a preview between two requests: a line of JSON that says what
// it is, lines with the rows of the tables, what was corrected, and what each row
// was shown to do; a line that says that this was all. Findings are not in it:
// they are computed, so that changing a document gains nothing that uploading
// another file would not.

// documentVersion is the form that Save writes. Open reads it and every form before it.
const documentVersion = 1

const documentKind = "usher preview"

// documentBlock is how many rows stand in one line.
const documentBlock = 256

type docHead struct {
	Kind     string          `json:"kind"`
	Version  int             `json:"version"`
	ID       users.ID        `json:"id"`
	Template string          `json:"template"`
	Account  users.AccountID `json:"account"`
	Mode     Mode            `json:"mode"`
	Label    string          `json:"label,omitempty"`
	Again    bool            `json:"again,omitempty"`
	Map      []ColumnMap     `json:"map,omitempty"`
	Resume   users.ID        `json:"resume,omitempty"`
	Undoes   users.ID        `json:"undoes,omitempty"`
	Tables   []docTable      `json:"tables"`
}

type docTable struct {
	Name     string            `json:"name"`
	Source   map[string]string `json:"source,omitempty"`
	Cells    bool              `json:"cells,omitempty"`
	Findings []formats.Finding `json:"findings,omitempty"`
}

// A docPart is any line after the first.
type docPart struct {
	Table int       `json:"table,omitempty"`
	Rows  []docRow  `json:"rows,omitempty"`
	Edits *docEdits `json:"edits,omitempty"`
	// Shown is what rows were shown to do, eight bytes each, in their order.
	Shown []byte `json:"shown,omitempty"`
	// End is set on the last line: how many rows there are.
	End *int `json:"end,omitempty"`
}

type docRow struct {
	Number   int            `json:"n"`
	Line     int            `json:"l"`
	Cells    []string       `json:"c"`
	Withheld []int          `json:"w,omitempty"` // columns whose text was left out
	Bytes    map[int][]byte `json:"b,omitempty"` // cells that are no UTF-8
}

// docEdits are what was done to the rows as read.
type docEdits struct {
	Added   []int         `json:"added,omitempty"` // the table of each added row
	Set     []docSet      `json:"set,omitempty"`
	Removed []users.RowID `json:"removed,omitempty"`
	Left    []users.RowID `json:"left,omitempty"` // rows that are no part of this preview; see Rest
}

type docSet struct {
	Row      users.RowID `json:"row"`
	Field    string      `json:"field"`
	Value    string      `json:"value"`
	Withheld bool        `json:"withheld,omitempty"`
	Bytes    []byte      `json:"bytes,omitempty"`
}

// withheld stands in a sensitive cell of a preview that was reopened: its text is nowhere.
const withheld = "\x00withheld"

// Save writes the preview as a document, to be kept between two requests, on
// another replica, in a file or a column of a database: the tables, the
// corrections, the label and options, and what each row was shown to do. See [Open].
//
// What stands in sensitive columns is left out. A row that holds something
// there has the error "cell.withheld" when the document is reopened, until the
// cell is set again. The same preview is the same bytes.
func (p *Preview) Save(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := p.save(enc.Encode); err != nil {
		return fmt.Errorf("importer: save: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("importer: save: %w", err)
	}
	return nil
}

func (p *Preview) save(put func(any) error) error {
	g := p.grid
	head := docHead{Kind: documentKind, Version: documentVersion, ID: p.ID(), Template: p.tpl.Name, Account: p.account, Mode: p.opts.Mode,
		Label: p.opts.Label, Again: p.opts.Again, Map: p.opts.Map, Resume: p.opts.Resume, Tables: []docTable{}}
	order := g.given
	if p.undo != nil {
		head.Undoes, order = p.undo.of, nil // its rows stand in the journal
	}
	for _, i := range order {
		t := &g.tables[i]
		head.Tables = append(head.Tables, docTable{Name: t.read.Name, Source: t.read.Source, Cells: t.read.Cells, Findings: g.saved(i)})
	}
	if err := put(head); err != nil {
		return err
	}
	for n, i := range order {
		if err := g.saveRows(i, func(rows []docRow) error { return put(docPart{Table: n, Rows: rows}) }); err != nil {
			return err
		}
	}
	if e := g.corrections(); e != nil {
		e.withhold(g)
		if err := put(docPart{Edits: e}); err != nil {
			return err
		}
	}
	shown := make([]byte, 0, 8*documentBlock)
	for r := range g.rows {
		shown = binary.LittleEndian.AppendUint64(shown, p.fingerprint(uint32(r)))
		if len(shown) == cap(shown) || r == len(g.rows)-1 {
			if err := put(docPart{Shown: shown}); err != nil {
				return err
			}
			shown = shown[:0]
		}
	}
	n := len(g.rows)
	return put(docPart{End: &n})
}

// fingerprint is what the row was last shown to do, as a number.
func (p *Preview) fingerprint(row uint32) uint64 {
	if was, ok := p.unseen[row]; ok {
		return was
	}
	if p.grid.rows[row].removed {
		return 0
	}
	return p.state[row].print<<4 | uint64(p.actionOf(row))
}

// sensitive reports whether a column of the file, from 0, is not to be kept.
func (g *grid) sensitive(table, column int) bool {
	i := g.tables[table].column(column + 1)
	return i >= 0 && g.tpl.Tables[table].Columns[i].Sensitive
}

// saved are what the format found in a table, without what stands in sensitive columns.
func (g *grid) saved(table int) []formats.Finding {
	all := g.tables[table].read.Findings()
	for i := range all {
		if f := &all[i]; f.Column > 0 && g.sensitive(table, f.Column-1) {
			f.Value, f.Args, f.Fix = "", nil, nil
		}
	}
	return all
}

func (g *grid) saveRows(table int, put func([]docRow) error) error {
	t := &g.tables[table]
	var block []docRow
	for i := range t.read.Len() {
		r := t.read.Row(i)
		row := docRow{Number: r.Number(), Line: r.Line(), Cells: r.Cells()}
		for c, text := range row.Cells {
			switch {
			case i > t.head && text != "" && g.sensitive(table, c):
				row.Withheld, row.Cells[c] = append(row.Withheld, c), ""
			case !utf8.ValidString(text):
				if row.Bytes == nil {
					row.Bytes = map[int][]byte{}
				}
				row.Bytes[c], row.Cells[c] = []byte(text), ""
			}
		}
		if block = append(block, row); len(block) == documentBlock || i == t.read.Len()-1 {
			if err := put(block); err != nil {
				return err
			}
			block = block[:0]
		}
	}
	return nil
}

// corrections are what a person did to the tables as read; nil if nothing.
func (g *grid) corrections() *docEdits {
	var e docEdits
	for _, id := range g.added {
		e.Added = append(e.Added, id.Table())
	}
	for r := range g.rows {
		if g.rows[r].removed {
			e.Removed = append(e.Removed, g.rows[r].id)
		}
	}
	cells := slices.SortedFunc(maps.Keys(g.over), func(a, b gridCell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	for _, at := range cells {
		e.Set = append(e.Set, docSet{Row: g.rows[at.row].id, Field: g.spec(at.row).Columns[at.column].Field, Value: g.over[at]})
	}
	e.Left = g.left
	if len(e.Added)+len(e.Set)+len(e.Removed)+len(e.Left) == 0 {
		return nil
	}
	return &e
}

// withhold makes corrections fit for a document.
func (e *docEdits) withhold(g *grid) {
	for i := range e.Set {
		s := &e.Set[i]
		t := &g.tpl.Tables[s.Row.Table()]
		switch {
		case t.Columns[t.column(s.Field)].Sensitive && s.Value != "":
			s.Value, s.Withheld = "", true
		case !utf8.ValidString(s.Value):
			s.Value, s.Bytes = "", []byte(s.Value)
		}
	}
}

// correct does to tables as read what corrections say.
func (g *grid) correct(e *docEdits) (*grid, error) {
	if e == nil {
		return g, nil
	}
	for _, t := range e.Added {
		if t < 0 || t >= len(g.tables) {
			return nil, ErrTables
		}
		g.add(t)
	}
	for _, s := range e.Set {
		r, ok := g.find(s.Row)
		if !ok {
			return nil, fmt.Errorf("%w: %d", ErrRow, s.Row.Number())
		}
		c := g.spec(r).column(s.Field)
		if c < 0 {
			return nil, fmt.Errorf("%w: %s", ErrField, s.Field)
		}
		if s.Bytes != nil {
			s.Value = string(s.Bytes)
		}
		if s.Withheld {
			s.Value = withheld
		}
		g.write(r, c, s.Value)
	}
	for _, id := range e.Removed {
		r, ok := g.find(id)
		if !ok {
			return nil, fmt.Errorf("%w: %d", ErrRow, id.Number())
		}
		g.remove(r, true)
	}
	if len(e.Left) > 0 {
		left := make(map[users.RowID]bool, len(e.Left))
		for _, id := range e.Left {
			left[id] = true
		}
		g = g.only(func(id users.RowID) bool { return !left[id] })
	}
	return g, nil
}

// Open reads a document that [Preview.Save] wrote, and makes its preview on the
// store as it is now, through dir: findings, actions and what may be done are
// computed afresh, so that a document somebody changed gains nothing. It costs
// what a preview costs, but for reading the file, and about as much memory as the
// document is long: bound the length of what comes from outside.
//
// A document whose import was begun since, here or elsewhere, is that import
// still: the preview shows what it showed, and a commit goes on, or answers the
// report of what is done.
//
// Rows that would now do something else than they were shown to do are marked
// ([Preview.Changed], [RowView.Changed]); a commit ends them as conflicts, unless
// somebody has seen them since ([Preview.Seen]).
//
// The template is the one of templates that has the name the document was saved
// under; the preview of an undoing ([Undo]) needs none. The error is a
// [*formats.Refusal] ("document.form", "document.version", "document.template"),
// what [Importer.Preview] or [Undo] return, or the reader's.
func Open(ctx context.Context, dir *users.Directory, r io.Reader, templates ...*Template) (*Preview, error) {
	d := &opening{from: &source{r: r}}
	d.dec = json.NewDecoder(d.from)
	if err := d.read(); err != nil {
		return nil, err
	}
	opts := Options{Account: d.head.Account, Mode: d.head.Mode, Label: d.head.Label, Again: d.head.Again, Map: d.head.Map, Resume: d.head.Resume}
	opts.document, d.id = &d.document, d.head.ID
	if rec, err := importRecord(ctx, dir, d.head.ID); err == nil && rec.Account == opts.Account {
		opts.Resume = cmp.Or(opts.Resume, rec.ID) // it was begun since
	} else if err != nil && !errors.Is(err, users.ErrNotFound) {
		return nil, fmt.Errorf("importer: open: %w", err)
	}
	if d.head.Undoes != "" {
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

// compare marks the rows that would now do something else than they were shown to do.
func (p *Preview) compare(d *document) error {
	if len(p.grid.rows) != d.rows || len(d.shown) != 8*d.rows {
		return formats.Refuse("document.form")
	}
	for r := range p.grid.rows {
		was := binary.LittleEndian.Uint64(d.shown[8*r:])
		if was != p.fingerprint(uint32(r)) {
			if p.unseen == nil {
				p.unseen = map[uint32]uint64{}
			}
			p.unseen[uint32(r)] = was
		}
	}
	return nil
}

// Changed are the rows of a reopened preview that would now do something else
// than they were shown to do, in order. They end as conflicts unless they were
// seen since: edited, woken by an edit, or given to [Preview.Seen].
func (p *Preview) Changed() []users.RowID {
	var out []users.RowID
	for r := range p.grid.ordered {
		if _, ok := p.unseen[r]; ok {
			out = append(out, p.grid.rows[r].id)
		}
	}
	return out
}

// Seen says that a person has seen what the rows would do now.
func (p *Preview) Seen(rows ...users.RowID) error {
	for _, id := range rows {
		r, ok := p.grid.find(id)
		if !ok {
			return fmt.Errorf("%w: %d", ErrRow, id.Number())
		}
		delete(p.unseen, r)
	}
	return nil
}
