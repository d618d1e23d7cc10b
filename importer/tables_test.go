package importer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// desks is two tables: people, and what they have on their desks, a row for each
// thing. A person's "badge" is kept as an attribute of the host's own.
func desks(missing formats.Severity) *importer.Template {
	return &importer.Template{Name: "desks", Modes: []importer.Mode{importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert}, Tables: []importer.Table{{
		Name: "people",
		Columns: []importer.Column{
			{Field: "lan_id", Headings: en("LAN ID"), Required: true},
			{Field: "name", Headings: en("NAME"), Expected: true},
			{Field: "badge", Headings: en("BADGE"), PersonField: "custom.badge", Offers: []string{"red", "blue"}},
			{Field: "supervisor", Headings: en("SUPERVISOR"), RefersIn: users.SpaceLANID, Blank: importer.BlankClears},
			{Field: "deputy", Headings: en("DEPUTY"), PersonField: "custom.deputy"},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceLANID, r.Value("lan_id"))
			d.Claim(users.SpaceLANID, r.Value("lan_id"))
			d.WantCell("name")
			d.WantCell("badge")
			d.ReferCell("supervisor", users.SpaceLANID)
			if r.Value("deputy") == "yes" {
				d.ReferStored("supervisor", users.SpaceLANID, r.Value("supervisor"))
			}
			if r.Value("badge") == "blau" {
				d.Problem("badge", users.Problem{Code: "badge.unknown", Fix: "blue"})
			}
		},
	}, {
		Name:    "things",
		Missing: missing,
		Columns: []importer.Column{
			{Field: "lan_id", Headings: en("LAN ID"), Required: true},
			{Field: "thing", Headings: en("THING"), Required: true},
			{Field: "many", Headings: en("MANY"), Required: true},
		},
		Unfold: func(r users.Record, _ []users.Record) []map[string]string {
			var out []map[string]string
			for _, thing := range []string{"lamp", "phone"} {
				if n := r.Field("custom." + thing); n != "" {
					out = append(out, map[string]string{"thing": thing, "many": n})
				}
			}
			return out
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceLANID, r.Value("lan_id"))
			d.Want("custom."+r.Value("thing"), r.Value("many"))
		},
	}}}
}

// In mode create no row changes somebody who is there, whichever table it stands in.
func TestModeCreateInEveryTable(t *testing.T) {
	known := []users.Record{person(0)}
	known[0].Data.(*users.Profile).Custom = map[string]string{"lamp": "1"}
	for mode, want := range map[importer.Mode][]string{
		importer.ModeCreate: {"people 2 create l7 lan_id:>l7 name:>New", "things 2 update l7 custom.lamp:>2", "things 3 unchanged", "things 4 error !person.exists"},
		importer.ModeUpdate: {"people 2 error !lanid.unknown", "things 2 blocked !row.blocked[people/2]", "things 3 unchanged", "things 4 update p0@x.com custom.lamp:1>2"},
		importer.ModeUpsert: {"people 2 create l7 lan_id:>l7 name:>New", "things 2 update l7 custom.lamp:>2", "things 3 unchanged", "things 4 update p0@x.com custom.lamp:1>2"},
	} {
		s := asHost(desks(0), known, row("l7", "New")).and(row("l7", "lamp", "2"), row("l0", "lamp", "1"), row("l0", "lamp", "2")).in(mode)
		require.Equal(t, want, briefs(show(s.preview(t, s.store(t)))), mode)
	}
}

// Nor does it delete anybody in mode create, or take away what they have.
func TestModeCreateTakesNothing(t *testing.T) {
	tpl := staff()
	tpl.Modes = []importer.Mode{importer.ModeCreate}
	known := []users.Record{person(0), person(1), person(2), line(1, 1)}
	s := asHost(tpl, known, row("l0", "", "", "", "yes")).and(row("detach", "p1@x.com", ""), row("attach", "p2@x.com", "0"))
	require.Equal(t, []string{"people 2 error !person.exists", "lines 2 error !person.exists", "lines 3 error !person.exists"}, briefs(show(s.preview(t, s.store(t)))))
	s = asHost(tpl, known, row("l7", "p7@x.com")).and(row("attach", "p1@x.com", "1"), row("attach", "p7@x.com", "0"))
	require.Equal(t, []string{"people 2 create l7 lan_id:>l7 email:>p7@x.com", "lines 2 unchanged", "lines 3 update p7@x.com line.pbx:>x line.short:>0 +x/0"}, briefs(show(s.preview(t, s.store(t)))))
}

