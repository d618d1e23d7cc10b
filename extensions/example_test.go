package extensions_test

import (
	"fmt"

	"github.com/usher-go/usher/extensions"
)

// What people type as an extension, and what a spreadsheet makes of it.
func ExampleParseExtension() {
	for _, typed := range []string{" 0042 ", "#1", "10–01", "1001.0", "3.3E+10"} {
		number, problems := extensions.ParseExtension(typed)
		fmt.Printf("%q", number)
		for _, p := range problems {
			fmt.Printf(" %s fix=%q", p.Code, p.Fix)
		}
		fmt.Println()
	}
	// Output:
	// "0042"
	// "#1"
	// "" extension.form fix="10-01"
	// "" extension.form fix="1001"
	// "" extension.form fix=""
}
