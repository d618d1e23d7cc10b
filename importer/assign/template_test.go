package assign_test

import (
	"testing"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/assign"
	"github.com/usher-go/usher/importer/templatetest"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
)

func TestTemplate(t *testing.T) {
	catalogue := roles.NewCatalogue("Night Desk", "Billing", users.RoleAdmin)
	stored := []users.Record{
		{Head: users.Head{ID: "id-augusta"}, Data: &users.Profile{Email: "augusta@example.com", Roles: []string{users.RoleAdmin, "Night Desk"}}},
		{Head: users.Head{ID: "id-robert"}, Data: &users.Profile{Email: "robert@example.com", Roles: []string{"Billing"}}},
		{Head: users.Head{ID: "id-cydney"}, Data: &users.Profile{Email: "cydney@example.com"}},
	}
	files := []templatetest.File{{Name: "a selection", Tables: [][][]string{{
		{"Augusta A.", "Night Desk,Billing", "1", "id-augusta"},
		{"Robert R.", "Night Desk,Billing", "1", "id-robert"},
		{"Robert again", "Night Desk,Billing", "1", "id-robert"},
		{"Cydney C.", "Night Desk,Billing", "1", "id-cydney"},
		{"Nadia N.", "Night Desk,Billing", "0", ""},
		{"Steven S.", "Night Desk,Billing", "3", ""},
		{"Gone by now", "Night Desk,Billing", "1", "id-nobody"},
		{"Daniel D.", "Chief", "1", "id-cydney"},
	}}}}
	for _, of := range []func(*roles.Catalogue) *importer.Template{assign.Add, assign.Remove} {
		tpl := of(catalogue)
		t.Run(tpl.Name, func(t *testing.T) {
			templatetest.Run(t, tpl, templatetest.Samples{Stored: stored, Files: files,
				New:      func() *importer.Template { return of(catalogue) },
				NoExport: "a selection says whom to change, which nothing that is stored says"})
		})
	}
}