// What a table must have, what a column holds and offers, and what a reference may lead to.
func TestTables(t *testing.T) {
	store := asHost(desks(0), []users.Record{person(0)})
	open := func(s *scene) (*importer.Preview, error) { return s.tryPreview(t, s.open(store.store(t))) }
	only := func(missing formats.Severity) *scene { return asHost(desks(missing), nil, row("l7", "New")) }

	p, err := open(only(0))
	require.NoError(t, err)
	require.Empty(t, p.Findings())
	p, err = open(only(formats.Warning))
	require.NoError(t, err)
	require.Equal(t, []formats.Finding{{Severity: formats.Warning, Code: "table.missing", Table: "things", Args: map[string]string{"want": "things"}}}, p.Findings())
	require.Equal(t, 1, p.Summary().Codes["table.missing"])
	_, err = open(only(formats.Error))
	var r *formats.Refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, "table.missing", r.Code)

	twice := only(0)
	twice.sheets = append(twice.sheets, twice.sheets[0])
	_, err = open(twice)
	require.ErrorAs(t, err, &r)
	require.Equal(t, &formats.Refusal{Code: "table.repeated", File: 2, Args: map[string]string{"table": "people"}}, r)

	short := only(0)
	short.sheets[0].heads = short.sheets[0].heads[:1]
	_, err = open(short)
	require.ErrorAs(t, err, &r)
	require.Equal(t, "header.missing", r.Code, "an expected column must stand in the file")
	require.Equal(t, "NAME", r.Args["want"])

	s := asHost(desks(0), nil, row("l7", "New", "blau"), row("l8", "", "red", "l7"), row("l9", "Nine", "red", "l8", "yes"))
	p, err = open(s)
	require.NoError(t, err)
	require.Equal(t, []string{"people 2 error !badge.unknown=blue", "people 3 blocked !row.blocked[2]", "people 4 error !supervisor.unknown"}, briefs(show(p)))
	columns := s.template.Sheet(0, "en").Columns
	require.Equal(t, []string{"red", "blue"}, columns[2].Values)
	require.False(t, columns[2].Strict, "what is offered is not all that is allowed")
	require.Equal(t, "badge", p.Repairs()[0].Field)
}

// A row that leaves somebody without a supervisor opens a circle of the store;
// if it fails, whoever counted on that waits for it.
func TestCirclesOfTheStoreAreOpened(t *testing.T) {
	led := person(1)
	led.Data.(*users.Profile).ContactCentre.Supervisor = person(0).ID
	for _, tt := range []struct {
		name, reason string
		row          []string
		want         []string
	}{
		{"the supervisor is taken away", "the two may happen in one", row("l1", "N1"), []string{"people 2 update p0@x.com supervisor:>l1", "people 3 update p1@x.com supervisor:p0@x.com>"}},
		{"that row is in error", "the store itself would close the circle", row("l1", "N1", "blau"), []string{"people 2 blocked !row.blocked[3]", "people 3 error !badge.unknown=blue"}},
		{"it is given again", "the file closes the circle", row("l1", "N1", "", "l0"), []string{"people 2 error !reference.cycle(2, 3)", "people 3 error !reference.cycle(2, 3)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(desks(0), []users.Record{person(0), led}, row("l0", "N0", "", "l1"), tt.row).in(importer.ModeUpdate)
			store := s.store(t)
			p := s.preview(t, store)
			require.Equal(t, tt.want, briefs(show(p)), tt.reason)
			_, err := p.Commit(t.Context(), nil)
			require.NoError(t, err)
			found, err := s.open(store).Find(t.Context(), users.ByID(person(0).ID), users.ByID(led.ID))
			require.NoError(t, err)
			leads := map[users.ID]users.ID{}
			for _, r := range found.Records {
				leads[r.ID] = users.ID(r.Field("supervisor"))
			}
			require.False(t, leads[person(0).ID] == led.ID && leads[led.ID] == person(0).ID, "the store is in a circle")
		})
	}
}

// Who is no longer somebody's supervisor is told by name, though no row speaks of them.
func TestAReferenceTakenAwayIsNamed(t *testing.T) {
	led := person(1)
	led.Data.(*users.Profile).ContactCentre.Supervisor = person(0).ID
	s := asHost(desks(0), []users.Record{person(0), led}, row("l1", "N1")).in(importer.ModeUpdate)
	require.Equal(t, []string{"people 2 update p1@x.com supervisor:p0@x.com>"}, briefs(show(s.preview(t, s.store(t)))))
}

// The rows of a table that says many things of a person are all written, and change nothing.
func TestExportUnfolds(t *testing.T) {
	rich, poor := person(0), person(1)
	rich.Data.(*users.Profile).Custom = map[string]string{"lamp": "2", "phone": "1", "badge": "red"}
	s := asHost(desks(0), []users.Record{rich, poor})
	dir := s.open(s.store(t))
	x, err := importer.Export(t.Context(), dir, s.template, &importer.ExportOptions{Account: acme, Table: 1})
	require.NoError(t, err)
	require.Empty(t, x.Findings)
	require.Empty(t, x.LeftOut)
	var rows [][]string
	for r := range x.Sheet.Rows {
		rows = append(rows, append([]string(nil), r...))
	}
	require.Equal(t, [][]string{{"l0", "lamp", "2"}, {"l0", "phone", "1"}}, rows)
	x, err = importer.Export(t.Context(), dir, s.template, &importer.ExportOptions{Account: acme})
	require.NoError(t, err)
	for r := range x.Sheet.Rows {
		require.Equal(t, "red", r[2], "a column's field may be called otherwise")
		break
	}
}
