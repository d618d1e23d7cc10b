package office

import (
	"context"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/users"
)

// Acme is the account of the office.
const Acme users.AccountID = "acme"

// LAN and Mail are by what person i is known.
func LAN(i int) string { return fmt.Sprint("l", i) }

// Mail is the address of person i.
func Mail(i int) string { return fmt.Sprintf("p%d@x.com", i) }

func id(i int) users.ID { return users.ID(fmt.Sprint("u", i)) }

// Person i is stored as u<i>, who holds line i.
func Person(i int) []users.Record {
	return []users.Record{{
		Head: users.Head{ID: id(i), Account: Acme},
		Data: &users.Profile{Email: Mail(i), DisplayName: fmt.Sprint("N", i), Source: users.Local, ContactCentre: &users.ContactCentre{LANID: LAN(i)}},
	}, {
		Head: users.Head{ID: users.ID(fmt.Sprint("line", i)), Account: Acme},
		Data: &users.Line{PBX: "x", Short: fmt.Sprint(i), Holder: id(i)},
	}}
}

// People are the first n, with their lines.
func People(n int) []users.Record {
	var out []users.Record
	for i := range n {
		out = append(out, Person(i)...)
	}
	return out
}

// A File is a template with what a person filled in.
type File struct {
	Template *importer.Template
	// Rows are those of each table, without the heading. Tables without rows are left out.
	Rows [][][]string
}

// CSV is table i as a text.
func (f File) CSV(i int) string {
	var text strings.Builder
	for j, c := range f.Template.Tables[i].Columns {
		if j > 0 {
			text.WriteByte(';')
		}
		text.WriteString(c.Heading("en"))
	}
	for _, r := range f.Rows[i] {
		text.WriteString("\n" + strings.Join(r, ";"))
	}
	return text.String() + "\n"
}

// Preview is what the file would do; resume is empty for an import that has not begun.
func (f File) Preview(ctx context.Context, dir *users.Directory, resume users.ID) (*importer.Preview, error) {
	var tables []*formats.Table
	for i, rows := range f.Rows {
		if len(rows) == 0 {
			continue
		}
		t, err := csv.Read(ctx, strings.NewReader(f.CSV(i)), nil)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return importer.New(dir, f.Template, &importer.Options{Account: Acme, Resume: resume}).Preview(ctx, tables...)
}

// Staff is a template of two tables: people, who may leave, and their lines.
func Staff() *importer.Template {
	en := func(h string) map[string][]string { return map[string][]string{"en": {h}} }
	return &importer.Template{Name: "office", Modes: []importer.Mode{importer.ModeUpsert}, Tables: []importer.Table{{
		Name: "people",
		Columns: []importer.Column{
			{Field: "lan_id", Headings: en("LAN ID"), Required: true},
			{Field: "email", Headings: en("EMAIL"), Parse: importer.Email},
			{Field: "name", Headings: en("NAME")},
			{Field: "supervisor", Headings: en("SUPERVISOR"), RefersIn: users.SpaceLANID},
			{Field: "leaves", Headings: en("LEAVES"), Values: []importer.Value{{Name: "yes"}}},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceLANID, r.Value("lan_id"))
			if r.Value("leaves") == "yes" {
				d.Delete()
				d.OneRowPerPerson()
				return
			}
			d.Claim(users.SpaceLANID, r.Value("lan_id"))
			d.Claim(users.SpaceEmail, r.Value("email"))
			d.Refer("supervisor", users.SpaceLANID, r.Value("supervisor"))
			d.WantCell("name")
		},
	}, {
		Name: "lines",
		Columns: []importer.Column{
			{Field: "action", Headings: en("ACTION"), Required: true, Values: []importer.Value{{Name: "attach"}, {Name: "force_attach"}}},
			{Field: "login", Headings: en("LOGIN"), Required: true, Parse: importer.Email},
			{Field: "line", Headings: en("SHORT"), Required: true},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			d.About(users.SpaceEmail, r.Value("login"))
			name := keyvalue.Line("x", r.Value("line"))
			if r.Value("action") == "force_attach" {
				d.Take(users.SpaceLine, name)
			} else {
				d.Claim(users.SpaceLine, name)
			}
			d.Want("line.pbx", "x")
			d.Want("line.short", r.Value("line"))
			d.Release(users.KindLine)
			d.Exclusive("login", users.FoldEmail(r.Value("login")))
		},
	}}}
}
