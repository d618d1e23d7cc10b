package users_test

import (
	"fmt"

	"github.com/usher-go/usher/users"
)

func ExampleParseEmail() {
	for _, raw := range []string{"Ada@Example.COM", " ada@exämple.com", "Ada Lovelace <ada@example.com>", "a@x.com; b@x.com"} {
		email, problems := users.ParseEmail(raw)
		fmt.Printf("%q\n", email)
		for _, p := range problems {
			fmt.Printf("  %s %s %q\n", p.Code, p.Args["reason"], p.Fix)
		}
	}
	// Output:
	// "Ada@example.com"
	// "ada@xn--exmple-cua.com"
	//   text.trimmed  ""
	// ""
	//   email.form display_name "ada@example.com"
	// ""
	//   email.multiple  ""
}

func ExampleFoldEmail() {
	fmt.Println(users.FoldEmail("Ada+Notes@Exämple.com"))
	fmt.Println(users.FoldEmail("ADA+notes@xn--exmple-cua.com"))
	// Output:
	// ada+notes@xn--exmple-cua.com
	// ada+notes@xn--exmple-cua.com
}

func ExampleCleanText() {
	text, problems := users.CleanText("Ada\u00a0", 0)
	fmt.Printf("%q %s\n", text, problems[0].Code)

	text, problems = users.CleanText("Ada\nLovelace", 0)
	fmt.Printf("%q %s, perhaps %q\n", text, problems[0].Code, problems[0].Fix)
	// Output:
	// "Ada" text.trimmed
	// "" text.control, perhaps "Ada Lovelace"
}

func ExampleDamage() {
	for _, cell := range []string{"1001", `="0042"`, "4.42E+11", "#N/A"} {
		code, fixed := users.Damage(cell)
		fmt.Printf("%q %q\n", fixed, code)
	}
	// Output:
	// "1001" ""
	// "0042" ""
	// "" "number.scientific"
	// "" "cell.excel_error"
}

func ExampleFoldHeading() {
	fmt.Println(users.FoldHeading("First_Name *") == users.FoldHeading("FIRST NAME"))
	// Output: true
}

func ExampleNearest() {
	headings := []string{"First Name", "Last Name", "Email", "Role"}
	fmt.Println(users.Nearest("E-Mial", headings))
	fmt.Println(users.Nearest("Extension", headings))
	// Output:
	// Email true
	//  false
}
