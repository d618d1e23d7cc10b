package main

import (
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// A hire is a row of the host's own template. The manager of a person may be in
// the same file, in any order.
type hire struct {
	Email   string `usher:"email,about,required" en:"EMAIL,E-MAIL ADDRESS" fr:"COURRIEL,E-MAIL"`
	Name    string `usher:"name,required" fr:"NOM"`
	Role    string `usher:"role" fr:"RÔLE" values:"user=User|Utilisateur,account_admin=Account Admin|Admin de compte"`
	Badge   string `usher:"custom.badge,text" en:"BADGE"`
	Manager string `usher:"supervisor,refer=email" en:"MANAGER" fr:"RESPONSABLE"`
}

// templates returns the templates of the host.
func templates() ([]*importer.Template, error) {
	hires, err := importer.TemplateOf[hire]("hires")
	return []*importer.Template{hires, cloudlink.Users()}, err
}

func (s *server) template(name string) (*importer.Template, error) {
	for _, t := range s.templates {
		if t.Name == name {
			return t, nil
		}
	}
	return nil, users.ErrNotFound
}

// blank is GET /templates/NAME.xlsx: an empty template to fill in.
func (s *server) blank(d *desk) (reply, error) {
	name, w, err := named(d.PathValue("file"))
	if err != nil {
		return reply{}, err
	}
	tpl, err := s.template(name)
	if err != nil {
		return reply{}, err
	}
	return file(name, w, tpl.Sheet(0, d.lang.String())), nil
}

// export is GET /export/TEMPLATE.xlsx: the people of the account as a file.
// Importing this file changes nothing.
func (s *server) export(d *desk) (reply, error) {
	name, w, err := named(d.PathValue("file"))
	if err != nil {
		return reply{}, err
	}
	tpl, err := s.template(name)
	if err != nil {
		return reply{}, err
	}
	x, err := importer.Export(d.Context(), d.dir, tpl, &importer.ExportOptions{Lang: d.lang.String()})
	if err != nil {
		return reply{}, err
	}
	out := file(name, w, x.Sheet)
	out.header["X-Left-Out"] = strconv.Itoa(len(x.LeftOut)) // people that the template cannot represent
	return out, nil
}

// named returns the name of a file without its extension, and the writer for the
// extension.
func named(name string) (string, formats.Writer, error) {
	for _, w := range writers() {
		if base, ok := strings.CutSuffix(name, w.Ext()); ok {
			return base, w, nil
		}
	}
	return "", nil, users.ErrNotFound
}
