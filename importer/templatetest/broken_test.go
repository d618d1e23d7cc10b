package templatetest_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/templatetest"
	"github.com/usher-go/usher/users"
)

type words = map[string][]string

// staff is a template that keeps every rule.
func staff() *importer.Template {
	return &importer.Template{Name: "staff", Modes: []importer.Mode{importer.ModeUpsert, importer.ModeCreate}, Comment: '#', Tables: []importer.Table{{
		Name: "Staff",
		Columns: []importer.Column{
			{Field: "lan_id", Headings: words{"en": {"LAN ID"}, "fr": {"ID LAN"}}, Required: true, AsText: true},
			{Field: "name", Headings: words{"en": {"NAME"}, "fr": {"NOM"}}},
			{Field: "badge", PersonField: "custom.badge", Headings: words{"en": {"BADGE"}, "fr": {"CARTE"}}, Blank: importer.BlankClears},
			{Field: "profile", Headings: words{"en": {"KIND"}, "fr": {"GENRE"}}, Values: []importer.Value{
				{Name: "Agent", Labels: words{"en": {"Agent"}, "fr": {"Agente"}}}, {Name: "Supervisor", Labels: words{"en": {"Boss"}, "fr": {"Chef"}}},
			}},
			{Field: "site", PersonField: "custom.site", Headings: words{"en": {"SITE"}, "fr": {"LIEU"}}, Offers: []string{"Paris", "Lyon"}},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceLANID, r.Value("lan_id"))
			d.Claim(users.SpaceLANID, r.Value("lan_id"))
			d.OneRowPerPerson()
			for _, f := range []string{"name", "badge", "profile", "site"} {
				d.WantCell(f)
			}
		},
	}}}
}

func samples() templatetest.Samples {
	return templatetest.Samples{
		Stored: []users.Record{
			{Data: &users.Profile{DisplayName: "Augusta", Email: "a@example.com", Custom: map[string]string{"badge": "B-1001"}, ContactCentre: &users.ContactCentre{LANID: "augusta1", Kind: "Agent"}}},
			{Data: &users.Profile{DisplayName: "Robert", Email: "r@example.com", ContactCentre: &users.ContactCentre{LANID: "robert22"}}},
		},
		Files: []templatetest.File{
			{Name: "a week", Tables: [][][]string{{
				{"zelda333", "Zelda", "B-3003", "Boss", "Paris"},
				{"augusta1", "Countess", "B-1009"},
				{"robert22", "Robert", "", "Agent", "Lyon"},
				{"yannick4", "Yannick", "B-4004", "Clerk"},
				{"victor55", "Victor", "B-5005", "", "Paris"},
				{"VICTOR55", "Victoire", "B-5006", "", "Nantes"},
			}}},
		},
	}
}

// draft adds to what the rows of the template say.
func draft(say func(r importer.Row, d *importer.Draft)) func(*importer.Template) {
	return func(tpl *importer.Template) {
		inner := tpl.Tables[0].Draft
		tpl.Tables[0].Draft = func(r importer.Row, d *importer.Draft) {
			inner(r, d)
			say(r, d)
		}
	}
}

// A broken template is broken in one way, and caught by the case named.
type broken struct {
	name    string
	caught  string
	spoil   func(*importer.Template)
	samples func(*templatetest.Samples)
}

