package importer_test

import (
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
)

func en(words ...string) map[string][]string { return map[string][]string{"en": words} }

// people is keyed by LAN ID, so that an e-mail address can move, and names a supervisor.
func people(modes ...importer.Mode) *importer.Template {
	if len(modes) == 0 {
		modes = []importer.Mode{importer.ModeUpsert, importer.ModeCreate, importer.ModeUpdate}
	}
	return &importer.Template{Name: "people", Modes: modes, Tables: []importer.Table{{
		Name: "people",
		Columns: []importer.Column{
			{Field: "lan_id", Headings: en("LAN ID"), Required: true},
			{Field: "email", Headings: en("EMAIL"), Parse: importer.Email},
			{Field: "name", Headings: en("NAME"), Blank: importer.BlankClears},
			{Field: "supervisor", Headings: en("SUPERVISOR"), RefersIn: users.SpaceLANID},
			{Field: "role", Headings: en("ROLE"), Values: []importer.Value{{Name: users.RoleUser, Labels: en("User")}, {Name: users.RoleAdmin, Labels: en("Admin")}}},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceLANID, r.Value("lan_id"))
			d.Claim(users.SpaceLANID, r.Value("lan_id"))
			d.Claim(users.SpaceEmail, r.Value("email"))
			d.Refer("supervisor", users.SpaceLANID, r.Value("supervisor"))
			d.OneRowPerPerson()
			d.WantCell("name")
			d.WantCell("role")
		},
	}}}
}

// lines attaches and detaches lines. With one, a person has at most one, and attaching moves them.
func lines(one bool) *importer.Template {
	return &importer.Template{Name: "lines", Modes: []importer.Mode{importer.ModeUpdate}, Repeats: true, Tables: []importer.Table{{
		Name: "lines",
		Columns: []importer.Column{
			{Field: "action", Headings: en("ACTION"), Required: true, Values: []importer.Value{{Name: "attach"}, {Name: "force_attach"}, {Name: "detach"}}},
			{Field: "login", Headings: en("LOGIN"), Required: true, Parse: importer.Email},
			{Field: "line", Headings: en("SHORT")},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceEmail, r.Value("login"))
			short := r.Value("line")
			switch r.Value("action") {
			case "attach", "force_attach":
				if short == "" {
					d.Error("line", "line.missing")
					return
				}
				if r.Value("action") == "attach" {
					d.Claim(users.SpaceLine, keyvalue.Line("x", short))
				} else {
					d.Take(users.SpaceLine, keyvalue.Line("x", short))
				}
				d.Want("line.pbx", "x")
				d.Want("line.short", short)
				if one {
					d.Release(users.KindLine)
					d.Exclusive("login", users.FoldEmail(r.Value("login")))
				}
			case "detach":
				d.Release(users.KindLine)
				d.OneRowPerPerson()
			}
		},
	}}}
}

// staff is two tables: people, who may also leave, and the lines of people,
// known by their e-mail addresses, so that somebody is made in one table and given a line in the other.
func staff() *importer.Template {
	return &importer.Template{Name: "staff", Modes: []importer.Mode{importer.ModeUpsert}, Repeats: true,
		Tables: []importer.Table{office.Staff().Tables[0], lines(true).Tables[0]}}
}

// grants gives roles and takes them away, one by one: several rows may be about
// one person, of whom one role stands in one row.
func grants() *importer.Template {
	roles := []importer.Value{{Name: "Desk"}, {Name: "Night"}, {Name: "Billing"}, {Name: users.RoleAdmin}}
	return &importer.Template{Name: "grants", Modes: []importer.Mode{importer.ModeUpdate, importer.ModeUpsert}, Repeats: true, Tables: []importer.Table{{
		Name: "grants",
		Columns: []importer.Column{
			{Field: "lan_id", Headings: en("LAN ID"), Required: true},
			{Field: "give", Headings: en("GIVE"), Values: roles},
			{Field: "take", Headings: en("TAKE"), Values: roles},
			{Field: "name", Headings: en("NAME")},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			lan, give, take := r.Value("lan_id"), r.Value("give"), r.Value("take")
			if lan == "" {
				return
			}
			d.About(users.SpaceLANID, lan)
			if r.Value("name") != "" { // who may be new
				d.Claim(users.SpaceLANID, lan)
				d.WantCell("name")
			}
			if give != "" {
				d.Include("roles", give)
				d.Exclusive("give", users.Fold(lan)+"/"+give)
			}
			if take != "" && take != give {
				d.Exclude("roles", take)
				d.Exclusive("take", users.Fold(lan)+"/"+take)
			}
		},
	}}}
}
