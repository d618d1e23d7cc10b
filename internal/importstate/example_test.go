package importstate_test

import (
	"fmt"
	"time"

	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
)

func ExampleAt() {
	written := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := users.Record{Head: users.Head{Updated: written}, Data: &users.Import{State: users.ImportRunning}}
	fmt.Println(importstate.At(r, written.Add(10*time.Second)))
	fmt.Println(importstate.At(r, written.Add(2*time.Minute)))
	// Output:
	// running
	// interrupted
}
