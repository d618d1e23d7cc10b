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

// The host has a table of people, and a program that writes it. usher reads and
// writes that table, and keeps the rest beside it.
func Example_hostsTable() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	do := func(statement string) {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			fmt.Println(err)
		}
	}
	do(`CREATE TABLE people (
        id            TEXT PRIMARY KEY,
        email         TEXT UNIQUE,
        full_name     TEXT NOT NULL DEFAULT '',
        is_admin      INTEGER NOT NULL DEFAULT 0,
        password_hash TEXT NOT NULL DEFAULT ''
    )`)
	do(`INSERT INTO people VALUES ('7', 'ada@example.com', 'Ada Lovelace', 1, 'secret')`)

	store := sqlstore.New(db, &sqlstore.Options{Prefix: "usher_", Users: &sqlstore.Table{
		Name: "people", ID: "id", Fixed: "acme",
		Columns: []sqlstore.Column{
			{Field: "email", Name: "email", Encode: sqlstore.EmptyIsNull},
			{Field: "name", Name: "full_name"},
			{
				Field: "role", Name: "is_admin",
				Encode: func(role string) any { return role == users.RoleAdmin },
				Decode: func(v any) string {
					if v == int64(1) {
						return users.RoleAdmin
					}
					return users.RoleUser
				},
			},
		},
	}})
	if err := store.Migrate(ctx); err != nil {
		fmt.Println(err)
		return
	}
	show := func() users.Record {
		found, err := store.Find(ctx, []users.Key{users.KeyOf("acme", users.SpaceEmail, "ada@example.com")})
		if err != nil || len(found) != 1 {
			fmt.Println(len(found), err)
			return users.Record{}
		}
		r := found[0]
		fmt.Printf("%s version %d: %s, %s, mobile %q\n", r.ID, r.Version, r.Field("name"), r.Field("role"), r.Field("mobile"))
		return r
	}
	ada := show()

	// usher writes the columns it was told of; the mobile number, which the table
	// has no column for, it keeps itself.
	now := ada.Clone()
	now.SetField("name", "Ada, Countess of Lovelace")
	now.SetField("mobile", "+447700900123")
	fmt.Println(store.Apply(ctx, users.Batch{Import: "i1", Writes: []users.Write{{ID: ada.ID, Version: ada.Version, Record: &now}}}))
	show()

	// The host's program writes its table as it always did.
	do(`UPDATE people SET is_admin = 0 WHERE id = '7'`)
	err = store.Apply(ctx, users.Batch{Import: "i2", Writes: []users.Write{{ID: ada.ID, Version: 2, Record: &now}}})
	fmt.Println(err)
	show()

	var name, hash string
	fmt.Println(db.QueryRowContext(ctx, `SELECT full_name, password_hash FROM people`).Scan(&name, &hash), name, hash)
	// Output:
	// 7 version 1: Ada Lovelace, account_admin, mobile ""
	// <nil>
	// 7 version 2: Ada, Countess of Lovelace, account_admin, mobile "+447700900123"
	// users: conflict: 1 records changed since (7)
	// 7 version 3: Ada, Countess of Lovelace, user, mobile "+447700900123"
	// <nil> Ada, Countess of Lovelace secret
}
