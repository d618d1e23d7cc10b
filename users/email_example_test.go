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
