package importer_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// starter is a row of a list of the host's own.
type starter struct {
	Email string `usher:"email,about,required" en:"EMAIL,E-MAIL ADDRESS" fr:"COURRIEL"`
	Name  string `usher:"name,required" fr:"NOM"`
	Role  string `usher:"role" values:"user=User|Utilisateur,account_admin=Account Admin"`
	Badge string `usher:"custom.badge,text,blank=clear"`
	Boss  string `usher:"supervisor,refer=email" en:"Supervisor,Boss"`
}

// Draft adds a rule of the host's own.
func (s *starter) Draft(_ importer.Row, d *importer.Draft) {
	if s.Role == users.RoleAdmin && s.Badge == "" {
		d.Error("custom.badge", "badge.missing")
	}
}

// A host's own kind of file is a struct with tags.
func ExampleTemplateOf() {
	ctx := context.Background()
	template, err := importer.TemplateOf[starter]("starters")
	if err != nil {
		panic(err)
	}
	table, err := csv.Read(ctx, strings.NewReader("Courriel;Nom;Role;Badge;Boss\n"+
		"ada@example.com;Ada;Account Admin;0042;\n"+
		"bob@example.com;Bob;utilisateur;0043;ada@example.com\n"+
		"cyd@example.com;Cyd;Acount Admin;;bob@example.com\n"+
		"dan@example.com;Dan;Account Admin;;\n"), nil)
	if err != nil {
		panic(err)
	}
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
	preview, err := importer.New(dir, template, nil).Preview(ctx, table)
	if err != nil {
		panic(err)
	}
	for row := range preview.Rows() {
		fmt.Print(row.Who, " ", row.Action)
		for _, f := range row.Findings {
			fmt.Print(" ", f.Code, " ", f.Value)
		}
		fmt.Println()
	}
	// Output:
	// ada@example.com create
	// bob@example.com create
	// cyd@example.com error role.unknown Acount Admin
	// dan@example.com error badge.missing
}
