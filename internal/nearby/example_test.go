package nearby_test

import (
	"fmt"

	"github.com/usher-go/usher/internal/nearby"
)

func ExampleBest() {
	headings := []string{"First Name", "Last Name", "Email", "Role"}
	fmt.Println(nearby.Best("E-Mial", headings))
	fmt.Println(nearby.Best("Extension", headings))
	// Output:
	// Email true
	//  false
}
