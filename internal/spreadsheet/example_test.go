package spreadsheet_test

import (
	"fmt"

	"github.com/usher-go/usher/internal/spreadsheet"
)

func ExampleRepair() {
	for _, cell := range []string{"1001", `="0042"`, "4.42E+11", "#N/A"} {
		code, fixed := spreadsheet.Repair(cell)
		fmt.Printf("%q %q\n", fixed, code)
	}
	// Output:
	// "1001" ""
	// "0042" ""
	// "" "number.scientific"
	// "" "cell.excel_error"
}
