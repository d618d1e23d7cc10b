package importer_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// Every mistake of a template is told, each with its table and its column.
func TestCheck(t *testing.T) {
	name := func(x *importer.Template) *importer.Column { return &x.Tables[0].Columns[2] }
	for _, tt := range []struct {
		name  string
		spoil func(*importer.Template)
		want  []string
	}{
		{"none", func(*importer.Template) {}, nil},
		{"no name", func(x *importer.Template) { x.Name = "" }, []string{`"": the template has no name`}},
		{"the name of an undoing", func(x *importer.Template) { x.Name = importer.TemplateUndo }, []string{`"undo": the name "undo" is reserved`}},
		{"the name of edits by hand", func(x *importer.Template) { x.Name = users.TemplateHand }, []string{`"hand": the name "hand" is reserved`}},
		{"a mode that does not exist", func(x *importer.Template) { x.Modes = []importer.Mode{"mirror", "create", "create"} }, []string{
			`"people": mode "mirror" does not exist`, `"people": mode "create" is listed twice`,
		}},
		{"no table", func(x *importer.Template) { x.Tables = nil }, []string{`"people": the template has no table`}},
		{"a table without a name", func(x *importer.Template) { x.Tables[0].Name = "" }, []string{`"people": table number 1: the table has no name`}},
		{"two tables of one name", func(x *importer.Template) { x.Tables = append(x.Tables, x.Tables[0]) }, []string{`"people": table "people": two tables have this name`}},
		{"no Draft", func(x *importer.Template) { x.Tables[0].Draft = nil }, []string{`"people": table "people": Draft is nil`}},
		{"no column", func(x *importer.Template) { x.Tables[0].Columns = nil }, []string{`"people": table "people": the table has no column`}},
		{"a column without a field", func(x *importer.Template) { name(x).Field = "" }, []string{`"people": table "people": column number 3: Field is empty`}},
		{"two columns of one field", func(x *importer.Template) { name(x).Field = "email" }, []string{`"people": table "people": column "email": two columns have this field`}},
		{"a field that no record has", func(x *importer.Template) { name(x).PersonField = "cost_centre" }, []string{
			`"people": table "people": column "name": no record has the PersonField "cost_centre"`,
		}},
		{"a field that no line has", func(x *importer.Template) { name(x).PersonField = "line.colour" }, []string{
			`"people": table "people": column "name": no record has the PersonField "line.colour"`,
		}},
		{"fields that records have", func(x *importer.Template) {
			name(x).PersonField = "line.number"
			x.Tables[0].Columns[1].PersonField = "custom.cost_centre"
		}, nil},
		{"a space that does not exist", func(x *importer.Template) { name(x).Space, name(x).RefersIn = "employee_no", "shoe" }, []string{
			`"people": table "people": column "name": the space "shoe" of RefersIn does not exist`, `"people": table "people": column "name": the space "employee_no" does not exist`,
		}},
		{"a space of links", func(x *importer.Template) { name(x).Space = users.LinkGrant }, []string{`"people": table "people": column "name": the space "grant" does not exist`}},
		{"no heading", func(x *importer.Template) { name(x).Headings = nil }, []string{`"people": table "people": column "name": the column has no heading`}},
		{"headings that are the same", func(x *importer.Template) { name(x).Headings = en("NAME", "e-mail") }, []string{
			`"people": table "people": column "name": the heading "e-mail" in en is the one of column "email" too`,
		}},
		{"one heading in two languages, twice in one column", func(x *importer.Template) {
			name(x).Headings = map[string][]string{"en": {"NAME", "Name"}, "fr": {"EMAIL"}}
		}, nil},
		{"a heading that is blank", func(x *importer.Template) { name(x).Headings = en("NAME", " - ") }, []string{
			`"people": table "people": column "name": the heading " - " in en is blank`,
		}},
		{"a value without a name", func(x *importer.Template) { name(x).Values = []importer.Value{{Labels: en("Ada")}} }, []string{
			`"people": table "people": column "name": value number 1 has no name`,
		}},
		{"two values of one name", func(x *importer.Template) { name(x).Values = []importer.Value{{Name: "ada"}, {Name: "ada"}} }, []string{
			`"people": table "people": column "name": two values have the name "ada"`,
		}},
		{"a text that means two values", func(x *importer.Template) {
			name(x).Values = []importer.Value{{Name: "ada", Labels: en("A")}, {Name: "bob", Labels: en("a")}}
		}, []string{`"people": table "people": column "name": "a" means both "ada" and "bob"`}},
		{"accents tell values apart", func(x *importer.Template) {
			name(x).Values = []importer.Value{{Name: "ada", Labels: en("A")}, {Name: "bob", Labels: en("Á")}}
		}, nil},
		{"unless they are ignored", func(x *importer.Template) {
			name(x).IgnoreAccents = true
			name(x).Values = []importer.Value{{Name: "ada", Labels: en("A")}, {Name: "bob", Labels: en("Á")}}
		}, []string{`"people": table "people": column "name": "Á" means both "ada" and "bob"`}},
		{"a label that is blank", func(x *importer.Template) { name(x).Values = []importer.Value{{Name: "ada", Labels: en(" ")}} }, []string{
			`"people": table "people": column "name": the value "ada" has a label that is blank`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tpl := people()
			tt.spoil(tpl)
			err := tpl.Check()
			var got []string
			if err != nil {
				require.ErrorIs(t, err, importer.ErrTemplate)
				got = strings.Split(strings.ReplaceAll(err.Error(), importer.ErrTemplate.Error()+": ", ""), "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A template with a mistake makes no preview and no export, and opens no document.
func TestMistakesAreToldFirst(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l1", "p1@x.com", "A"))
	store := s.store(t)
	var doc bytes.Buffer
	require.NoError(t, s.preview(t, store).Save(&doc))

	wrong := people()
	wrong.Tables[0].Columns[2].PersonField = "nmae"
	s.template = wrong
	_, err := s.tryPreview(t, s.open(store))
	require.ErrorIs(t, err, importer.ErrTemplate)
	_, err = importer.Reopen(t.Context(), s.open(store), bytes.NewReader(doc.Bytes()), wrong)
	require.ErrorIs(t, err, importer.ErrTemplate)
	_, err = importer.Export(t.Context(), s.open(store), wrong, &importer.ExportOptions{Account: acme})
	require.ErrorIs(t, err, importer.ErrTemplate)

	// The template of an undoing has a name that no other may have, and a preview is made of it.
	s.template = people()
	_, err = s.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	_, err = importer.Undo(t.Context(), s.open(store), imp, nil)
	require.NoError(t, err)
}

// saying is people whose Draft says one thing more.
func saying(say func(r importer.Row, d *importer.Draft)) *importer.Template {
	tpl := people()
	tab := &tpl.Tables[0]
	tab.Columns = append(tab.Columns, importer.Column{Field: "cost_centre", Headings: en("COST CENTRE")}, importer.Column{Field: "employee_no", Headings: en("NO")})
	draft := tab.Draft
	tab.Draft = func(r importer.Row, d *importer.Draft) {
		draft(r, d)
		say(r, d)
	}
	return tpl
}

// What a draft names and no record has fails its row, instead of being shown,
// reported and stored nowhere.
func TestDraftNamesWhatDoesNotExist(t *testing.T) {
	ada := []string{"l1", "p1@x.com", "Ada", "", "", "4711", "E1"}
	for _, tt := range []struct {
		name string
		say  func(r importer.Row, d *importer.Draft)
		want []string
	}{
		{"a cell whose field no record has", func(_ importer.Row, d *importer.Draft) { d.WantCell("cost_centre") }, []string{"cost_centre"}},
		{"the same twice", func(_ importer.Row, d *importer.Draft) { d.WantCell("cost_centre"); d.WantCell("cost_centre") }, []string{"cost_centre"}},
		{"a cell that is no column", func(_ importer.Row, d *importer.Draft) { d.WantCell("custom.cost_centre") }, []string{"custom.cost_centre"}},
		{"a field", func(_ importer.Row, d *importer.Draft) { d.Want("nmae", "Ada") }, []string{"nmae"}},
		{"a field whose value is blank", func(_ importer.Row, d *importer.Draft) { d.Want("nmae", "") }, []string{"nmae"}},
		{"a field of lines", func(_ importer.Row, d *importer.Draft) { d.Want("line.colour", "red") }, []string{"line.colour"}},
		{"who holds a line", func(_ importer.Row, d *importer.Draft) { d.Want("line.holder", "u0") }, []string{"line.holder"}},
		{"a custom field without a name", func(_ importer.Row, d *importer.Draft) { d.Want("custom.", "x") }, []string{"custom."}},
		{"a value that a feature cannot have", func(_ importer.Row, d *importer.Draft) { d.Want("feature.chat", "maybe") }, []string{"feature.chat"}},
		{"a default", func(_ importer.Row, d *importer.Draft) { d.WantIfCreating("nmae", "Ada") }, []string{"nmae"}},
		{"a set that is none", func(_ importer.Row, d *importer.Draft) { d.Include("name", "Ada"); d.Exclude("teams", "a") }, []string{"name", "teams"}},
		{"a space to be about", func(r importer.Row, d *importer.Draft) { d.About("employee_no", r.Value("employee_no")) }, []string{"employee_no"}},
		{"about a line", func(_ importer.Row, d *importer.Draft) { d.About(users.SpaceLine, "x/1") }, []string{"line"}},
		{"about a link", func(_ importer.Row, d *importer.Draft) { d.About(users.LinkGrant, "x") }, []string{"grant"}},
		{"a space to claim in", func(_ importer.Row, d *importer.Draft) { d.Claim("employee_no", "E1"); d.Take("badge", "1") }, []string{"employee_no", "badge"}},
		{"a key that no field keeps", func(_ importer.Row, d *importer.Draft) { d.Claim(users.SpaceExternal, "x") }, []string{"external"}},
		{"a key that no row makes", func(_ importer.Row, d *importer.Draft) { d.Claim(users.SpaceRole, "Desk") }, []string{"role"}},
		{"a field to refer by", func(_ importer.Row, d *importer.Draft) { d.Refer("boss", users.SpaceLANID, "l0") }, []string{"boss"}},
		{"a space to refer in", func(_ importer.Row, d *importer.Draft) { d.Refer("supervisor", "employee_no", "E1") }, []string{"employee_no"}},
		{"a supervisor that is a unit", func(_ importer.Row, d *importer.Draft) { d.ReferStored("supervisor", users.SpaceUnit, "Acme") }, []string{"unit"}},
		{"a cell to refer by that is no column", func(_ importer.Row, d *importer.Draft) { d.ReferCell("boss", users.SpaceLANID) }, []string{"boss"}},
		{"a cell to ignore", func(_ importer.Row, d *importer.Draft) { d.Ignore("nmae") }, []string{"nmae"}},
		{"a cell at fault", func(_ importer.Row, d *importer.Draft) { d.Warn("nmae", "text.formula") }, []string{"nmae"}},
		{"a cell at fault for new people", func(_ importer.Row, d *importer.Draft) { d.ErrorIfCreating("nmae", "name.missing") }, []string{"nmae"}},
		{"a cell with a problem", func(_ importer.Row, d *importer.Draft) {
			d.Problem("nmae", users.Problem{Code: "text.formula", Warning: true})
		}, []string{"nmae"}},
		{"a place", func(_ importer.Row, d *importer.Draft) { d.Exclusive("desk", "1") }, []string{"desk"}},
		{"a kind to release", func(_ importer.Row, d *importer.Draft) { d.Release(users.KindRole) }, []string{"role"}},
		{"a field to release by", func(_ importer.Row, d *importer.Draft) { d.ReleaseWhere(users.KindLine, "colour", "red") }, []string{"line.colour"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(saying(tt.say), []users.Record{person(0), line(0, 0)}, ada)
			store := s.store(t)
			p := s.preview(t, store)
			var got []string
			for _, r := range show(p).Rows {
				require.Equal(t, importer.ActionError, r.Action)
				for _, f := range r.Findings {
					if f.Code == "internal.template" {
						require.Equal(t, "people", f.Args["table"])
						require.Equal(t, formats.Error, f.Severity)
						got = append(got, f.Args["field"])
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}

			// Nothing of the row is stored, and the report does not say so.
			before := contents(t, store)
			rep, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
			require.NoError(t, err)
			require.Equal(t, map[importer.Outcome]int{importer.OutcomeFailed: 1}, rep.Counts)
			require.Empty(t, rep.Lines[0].Changes)
			require.Empty(t, cmp.Diff(before, contents(t, store)))
		})
	}
}

// All that exists may be named.
func TestDraftNamesWhatExists(t *testing.T) {
	tpl := saying(func(_ importer.Row, d *importer.Draft) {
		d.Want("custom.cost_centre", "4711")
		d.Want("feature.chat", "yes")
		d.Want("channel.voice", "3")
		d.Include("roles", "Desk")
		d.Exclude("products", "x")
		d.Refer("custom.mentor", users.SpaceEmail, "p0@x.com")
		d.Claim(users.SpaceLine, "x/9")
		d.Want("line.pbx", "x")
		d.Want("line.short", "9")
		d.ReleaseWhere(users.KindLine, "pbx", "y")
		d.Warn("", "text.formula")
		d.Exclusive("", "1")
	})
	s := asHost(tpl, []users.Record{person(0)}, row("l1", "p1@x.com", "Ada"))
	store := s.store(t)
	require.Equal(t, []string{
		"2 create l1 lan_id:>l1 email:>p1@x.com name:>Ada custom.cost_centre:>4711 feature.chat:>yes channel.voice:>3 roles:>Desk line.pbx:>x line.short:>9 custom.mentor:>p0@x.com +x/9 ?text.formula",
	}, briefs(show(s.preview(t, store))))
}

// One row that names what does not exist leaves others alone, and still stands at
// the keys it may have.
func TestDraftNamesFailTheirRowAlone(t *testing.T) {
	tpl := saying(func(r importer.Row, d *importer.Draft) {
		if r.Value("cost_centre") != "" {
			d.WantCell("cost_centre")
		}
	})
	s := asHost(tpl, nil, []string{"l1", "p1@x.com", "Ada", "", "", "4711"}, row("l2", "p1@x.com", "Bob"), row("l3", "p3@x.com", "Cyd"))
	require.Equal(t, []string{
		"2 error !internal.template !email.contested[3 of 2]", "3 error !email.contested[2 of 2]", "4 create l3 lan_id:>l3 email:>p3@x.com name:>Cyd",
	}, briefs(show(s.preview(t, s.store(t)))))
}

// The name of a field may be made of a cell, which may be one that is not shown.
func TestDraftNamesOfSensitiveCells(t *testing.T) {
	tpl := saying(func(r importer.Row, d *importer.Draft) { d.Want("level."+r.Value("cost_centre"), "1") })
	tpl.Tables[0].Columns[5].Sensitive = true
	s := asHost(tpl, nil, []string{"l1", "p1@x.com", "Ada", "", "", "s3cret"})
	shown := show(s.preview(t, s.store(t)))
	require.Equal(t, map[string]string{"table": "people"}, shown.Rows[0].Findings[0].Args)
	require.NotContains(t, shown.json(), "s3cret")
}

// What TemplateOf makes and the templates of products have no mistake.
func TestTemplatesHaveNoMistake(t *testing.T) {
	tagged, err := importer.TemplateOf[hire]("hires")
	require.NoError(t, err)
	for _, tpl := range []*importer.Template{tagged, cloudlink.Users(), people(), lines(true), staff(), grants(), vault()} {
		require.NoError(t, tpl.Check(), tpl.Name)
	}
	require.ErrorIs(t, errors.Join((&importer.Template{}).Check()), importer.ErrTemplate)
}

// A field that is found to exist and cannot be written fails its row when it is
// committed, and no other: nothing is reported that is stored nowhere.
func TestFieldThatCannotBeWritten(t *testing.T) {
	for _, tt := range []struct {
		name, field string
		say         func(d *importer.Draft)
	}{
		{"of a person", "nmae", func(d *importer.Draft) { d.Want("nmae", "x") }},
		{"of a line", "colour", func(d *importer.Draft) { d.Claim(users.SpaceLine, "x/1"); d.Want("line.colour", "red") }},
		{"that refers", "boss", func(d *importer.Draft) { d.Refer("boss", users.SpaceLANID, "l0") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tpl := saying(func(r importer.Row, d *importer.Draft) {
				if r.Value("name") == "Ada" {
					tt.say(d)
				}
			})
			s := asHost(tpl, []users.Record{person(0)}, row("l1", "p1@x.com", "Ada"), row("l2", "p2@x.com", "Bob"), row("l3", "p3@x.com", "Cyd", "l1"))
			store := s.store(t)
			table := s.sheets[0].table("people")
			p, err := importer.New(s.open(store), tpl, importer.AnyName(importer.Options{Account: acme})).Preview(t.Context(), table)
			require.NoError(t, err)
			r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
			require.NoError(t, err)
			require.Equal(t, map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeCreated: 1, importer.OutcomeBlocked: 1}, r.Counts)
			require.Equal(t, "internal.template", r.Lines[0].Findings[0].Code)
			require.Equal(t, map[string]string{"table": "people", "field": tt.field}, r.Lines[0].Findings[0].Args)
		})
	}
}
