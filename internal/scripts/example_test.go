package scripts_test

import (
	"fmt"

	"github.com/usher-go/usher/internal/scripts"
)

func ExampleMixed() {
	fmt.Println(scripts.Mixed("admin"))
	fmt.Println(scripts.Mixed("\u0430dmin")) // a Cyrillic letter before Latin ones
	// Output:
	// false
	// true
}
