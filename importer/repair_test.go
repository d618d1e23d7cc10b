package importer_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// slips are cells at fault, most of which have an evident fix, by field.
func slips(field string) []string {
	switch field {
	case "email", "login":
		return []string{"<p0@x.com>", "p1@x.com,", "mailto:p2@x.com", "p0@x.com ; p1@x.com", "p3@gmial.com", "P4@GMIAL.com", "'+5@gmial.com", "p6@hotmail.con", "no address"}
	case "role", "action":
		return []string{"Usr", "usr", "ADMIM", "atach", "dettach", "root"}
	case "leaves":
		return []string{"yess", "no"}
	}
	return []string{"a\tb", "a\u2066b", "#N/A", "=1+1", "a\u202eb"}
}

// slip puts faults into the sheets, the same ones into several rows.
func slip(t *rapid.T, sheets []*sheet) {
	for _, s := range sheets {
		for i := range s.rows {
			if chance(t, 60, "slip") {
				f := pick(t, "field", s.fields...)
				*s.cell(i, f) = pick(t, "slip as", slips(f)...)
			}
		}
	}
}

// faultsOf is what Repairs must say, made of what the rows show; without domains.
func faultsOf(s *scene, p *importer.Preview, sheets []*sheet) map[string]int {
	out := map[string]int{}
	for r := range p.Rows() {
		seen := map[string]bool{}
		for _, f := range r.Findings {
			if f.Field != "" && f.Code != importer.CodeDomain { // its repair names the domain alone
				seen[describe(s, r.Table, f, *sheets[r.ID.Table()].cell(sheets[r.ID.Table()].at(r.Number), f.Field))] = true
			}
		}
		for d := range seen {
			out[d]++
		}
	}
	return out
}

func describe(s *scene, table string, f formats.Finding, text string) string {
	fix := "none"
	if f.Fix != nil {
		fix = fmt.Sprintf("%q", *f.Fix)
	}
	return fmt.Sprintf("%s %s %s %q %s", table, f.Field, f.Code, text, fix)
}

// byBrowser sends a repair to a browser and back.
func byBrowser(t tb, r importer.Repair) importer.Repair {
	t.Helper()
	b, err := json.Marshal(r)
	require.NoError(t, err)
	var out importer.Repair
	require.NoError(t, json.Unmarshal(b, &out))
	return out
}

// The repairs are the findings that stand in cells, counted; applying one, that
// came back from a browser, does what editing its cells one by one does.
func TestRepair(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		sheets := s.clones()
		slip(t, sheets)
		s = s.with(sheets)
		store := s.store(t)
		p := s.preview(t, store)
		for range 4 {
			all := p.Repairs()
			if diff := cmp.Diff(s.with(sheets).preview(t, store).Repairs(), all); diff != "" {
				t.Fatalf("the repairs are not those of a fresh preview (-fresh +edited):\n%s", diff)
			}
			checkRepairs(t, s, p, sheets, all)
			if len(all) == 0 {
				return
			}
			r := byBrowser(t, pick(t, "repair", all...))
			if r.Fix == nil || chance(t, 20, "another value") {
				other := pick(t, "value", "Zoe", "User", "?", "p9@x.com")
				if r.Code == importer.CodeDomain {
					other = "@x.org"
				}
				r.Fix = &other
			}
			before := show(p)
			var edits []edit
			for _, row := range before.Rows {
				if to, ok := repaired(row, r, sheets[row.ID.Table()]); ok {
					edits = append(edits, edit{what: "set", table: row.ID.Table(), number: row.Number, field: r.Field, value: to})
				}
			}
			require.Len(t, edits, r.Rows)
			d, err := p.Repair(t.Context(), r)
			require.NoError(t, err)
			for _, e := range edits {
				apply(sheets, e, 0)
			}
			requireFresh(t, s.with(sheets), store, p)
			checkDelta(t, d, edits, before, show(p))
		}
	})
}