func allBroken() []broken {
	column := func(tpl *importer.Template, i int) *importer.Column { return &tpl.Tables[0].Columns[i] }
	return []broken{
		{name: "two headings that are the same", caught: "template/check", spoil: func(tpl *importer.Template) {
			column(tpl, 1).Headings = words{"en": {"lan-id"}, "fr": {"NOM"}}
		}},
		{name: "it offers what it does not read", caught: "template/offers", spoil: func(tpl *importer.Template) {
			column(tpl, 4).Parse = func(text string) (string, []users.Problem) {
				if text != "Lyon" {
					return "", []users.Problem{{Code: "site.unknown"}}
				}
				return text, nil
			}
		}},
		{name: "a field that no record has, in some rows", caught: "draft/sound", spoil: draft(func(r importer.Row, d *importer.Draft) {
			if r.Blank("name") {
				d.WantIfCreating("nmae", "?")
			}
		})},
		{name: "it panics over some cells", caught: "draft/sound", spoil: draft(func(r importer.Row, d *importer.Draft) {
			if v := r.Value("badge"); v != "" && !r.Bad("badge") {
				_ = strings.SplitN(v, "-", 2)[1]
			}
		})},
		{name: "the first row that says a site has it", caught: "draft/pure", spoil: func(tpl *importer.Template) {
			first := map[string]string{}
			draft(func(r importer.Row, d *importer.Draft) {
				site, lan := r.Value("site"), r.Value("lan_id")
				if first[site] == "" {
					first[site] = lan
				}
				if site != "" && first[site] != lan {
					d.Error("site", "site.taken")
				}
			})(tpl)
		}},
		{name: "a rule that changes with time", caught: "draft/pure", spoil: func(tpl *importer.Template) {
			begin := time.Now()
			draft(func(r importer.Row, d *importer.Draft) {
				d.WantIfCreating("custom.age", fmt.Sprint(time.Since(begin)))
			})(tpl)
		}},
		{name: "a code without words", caught: "codes/words", spoil: draft(func(r importer.Row, d *importer.Draft) {
			if r.Value("name") == "Zelda" {
				d.Warn("name", "name.fancy")
			}
		})},
		{name: "a blank site is the one of the row above", caught: "rows/order", spoil: func(tpl *importer.Template) {
			above := ""
			draft(func(r importer.Row, d *importer.Draft) {
				if r.Blank("site") {
					d.Want("custom.site", above)
				}
				above = r.Value("site")
			})(tpl)
		}},
		{name: "rows are numbered as they are read", caught: "rows/edit", spoil: func(tpl *importer.Template) {
			n := 0
			draft(func(_ importer.Row, d *importer.Draft) { n++; d.WantIfCreating("custom.number", fmt.Sprint(n)) })(tpl)
		}},
		{name: "a reading that exchanges columns", caught: "files/blank", spoil: func(tpl *importer.Template) {
			tpl.Tables[0].Columns = append(tpl.Tables[0].Columns, importer.Column{Field: "first_name", Headings: words{"en": {"FIRST NAME"}, "fr": {"PRÉNOM"}}})
			tpl.Tables[0].Reading = func(_ string, has func(string) bool) map[string]string {
				return map[string]string{"name": "first_name", "badge": "name"}
			}
			column(tpl, 5).Headings = words{"en": {"FORENAME"}, "de": {"VORNAME"}}
		}},
		{name: "a blank kind makes an agent", caught: "files/export", spoil: draft(func(r importer.Row, d *importer.Draft) {
			if r.Blank("profile") {
				d.Want("profile", "Agent")
			}
		})},
		{name: "a column is headed as the one that says what is wrong", caught: "files/failing", spoil: func(tpl *importer.Template) {
			column(tpl, 4).Headings = words{"en": {"WHAT IS WRONG"}, "fr": {"LIEU"}}
		}},
		{name: "a column is headed as the one of the row ids", caught: "files/faults", spoil: func(tpl *importer.Template) {
			column(tpl, 4).Headings = words{"en": {"ROW ID (LEAVE AS IT IS)"}, "fr": {"LIEU"}}
		}},
		{name: "a finding tells the badge of the row before", caught: "sensitive/nowhere", samples: nil, spoil: func(tpl *importer.Template) {
			before := "" // of which the engine, which hides what the row's own cells say, knows nothing
			draft(func(r importer.Row, d *importer.Draft) {
				if before != "" && before != r.Value("badge") {
					d.Warn("", "text.formula", "badge", before)
				}
				if r.Value("badge") != "" {
					before = r.Value("badge")
				}
			})(tpl)
		}},
		{name: "a column said to show, which does not", caught: "sensitive/nowhere", spoil: func(*importer.Template) {}, samples: func(s *templatetest.Samples) {
			s.Shown["badge"] = "it was so once"
		}},
	}
}

