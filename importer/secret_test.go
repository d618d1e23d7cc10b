package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/users"
)

// vault has nothing but sensitive cells beside the name: logins by which people
// are known, those of supervisors, mobile numbers, lines and roles.
func vault() *importer.Template {
	return &importer.Template{Name: "vault", Modes: []importer.Mode{importer.ModeUpsert}, Tables: []importer.Table{{
		Name: "vault",
		Columns: []importer.Column{
			{Field: "login", Headings: en("LOGIN"), Required: true, Sensitive: true},
			{Field: "name", Headings: en("NAME")},
			{Field: "supervisor", Headings: en("SUPERVISOR"), Sensitive: true},
			{Field: "mobile", Headings: en("MOBILE"), Sensitive: true},
			{Field: "line", Headings: en("SHORT"), Sensitive: true},
			{Field: "role", Headings: en("ROLE"), Sensitive: true, Values: []importer.Value{{Name: users.RoleUser, Labels: en("User")}}},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceLogin, r.Value("login"))
			d.Claim(users.SpaceLogin, r.Value("login"))
			d.Refer("supervisor", users.SpaceLogin, r.Value("supervisor"))
			d.OneRowPerPerson()
			d.WantCell("name")
			d.WantCell("mobile")
			if short := r.Value("line"); short != "" {
				d.Claim(users.SpaceLine, keyvalue.Line("x", short))
			}
		},
	}}}
}

// A sensitive cell shows nowhere: not in who a row is about, its changes, gains
// and findings, nor in the report, as returned or read back.
func TestSensitiveCellsShowNowhere(t *testing.T) {
	const secret = "s3cret"
	stored := person(0, func(p *users.Profile) { p.Login, p.Mobile = secret+"-0", "+33123456789" })
	free := users.Record{Head: users.Head{ID: "line0", Account: acme}, Data: &users.Line{PBX: "x", Short: secret}}
	tests := []struct {
		name string
		rows [][]string
		want map[string]int
	}{
		{"somebody is made", [][]string{{secret + "-1", "A"}}, map[string]int{"create": 1}},
		{"somebody without a name is made", [][]string{{secret + "-1", ""}}, map[string]int{"create": 1}},
		{"a field changes", [][]string{{secret + "-0", "Ada", "", "+33999999999"}}, map[string]int{"update": 1}},
		{"two claim one key", [][]string{{secret + "-1", "A"}, {secret + "-1", "B"}}, map[string]int{"error": 2}},
		{"a supervisor in the file", [][]string{{secret + "-1", "A"}, {secret + "-2", "B", secret + "-1"}}, map[string]int{"create": 2}},
		{"a stored supervisor", [][]string{{secret + "-2", "B", secret + "-0"}}, map[string]int{"create": 1}},
		{"a supervisor there is not", [][]string{{secret + "-2", "B", secret + "-9"}}, map[string]int{"error": 1}},
		{"a supervisor in error", [][]string{{secret + "-1", "A", "", "", "", secret}, {secret + "-2", "B", secret + "-1"}}, map[string]int{"error": 1, "blocked": 1}},
		{"supervisors in a circle", [][]string{{secret + "-1", "A", secret + "-2"}, {secret + "-2", "B", secret + "-1"}}, map[string]int{"error": 2}},
		{"a value there is not", [][]string{{secret + "-1", "A", "", "", "", secret}}, map[string]int{"error": 1}},
		{"a free line is gained", [][]string{{secret + "-1", "A", "", "", secret}}, map[string]int{"create": 1}},
		{"invisible characters", [][]string{{secret + "\u202e-1", "A"}}, map[string]int{"error": 1}},
		{"blanks around it", [][]string{{" " + secret + "-1 ", "A"}}, map[string]int{"create": 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(vault(), []users.Record{stored, free}, tt.rows...)
			store := s.store(t)
			p := s.preview(t, store)
			require.Empty(t, cmp.Diff(tt.want, p.Summary().Actions), "(-want +got)")
			r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
			require.NoError(t, err)
			back, err := importer.LoadReport(t.Context(), s.open(store), imp)
			require.NoError(t, err)
			for where, text := range map[string]string{"preview": show(p).json(), "report": reportJSON(t, r), "report read back": reportJSON(t, back)} {
				for _, hidden := range []string{secret, "+33123456789", "+33999999999"} {
					require.NotContains(t, text, hidden, where)
				}
			}
		})
	}
}

// Of a column that is not sensitive the same findings and changes tell what stands there.
func TestOtherCellsShow(t *testing.T) {
	tpl := vault()
	for i := range tpl.Tables[0].Columns {
		tpl.Tables[0].Columns[i].Sensitive = false
	}
	s := asHost(tpl, nil, []string{"plain-1", "A", "plain-9"}, []string{"plain-2", "B", "", "", "plain-3"})
	p := s.preview(t, s.store(t))
	for _, text := range []string{"plain-9", "plain-2", "x/plain-3"} {
		require.Contains(t, show(p).json(), text)
	}
}

// A number that another account holds is told to who reaches that account, when
// it is shown; the report, which others read, does not say where it is held.
func TestReportDoesNotTellWhereANumberIsHeld(t *testing.T) {
	held := elsewhere(line(7, -1))
	held.Data.(*users.Line).Number = "+33123456789"
	s := asHost(numbers(), []users.Record{person(0, admin), held}, []string{"attach", mail(0), "1", "+33123456789"}).as(users.Partner("pat"))
	store := s.store(t)
	p := s.preview(t, store)
	require.Contains(t, show(p).json(), string(globex), "a partner reaches both")
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeFailed: 1}, r.Counts)

	back, err := importer.LoadReport(t.Context(), users.Open(store, users.AccountAdmin("u0", acme), nil), imp)
	require.NoError(t, err)
	require.Len(t, back.Lines[0].Findings, 1)
	require.Equal(t, "number.taken", back.Lines[0].Findings[0].Code)
	require.NotContains(t, reportJSON(t, back), string(globex))
}