func checkRepairs(t *rapid.T, s *scene, p *importer.Preview, sheets []*sheet, all []importer.Repair) {
	got := map[string]int{}
	ids := map[string]bool{}
	for i, r := range all {
		ids[r.ID] = true
		require.True(t, i == 0 || all[i-1].Rows >= r.Rows, "most rows first")
		if r.Code != importer.CodeDomain {
			at := slices.IndexFunc(s.template.Tables, func(t importer.Table) bool { return t.Name == r.Table })
			at = max(at, 0)
			got[describe(s, r.Table, r.Finding, *sheets[at].cell(sheets[at].at(r.Row), r.Field))] = r.Rows
		}
	}
	require.Len(t, ids, len(all), "an id stands for one repair")
	require.Empty(t, cmp.Diff(faultsOf(s, p, sheets), got), "(-rows +repairs)")
}

// repaired is what a row's cell must be afterwards, if the repair is about it.
// It is a model of its own: it knows the cell by its text alone.
func repaired(row importer.RowView, r importer.Repair, s *sheet) (string, bool) {
	if row.Table != r.Table {
		return "", false
	}
	text := *s.cell(s.at(row.Number), r.Field)
	if r.Code == importer.CodeDomain {
		email, _ := users.ParseEmail(formats.Unguard(text))
		if !strings.HasSuffix(email, r.Value) {
			return "", false
		}
		return strings.TrimSuffix(email, r.Value) + *r.Fix, true
	}
	has := slices.ContainsFunc(row.Findings, func(f formats.Finding) bool { return f.Field == r.Field && f.Code == r.Code })
	return *r.Fix, has && formats.Show(text) == r.Value
}

// place is a row of a table.
type place struct {
	table string
	row   int
}

// Applying a suggestion leaves no finding of that code in those cells. A row
// that repeated one of them may then be the first of its kind, and have the fault.
func TestEveryFixMends(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		sheets := s.clones()
		slip(t, sheets)
		s = s.with(sheets)
		p := s.preview(t, s.store(t))
		for range 20 {
			all := p.Repairs()
			i := slices.IndexFunc(all, func(r importer.Repair) bool { return r.Fix != nil })
			if i < 0 {
				return
			}
			r := all[i]
			var rows []users.RowID
			repeats := map[place]bool{} // whose faults do not show while another row asks for the same
			for row := range p.Rows() {
				repeats[place{row.Table, row.Number}] = row.Action == importer.ActionSkip
				if _, ok := repaired(row, r, sheets[row.ID.Table()]); ok {
					rows = append(rows, row.ID)
				}
			}
			_, err := p.Repair(t.Context(), r)
			require.NoError(t, err)
			for _, id := range rows {
				row, err := p.Row(id)
				require.NoError(t, err)
				*sheets[id.Table()].cell(sheets[id.Table()].at(row.Number), r.Field) = row.Cells[r.Field]
				for _, f := range row.Findings {
					require.False(t, f.Field == r.Field && f.Code == r.Code, "row %d still has %s after %q was put for %q", row.Number, f.Code, *r.Fix, r.Value)
				}
			}
			for _, left := range p.Repairs() {
				require.True(t, left.ID != r.ID || repeats[place{left.Table, left.Row}], "%s is left, in row %d", left.Code, left.Row)
			}
		}
		t.Fatal("there is a fix left after twenty")
	})
}

