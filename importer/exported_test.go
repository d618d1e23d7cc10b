package importer_test

import (
	"bytes"
	"fmt"
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
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// cards has columns of every kind: keys, references to people and to units,
// values, cells whose blanks clear, and one that is the host's own.
func cards() *importer.Template {
	tpl := people()
	tab := &tpl.Tables[0]
	tab.Columns = append(tab.Columns,
		importer.Column{Field: "org_unit", Headings: en("ORG UNIT"), RefersIn: users.SpaceUnit},
		importer.Column{Field: "custom.badge", Headings: en("BADGE"), AsText: true},
		importer.Column{Field: "active", Headings: en("ACTIVE"), Values: []importer.Value{{Name: "yes", Labels: en("on")}}},
		importer.Column{Field: "first_name", Headings: en("FIRST NAME"), Parse: func(text string) (string, []users.Problem) {
			if text == "panic" {
				panic(text)
			}
			return importer.Text(text)
		}})
	draft := tab.Draft
	tab.Draft = func(r importer.Row, d *importer.Draft) {
		draft(r, d)
		d.Refer("org_unit", users.SpaceUnit, r.Value("org_unit"))
		for _, f := range []string{"custom.badge", "active", "first_name"} {
			d.WantCell(f)
		}
	}
	return tpl
}

// nasty are texts that spreadsheets, guards and rules take for something else.
func nasty(t *rapid.T) string {
	return pick(t, "nasty", "", "", "Zoe", "O'Brien", "'t Hooft", "0042", "+33123456789", "=1+1", "-", "@zoe", "'0042", "'=1", "''=1", `="0042"`, "#N/A", "4.42E+11",
		"sep=;", " padded", "a\u00a0b", "e\u0301", "\u200b", "a\tb", "a\nb", "x,y;z|", `say "x"`, "_x0041_", "TRUE", "1e5", "panic", "# no comment", "\u202eb", strings.Repeat("x", 257))
}

// untidy changes people in ways that no rule let through: a store is the host's.
func untidy(t *rapid.T, w *world) {
	unit := users.Record{Head: users.Head{ID: "unit0", Account: acme}, Data: &users.Unit{Path: "Acme/Sales"}}
	odd := users.Record{Head: users.Head{ID: "unit1", Account: acme}, Data: &users.Unit{Path: "#N/A"}}
	for i := range w.records {
		p, ok := w.records[i].Data.(*users.Profile)
		if !ok || w.records[i].Account != acme {
			continue
		}
		if chance(t, 30, "name") {
			p.DisplayName = nasty(t)
		}
		if chance(t, 30, "first name") {
			p.FirstName = nasty(t)
		}
		if chance(t, 30, "badge") {
			p.SetField("custom.badge", nasty(t))
		}
		if chance(t, 15, "inactive") {
			p.Inactive = true
		}
		if chance(t, 20, "mobile") {
			p.Mobile = "+33123456789"
		}
		if chance(t, 20, "products") {
			p.Products = []string{pick(t, "product", "a", "b c", "-b", "'1"), "x"}
		}
		if chance(t, 30, "address") {
			p.Email = pick(t, "address as", "", fmt.Sprintf("Q%d@X.com", i), fmt.Sprintf("q%d@bücher.com", i), fmt.Sprintf("+%d@x.com", i), fmt.Sprintf("no address %d", i))
		}
		if chance(t, 30, "LAN ID") {
			p.SetField("lan_id", pick(t, "LAN ID as", "", fmt.Sprintf("=%d", i), fmt.Sprintf("'%d", i), fmt.Sprintf("00%d", i), fmt.Sprintf(" M%d", i)))
		}
		switch rapid.IntRange(0, 9).Draw(t, "supervisor") {
		case 0:
			p.SetField("supervisor", "nobody")
		case 1, 2:
			p.SetField("supervisor", string(id(pick(t, "whom", w.stored...))))
		case 3:
			p.SetField("supervisor", string(w.records[i].ID))
		}
		p.SetField("org_unit", pick(t, "unit", "", "", "unit0", "unit1", "unit9"))
	}
	w.records = append(w.records, unit, odd)
}

// What is exported, written and read again changes nothing, in any mode,
// language and format; and what is not in the file is told.
func TestExportIsReadBack(t *testing.T) {
	writers := []formats.Writer{csv.Writer{}, csv.Writer{Delimiter: ';', NoBOM: true, LF: true}, xlsx.Writer{}}
	for _, tt := range []struct {
		name     string
		template func() *importer.Template
	}{
		{"people", func() *importer.Template { return people() }},
		{"cards", cards},
		{"cloudlink", cloudlink.Users},
		{"hires", func() *importer.Template {
			tpl, err := importer.TemplateOf[hire]("hires", importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert)
			require.NoError(t, err)
			return tpl
		}},
	} {
		t.Run(tt.name, rapid.MakeCheck(func(t *rapid.T) {
			w := newWorld(t)
			if len(w.stored) > 0 && chance(t, 80, "untidy") {
				untidy(t, w)
			}
			tpl := tt.template()
			s := &scene{template: tpl, actor: users.Host("test"), records: w.records}
			store := s.store(t)
			lang := pick(t, "language", tpl.Languages()...)
			out, err := importer.Export(t.Context(), s.open(store), tpl, &importer.ExportOptions{Account: acme, Lang: lang})
			require.NoError(t, err)
			checkExport(t, w, tpl, lang, out)
			if out.Rows == 0 {
				return
			}
			table := written(t, out.Sheet, pick(t, "writer", writers...))
			for _, mode := range []importer.Mode{importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert} {
				p, err := importer.New(s.open(store), tpl, &importer.Options{Account: acme, Mode: mode}).Preview(t.Context(), table)
				require.NoError(t, err)
				require.Empty(t, p.Findings())
				if diff := cmp.Diff(map[string]int{"unchanged": out.Rows}, p.Summary().Actions); diff != "" || p.Summary().Errors > 0 {
					t.Fatalf("in %s and mode %s the export changes something (-want +got):\n%s\n%s\n%s", lang, mode, diff, s, strings.Join(briefs(show(p)), "\n"))
				}
			}
		}))
	}
}

// written is the sheet in a file, read again.
func written(t tb, s formats.Sheet, w formats.Writer) *formats.Table {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, w.WriteSheet(&b, s))
	table, err := formats.Open(t.Context(), formats.Source{Name: "x" + w.Ext(), ReaderAt: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}, nil, xlsx.Format{}, csv.Format{})
	require.NoError(t, err)
	return table
}

