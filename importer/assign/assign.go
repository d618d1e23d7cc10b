package assign

import (
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
)

// The names of the templates.
const (
	NameAdd    = "roles-assign"
	NameRemove = "roles-remove"
)

// Add returns the template that gives each person the roles of the row. A person who
// has them is unchanged. Rows can only be removed, because their people were looked
// up. A person in two rows is changed by the first. The codes of its errors:
//
//   - user.unknown: no one in the account has that name.
//   - user.ambiguous (count): several people have it.
//   - role.unknown: c does not have the role; see [roles.Catalogue.Parse].
//
// The engine adds the errors about what the actor may not do: "role.forbidden",
// "self.demote", "admin.last", and "role.unknown" for a role that is in c and not in the
// account's catalogue.
func Add(c *roles.Catalogue) *importer.Template {
	return template(NameAdd, c, (*importer.Draft).Include)
}

// Remove returns the template that takes the roles of the row from each person, with
// the rules and errors of Add. A person who does not have them is unchanged. c may
// have roles that are no longer in the account's catalogue ([roles.ReadCatalogue]).
func Remove(c *roles.Catalogue) *importer.Template {
	return template(NameRemove, c, (*importer.Draft).Exclude)
}

// template returns a template that says include or exclude for each role of a row.
func template(name string, c *roles.Catalogue, say func(d *importer.Draft, field, value string)) *importer.Template {
	head := func(en, fr string) map[string][]string { return map[string][]string{"en": {en}, "fr": {fr}} }
	return &importer.Template{Name: name, Modes: []importer.Mode{importer.ModeUpdate}, Repeats: true, Fixed: true, Tables: []importer.Table{{
		Name: name,
		Columns: []importer.Column{
			{Field: "user", Headings: head("USER", "UTILISATEUR"), Required: true, Space: users.SpaceID, AsText: true},
			{Field: "roles", Headings: head("ROLES", "RÔLES"), Required: true, Parse: c.Parse, AsText: true},
			{Field: "found", Headings: head("FOUND", "TROUVÉS"), Required: true},
			{Field: "id", Headings: head("ID", "ID"), AsText: true},
		},
		Draft: func(r importer.Row, d *importer.Draft) {
			switch n := r.Value("found"); {
			case n == "0":
				d.Error("user", "user.unknown")
			case n != "1":
				d.Error("user", "user.ambiguous", "count", n)
			default:
				d.About(users.SpaceID, r.Value("id"))
			}
			if r.Bad("roles") {
				return
			}

			for role := range strings.SplitSeq(r.Value("roles"), ",") {
				say(d, "roles", role)
			}
		},
	}}}
}

// Table returns the selected people as a table for either template. Each person has a
// row with all the roles. There must be at least one person and one role. The error
// is a limit of package formats.
func Table(people []roles.Person, names ...string) (*formats.Table, error) {
	b := formats.NewBuilder("", formats.Limits{Rows: -1, Cells: -1})
	add := func(row int, cells ...string) error {
		for _, c := range cells {
			if err := b.Cell([]byte(c)); err != nil {
				return err
			}
		}
		_, err := b.EndRow(row, row)
		return err
	}

	if err := add(1, "USER", "ROLES", "FOUND", "ID"); err != nil {
		return nil, err
	}

	all := strings.Join(names, ",")
	for i, p := range people {
		id := ""
		if len(p.IDs) == 1 { // several ids are an error of the row
			id = string(p.IDs[0])
		}
		if err := add(i+2, p.Name, all, strconv.Itoa(len(p.IDs)), id); err != nil {
			return nil, err
		}
	}
	return b.Table(), nil
}
