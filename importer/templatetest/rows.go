package templatetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

func rowCases() []Case {
	return []Case{
		{Name: "rows/order", Rule: "The decision about each row is the same in every order of the rows.", run: rowsOrder},
		{Name: "rows/edit", Rule: "An edited preview is the same as a fresh preview of the edited table.", run: rowsEdit},
	}
}

// rowsOrder decides each file in several orders of its rows.
func rowsOrder(b *bench) {
	for _, f := range b.s.Files {
		for _, m := range b.modes() {
			want := b.decisions(m, b.sheets(f))
			for _, o := range orders() {
				sheets := b.sheets(f)
				for _, s := range sheets {
					o.order(s.rows)
					renumber(s)
				}
				if diff := cmp.Diff(want, b.decisions(m, sheets)); diff != "" {
					b.errorf("file %q in mode %s, %s (-as it is +in that order):\n%s", f.Name, m, o.name, diff)
					break
				}
			}
		}
	}
}

// An order is a way to order rows.
type order struct {
	name  string
	order func([]row)
}

func orders() []order {
	out := []order{
		{"the last row first", slices.Reverse[[]row]},
		{"every second row first", func(r []row) {
			slices.SortStableFunc(r, func(a, c row) int { return a.number%2 - c.number%2 })
		}},
	}
	for seed := range uint64(5) {
		out = append(out, order{fmt.Sprintf("shuffle %d", seed+1), shuffled(seed)})
	}
	return out
}

func shuffled(seed uint64) func([]row) {
	return func(r []row) {
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(r), func(i, j int) { r[i], r[j] = r[j], r[i] })
	}
}

// decisions returns the decision about each row with the row's cells, without
// its place, sorted. In a template with Repeats, another one of several equal
// requests may be the one that acts, so their cells are left out.
func (b *bench) decisions(m importer.Mode, sheets []*sheet) []string {
	b.t.Helper()
	p := b.preview(b.dir(b.store()), m, sheets)
	var out []string
	for v := range p.Rows() {
		text := b.text(placeless(v))
		if !b.tpl.Repeats {
			s := sheets[slices.IndexFunc(sheets, func(s *sheet) bool { return s.table == v.ID.Table() })]
			at := slices.IndexFunc(s.rows, func(r row) bool { return r.number == v.Number })
			text = fmt.Sprintf("%q\n%s", s.rows[at].cells, text)
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// placeless is a row without its place and those of the rows that it names, and
// without the letter case and the outer blanks of what was typed.
func placeless(v importer.RowView) importer.RowView {
	v.Number, v.Line, v.Who = 0, 0, users.Fold(v.Who)
	v.Findings = slices.DeleteFunc(slices.Clone(v.Findings), func(f formats.Finding) bool { return f.Code == "text.trimmed" })
	for i, f := range v.Findings {
		f.Row, f.Line, f.Cell, f.Value = 0, 0, "", users.Fold(strings.TrimSpace(f.Value))
		args := map[string]string{}
		for k, a := range f.Args {
			switch {
			case k == "cycle": // its members, wherever they stand
				args[k] = strings.Repeat(",", strings.Count(a, ","))
			case k == "rows" || !strings.HasPrefix(k, "row"):
				args[k] = users.Fold(a)
			}
		}
		f.Args = args
		v.Findings[i] = f
	}
	slices.SortStableFunc(v.Findings, func(a, c formats.Finding) int { return strings.Compare(a.Code+a.Field, c.Code+c.Field) })
	return v
}

// rowsEdit edits each file step by step: every cell gets the text of the row
// below, nothing, and its own text again; then a row is added, and every second
// row removed. Rows of a fixed template are removed alone.
func rowsEdit(b *bench) {
	for _, f := range b.s.Files {
		e := &editing{bench: b, file: f, dir: b.dir(b.store()), sheets: b.sheets(f)}
		e.preview = b.preview(e.dir, f.Mode, e.sheets)
		if !b.tpl.Fixed {
			e.setAll()
			e.add()
		}
		e.removeSome()
	}
}

// editing is a preview that is edited, and its sheets, which are edited alike.
type editing struct {
	*bench
	file    File
	dir     *users.Directory
	sheets  []*sheet
	preview *importer.Preview
	broken  bool // a difference was told
}

func (e *editing) setAll() {
	for _, s := range e.sheets {
		for i, r := range s.rows {
			for c := range r.cells {
				below := s.rows[(i+1)%len(s.rows)].cells[c]
				for _, text := range []string{below, "", r.cells[c]} {
					e.set(s, i, c, text)
				}
			}
		}
	}
}

func (e *editing) set(s *sheet, i, column int, text string) {
	field := e.tpl.Tables[s.table].Columns[column].Field
	r := &s.rows[i]
	what := fmt.Sprintf("column %s of row %d set to %q", field, r.number, text)
	e.edit(what, importer.Set(users.RowAt(s.table, r.number), field, text))
	r.cells[column] = text
	e.compare(what)
}

// add adds the first row of each table once more.
func (e *editing) add() {
	for _, s := range e.sheets {
		if len(s.rows) == 0 {
			continue
		}
		cells := map[string]string{}
		for c, text := range s.rows[0].cells {
			cells[e.tpl.Tables[s.table].Columns[c].Field] = text
		}
		what := fmt.Sprintf("row %d added once more", s.rows[0].number)
		d := e.edit(what, importer.Add(s.table, cells))
		if len(d.Added) != 1 {
			e.fatalf("file %q, %s: %d rows were added", e.file.Name, what, len(d.Added))
		}
		s.rows = append(s.rows, row{d.Added[0].Number(), 0, slices.Clone(s.rows[0].cells)})
		e.compare(what)
	}
}

// removeSome removes every second row, but leaves one.
func (e *editing) removeSome() {
	for _, s := range e.sheets {
		for i := len(s.rows) - 1; i > 0; i -= 2 {
			what := fmt.Sprintf("row %d removed", s.rows[i].number)
			e.edit(what, importer.Remove(users.RowAt(s.table, s.rows[i].number)))
			s.rows = slices.Delete(s.rows, i, i+1)
			e.compare(what)
		}
	}
}

func (e *editing) edit(what string, edits ...importer.Edit) importer.Delta {
	e.t.Helper()
	d, err := e.preview.Edit(e.ctx, edits...)
	if err != nil {
		e.fatalf("file %q, %s: %v", e.file.Name, what, err)
	}
	return d
}

// compare holds the preview against a fresh one. The first difference is told:
// the later ones follow from it. A row that was corrected to nothing stays in
// the preview, and a file would not have it.
func (e *editing) compare(what string) {
	e.t.Helper()
	gone := slices.ContainsFunc(e.sheets, func(s *sheet) bool { return slices.ContainsFunc(s.rows, row.blank) })
	if e.broken || gone {
		return
	}
	fresh := e.bench.preview(e.dir, e.file.Mode, e.sheets)
	if want, got := e.text(show(fresh)), e.text(show(e.preview)); want != got {
		e.broken = true
		e.errorf("file %q, %s (-fresh +edited):\n%s", e.file.Name, what, cmp.Diff(want, got))
	}
}
