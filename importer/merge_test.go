package importer_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
)

// through writes a sheet as a file and reads it again.
func through(t tb, w formats.Writer, s formats.Sheet) *formats.Table {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, w.WriteSheet(&b, s))
	var table *formats.Table
	var err error
	if w.Ext() == ".csv" {
		table, err = csv.Read(t.Context(), &b, nil)
	} else {
		table, err = xlsx.Open(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), nil)
	}
	require.NoError(t, err)
	return table
}

func writers() []formats.Writer {
	return []formats.Writer{csv.Writer{}, csv.Writer{Delimiter: ';'}, xlsx.Writer{}}
}

// rewritten is the table with a correction in every row, made in a spreadsheet.
func rewritten(t tb, table *formats.Table, correct func(number int, cells []string) []string) *formats.Table {
	t.Helper()
	b := formats.NewBuilder(table.Name, formats.Limits{})
	n := 0
	for r := range table.Rows() {
		cells := r.Cells()
		for len(cells) < table.Columns() {
			cells = append(cells, "")
		}
		if cells = correct(r.Number(), cells); cells == nil {
			continue
		}
		n++
		for _, c := range cells {
			require.NoError(t, b.Cell([]byte(c)))
		}
		_, err := b.EndRow(n, n)
		require.NoError(t, err)
	}
	return b.Table()
}

// Failing rows are corrected in a spreadsheet and given back; the rest stays as it was.
func TestMerge(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l1", mail(1), "Ada"), row("l2", "bad", "=Bob"), row("l3", "worse", "Cyd", "l2"), row("0042", mail(4), "Dan", "nobody"))
	for _, w := range writers() {
		t.Run(w.Ext(), func(t *testing.T) {
			store := s.store(t)
			p := s.preview(t, store)
			before := show(p)
			file := through(t, w, p.Failing(0, messages.For("fr")))
			require.Equal(t, 4, file.Len(), "headings and three rows")

			d, err := p.Merge(t.Context(), file)
			require.NoError(t, err, "given back as it is")
			require.Empty(t, d.Rows)
			require.Empty(t, cmp.Diff(before, show(p)))

			file = rewritten(t, file, func(n int, cells []string) []string {
				switch cells[0] {
				case "l2":
					cells[1] = mail(2)
				case "l3":
					return nil // an earlier file had it
				case "0042", "'0042":
					cells[3] = "l1"
				}
				return cells
			})
			file = appended(t, file, "l7", mail(7), "New")
			d, err = p.Merge(t.Context(), file)
			require.NoError(t, err)
			require.Equal(t, []users.RowID{users.RowAt(0, 6)}, d.Added)
			require.Equal(t, []string{
				"2 create l1 lan_id:>l1 email:>p1@x.com name:>Ada",
				"3 create l2 lan_id:>l2 email:>p2@x.com name:>=Bob",
				"4 error !email.form",
				"5 create 0042 lan_id:>0042 email:>p4@x.com name:>Dan supervisor:>l1",
				"6 create l7 lan_id:>l7 email:>p7@x.com name:>New",
			}, briefs(show(p)))
		})
	}
}

// appended is the table with another row.
func appended(t tb, table *formats.Table, cells ...string) *formats.Table {
	t.Helper()
	b := formats.NewBuilder(table.Name, formats.Limits{})
	for r := range table.Rows() {
		for _, c := range r.Cells() {
			require.NoError(t, b.Cell([]byte(c)))
		}
		_, err := b.EndRow(r.Number(), r.Line())
		require.NoError(t, err)
	}
	for _, c := range cells {
		require.NoError(t, b.Cell([]byte(c)))
	}
	n := table.Row(table.Len()-1).Number() + 1
	_, err := b.EndRow(n, n)
	require.NoError(t, err)
	return b.Table()
}

// Whatever the file and its format, failing rows that come back untouched change nothing.
func TestMergeUntouched(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		p := s.preview(t, store)
		sheets := s.clones()
		applyAll(t, p, sheets, m.edits(t, w, sheets)...)
		before := show(p)
		lang := messages.For(pick(t, "language", "en", "fr"))
		for i := range s.template.Tables {
			sheet := p.Failing(i, lang)
			rows := 0
			for range sheet.Rows {
				rows++
			}
			if rows == 0 {
				continue
			}
			file := through(t, pick(t, "writer", writers()...), sheet)
			_, err := p.Merge(t.Context(), file)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(before, show(p)), "(-before +merged)")
			require.Empty(t, cmp.Diff(before, show(reopened(t, s, store, saved(t, p)))), "the reopened one takes it as well")
			_, err = reopened(t, s, store, saved(t, p)).Merge(t.Context(), file)
			require.NoError(t, err)
		}
	})
}

