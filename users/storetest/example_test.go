package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/storetest"
)

// A host calls Run in a test of its own Store. With go test this function would
// be called TestStore.
func Example() {
	testStore := func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) users.Store {
			s := memstore.New() // the host's: empty, closed by t.Cleanup
			return s
		})
	}
	_ = testStore
}

// The second write is done, but its caller is not told.
func ExampleFaulty() {
	ctx := context.Background()
	store := storetest.NewFaulty(memstore.New())
	store.After = func(op string, n int) error {
		if op == storetest.OpApply && n == 2 {
			return errors.New("connection lost")
		}
		return nil
	}
	for n := range 3 {
		err := store.Apply(ctx, users.Batch{Import: "i1", Rows: []users.RowNote{{Row: users.RowAt(0, n+1)}}})
		fmt.Println(err)
	}
	for e := range store.Journal(ctx, "i1", 0) {
		fmt.Println("row", e.Row.Number())
	}
	// Output:
	// <nil>
	// connection lost
	// <nil>
	// row 1
	// row 2
	// row 3
}