// checkExport: everybody is in the sheet or left out with a reason, and every
// cell has what is stored, by its label or name, or is told to be blank.
func checkExport(t *rapid.T, w *world, tpl *importer.Template, lang string, out *importer.Exported) {
	told := map[string]bool{}
	reasons := map[users.ID]bool{}
	for _, f := range out.Findings {
		if f.Code == "export.sensitive" {
			continue // of the column
		}
		told[fmt.Sprint(f.Args["id"], " ", f.Field)] = true
		if f.Severity == formats.Error {
			reasons[users.ID(f.Args["id"])] = true
			require.Zero(t, f.Row)
		}
		require.Equal(t, f.Row == 0, slices.Contains(out.LeftOut, users.ID(f.Args["id"])))
	}
	var rows [][]string
	for r := range out.Sheet.Rows {
		rows = append(rows, r)
	}
	require.Len(t, rows, out.Rows)
	byID := map[users.ID]users.Record{}
	var order []users.Record
	for _, r := range w.records {
		byID[r.ID] = r
		if r.Kind() == users.KindUser && r.Account == acme {
			order = append(order, r)
		}
	}
	slices.SortFunc(order, func(a, b users.Record) int {
		return strings.Compare(a.Index().Sort+"\x00"+string(a.ID), b.Index().Sort+"\x00"+string(b.ID))
	})
	for _, r := range order {
		require.Equal(t, reasons[r.ID], slices.Contains(out.LeftOut, r.ID), "left out if and only if there is a reason")
		if reasons[r.ID] {
			continue
		}
		require.NotEmpty(t, rows, "there is a row for %s", r.ID)
		for c, col := range tpl.Tables[0].Columns {
			want := r.Field(col.Field)
			if to, ok := byID[users.ID(want)]; ok && col.Field == "supervisor" {
				want = to.Field(col.RefersIn.Field())
			} else if ok && col.Field == "org_unit" {
				want = to.Data.(*users.Unit).Path
			}
			if want = col.Label(want, lang); rows[0][c] == "" && want != "" {
				want = ""
				if col.Sensitive {
					continue
				}
				require.True(t, told[fmt.Sprint(r.ID, " ", col.Field)], "nobody tells that %s of %s is blank", col.Field, r.ID)
			}
			require.Equal(t, want, formats.Unguard(rows[0][c]), "%s of %s", col.Field, r.ID)
		}
		rows = rows[1:]
	}
	require.Empty(t, rows)
}

