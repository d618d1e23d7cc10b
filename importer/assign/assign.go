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

// Add is the template that gives people the roles of their row. Whoever has them
// is unchanged. The rows can only be removed: whom they mean was looked up.
//
//   - user.unknown: nobody in the account is called so.
//   - user.ambiguous (count): several are, each in another way.
//   - role.unknown: see [roles.Catalogue.Parse]. What is in c beside the catalogue is given as well.
//
// What the actor may not do is said by the engine: "role.forbidden", "self.demote",
// "admin.last". A person who stands in two rows is changed by the first.
func Add(c *roles.Catalogue) *importer.Template {
	return template(NameAdd, c, (*importer.Draft).Include)
}

// Remove is the template that takes the roles of their row from people, as Add
// gives them. Whoever does not have them is unchanged. c may have roles that the
// account's catalogue has no longer ([roles.ReadCatalogue]).
func Remove(c *roles.Catalogue) *importer.Template {
	return template(NameRemove, c, (*importer.Draft).Exclude)
}

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

// Table is the selection as a table of either template: a row for each person,
// with the roles. It must have at least one of both.
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
		if len(p.IDs) == 1 {
			id = string(p.IDs[0])
		}
		if err := add(i+2, p.Name, all, strconv.Itoa(len(p.IDs)), id); err != nil {
			return nil, err
		}
	}
	return b.Table(), nil
}