func TestMergeRefuses(t *testing.T) {
	s := asHost(people(), nil, row("l1", "bad", "Ada"), row("l2", "worse", "Bob"))
	other := asHost(people(), nil, row("l1", "bad", "Ada"), row("l2", "worst", "Bob"))
	tests := []struct {
		name, code string
		from       *scene
		edit       func(n int, cells []string) []string
		row        int
	}{
		{"a file of another preview", "merge.foreign", other, nil, 0},
		{"no ids", "merge.foreign", s, func(_ int, c []string) []string { c[6] = ""; return c }, 0},
		{"an id somebody typed", "merge.foreign", s, func(n int, c []string) []string {
			if n == 3 {
				c[6] = "2~aaaaaa~aaaaaa"
			}
			return c
		}, 3},
		{"a row copied", "merge.twice", s, copies(), 3},
		{"no headings", "header.missing", s, func(n int, c []string) []string {
			if n == 1 {
				return nil
			}
			return c
		}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := s.preview(t, s.store(t))
			before := show(p)
			file := through(t, csv.Writer{}, tt.from.preview(t, tt.from.store(t)).Failing(0, messages.For("en")))
			if tt.edit != nil {
				file = rewritten(t, file, tt.edit)
			}
			_, err := p.Merge(t.Context(), file)
			var r *formats.Refusal
			require.ErrorAs(t, err, &r)
			require.Equal(t, tt.code, r.Code)
			require.Equal(t, tt.row, r.Row)
			require.Empty(t, cmp.Diff(before, show(p)))
		})
	}
}

// copies writes the id of the first row into all.
func copies() func(int, []string) []string {
	id := ""
	return func(n int, c []string) []string {
		if n == 2 {
			id = c[6]
		} else if n > 2 {
			c[6] = id
		}
		return c
	}
}

// What a format found wrong in a file that comes back is not lost.
func TestMergeRefusesDamage(t *testing.T) {
	s := asHost(people(), nil, row("l1", "bad", "Ada"))
	p := s.preview(t, s.store(t))
	var b bytes.Buffer
	require.NoError(t, csv.Writer{}.WriteSheet(&b, p.Failing(0, messages.For("en"))))
	table, err := csv.Read(t.Context(), strings.NewReader(strings.Replace(b.String(), "bad", `"b"ad`, 1)), nil)
	require.NoError(t, err)
	_, err = p.Merge(context.Background(), table)
	var r *formats.Refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, "csv.quote", r.Code)
	require.Equal(t, 2, r.Row)
}

// Sensitive cells do not leave, and a blank one that comes back says nothing.
func TestMergeKeepsSecrets(t *testing.T) {
	s := asHost(pinned(), nil, []string{"l1", "bad", "Ada", "", "", "s3cr3t"})
	p := s.preview(t, s.store(t))
	file := through(t, csv.Writer{}, p.Failing(0, messages.For("en")))
	for r := range file.Rows() {
		require.NotContains(t, strings.Join(r.Cells(), " "), "s3cr3t")
	}
	_, err := p.Merge(t.Context(), rewritten(t, file, func(n int, c []string) []string { c[1] = strings.Replace(c[1], "bad", mail(1), 1); return c }))
	require.NoError(t, err)
	r, err := p.Row(users.RowAt(0, 2))
	require.NoError(t, err)
	require.Equal(t, importer.ActionCreate, r.Action)
	require.Equal(t, "s3cr3t", r.Cells["custom.pin"])
}

// A file that comes back untouched takes nothing back that was corrected on the
// screen meanwhile; a row that was added is known by the preview it was added to alone.
func TestMergeMeanwhile(t *testing.T) {
	s := asHost(people(), nil, row("l1", "bad", "Ada"), row("l2", "worse", "Bob"))
	one, two := s.previewIn(t, s.openAs(s.store(t), "one")), s.previewIn(t, s.openAs(s.store(t), "two"))
	for p, name := range map[*importer.Preview]string{one: "One", two: "Two"} {
		_, err := p.Edit(t.Context(), importer.Add(0, map[string]string{"lan_id": "l9", "name": name}), importer.Set(users.RowAt(0, 4), "email", "none"))
		require.NoError(t, err)
	}
	file := through(t, csv.Writer{}, one.Failing(0, messages.For("en")))
	_, err := one.Edit(t.Context(), importer.Set(users.RowAt(0, 2), "email", mail(1)))
	require.NoError(t, err)
	before := show(one)
	_, err = one.Merge(t.Context(), file)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(before, show(one)))
	_, err = two.Merge(t.Context(), file)
	require.ErrorContains(t, err, "merge.foreign")
}

// toldOfRows are the findings about merged files: code, how many rows, and which.
func toldOfRows(p *importer.Preview) []string {
	var out []string
	for _, f := range p.Findings() {
		if strings.HasPrefix(f.Code, "merge.") {
			out = append(out, f.Code+" "+f.Args["count"]+": "+f.Args["rows"])
		}
	}
	return out
}

