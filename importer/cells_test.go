package importer_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// misspellings are a word with one slip in it, each in three letter cases.
func misspellings(word string) []string {
	r := []rune(word)
	var out []string
	for i := range r {
		out = append(out, string(r[:i])+string(r[i+1:]), string(r[:i])+string(r[i])+string(r[i:]), string(r[:i])+"x"+string(r[i+1:]))
		if i+1 < len(r) && r[i] != r[i+1] {
			out = append(out, string(r[:i])+string(r[i+1])+string(r[i])+string(r[i+2:]))
		}
	}
	for _, s := range out {
		out = append(out, strings.ToUpper(s), strings.ToLower(s))
	}
	return out
}

// A misspelt value is answered with the one that was meant, in every language
// and letter case, and what is suggested is accepted and means the same.
func TestMisspeltValueHasAFix(t *testing.T) {
	tpl := cloudlink.Users()
	roles := tpl.Tables[0].Columns[4]
	require.Equal(t, "role", roles.Field)
	for _, lang := range tpl.Languages() {
		for _, v := range roles.Values {
			for _, label := range v.Labels[lang] {
				var rows [][]string
				for _, slip := range misspellings(label) {
					rows = append(rows, []string{"", "", "Zoe", mail(len(rows)), slip})
				}
				s := asHost(tpl, nil, rows...)
				p := s.preview(t, s.store(t))
				fixed := 0
				for r := range p.Rows() {
					if len(r.Findings) == 0 { // an accent or a blank more or less may be no slip
						continue
					}
					require.Equal(t, "role.unknown", r.Findings[0].Code, r.Cells["role"])
					fix := r.Findings[0].Fix
					if utf8.RuneCountInString(strings.ReplaceAll(r.Cells["role"], " ", "")) < 3 {
						continue // too short to tell
					}
					require.NotNil(t, fix, "%q in %s has no fix", r.Cells["role"], lang)
					_, err := p.Edit(t.Context(), importer.Set(r.ID, "role", *fix))
					require.NoError(t, err)
					after, err := p.Row(r.ID)
					require.NoError(t, err)
					require.Empty(t, after.Findings, "%q was suggested for %q", *fix, r.Cells["role"])
					admin := strings.Contains(briefs(shown{Rows: []importer.RowView{after}})[0], "role:user>account_admin")
					require.Equal(t, v.Name == users.RoleAdmin, admin, "%q was suggested for %q of %s", *fix, r.Cells["role"], label)
					fixed++
				}
				require.Positive(t, fixed)
			}
		}
	}
}

// A value that has no label is suggested by its name; two that are equally near suggest neither.
func TestNearestValue(t *testing.T) {
	tpl := lines(false)
	s := asHost(tpl, nil, []string{"atach", mail(0), "1"}, []string{"dettach", mail(0), "1"}, []string{"leawe", mail(0), "1"})
	tpl.Tables[0].Columns[0].Values = append(tpl.Tables[0].Columns[0].Values, importer.Value{Name: "leave"}, importer.Value{Name: "lease"})
	var got []string
	for r := range s.preview(t, s.store(t)).Rows() {
		fix := ""
		for _, f := range r.Findings {
			if f.Code == "action.unknown" && f.Fix != nil {
				fix = *f.Fix
			}
		}
		got = append(got, fix)
	}
	require.Equal(t, []string{"attach", "detach", ""}, got)
}
