// Package memstore is a [users.Store] in memory: for tests, for examples, and
// for a host whose accounts fit into one process and may be lost with it.
//
// It imports package users and the standard library, nothing else.
//
//	store := memstore.New()
//	dir := users.Open(store, users.AccountAdmin("ada", "acme"), nil)
//
// What it is given it copies, once, in Apply, so that a caller who goes on
// changing a record spoils only its own. What it answers is shared with every
// other caller, because a copy for every record found would cost more than the
// looking up: see [users.Record.Clone].
package memstore