// TestMergeDeletedRows: a row that was deleted from the file is removed and named. A list
// that comes back in parts, or that changed since, loses no row.
func TestMergeDeletedRows(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada"), row("l2", mail(1), "Bob"), row("l3", "worse", "Cyd"), row("l4", "wrong", "Dan"))
	keep := func(t *testing.T, p *importer.Preview, lans ...string) *formats.Table {
		file := through(t, csv.Writer{}, p.Failing(0, messages.For("en")))
		return rewritten(t, file, func(n int, c []string) []string {
			if n > 1 && !slices.Contains(lans, c[0]) {
				return nil
			}
			c[1] = strings.Replace(c[1], "worse", mail(3), 1)
			return c
		})
	}
	merge := func(t *testing.T, p *importer.Preview, file *formats.Table) {
		_, err := p.Merge(t.Context(), file)
		require.NoError(t, err)
	}

	t.Run("one of two that clash", func(t *testing.T) {
		p := s.preview(t, s.store(t))
		merge(t, p, keep(t, p, "l1", "l3", "l4"))
		require.Equal(t, []string{"merge.removed 1: 3"}, toldOfRows(p))
		require.Equal(t, []string{"2 create l1 lan_id:>l1 email:>p1@x.com name:>Ada", "4 create l3 lan_id:>l3 email:>p3@x.com name:>Cyd", "5 error !email.form"}, briefs(show(p)))
		require.Equal(t, briefs(show(p)), briefs(show(reopened(t, s, s.store(t), saved(t, p)))))
	})

	t.Run("in two parts", func(t *testing.T) {
		p := s.preview(t, s.store(t))
		one, two := keep(t, p, "l1", "l2"), keep(t, p, "l3", "l4")
		merge(t, p, one)
		require.Equal(t, []string{"merge.removed 2: 4, 5"}, toldOfRows(p))
		merge(t, p, two)
		require.Empty(t, toldOfRows(p))
		require.Equal(t, []string{"2 error !email.contested[3 of 2]", "3 error !email.contested[2 of 2]", "4 create l3 lan_id:>l3 email:>p3@x.com name:>Cyd", "5 error !email.form"}, briefs(show(p)))
	})

	t.Run("in two requests", func(t *testing.T) {
		p := s.preview(t, s.store(t))
		one, two := keep(t, p, "l1", "l2"), keep(t, p, "l3", "l4")
		merge(t, p, one)
		p = reopened(t, s, s.store(t), saved(t, p))
		merge(t, p, two)
		require.Equal(t, []string{"merge.absent 2: 2, 3"}, toldOfRows(p))
		require.Equal(t, []string{"2 error !email.contested[3 of 2]", "3 error !email.contested[2 of 2]", "4 create l3 lan_id:>l3 email:>p3@x.com name:>Cyd"}, briefs(show(p)),
			"a row comes back with its correction; l4 was deleted from the first file and is as it was")
	})

	t.Run("edited since", func(t *testing.T) {
		p := s.preview(t, s.store(t))
		file := keep(t, p, "l1", "l2", "l3")
		_, err := p.Edit(t.Context(), importer.Add(0, map[string]string{"lan_id": "l9", "email": "none"}))
		require.NoError(t, err)
		merge(t, p, file)
		require.Equal(t, []string{"merge.absent 2: 5, 6"}, toldOfRows(p))
	})
}

// TestMergeKeepsFaults: a date that a person types into a workbook is an error, and a cell
// that came back as it went out is none.
func TestMergeKeepsFaults(t *testing.T) {
	s := asHost(pinned(), nil)
	p := listPreview(t, s, faultyText("l2,bad,B\x00b,,Us\xe9r,,")(t))
	file := through(t, xlsx.Writer{}, p.Failing(0, messages.For("en")))
	b := formats.NewBuilder("rest", formats.Limits{})
	for r := range file.Rows() {
		cells := r.Cells()
		if r.Number() == 2 {
			cells[1], cells[3] = mail(2), "2026-05-01"
			b.Find(formats.Finding{Severity: formats.Warning, Code: "cell.date", Row: 2, Column: 4})
			b.Find(formats.Finding{Severity: formats.Error, Code: "csv.encoding", Row: 2, Column: 5}) // in a text of UTF-16
		}
		for _, c := range cells {
			require.NoError(t, b.Cell([]byte(c)))
		}
		_, err := b.EndRow(r.Number(), r.Line())
		require.NoError(t, err)
	}

	_, err := p.Merge(t.Context(), b.Table())
	require.NoError(t, err)
	r := lastRow(p)
	require.Equal(t, []string{"cell.date", "csv.encoding", "text.control"}, slices.DeleteFunc(errorCodes(r), func(c string) bool { return c == "text.replacement" }))
	require.Equal(t, mail(2), r.Cells["email"])
	require.Equal(t, "B\x00b", r.Cells["name"], "the cell is as it was read")
}
