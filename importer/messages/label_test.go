package messages_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/users"
)

// TestEnumerations holds every value of the types that have words against every language.
func TestEnumerations(t *testing.T) {
	for _, lang := range messages.Languages() {
		l := messages.For(lang)
		for _, a := range importer.Actions() {
			require.NotEmpty(t, l.Action(a), a)
		}
		for _, o := range importer.Outcomes() {
			require.NotEmpty(t, l.Outcome(o), o)
		}
		for s := formats.Warning; s <= formats.Error; s++ {
			require.NotEmpty(t, l.Severity(s), s)
		}
		for _, s := range []users.ImportState{users.ImportRunning, users.ImportDone, users.ImportUndone, "interrupted"} {
			require.NotEmpty(t, l.State(s), s)
		}
		report := (&importer.Report{}).Sheet(l)
		for _, c := range report.Columns {
			require.NotEmpty(t, c.Heading)
		}
		require.Empty(t, l.Action(0))
		require.Empty(t, l.Outcome(""))
		require.Empty(t, l.Severity(0))
	}
}

func TestField(t *testing.T) {
	for _, tc := range []struct{ name, en, fr string }{
		{"first_name", "First name", "Prénom"},
		{"email", "E-mail address", "Adresse e-mail"},
		{"line.internal", "Internal number", "Numéro interne"},
		{"custom.cost_centre", "Cost centre", "Cost centre"},
		{"école", "École", "École"},
		{"a\u202eb", `A\u202eb`, `A\u202eb`},
		{"", "", ""},
	} {
		require.Equal(t, tc.en, messages.For("en").Field(tc.name))
		require.Equal(t, tc.fr, messages.For("fr").Field(tc.name))
	}
	require.Equal(t, "Résultat", messages.For("fr").Label("outcome"))
	require.Equal(t, "Cost centre", messages.For("fr").Label("cost_centre"))
}

func TestValue(t *testing.T) {
	for _, tt := range []struct{ name, field, value, en, fr string }{
		{"a role", "role", "account_admin", "Account Admin", "Admin de compte"},
		{"several, one of the account's own", "roles", "Agent desk,account_admin", "Agent desk, Account Admin", "Agent desk, Admin de compte"},
		{"what is so", "active", "no", "no", "non"},
		{"anything else", "name", "account_admin", "account_admin", "account_admin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.en, messages.For("en").Value(tt.field, tt.value))
			require.Equal(t, tt.fr, messages.For("fr").Value(tt.field, tt.value))
		})
	}
}

// The label of a field in a message is a heading of its column, so that a file with our
// own words is read.
func TestLabelsAreHeadings(t *testing.T) {
	for _, tpl := range []*importer.Template{cloudlink.Users(), rainbow.Lines(nil), ocm.Users(nil)} {
		for _, lang := range []string{"en", "fr"} {
			for _, table := range tpl.Tables {
				for _, c := range table.Columns {
					label := messages.For(lang).Field(c.Field)
					is := slices.ContainsFunc(c.Headings[lang], func(h string) bool { return folding.Heading(h) == folding.Heading(label) })
					if !is && folding.Heading(label) != folding.Heading(c.Field) {
						t.Errorf("%s %s %s: %q is no heading of %s", tpl.Name, table.Name, lang, label, c.Field)
					}
				}
			}
		}
	}
}