// Replacing does what editing every such cell does.
func TestReplace(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		sheets := s.clones()
		slip(t, sheets)
		s = s.with(sheets)
		store := s.store(t)
		p := s.preview(t, store)
		table := rapid.IntRange(0, len(sheets)-1).Draw(t, "table")
		sh := sheets[table]
		field := pick(t, "field", sh.fields...)
		from := *sh.cell(rapid.IntRange(0, len(sh.rows)-1).Draw(t, "row"), field)
		to := pick(t, "to", "Zoe", "User", "p9@x.com", "l1", "attach", from+" ", "?")
		before := show(p)
		var edits []edit
		for i, r := range sh.rows {
			text := *sh.cell(i, field)
			if text == "'+5@gmial.com" {
				text = "+5@gmial.com"
			}
			if strings.TrimSpace(text) == strings.TrimSpace(strings.TrimPrefix(from, "'")) && text != to {
				edits = append(edits, edit{what: "set", table: table, number: r.number, field: field, value: to})
			}
		}
		d, err := p.Replace(t.Context(), table, field, pick(t, "from as", from, " "+from+"\u00a0", strings.TrimPrefix(from, "'")), to)
		require.NoError(t, err)
		for _, e := range edits {
			apply(sheets, e, 0)
		}
		requireFresh(t, s.with(sheets), store, p)
		checkDelta(t, d, edits, before, show(p))
		if len(edits) == 0 {
			require.Empty(t, d.Rows)
		}
	})
}

func TestReplaceWhatIsTyped(t *testing.T) {
	s := asHost(people(), nil, row("l1", "", "0042"), row("l2", "", "'0042"), row("l3", "", ` ="0042"`), row("l4", "", "00420"), row("l5", "", "=1"), row("l6", "", "'=1"), row("l7", "", ""), row("l8", "", "'%5"))
	for _, tt := range []struct {
		from string
		want []int
	}{
		{"0042", []int{2, 3, 4}}, {"'0042", []int{2, 3, 4}}, {"=1", []int{6, 7}}, {"'=1", []int{6, 7}}, {"", []int{8}}, {"  ", []int{8}}, {"%5", []int{9}}, {"l1", nil},
	} {
		p := s.preview(t, s.store(t))
		d, err := p.Replace(t.Context(), 0, "name", tt.from, "Zoe")
		require.NoError(t, err)
		var got []int
		for _, id := range d.Rows {
			got = append(got, id.Number())
		}
		require.Equal(t, tt.want, got, "%q", tt.from)
	}
	p := s.preview(t, s.store(t))
	_, err := p.Replace(t.Context(), 0, "shoe_size", "", "x")
	require.ErrorIs(t, err, importer.ErrField)
	_, err = p.Replace(t.Context(), 1, "name", "", "x")
	require.ErrorIs(t, err, importer.ErrTables)
	_, err = p.Replace(t.Context(), -1, "name", "", "x")
	require.ErrorIs(t, err, importer.ErrTables)
}

// brief is a repair in a line.
func briefRepairs(p *importer.Preview) []string {
	var out []string
	for _, r := range p.Repairs() {
		line := fmt.Sprintf("%d from %d: %s %s %s %q", r.Rows, r.Row, r.Severity, r.Field, r.Code, r.Value)
		if r.Fix != nil {
			line += fmt.Sprintf(" > %q", *r.Fix)
		}
		out = append(out, line)
	}
	return out
}