// TestApostrophesComeBack: an apostrophe that is part of a value survives an export, and a
// cell with one is the same in every file written from a preview.
func TestApostrophesComeBack(t *testing.T) {
	tpl := cards()
	names := []string{"=1", "'=1", "''=1", "'''=1", "+33", "'+33", "'t Hooft"}
	var people []users.Record
	for i, name := range names {
		people = append(people, person(i, func(p *users.Profile) { p.FirstName = name }))
	}
	s := asHost(tpl, people)
	store := s.store(t)
	for _, w := range []formats.Writer{csv.Writer{}, xlsx.Writer{}} {
		out, err := importer.Export(t.Context(), s.open(store), tpl, &importer.ExportOptions{Account: acme})
		require.NoError(t, err)
		require.Equal(t, len(names), out.Rows)
		require.Empty(t, out.Findings)
		table := written(t, out.Sheet, w)
		p, err := importer.New(s.open(store), tpl, &importer.Options{Account: acme, Mode: importer.ModeUpsert}).Preview(t.Context(), table)
		require.NoError(t, err)
		require.Equal(t, map[string]int{"unchanged": len(names)}, p.Summary().Actions, "%s", w.Ext())

		again := written(t, p.Sheet(0, messages.For("en")), w)
		for i := range table.Len() {
			require.Equal(t, table.Row(i).Cells(), again.Row(i).Cells(), "%s", w.Ext())
		}
	}
}

func TestExport(t *testing.T) {
	tpl := cards()
	tpl.Tables[0].Columns[6].Sensitive = true // the badge
	ada := person(0, admin, func(p *users.Profile) { p.SetField("custom.badge", "0042") })
	bob := person(1, under(0), func(p *users.Profile) { p.DisplayName = "#N/A" })
	cyd := person(2, under(1), func(p *users.Profile) { p.FirstName, p.ContactCentre.Unit = "'0042", "unit0" })
	dan := person(3, under(9), func(p *users.Profile) { p.SetField("lan_id", ""); p.Inactive = true })
	eve := person(4, under(5))
	fay := person(5, under(4))
	gus := person(6, under(7), func(p *users.Profile) { p.ContactCentre.Unit = "unit9" })
	hal := person(7, under(3), func(p *users.Profile) { p.Email = "P7@X.com" })
	ivy := person(8, func(p *users.Profile) { p.ContactCentre.Supervisor = "gu8" })
	unit := users.Record{Head: users.Head{ID: "unit0", Account: acme}, Data: &users.Unit{Path: "Acme/Sales"}}
	s := asHost(tpl, []users.Record{ada, bob, cyd, dan, eve, fay, gus, hal, ivy, unit, elsewhere(person(8))})
	dir := s.open(s.store(t))
	export := func(opts importer.ExportOptions) (string, *importer.Exported) {
		opts.Account = acme
		out, err := importer.Export(t.Context(), dir, tpl, &opts)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, csv.Writer{NoBOM: true, LF: true}.WriteSheet(&b, out.Sheet))
		return b.String(), out
	}
	text, out := export(importer.ExportOptions{})
	require.Equal(t, `LAN ID,EMAIL,NAME,SUPERVISOR,ROLE,ORG UNIT,BADGE,ACTIVE,FIRST NAME
l0,p0@x.com,N0,,Admin,,,on,
l2,p2@x.com,N2,l1,User,Acme/Sales,,on,
l4,p4@x.com,N4,,User,,,on,
l5,p5@x.com,N5,,User,,,on,
l6,p6@x.com,N6,l7,User,,,on,
l7,P7@X.com,N7,,User,,,on,
l8,p8@x.com,N8,,User,,,on,
`, text)
	require.Equal(t, []users.ID{"u1", "u3"}, out.LeftOut)
	var got []string
	for _, f := range out.Findings {
		got = append(got, fmt.Sprintf("%s %s %s %d/%d %s %q", f.Severity, f.Code, f.Args["who"], f.Row, f.Column, f.Field, f.Value))
	}
	require.Equal(t, []string{
		`warning export.sensitive  0/7 custom.badge ""`,
		`warning export.unreadable p1@x.com 0/3 name "#N/A"`,
		`error export.clears p1@x.com 0/3 name ""`,
		`warning export.unreadable p2@x.com 3/9 first_name "'0042"`,
		`error export.missing p3@x.com 0/1 lan_id ""`,
		`warning export.unnamed p3@x.com 0/4 supervisor ""`,
		`warning export.unreadable p3@x.com 0/8 active "no"`,
		`warning export.circle p4@x.com 4/4 supervisor "l5"`,
		`warning export.circle p5@x.com 5/4 supervisor "l4"`,
		`warning export.unnamed p6@x.com 6/6 org_unit ""`,
		`warning export.unnamed P7@X.com 7/4 supervisor ""`,
		`warning export.unnamed p8@x.com 8/4 supervisor ""`,
	}, got)

	tpl.Tables[0].Columns[0].Headings["fr"] = []string{"LAN"}
	french, _ := export(importer.ExportOptions{Lang: "fr"})
	require.Equal(t, text, french, "not every column has a heading in French")
	text, _ = export(importer.ExportOptions{Text: "n4"})
	require.Equal(t, 2, strings.Count(text, "\n"), "one heading, one person")
	text, out = export(importer.ExportOptions{Having: users.Leading()})
	require.Contains(t, text, "l0,")
	require.Equal(t, 1, out.Rows)
	text, out = export(importer.ExportOptions{Text: "n5"})
	require.Contains(t, text, "l5,p5@x.com,N5,,", "the circle is seen though its other half is not exported")
	require.Len(t, out.Findings, 2)

	_, err := importer.Export(t.Context(), dir, tpl, &importer.ExportOptions{Account: acme, Table: 1})
	require.ErrorIs(t, err, importer.ErrTables)
	_, err = importer.Export(t.Context(), dir, tpl, nil)
	require.ErrorIs(t, err, importer.ErrAccount)
	_, err = importer.Export(t.Context(), users.Open(s.store(t), users.AccountAdmin("u0", globex), nil), tpl, &importer.ExportOptions{Account: acme})
	require.ErrorIs(t, err, users.ErrNotFound)
}

