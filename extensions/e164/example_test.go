package e164_test

import (
	"fmt"

	"github.com/usher-go/usher/extensions/e164"
)

func Example() {
	numbers := e164.New(nil)
	for _, raw := range []string{"+33 (0)1 23 45 67 89", "01 23 45 67 89 poste 12", "33123456789", "4021", "n/a"} {
		n, problems := numbers.Normalize(raw, "FR")
		fmt.Printf("%s: %q %q", raw, n.E164, n.Ext)
		for _, p := range problems {
			fmt.Print(" ", p.Code)
		}
		fmt.Println()
	}
	// Output:
	// +33 (0)1 23 45 67 89: "+33123456789" ""
	// 01 23 45 67 89 poste 12: "+33123456789" "12"
	// 33123456789: "+33123456789" "" phone.plus_added
	// 4021: "" "" phone.too_short
	// n/a: "" "" phone.form
}