func TestRepairs(t *testing.T) {
	file := "NAME;EMAIL;ROLE\n" +
		"Ada;ada@example.com;Usr\nBob;bob@example.com;Admin\nCyd;<cyd@example.com>;Usr\n" +
		"Dan;;Usr\nEve;;usr\nFay ; \"fay@example.com\";User\n"
	table, err := csv.Read(t.Context(), strings.NewReader(file), nil)
	require.NoError(t, err)
	s := asHost(cloudlink.Users(), nil, []string{"x"})
	p, err := importer.New(s.open(s.store(t)), cloudlink.Users(), &importer.Options{Account: acme}).Preview(t.Context(), table)
	require.NoError(t, err)
	require.Equal(t, []string{
		`3 from 2: error role role.unknown "Usr" > "User"`,
		`2 from 5: error email email.missing ""`,
		`1 from 3: error role role.unknown "Admin" > "Account Admin"`,
		`1 from 4: error email email.form "<cyd@example.com>" > "cyd@example.com"`,
		`1 from 6: error role role.unknown "usr" > "User"`,
		`1 from 7: error email csv.quote " \"fay@example.com\"" > "fay@example.com"`,
	}, briefRepairs(p))
	b, err := json.Marshal(p.Repairs()[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"`+p.Repairs()[0].ID+`","rows":3,"severity":"error","code":"role.unknown","row":2,"line":2,"column":3,
		"field":"role","value":"Usr","args":{"allowed":"User, Account Admin"},"fix":"User"}`, string(b))
}

// A long text is known by all of it, though it is shown cut.
func TestRepairKnowsLongTexts(t *testing.T) {
	long := strings.Repeat("x", 300)
	s := asHost(people(), nil, row("l1", "", long+"a"), row("l2", "", long+"b"), row("l3", "", long+"b"))
	p := s.preview(t, s.store(t))
	all := p.Repairs()
	require.Len(t, all, 2)
	require.Equal(t, all[0].Value, all[1].Value)
	short := "Zoe"
	all[0].Fix = &short
	d, err := p.Repair(t.Context(), byBrowser(t, all[0]))
	require.NoError(t, err)
	require.Equal(t, []users.RowID{users.RowAt(0, 3), users.RowAt(0, 4)}, d.Rows)
	_, err = p.Repair(t.Context(), all[0])
	require.ErrorIs(t, err, importer.ErrRepair, "there is nothing left of it")
	_, err = p.Repair(t.Context(), all[1])
	require.ErrorIs(t, err, importer.ErrRepair, "nobody said what to put in")
}

// Cells that share text and code but not the fix are two repairs.
func TestRepairsDifferInFix(t *testing.T) {
	b := formats.NewBuilder("people", formats.Limits{})
	for i, r := range [][]string{{"LAN ID", "NAME"}, {"l1", "Zoe"}, {"l2", "Zoe"}, {"l3", "Zoe"}, {"l4", "Zoe"}} {
		for _, c := range r {
			require.NoError(t, b.Cell([]byte(c)))
		}
		_, err := b.EndRow(i+1, i+1)
		require.NoError(t, err)
	}
	one, two, empty := "Zoé", "Zoë", ""
	for i, fix := range []*string{&one, &two, nil, &empty} {
		for range 2 {
			b.Find(formats.Finding{Severity: formats.Error, Code: "cell.number", Row: i + 2, Column: 2, Value: "Zoe", Fix: fix})
		}
	}
	s := asHost(people(), nil)
	p, err := importer.New(s.open(s.store(t)), people(), &importer.Options{Account: acme}).Preview(t.Context(), b.Table())
	require.NoError(t, err)
	require.Equal(t, []string{
		`1 from 2: error name cell.number "Zoe" > "Zoé"`, `1 from 3: error name cell.number "Zoe" > "Zoë"`, `1 from 4: error name cell.number "Zoe"`,
		`1 from 5: error name cell.number "Zoe" > ""`,
	}, briefRepairs(p))
	require.NotEqual(t, p.Repairs()[2].ID, p.Repairs()[3].ID)
	d, err := p.Repair(t.Context(), byBrowser(t, p.Repairs()[1]))
	require.NoError(t, err)
	require.Equal(t, []users.RowID{users.RowAt(0, 3)}, d.Rows)
}

// Of sensitive cells a repair tells how many are at fault, and nothing of them.
func TestRepairsOfSensitiveCells(t *testing.T) {
	rows := [][]string{{"s3cret\u20661", "A"}, {"s3cret\u20662", "B"}, {"s3cret-3", "C", "", "", "", "Usr"}, {"s3cret-4", "C", "", "", "", "Uzer"}}
	s := asHost(vault(), nil, rows...)
	all := s.preview(t, s.store(t)).Repairs()
	require.Equal(t, []string{`2 from 2: error login text.bidi ""`, `2 from 4: error role role.unknown ""`}, briefRepairs(s.preview(t, s.store(t))))
	for i := range rows {
		rows[i][0] = strings.ReplaceAll(rows[i][0], "s3cret", "other")
	}
	again := asHost(vault(), nil, rows...)
	require.Equal(t, all, again.preview(t, again.store(t)).Repairs(), "not even the id depends on what is hidden")
}