// An export of many people asks the store once for a page, and once for every
// users.MaxFind of those they refer to, a step at a time.
func TestExportAsksInBatches(t *testing.T) {
	var recs []users.Record
	for i := range 1500 {
		recs = append(recs, person(i, under(i/2)))
	}
	recs[0] = person(0)
	s := asHost(people(), recs)
	for _, tt := range []struct {
		name       string
		opts       importer.ExportOptions
		rows       int
		list, find int
	}{
		{"everybody they refer to is exported", importer.ExportOptions{}, 1500, 2, 0},
		{"one step after another from the last of them", importer.ExportOptions{Text: "n1499"}, 1, 1, 11},
		{"a thousand, of whose supervisors a half is not exported, and those above them", importer.ExportOptions{Having: []users.Key{{Space: users.LinkRegistered, Value: "yes"}}}, 1000, 1, 9},
	} {
		for i := range recs {
			recs[i].Data.(*users.Profile).Registered = i >= 500
		}
		store := storetest.NewFaulty(s.store(t))
		opts := tt.opts
		opts.Account = acme
		out, err := importer.Export(t.Context(), s.open(store), people(), &opts)
		require.NoError(t, err)
		require.Equal(t, tt.rows, out.Rows, tt.name)
		require.Empty(t, out.Findings)
		require.Equal(t, tt.list, store.Calls(storetest.OpList), tt.name)
		require.Equal(t, tt.find, store.Calls(storetest.OpFind), tt.name)
	}
}

// What a sensitive column holds shows nowhere.
func TestExportHidesSensitiveCells(t *testing.T) {
	tpl := vault()
	for i := range tpl.Tables[0].Columns {
		tpl.Tables[0].Columns[i].Required = false
	}
	ada := person(0, func(p *users.Profile) {
		p.Login, p.Email, p.ContactCentre, p.Mobile = "s3cret", "", nil, "s3cret"
	})
	s := asHost(tpl, []users.Record{ada})
	out, err := importer.Export(t.Context(), s.open(s.store(t)), tpl, &importer.ExportOptions{Account: acme})
	require.NoError(t, err)
	require.Equal(t, 1, out.Rows)
	for r := range out.Sheet.Rows {
		require.Equal(t, []string{"", "N0", "", "", "", ""}, r)
	}
	ada.Data.(*users.Profile).DisplayName = ""
	out, err = importer.Export(t.Context(), s.open(s.store(t)), tpl, &importer.ExportOptions{Account: acme})
	require.NoError(t, err)
	require.Equal(t, []users.ID{"u0"}, out.LeftOut)
	require.Equal(t, "export.nothing", out.Findings[len(out.Findings)-1].Code)
	ada.Data.(*users.Profile).DisplayName = "Ada"
	tpl.Tables[0].Columns[0].Required = true
	out, err = importer.Export(t.Context(), s.open(s.store(t)), tpl, &importer.ExportOptions{Account: acme})
	require.NoError(t, err)
	require.Equal(t, []users.ID{"u0"}, out.LeftOut)
	require.NotContains(t, fmt.Sprint(out.Findings), "s3cret")
}
