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
//
// # The host's own table
//
// A host that has a table of people already names it, and says which column
// holds which field. usher then reads and writes that table, in the same
// transaction as its own:
//
//	CREATE TABLE people (
//	    id            TEXT PRIMARY KEY,
//	    tenant        TEXT NOT NULL,
//	    email         TEXT,
//	    full_name     TEXT NOT NULL DEFAULT '',
//	    is_admin      INTEGER NOT NULL DEFAULT 0,
//	    password_hash TEXT NOT NULL DEFAULT '',
//	    UNIQUE (tenant, email)
//	);
//
//	store := sqlstore.New(db, &sqlstore.Options{Prefix: "usher_", Users: &sqlstore.Table{
//		Name: "people", ID: "id", Account: "tenant",
//		Columns: []sqlstore.Column{
//			{Field: "email", Name: "email", Encode: sqlstore.EmptyIsNull},
//			{Field: "name", Name: "full_name"},
//			{Field: "role", Name: "is_admin",
//				Encode: func(role string) any { return role == users.RoleAdmin },
//				Decode: func(v any) string {
//					if v == int64(1) {
//						return users.RoleAdmin
//					}
//					return users.RoleUser
//				}},
//		},
//	}})
//	err = store.Migrate(ctx)
//
// For what a column holds, the host's table is the truth. Everything else of a
// person, and what everybody is found by, is in usher's tables as without one.
// Ids are the host's for the people it makes, and usher's own for others, so the
// column of ids must take any text. Where ids are numbers, ID is another column,
// TEXT and UNIQUE, which the host fills, in a trigger for example.
//
// The host's program writes its table as it always did. Triggers note in dirty
// whose row that was, if a column changed that usher was told of; Find, List and
// Apply settle what is noted before they do anything else. So the host's change
// is found at once, and a batch that was read before it is a conflict. Settling
// writes: those calls may then wait for another writer. Where nothing is noted they
// ask one question more than without a table, and write nothing.
//
// A person the host makes is local ([users.Local]). Created and Updated are when
// the database noted it, by its clock, and zero for rows that were there before
// Migrate. The version rises when the data differ. It begins above every version
// of those who are gone, so that a batch which was read for one of them fits nobody else.
//
// Whom the host deletes, or gives another id, is gone, and whoever has the id then
// is somebody else, though nobody looked in between. What usher knew of the one
// goes, and the lines they held are free, in the same transaction: without a holder,
// a version later. Those whose supervisor they were may go on naming them, as after
// [users.Directory.Delete]. So a host that loads its table anew must write over its
// rows (ON CONFLICT … DO UPDATE), not delete them first. REPLACE INTO deletes a row
// of the same id without a trigger, unless the host has set recursive_triggers: it
// cannot be told from an update, and the person stays who they were.
//
// A row may say what cannot be read: Decode panics, or its answer is nothing the
// field can say. That one person is set aside, with the reason, in the table unread;
// everybody else is settled and answered. Find fails for their id and their keys,
// and a batch that writes or needs them fails, with the id and the column in the
// error. List, and Find by a link, answer their record as last known: to leave them
// out would hide them, and to fail would be one row against everybody. It may still
// say a right that the row no longer says. Of somebody who never could be read it
// says what could be, and neither a role that could not, nor "active". They keep
// their keys. The row is read again when the host changes it, or at the next Migrate.
//
// The host may hold what no batch could write: two people with one e-mail
// address. Both are kept. The key stays with the one who has it; the other waits,
// is found by id, and gets the key when it is given up. Nobody else can take it first.
//
// A batch inserts, updates and deletes rows. An insertion names the columns it was
// told of, so the others need a default; an update writes the columns that change.
// A constraint that fails fails the batch, with the record in the error, and
// nothing is written. Foreign keys are judged when the batch ends. What they and the
// host's triggers write beside, ON DELETE CASCADE above all, is settled before that:
// if somebody whom the batch writes or needs is gone by then, it is a conflict. It is
// the host's doing, which no journal has and no undoing takes back. Where rows take
// each other's unique values, in a ring, one is given a value of nobody's
// meanwhile (p7@parked.invalid), which the host's own triggers see.
//
// What was written is read back. A column that cannot hold the value, so that it
// would be cut or lost, fails the batch. A value in another form (small letters),
// and one that a trigger filled into a new row, are what the record says.
//
// Three things go unnoticed until Migrate is called again, which looks at every
// row: what is written while a migration of the host's has made the table anew,
// because its triggers are gone (Apply fails until then); what is written by a
// connection that has triggers disabled; and a row that REPLACE INTO deletes
// because of a unique column that is no key of usher's, unless the host has set
// recursive_triggers. A changed Table needs Migrate as well.
package sqlstore
