package users_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// A partner adds an Account Admin, who from then on manages the account.
func Example() {
	ctx := context.Background()
	store := memstore.New()
	partner := users.Open(store, users.Partner("pat"), nil)
	ada, err := partner.Add(ctx, "acme", users.Profile{
		FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com", Roles: []string{users.RoleAdmin},
	})
	if err != nil {
		panic(err)
	}

	dir := users.Open(store, users.AccountAdmin(ada.ID, "acme"), nil)
	if _, err := dir.Add(ctx, "acme", users.Profile{FirstName: "Bob", Email: "bob@example.com"}); err != nil {
		panic(err)
	}
	for r, err := range dir.All(ctx, users.Query{Kind: users.KindUser}) {
		if err != nil {
			panic(err)
		}
		u, _ := r.User()
		fmt.Println(u.Email, u.Name(), u.Admin())
	}
	// Output:
	// ada@example.com Ada Lovelace true
	// bob@example.com Bob false
}

// What the rules about people forbid comes back as data.
func ExampleDirectory_Edit() {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.Partner("pat"), nil)
	ada, err := dir.Add(ctx, "acme", users.Profile{FirstName: "Ada", Roles: []string{users.RoleAdmin}})
	if err != nil {
		panic(err)
	}
	ada.Grant(users.RoleAdmin, false)
	_, err = dir.Edit(ctx, ada)
	var denied *users.Denied
	if errors.As(err, &denied) {
		fmt.Println(denied.Refusals[0].Problem.Code)
	}
	// Output: admin.last
}

func ExampleKeyOf() {
	fmt.Println(users.KeyOf("acme", users.SpaceEmail, "Ada@EXAMPLE.com"))
	fmt.Println(users.KeyOf("acme", users.SpaceNumber, "+33123456789"))
	// Output:
	// acme/email:ada@example.com
	// number:+33123456789
}
