package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// A row shows everything that is wrong with it at once: correcting one cell must not
// bring up a finding that was true before.
func TestFindingsDoNotHideEachOther(t *testing.T) {
	ada := person(0)
	for _, tt := range []struct {
		name, reason string
		mode         importer.Mode
		row          []string
		want         []string
	}{
		{"a known person and a bad cell", "a row with a cell that cannot be read is not equal to the store", importer.ModeCreate,
			row("l0", mail(0), "Ada", "", "Boss"), []string{"lanid.taken@lan_id", "role.unknown@role"}},
		{"a known person and an unknown supervisor", "nor is one that refers to no one", importer.ModeCreate,
			row("l0", mail(0), "Ada", "ghost"), []string{"lanid.taken@lan_id", "supervisor.unknown@supervisor"}},
		{"a known person and two bad cells", "each has its finding", importer.ModeCreate,
			row("l0", "no address", "Ada", "", "Boss"), []string{"lanid.taken@lan_id", "email.form@email", "role.unknown@role"}},
		{"a known person as stored", "nothing is wrong", importer.ModeCreate,
			row("l0", mail(0), ada.Field("name")), nil},
		{"a new person without a name and a bad cell", "the role says nothing about the name", importer.ModeCreate,
			row("l9", mail(9), "", "", "Boss"), []string{"name.missing@name", "role.unknown@role"}},
		{"a new person with a bad name", "the bad name explains that there is none", importer.ModeCreate,
			row("l9", mail(9), "A\u202eda"), []string{"text.bidi@name"}},
		{"an unknown person and a bad cell", "both are told", importer.ModeUpdate,
			row("l9", mail(9), "A", "", "Boss"), []string{"lanid.unknown@lan_id", "role.unknown@role"}},
		{"another's address and a bad cell", "both are told", importer.ModeUpsert,
			row("l9", mail(0), "A", "", "Boss"), []string{"email.taken@email", "role.unknown@role"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(people(), []users.Record{ada}, tt.row).as(users.Partner("pat")).in(tt.mode)
			var got []string
			for r := range s.preview(t, s.store(t)).Rows() {
				for _, f := range r.Findings {
					got = append(got, f.Code+"@"+f.Field)
				}
			}
			require.Empty(t, cmp.Diff(tt.want, got), "%s (-want +got)", tt.reason)
		})
	}
}

// A row that names no person says so, whatever else is wrong with it.
func TestRowAboutNoOne(t *testing.T) {
	tpl := people()
	tpl.Tables[0].Columns[0].Required = false
	s := asHost(tpl, nil, row("", mail(1), "A", "", "Boss"), row("\u202e", mail(2), "B", "", "Boss"))
	var got []string
	for r := range s.preview(t, s.store(t)).Rows() {
		for _, f := range r.Findings {
			got = append(got, number(r.Number)+" "+f.Code)
		}
	}
	require.Empty(t, cmp.Diff([]string{"2 row.nobody", "2 role.unknown", "3 text.bidi", "3 role.unknown"}, got), "(-want +got)")
}
