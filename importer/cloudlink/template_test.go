package cloudlink_test

import (
	"testing"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/templatetest"
	"github.com/usher-go/usher/users"
)

func TestTemplate(t *testing.T) {
	templatetest.Run(t, cloudlink.Users(), templatetest.Samples{
		New: cloudlink.Users,
		Stored: []users.Record{
			{Data: &users.Profile{FirstName: "Augusta", LastName: "Lovelace", Email: "augusta@example.com", Roles: []string{users.RoleAdmin}}},
			{Data: &users.Profile{FirstName: "Robert", LastName: "Baker", DisplayName: "Bob B.", Email: "robert@example.com"}},
		},
		Files: []templatetest.File{
			{Name: "new people", Tables: [][][]string{{
				{"Zelda", "Fitzgerald", "Zelda F.", "zelda@example.com", "User"},
				{"Yannick", "Noah", "", "yannick@example.com", "Account Admin"},
				{"Xaver", "", "", "xaver@example", ""},
				{"Ursula", "Andress", "=1+1", "ursula@example.com", "Acount Admin"},
				{"Viktor", "Hugo", "", "viktor@example.com", ""},
				{"Victoire", "Hugon", "", "VIKTOR@example.com", ""},
				{"", "", "", "nameless@example.com", ""},
				{"Robert", "Baker", "Bob B.", "robert@example.com", "User"},
			}}},
			{Name: "people who are known", Mode: importer.ModeUpsert, Tables: [][][]string{{
				{"Rupert", "", "", "robert@example.com", "Account Admin"},
				{"", "", "Countess", "augusta@example.com", "User"},
				{"Walter", "", "", "walter@example.com", "User"},
			}}},
		},
	})
}
