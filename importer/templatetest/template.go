package templatetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users/memstore"
)

func templateCases() []Case {
	return []Case{
		{Name: "template/check", Rule: "The template's data has no mistake that Template.Check finds.", run: templateCheck},
		{Name: "template/offers", Rule: "Each value that a blank template offers is read without an error, and each label as its own value.", run: templateOffers},
		{Name: "draft/sound", Rule: "For any cells, Draft returns, and names only fields, spaces and columns that exist.", run: draftSound},
		{Name: "draft/pure", Rule: "A draft depends on the row's cells alone: not on rows read before, on time, or on chance.", run: draftPure},
		{Name: "codes/words", Rule: "Every code of a finding has words in every language.", run: codesWords},
	}
}

func templateCheck(b *bench) {
	if err := b.tpl.Check(); err != nil {
		b.errorf("%v", err)
	}
}

func templateOffers(b *bench) {
	for i := range b.tpl.Tables {
		for c := range b.tpl.Tables[i].Columns {
			b.offers(i, c)
		}
	}
}

// offers reads all that one column offers. Of an offer that is none of the
// column's Values, only the template's Parse knows the value.
func (b *bench) offers(table, column int) {
	col := &b.tpl.Tables[table].Columns[column]
	check := func(text, want string) {
		b.t.Helper()
		switch value, bad := b.cell(table, column, text); {
		case bad:
			b.errorf("table %q, column %s: %q is offered, and cannot be read", b.tpl.Tables[table].Name, col.Field, text)
		case want != "" && value != want:
			b.errorf("table %q, column %s: %q is a label of %q, and is read as %q", b.tpl.Tables[table].Name, col.Field, text, want, value)
		}
	}

	for _, v := range col.Values {
		check(v.Name, v.Name)
		for _, lang := range b.tpl.Languages() {
			for _, label := range v.Labels[lang] {
				check(label, v.Name)
			}
		}
	}
	if len(col.Values) == 0 {
		for _, text := range col.Offers {
			check(text, "")
		}
	}
}

// cell reads a text as a cell of the column, in a row that holds nothing else.
func (b *bench) cell(table, column int, text string) (value string, bad bool) {
	b.t.Helper()
	if text == "" {
		return "", false // a row of nothing is no row
	}
	field := b.tpl.Tables[table].Columns[column].Field
	w := b.at(watched(b.tpl, func(at int, r importer.Row, _, _ string) {
		if at == table {
			value, bad = r.Value(field), r.Bad(field)
		}
	}))

	cells := make([]string, len(b.tpl.Tables[table].Columns))
	cells[column] = text
	w.preview(b.dir(memstore.New()), "", w.withOthers(&sheet{table: table, lang: b.tpl.Languages()[0], rows: []row{{2, 2, cells}}}))
	return value, bad
}

// withOthers are the sheet, and one without rows of each other table.
func (b *bench) withOthers(s *sheet) []*sheet {
	out := []*sheet{s}
	for i := range b.tpl.Tables {
		if i != s.table {
			out = append(out, &sheet{table: i, lang: s.lang})
		}
	}
	return out
}

// nonsense are texts that people and programs leave in cells.
func nonsense() []string {
	return []string{
		"", "?", "0", "x/y", "a,b", "yes", "=1+1", "#N/A", "\u200b", "\u202ex", strings.Repeat("x", 300), "ada@example.com", "+33123456789",
	}
}

// variants yields a preview of each file as it is, in every mode, and of each
// file with one column full of nonsense. what says how the file was varied.
func (b *bench) variants(yield func(f File, what string, p *importer.Preview)) {
	b.t.Helper()
	for _, f := range b.s.Files {
		for _, m := range b.modes() {
			yield(f, "in mode "+string(m), b.preview(b.dir(b.store()), m, b.sheets(f)))
		}

		dir := b.dir(b.store())
		sheets := b.sheets(f)
		for i, s := range sheets {
			for c := range b.tpl.Tables[s.table].Columns {
				for _, text := range nonsense() {
					varied := clones(sheets)
					for r := range varied[i].rows {
						varied[i].rows[r].cells[c] = text
					}
					if !blank(varied) {
						yield(f, fmt.Sprintf("with %q in column %s", text, b.tpl.Tables[s.table].Columns[c].Field), b.preview(dir, f.Mode, varied))
					}
				}
			}
		}
	}
}

