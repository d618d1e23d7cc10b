// Package users knows the people of an account, the actors who ask for them, and
// what a store must keep.
//
// A [Record] is the one thing a [Store] keeps: a user, a line, a role, an import.
// A [Directory] is one actor's view of a Store and the only way to it. It finds
// and lists the records that the [Actor] reaches, and it refuses every write that
// the rules about people forbid.
//
//	dir := users.Open(store, users.AccountAdmin("ada", "acme"), nil)
//	u, err := dir.Add(ctx, "acme", users.Profile{FirstName: "Bob", Email: "bob@example.com"})
//
// Records meet through a [Key], which is a value in a [Space] of an account. The
// rules by which two values are the same ([FoldEmail], [Fold]) are here, so that
// every Store folds in the same way.
//
// The stores are sub-packages: memstore keeps records in memory, sqlstore in
// database/sql, reststore behind a service that writes one record a call. Package
// storetest is the contract of a Store as tests. Package property holds the
// filters of a list of people.
//
// # For importers
//
// A preview predicts what the Directory will allow. For this it needs rules and
// facts that a host does not need. Their doc comments end with "is for importers":
//
//   - The rules of an actor: [Actor.Permits], [Actor.PermitsNew],
//     [Actor.PermitsDelete], [Actor.PermitsHeld], [Actor.PermitsUndo],
//     [Actor.MayGrant], [Actor.Under], [Actor.Unbound], [Actor.Source],
//     [Directory.ActorIn].
//   - The rules of a record: [Check], [Leads], [Leading], [Remainder],
//     [Record.Holder], [Kind.Held].
//   - What a space is to a file: [Space.Managed], [Space.Field].
//   - What a commit asks of the Directory: [Directory.Scope], [Directory.MaxWrites].
//   - Journals that are pruned: [Directory.Amends], [Directory.Amend],
//     [Directory.Discard].
//
// # Imports
//
// Package users imports the standard library, golang.org/x/text,
// golang.org/x/net/idna, and the packages of internal that hold rules about text.
package users
