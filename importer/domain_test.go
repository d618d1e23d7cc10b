package importer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// addresses are rows of the people template with so many addresses of each domain.
func addresses(domains ...any) [][]string {
	var out [][]string
	for i := 0; i < len(domains); i += 2 {
		for range domains[i].(int) {
			out = append(out, row(lan(len(out)), fmt.Sprintf("n%d@%s", len(out), domains[i+1]), "Zoe"))
		}
	}
	return out
}

func TestMisspeltDomains(t *testing.T) {
	for _, tt := range []struct {
		name string
		rows [][]string
		want string
	}{
		{"two letters swapped", addresses(20, "example.com", 2, "exmaple.com"), `2 from 22: warning email email.domain "@exmaple.com" > "@example.com"`},
		{"a letter left out", addresses(20, "example.com", 1, "exmple.com"), `1 from 22: warning email email.domain "@exmple.com" > "@example.com"`},
		{"a letter put in", addresses(20, "example.com", 1, "examplee.com"), `1 from 22: warning email email.domain "@examplee.com" > "@example.com"`},
		{"a letter replaced, below a subdomain", addresses(20, "eu.example.com", 1, "eu.exanple.com"), `1 from 22: warning email email.domain "@eu.exanple.com" > "@eu.example.com"`},
		{"whatever the letter case", addresses(20, "Example.COM", 1, "ExMaple.com"), `1 from 22: warning email email.domain "@exmaple.com" > "@example.com"`},
		{"a provider, of which the file has nobody else", addresses(2, "gmial.com", 1, "hotmail.con", 1, "outlok.com"),
			`2 from 2: warning email email.domain "@gmial.com" > "@gmail.com"` + "\n" + `1 from 4: warning email email.domain "@hotmail.con" > "@hotmail.com"` + "\n" +
				`1 from 5: warning email email.domain "@outlok.com" > "@outlook.com"`},
		{"com misspelt", addresses(20, "example.com", 1, "example.cmo"), `1 from 22: warning email email.domain "@example.cmo" > "@example.com"`},

		{"not common enough", addresses(19, "example.com", 2, "exmaple.com"), ""},
		{"common in itself", addresses(60, "gmail.com", 5, "gmial.com"), `5 from 62: warning email email.domain "@gmial.com" > "@gmail.com"`},
		{"a company of that name", addresses(5, "gmial.com"), ""},
		{"too few of the other", addresses(4, "example.com", 1, "exmaple.com"), ""},
		{"two edits", addresses(20, "example.com", 1, "exmapel.com"), ""},
		{"another country", addresses(50, "example.de", 1, "example.be", 1, "example.co"), ""},
		{"another region", addresses(50, "us.example.com", 1, "uk.example.com"), ""},
		{"another site", addresses(50, "site1.example.com", 1, "site2.example.com"), ""},
		{"another short name", addresses(50, "acme.com", 1, "acne.com"), ""},
		{"an international name", addresses(50, "bücher.com", 1, "büchen.com"), ""},
		{"more labels", addresses(50, "example.com", 1, "e.xample.com"), ""},
		{"other providers", addresses(50, "gmail.com", 1, "mail.com", 1, "ymail.com", 1, "email.com"), ""},
		{"near two", addresses(20, "barker.com", 20, "parker.com", 1, "larker.com"), ""},
		{"no addresses", [][]string{row("l1", "nobody", "Zoe"), row("l2", "@", "Zoe"), row("l3", "", "Zoe")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(people(), nil, tt.rows...)
			var got []string
			for _, r := range briefRepairs(s.preview(t, s.store(t))) {
				if strings.Contains(r, importer.CodeDomain) {
					got = append(got, r)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A domain of which the store knows somebody is none that was misspelt.
func TestKnownDomainIsNotMisspelt(t *testing.T) {
	rows := addresses(20, "example.com", 2, "exmaple.com")
	ada := person(20, func(p *users.Profile) { p.Email = "n20@exmaple.com" })
	s := asHost(people(), []users.Record{ada}, rows...)
	require.Empty(t, s.preview(t, s.store(t)).Repairs())
}

// The person before the @ stays as typed.
func TestDomainRepair(t *testing.T) {
	rows := addresses(30, "example.com")
	for i, cell := range []string{"A.Lovelace+x@exmaple.com", " bob@EXMAPLE.com ", "'+cyd@exmaple.com"} {
		rows = append(rows, row(lan(30+i), cell, "Zoe"))
	}
	s := asHost(people(), nil, rows...)
	p := s.preview(t, s.store(t))
	all := slices.DeleteFunc(p.Repairs(), func(r importer.Repair) bool { return r.Code != importer.CodeDomain })
	require.Len(t, all, 1)
	for _, bad := range []string{"", "example.com", "@", "@example", "ada@example.com", "@a@example.com", "@example.com, b@example.com"} {
		wrong := all[0]
		wrong.Fix = &bad
		_, err := p.Repair(t.Context(), wrong)
		require.ErrorIs(t, err, importer.ErrRepair, "%q is no domain with its @", bad)
	}
	d, err := p.Repair(t.Context(), byBrowser(t, all[0]))
	require.NoError(t, err)
	require.Len(t, d.Rows, 3)
	var got []string
	for _, id := range d.Rows {
		r, err := p.Row(id)
		require.NoError(t, err)
		require.NotContains(t, fmt.Sprint(r.Findings), "email")
		got = append(got, r.Cells["email"])
	}
	require.Equal(t, []string{"A.Lovelace+x@example.com", "bob@example.com", "+cyd@example.com"}, got)
}

// Of a sensitive column not even the domains are told; a login that is an address is one.
func TestWhichColumnsHaveDomains(t *testing.T) {
	tpl := lines(false)
	var rows [][]string
	for i := range 12 {
		rows = append(rows, []string{"attach", fmt.Sprintf("n%d@gmail.com", i), number(i)})
	}
	rows = append(rows, []string{"attach", "n12@gmial.com", "12"})
	count := func() int {
		s := asHost(tpl, nil, rows...)
		n := 0
		for _, r := range s.preview(t, s.store(t)).Repairs() {
			if r.Code == importer.CodeDomain {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, count())
	tpl.Tables[0].Columns[1].Sensitive = true
	require.Equal(t, 0, count())
	tpl.Tables[0].Columns[1] = importer.Column{Field: "boss", Headings: en("LOGIN"), RefersIn: users.SpaceEmail}
	require.Equal(t, 1, count())
	tpl.Tables[0].Columns[1].RefersIn = ""
	require.Equal(t, 0, count())
}