// A recorder is a templatetest.T that notes failures.
type recorder struct {
	ctx      context.Context
	failures []string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// failures is what the case has to say of the template.
func failures(t *testing.T, c templatetest.Case, tpl *importer.Template, s templatetest.Samples) []string {
	t.Helper()
	r := &recorder{ctx: t.Context()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(r, tpl, s)
	}()
	<-done
	return r.failures
}

// known are the samples, with room for columns that are said to show.
func known() templatetest.Samples {
	s := samples()
	s.Shown = map[string]string{} // nothing of it shows
	return s
}

// Every broken template is caught by the case that it names, which says its rule.
func TestBroken(t *testing.T) {
	cases := map[string]templatetest.Case{}
	for _, c := range templatetest.Cases() {
		cases[c.Name] = c
	}
	for _, x := range allBroken() {
		t.Run(x.name, func(t *testing.T) {
			c, ok := cases[x.caught]
			require.True(t, ok, "the case %s does not exist", x.caught)
			s := known()
			s.New = func() *importer.Template {
				tpl := staff()
				x.spoil(tpl)
				return tpl
			}
			tpl := s.New()
			if x.samples != nil {
				x.samples(&s)
			}
			require.Empty(t, c.Skipped(tpl, s))
			got := failures(t, c, tpl, s)
			require.NotEmpty(t, got, "%s lets it pass", c.Name)
			require.True(t, strings.HasSuffix(got[0], "The rule: "+c.Rule), "the rule is not printed:\n%s", got[0])
		})
	}
}

// A case that no broken template fails proves nothing, and one that a sound
// template fails proves too much.
func TestCases(t *testing.T) {
	caught := map[string]bool{}
	for _, x := range allBroken() {
		caught[x.caught] = true
	}
	seen := map[string]bool{}
	for _, c := range templatetest.Cases() {
		require.False(t, seen[c.Name], "two cases have the name %s", c.Name)
		seen[c.Name] = true
		require.True(t, caught[c.Name], "%s catches no broken template", c.Name)
		require.True(t, strings.HasSuffix(c.Rule, "."), "%s: the rule is no sentence", c.Name)
		require.Empty(t, c.Skipped(staff(), known()))
		require.Empty(t, failures(t, c, staff(), known()), "%s fails a sound template", c.Name)
	}
}

// Samples that show too little are told so.
func TestPoorSamples(t *testing.T) {
	for _, tt := range []struct {
		name, is string
		poor     func(*templatetest.Samples)
		want     string
	}{
		{"no row in error", "files/failing", func(s *templatetest.Samples) { s.Files[0].Tables[0] = s.Files[0].Tables[0][:2] }, "no row of the samples is in error"},
		{"no one to export", "files/export", func(s *templatetest.Samples) { s.Stored, s.Files = nil, nil }, "nothing is exported"},
		{"cells that stand elsewhere", "sensitive/nowhere", func(s *templatetest.Samples) {
			for _, r := range s.Files[0].Tables[0] {
				r[1] = r[0]
			}
		}, "no cell of the column name of table"},
		{"a row that is too long", "rows/order", func(s *templatetest.Samples) {
			s.Files[0].Tables[0][0] = make([]string, 9)
		}, "has 9 cells"},
		{"a table too many", "rows/order", func(s *templatetest.Samples) { s.Files[0].Tables = make([][][]string, 2) }, "has 2 tables"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := known()
			tt.poor(&s)
			for _, c := range templatetest.Cases() {
				if c.Name == tt.is {
					require.Contains(t, strings.Join(failures(t, c, staff(), s), "\n"), tt.want)
				}
			}
		})
	}
}

// What does not bind a template is skipped with the reason in words.
func TestSkipped(t *testing.T) {
	fixed, s := staff(), known()
	fixed.Fixed, s.NoExport = true, "it says what to do"
	skipped := map[string]string{}
	for _, c := range templatetest.Cases() {
		if why := c.Skipped(fixed, s); why != "" {
			skipped[c.Name] = why
			continue
		}
		require.Empty(t, failures(t, c, fixed, s), c.Name)
	}
	require.Equal(t, map[string]string{"files/export": "it says what to do", "files/failing": "rows of this template can only be removed"}, skipped)
}

// The report of a row has a field "user". That is no leak of the value "user".
func TestNameOfAFieldIsNoLeak(t *testing.T) {
	tpl := staff()
	tpl.Tables[0].Columns = append(tpl.Tables[0].Columns, importer.Column{Field: "rank", PersonField: "custom.rank", Headings: words{"en": {"RANK"}, "fr": {"RANG"}}, Values: []importer.Value{
		{Name: "user", Labels: words{"en": {"Plain"}, "fr": {"Simple"}}}, {Name: "expert", Labels: words{"en": {"Senior"}, "fr": {"Chevronné"}}},
	}})
	draft(func(_ importer.Row, d *importer.Draft) { d.WantCell("rank") })(tpl)
	s := known()
	s.Files[0].Tables[0][0] = append(s.Files[0].Tables[0][0], "user")

	cases := templatetest.Cases()
	i := slices.IndexFunc(cases, func(c templatetest.Case) bool { return c.Name == "sensitive/nowhere" })
	require.Empty(t, failures(t, cases[i], tpl, s))
}
