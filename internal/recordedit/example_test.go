package recordedit_test

import (
	"fmt"

	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

func ExampleSetMember() {
	r := users.Record{Data: &users.Profile{Roles: []string{"Desk"}}}
	recordedit.SetMember(r, users.FieldRoles, "desk", true) // there already, in other letters
	recordedit.SetMember(r, users.FieldRoles, "Night", true)
	fmt.Println(r.Field(users.FieldRoles))
	// Output: Desk,Night
}
