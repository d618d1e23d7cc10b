// Package sqlstore is a [users.Store] in a SQL database that the host opens:
// SQLite now; what another database says differently stands in dialect.go.
//
// It imports package users and the standard library, nothing else: the host
// brings the driver.
//
//	db, err := sql.Open("sqlite", "file:people.db?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
//	store := sqlstore.New(db, &sqlstore.Options{Prefix: "usher_"})
//	err = store.Migrate(ctx) // or run Schema in the host's own migrations
//
// # What the host sets
//
// Nothing is migrated, and no setting of the connection is changed, unless the
// host does it. With SQLite three settings of the data source are the host's:
//
//   - a busy timeout, so that a writer waits for another instead of failing
//     with SQLITE_BUSY. Apply takes the write lock with its first statement, so
//     that it can wait at all; a data source with _txlock=immediate is as good;
//   - the write-ahead log, so that readers and a writer do not wait for each other;
//   - for a database in memory, one connection (SetMaxOpenConns(1)), because
//     every connection to ":memory:" is a database of its own.
//
// The Store holds no connection between two calls, nor between two steps of a
// journal that is being read, so one connection is enough for everything.
//
// # What is stored
//
// A record is a row of records: its head in columns, its data as JSON as
// [users.EncodeData] writes it, times as RFC 3339 in UTC with milliseconds.
// What it is found by stands beside it: unique keys in keys, the others in
// links. Both are made from [users.Record.Index] when the record is written, so
// a host that writes these tables itself must write them as well. What an import
// did is in journal, one row for each of its rows, images as JSON.
package sqlstore
