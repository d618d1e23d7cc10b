package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// The group of a key are the rows that a finding about it counts.
func TestGroup(t *testing.T) {
	two := []users.Record{person(0), person(1)}
	tests := []struct {
		name, reason string
		scene        *scene
		space        users.Space
		value        string
		want         []int
	}{
		{
			"a contest", "whoever claims the key",
			asHost(people(), nil, row("l0", "n@x.com", "A"), row("l1", mail(1), "B"), row("l2", "N@x.com", "C")), users.SpaceEmail, "n@x.com", []int{2, 4},
		},
		{
			"in other letters", "a key is the same in any case",
			asHost(people(), nil, row("l0", "n@x.com", "A"), row("l2", "N@x.com", "C")), users.SpaceEmail, "N@X.COM", []int{2, 3},
		},
		{
			"a contradiction", "whoever is about the person the key names",
			asHost(lines(false), two, detach(0), attach(1, 4), attach(0, 3)), users.SpaceEmail, mail(0), []int{2, 4},
		},
		{
			"alone", "a group may be one row",
			asHost(people(), nil, row("l0", "n@x.com", "A"), row("l1", mail(1), "B")), users.SpaceEmail, mail(1), []int{3},
		},
		{
			"a key no row knows", "there is nothing to count",
			asHost(people(), two, row("l0", "n@x.com", "A")), users.SpaceEmail, "nobody@x.com", nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Log(tt.reason)
			p := tt.scene.preview(t, tt.scene.store(t))
			var want []users.RowID
			for _, n := range tt.want {
				want = append(want, users.RowAt(0, n))
			}
			got := p.Group(tt.space, tt.value)
			require.Empty(t, cmp.Diff(want, got), "(-want +got)")
			for _, id := range got {
				v, err := p.Row(id)
				require.NoError(t, err)
				for _, f := range v.Findings {
					if f.Args["rows"] != "" {
						require.Equal(t, number(len(want)), f.Args["rows"], "row %d, %s", v.Number, f.Code)
					}
				}
			}
		})
	}
}

// A row that claims one key twice does not contest it with itself.
func TestOneKeyClaimedTwice(t *testing.T) {
	tpl := people()
	draft := tpl.Tables[0].Draft
	tpl.Tables[0].Draft = func(r importer.Row, d *importer.Draft) {
		draft(r, d)
		d.Claim(users.SpaceEmail, r.Value("email"))
	}
	s := asHost(tpl, nil, row("l0", mail(0), "N0"))
	store := s.store(t)
	p := s.preview(t, store)
	v, err := p.Row(users.RowAt(0, 2))
	require.NoError(t, err)
	require.Equal(t, importer.ActionCreate, v.Action)
	require.Empty(t, v.Findings)
	require.Len(t, p.Group(users.SpaceEmail, mail(0)), 1)
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, everything(t, store), 1, "%+v", r.Lines)

	sheets := s.clones()
	applyAll(t, p, sheets, add("l1", mail(0), "N1"))
	require.Equal(t, map[string]int{"error": 2}, p.Summary().Actions, "with another it does")
	require.Len(t, p.Group(users.SpaceEmail, mail(0)), 2)
}

// A row may be about a person by id.
func TestAboutSomebodyByID(t *testing.T) {
	tpl := &importer.Template{Name: "ids", Modes: []importer.Mode{importer.ModeUpdate}, Tables: []importer.Table{{
		Name:    "ids",
		Columns: []importer.Column{{Field: "id", Headings: en("ID"), Required: true}, {Field: "name", Headings: en("NAME")}},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceID, r.Value("id"))
			d.WantCell("name")
		},
	}}}
	s := asHost(tpl, []users.Record{person(0), elsewhere(person(1)), line(3, 0)}, []string{"u0", "Zoe"}, []string{"gu1", "Zoe"}, []string{"line3", "Zoe"}, []string{"u7", "Zoe"})
	s.as(users.AccountAdmin("u0", acme))
	store := s.store(t)
	p := s.preview(t, store)
	require.Equal(t, "2 update p0@x.com name:N0>Zoe", briefs(show(p))[0])
	require.Equal(t, map[string]int{"update": 1, "error": 3}, p.Summary().Actions, "who is out of reach, is no person, or is not there")
	_, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"u0 l0 p0@x.com Zoe has 3"}, roll(t, store))
}

// An address in other letters is the same address: nothing changes, even for
// those whose fields belong to another source.
func TestLetterCaseIsNoChange(t *testing.T) {
	for _, mode := range []importer.Mode{importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert} {
		t.Run(string(mode), func(t *testing.T) {
			s := asHost(cloudlink.Users(), []users.Record{person(0, from(users.SCIM))}, []string{"", "", "N0", "P0@X.com", ""}).as(users.Partner("pat")).in(mode)
			require.Equal(t, []string{"2 unchanged"}, briefs(show(s.preview(t, s.store(t)))))
		})
	}
}

// Everybody in a long circle of supervisors fails, and nobody outside of it.
func TestLongCircle(t *testing.T) {
	const n = 200
	var rows [][]string
	for i := range n {
		rows = append(rows, row(lan(i), mail(i), "R", lan((i+1)%n)))
	}
	rows = append(rows, row(lan(n), mail(n), "Boss"), row(lan(n+1), mail(n+1), "Report", lan(n)))
	s := asHost(people(), nil, rows...)
	store := s.store(t)
	p := s.preview(t, store)
	require.Equal(t, map[string]int{"error": n, "create": 2}, p.Summary().Actions)
	for r := range p.Rows(importer.WithErrors) {
		require.Equal(t, "reference.cycle", r.Findings[0].Code, "row %d", r.Number)
	}
	sheets := s.clones()
	applyAll(t, p, sheets, set(2+n/2, "supervisor", ""))
	require.Equal(t, map[string]int{"create": n + 2}, p.Summary().Actions, "cut at one place it is none")
	requireFresh(t, s.with(sheets), store, p)
}
