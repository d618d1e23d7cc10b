package messages_test

import (
	"fmt"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
)

func Example() {
	f := formats.Finding{
		Severity: formats.Error, Code: "email.form", Row: 3, Line: 3, Column: 4, Cell: "D3", Field: "email",
		Value: "<ada@example.com>", Args: map[string]string{"reason": "brackets"},
	}
	for _, lang := range messages.Languages() {
		l := messages.For(lang)
		fmt.Printf("%s, %s: %s\n", l.Severity(f.Severity), l.Where(f), l.Finding(f))
	}
	// Output:
	// Error, Row 3, E-mail address (D3): Write the e-mail address without < and >.
	// Erreur, Ligne 3, Adresse e-mail (D3): Écrivez l’adresse e-mail sans < ni >.
}

func ExampleFor() {
	fmt.Println(messages.For("fr-CA,fr;q=0.9,en;q=0.5").NoErrors())
	fmt.Println(messages.For("ja").NoErrors())
	// Output:
	// Aucune erreur trouvée
	// No errors found
}

func ExampleLanguage_Recap() {
	s := importer.Summary{Actions: map[string]int{"create": 12, "error": 1}}
	l := messages.For("en")
	for _, line := range l.Recap(s) {
		fmt.Println(line)
	}
	fmt.Println(l.Question(), l.Agrees("y"))
	// Output:
	// 12 people will be created.
	// 1 row has errors and will not be imported.
	// Import these rows? [y/N] true
}

func ExampleLanguage_Refusal() {
	fmt.Println(messages.For("en").Refusal(formats.OverLimit("rows", 100_000)))
	// Output: The file has more than 100,000 rows. Split the file into smaller files.
}

func ExampleLanguage_Error() {
	err := fmt.Errorf("import: %w", importer.ErrAccount)
	fmt.Println(messages.For("fr").Error(err))
	// Output: Choisissez le compte de ces lignes.
}
