package folding_test

import (
	"fmt"

	"github.com/usher-go/usher/internal/folding"
)

func ExampleHeading() {
	fmt.Println(folding.Heading("First_Name *") == folding.Heading("FIRST NAME"))
	// Output: true
}
