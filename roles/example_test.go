package roles_test

import (
	"fmt"

	"github.com/usher-go/usher/roles"
)

func ExampleTree_Parse() {
	tree, err := roles.NewTree([]string{"Acme", "Acme/Sales", "Acme/Sales/North", "Acme/Sales/North/Team 1", "Acme/Sales/North/Team 2"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, cell := range []string{"team 1", "Acme/Sales/Nroth/Team 2", "Sales"} {
		path, problems := tree.Parse(cell)
		for _, p := range problems {
			fmt.Printf("%s: did you mean %s?\n", p.Code, p.Fix)
		}
		if path != "" {
			fmt.Println(path, tree.Lowest(path))
		}
	}
	// Output:
	// Acme/Sales/North/Team 1 true
	// org_unit.unknown: did you mean Acme/Sales/North/Team 2?
	// Acme/Sales false
}
