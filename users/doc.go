// Package users says who exists, who is asking, and what may be stored.
//
// A [Record] is the one thing a [Store] keeps: a user, a line, a role, an
// import. A [Directory] is one actor's view of a Store and the only way to it:
// it finds and lists what the [Actor] reaches, and holds every write against
// the rules about people that no import may go round.
//
//	dir := users.Open(store, users.AccountAdmin("ada", "acme"), nil)
//	u, err := dir.Add(ctx, "acme", users.Profile{FirstName: "Bob", Email: "bob@example.com"})
//
// Records meet through a [Key]: a value in a [Space] of an account. The rules
// by which two values are the same ([FoldEmail], [Fold]) stand here, so that
// every Store folds alike.
//
// Stores live below: memstore in memory, sqlstore over database/sql; package
// storetest is the contract, executable.
//
// Package users imports the standard library, golang.org/x/text and
// golang.org/x/net/idna, and nothing of usher.
package users
