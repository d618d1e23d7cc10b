package importer_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// leavers is known by e-mail addresses, which its rows also claim, those of people who leave included.
func leavers() *importer.Template {
	return &importer.Template{Name: "leavers", Modes: []importer.Mode{importer.ModeUpsert}, Tables: []importer.Table{{
		Name: "leavers",
		Columns: []importer.Column{
			{Field: "email", Headings: en("EMAIL"), Parse: importer.Email, Required: true},
			{Field: "name", Headings: en("NAME"), Required: true},
			{Field: "leaves", Headings: en("LEAVES")},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceEmail, r.Value("email"))
			d.Claim(users.SpaceEmail, r.Value("email"))
			d.WantCell("name")
			if r.Value("leaves") == "yes" {
				d.Delete()
			}
		},
	}}}
}

// A row that is about nobody fails, says so, and makes nobody; the rows beside it go on.
func TestRowAboutNobody(t *testing.T) {
	optional := people()
	optional.Tables[0].Columns[0].Required = false
	in := func(m importer.Mode, tpl *importer.Template, key string) *scene {
		return asHost(tpl, []users.Record{person(1)}, row(key, mail(0), "Zoe"), row("l1", mail(1), "Ada")).as(users.Partner("pat")).in(m)
	}
	tests := []struct {
		name, reason string
		scene        *scene
		want         string
		outcomes     map[importer.Outcome]int
	}{
		{
			"a required key of invisible characters, update", "a blank cell would be missing, and this looks like one",
			in(importer.ModeUpdate, people(), "\u200b"), "2 error ?text.trimmed !lan_id.missing", map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeUpdated: 1},
		},
		{
			"a required key of invisible characters, upsert", "nobody is made without it",
			in(importer.ModeUpsert, people(), "\u200b"), "2 error ?text.trimmed !lan_id.missing", map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeUpdated: 1},
		},
		{
			"an optional key left blank, update", "there is nobody to change, though no cell is at fault",
			in(importer.ModeUpdate, optional, ""), "2 error !row.nobody[]", map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeUpdated: 1},
		},
		{
			"an optional key left blank, upsert", "there is no name by which somebody could be made",
			in(importer.ModeUpsert, optional, ""), "2 error !row.nobody[]", map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeUpdated: 1},
		},
		{
			"nobody leaves", "a key of invisible characters names nobody",
			asHost(staff(), []users.Record{person(1)}, row("\u200b", "", "", "", "yes"), row("l1", mail(1), "Ada")),
			"people 2 error ?text.trimmed !lan_id.missing", map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeUpdated: 1},
		},
		{
			"somebody unknown leaves", "that the row claims their address does not make them",
			asHost(leavers(), []users.Record{person(1)}, []string{mail(0), "Zoe", "yes"}, []string{mail(1), "Ada", ""}),
			"2 error !email.unknown", map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeUpdated: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Log(tt.reason)
			s := tt.scene
			for len(s.sheets) < len(s.template.Tables) {
				s.and()
			}
			store := s.store(t)
			p := s.preview(t, store)
			require.Equal(t, tt.want, briefs(show(p))[0])
			r, err := p.Commit(t.Context(), nil)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.outcomes, r.Counts), "(-want +got)")
			require.Empty(t, cmp.Diff([]string{"u1 l1 p1@x.com Ada"}, roll(t, store)), "the store (-want +got)")
		})
	}
}

// A required cell that holds nothing anybody can see is missing.
func TestRequiredCellMustBeVisible(t *testing.T) {
	for _, c := range []string{"\u200b", "\u2060", "\ufeff", "\u00ad", "\u200e", " \u200b\u00a0"} {
		t.Run(fmt.Sprintf("%+q", c), func(t *testing.T) {
			s := asHost(leavers(), nil, []string{mail(0), c, ""})
			store := s.store(t)
			p := s.preview(t, store)
			require.Equal(t, []string{"2 error ?text.trimmed !name.missing"}, briefs(show(p)))
			_, err := p.Commit(t.Context(), nil)
			require.NoError(t, err)
			require.Empty(t, everything(t, store))
		})
	}
}
