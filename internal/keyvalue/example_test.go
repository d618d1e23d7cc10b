package keyvalue_test

import (
	"fmt"

	"github.com/usher-go/usher/internal/keyvalue"
)

func ExampleLine() {
	fmt.Println(keyvalue.Line("PBX1", "1001"))
	fmt.Println(keyvalue.Line("Paris/2", "1001"))
	// Output:
	// PBX1/1001
	// Paris%2F2/1001
}
