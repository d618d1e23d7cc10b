package memstore_test

import (
	"context"
	"fmt"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

func Example() {
	ctx := context.Background()
	store := memstore.New()

	ada := users.Record{
		Head: users.Head{ID: "u1", Account: "acme"},
		Data: &users.Profile{Email: "ada@example.com", FirstName: "Ada"},
	}
	err := store.Apply(ctx, users.Batch{
		Import: "i1",
		Rows:   []users.RowNote{{Row: users.RowAt(0, 1)}},
		Writes: []users.Write{{Row: users.RowAt(0, 1), ID: ada.ID, Record: &ada}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	found, err := store.Find(ctx, []users.Key{users.KeyOf("acme", users.SpaceEmail, "Ada@Example.com")})
	for _, r := range found {
		fmt.Println(r.ID, r.Version, r.Data.(*users.Profile).Name())
	}
	fmt.Println(err)
	// Output:
	// u1 1 Ada
	// <nil>
}