// blank reports whether no row of the sheets holds anything: such a file is refused.
func blank(sheets []*sheet) bool {
	return !slices.ContainsFunc(sheets, func(s *sheet) bool {
		return slices.ContainsFunc(s.rows, func(r row) bool { return !r.blank() })
	})
}

// blank reports whether the row holds nothing. A file is read without such rows.
func (r row) blank() bool {
	return !slices.ContainsFunc(r.cells, func(c string) bool { return c != "" })
}

func draftSound(b *bench) {
	told := map[string]bool{}
	b.variants(func(f File, what string, p *importer.Preview) {
		for r := range p.Rows() {
			for _, x := range r.Findings {
				text := x.Code + x.Args["table"] + x.Args["field"]
				if fault := x.Code == "internal.panic" || x.Code == "internal.template"; fault && !told[text] {
					told[text] = true
					b.errorf("file %q, %s: row %d is in error with %s %v", f.Name, what, r.Number, x.Code, x.Args)
				}
			}
		}
	})
}

// draftPure reads the rows of each file in order, from the last to the first,
// and each by itself, also by templates that have read nothing else.
func draftPure(b *bench) {
	m := memory{bench: b, said: map[string]string{}, told: map[string]bool{}}
	w := b.at(watched(b.tpl, m.see))
	for _, f := range b.s.Files {
		sheets := b.sheets(f)
		w.preview(b.dir(b.store()), f.Mode, sheets)
		for _, s := range sheets {
			slices.Reverse(s.rows)
			renumber(s)
		}
		w.preview(b.dir(b.store()), f.Mode, sheets)

		for _, s := range sheets {
			for _, r := range s.rows {
				if r.blank() {
					continue
				}
				one := w.withOthers(&sheet{table: s.table, lang: s.lang, rows: []row{r}})
				w.preview(b.dir(b.store()), f.Mode, one)
				if b.s.New != nil {
					fresh := b.at(watched(b.s.New(), m.see))
					fresh.preview(b.dir(b.store()), f.Mode, one)
				}
			}
		}
	}
}

// memory keeps the drafts of rows, by the cells as they were read.
type memory struct {
	*bench
	said map[string]string
	told map[string]bool
}

func (m *memory) see(table int, r importer.Row, before, after string) {
	key := fmt.Sprint(table) + "\n" + before
	for _, c := range m.tpl.Tables[table].Columns {
		key += fmt.Sprintf("%s=%q %t %t\n", c.Field, r.Value(c.Field), r.Blank(c.Field), r.Bad(c.Field))
	}
	was, seen := m.said[key]
	m.said[key] = after
	if !seen || was == after || m.told[key] {
		return
	}
	m.told[key] = true
	m.errorf("table %q: the draft of a row with the same cells, read again, is another one (-before +again):\n%s",
		m.tpl.Tables[table].Name, cmp.Diff(strings.Split(was, "\n"), strings.Split(after, "\n")))
}

// renumber gives the rows of a sheet the numbers of their places.
func renumber(s *sheet) {
	for i := range s.rows {
		s.rows[i].number, s.rows[i].line = i+2, i+2
	}
}

func codesWords(b *bench) {
	told := map[string]bool{}
	check := func(what string, found []formats.Finding) {
		for _, f := range found {
			if told[f.Code] || slices.Contains(b.s.OwnCodes, f.Code) {
				continue
			}
			for _, tag := range messages.Languages() {
				if text := messages.For(tag).Finding(f); text == "" || strings.Contains(text, f.Code) {
					told[f.Code] = true
					b.errorf("%s: the code %q, with the arguments %v, has no words in %q", what, f.Code, f.Args, tag)
				}
			}
		}
	}
	b.variants(func(f File, what string, p *importer.Preview) {
		what = fmt.Sprintf("file %q, %s", f.Name, what)
		check(what, p.Findings())
		for r := range p.Rows() {
			check(what, r.Findings)
		}
	})
	for _, f := range b.s.Files {
		r := b.commit(b.preview(b.dir(b.store()), f.Mode, b.sheets(f)))
		for _, l := range r.Lines {
			check(fmt.Sprintf("file %q, the report", f.Name), l.Findings)
		}
	}
}
