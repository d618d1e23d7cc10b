package property_test

import (
	"context"
	"fmt"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/property"
)

// A list of the Account Admins.
func ExampleFilter_Having() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.Partner("pat"), nil)
	for _, p := range []users.Profile{{FirstName: "Ada", Roles: []string{users.RoleAdmin}}, {FirstName: "Bob"}} {
		if _, err := dir.Add(ctx, "acme", p); err != nil {
			panic(err)
		}
	}

	having, _ := property.Admins.Having()
	page, err := dir.List(ctx, users.Query{Kind: users.KindUser, Having: having})
	if err != nil {
		panic(err)
	}
	for _, r := range page.Records {
		fmt.Println(r.Field(users.FieldFirstName))
	}
	// Output: Ada
}
