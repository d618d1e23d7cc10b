package templatetest_test

import (
	"testing"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/templatetest"
	"github.com/usher-go/usher/users"
)

// A visitor is a row of a list of a host's own.
type visitor struct {
	Email string `usher:"email,about,required"`
	Name  string `usher:"name,required"`
	Badge string `usher:"custom.badge,text"`
}

// A host calls Run in a test of its own template. With go test this function
// would be called TestVisitors.
func Example() {
	testVisitors := func(t *testing.T) {
		template, err := importer.TemplateOf[visitor]("visitors")
		if err != nil {
			t.Fatal(err)
		}
		templatetest.Run(t, template, templatetest.Samples{
			Stored: []users.Record{{Data: &users.Profile{Email: "ada@example.com", DisplayName: "Ada"}}},
			Files: []templatetest.File{{Name: "a day", Tables: [][][]string{{
				{"ada@example.com", "Ada", "B-0001"},
				{"bob@example.com", "Robert", "B-0002"},
				{"cyd@example", "Cydney", "B-0003"}, // in error
			}}}},
		})
	}
	_ = testVisitors
}
