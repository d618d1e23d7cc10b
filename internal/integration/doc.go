// Package integration runs the suites that need something real: the contract
// of a store against SQLite files, migrations, and two programs on one
// database. It is a module of its own, so that nobody who imports usher
// inherits a driver. It has no code but tests.
package integration
