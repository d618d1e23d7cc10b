// Package memstore is a [users.Store] in memory. It is for tests, for examples, and
// for a host whose accounts fit into one process and may be lost with it.
//
//	store := memstore.New()
//	dir := users.Open(store, users.AccountAdmin("ada", "acme"), nil)
//
// Apply copies the records that it receives, so that later changes of the caller do
// not reach the Store. Find, List and Journal return records that all callers share,
// because a copy of every record would cost more than the look-up. A caller that wants
// to change a record clones it ([users.Record.Clone]).
//
// Package memstore imports package users and the standard library.
package memstore
