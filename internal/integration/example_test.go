package integration_test

import (
	"context"
	"database/sql"
	"fmt"

	_ "modernc.org/sqlite"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

func Example_sqlstore() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:") // a file in earnest, with a busy timeout and the write-ahead log
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	db.SetMaxOpenConns(1)

	store := sqlstore.New(db, &sqlstore.Options{Prefix: "usher_"})
	if err := store.Migrate(ctx); err != nil {
		fmt.Println(err)
		return
	}
	ada := users.Record{
		Head: users.Head{ID: "u1", Account: "acme"},
		Data: &users.Profile{Email: "ada@example.com", FirstName: "Ada"},
	}
	err = store.Apply(ctx, users.Batch{
		Import: "i1",
		Rows:   []users.RowNote{{Row: users.RowAt(0, 1)}},
		Writes: []users.Write{{Row: users.RowAt(0, 1), ID: ada.ID, Record: &ada}},
	})
	fmt.Println(err)

	found, err := store.Find(ctx, []users.Key{users.KeyOf("acme", users.SpaceEmail, "Ada@Example.com")})
	for _, r := range found {
		fmt.Println(r.ID, r.Version, r.Data.(*users.Profile).Name())
	}
	fmt.Println(err)
	// Output:
	// <nil>
	// u1 1 Ada
	// <nil>
}
