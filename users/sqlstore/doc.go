// Package sqlstore is a [users.Store] in a SQL database that the host opens. The
// database is SQLite; dialect.go has what another one would need.
//
//	db, err := sql.Open("sqlite", "file:people.db?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
//	store := sqlstore.New(db, &sqlstore.Options{Prefix: "usher_"})
//	err = store.Migrate(ctx) // or run Schema in the host's own migrations
//
// Package sqlstore imports package users and the standard library. The host brings the
// driver.
//
// # What the host sets
//
// The Store migrates nothing and changes no setting of the connection unless the host
// asks for it. With SQLite the host sets three things in the data source:
//
//   - A busy timeout, so that a writer waits for another writer instead of failing with
//     SQLITE_BUSY. Apply takes the write lock with its first statement, so it can wait. A
//     data source with _txlock=immediate does the same.
//   - The write-ahead log, so that readers and a writer do not wait for each other.
//   - For a database in memory, one connection (SetMaxOpenConns(1)), because every
//     connection to ":memory:" is another database.
//
// The Store holds no connection between two calls, nor between two steps of a journal
// that is being read. One connection is enough.
//
// # What is stored
//
// The table records has one row for each record: its head in columns, its data as JSON
// ([users.EncodeData]), times as RFC 3339 in UTC with milliseconds. The table keys has
// the unique keys, the table links the links. Both are computed from
// [users.Record.Index] when the record is written, so a host that writes these tables
// itself must write all three. The table journal has one row for each row of an import,
// with images as JSON.
//
// # The host's own table
//
// A host that has a table of people can name it and map its columns to fields. The Store
// then reads and writes that table in the same transaction as its own:
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
// The host's table is the truth for the mapped columns. The other fields of a person, and
// all keys and links, are in the Store's tables. The host makes the ids of the people it
// adds, and usher makes the others, so the column of ids must accept any text. If the
// host's ids are numbers, ID names another column, TEXT and UNIQUE, which the host fills,
// for example in a trigger.
//
// # What the host's program writes
//
// The host's program keeps writing its table as before. Triggers note in the table dirty
// which rows changed in a mapped column. Find, List and Apply first settle the noted rows:
// they compute the records of these people again. So a change of the host's is found at
// once, and a batch that was read before it conflicts. Settling writes, so these calls may
// wait for another writer. If nothing is noted, they cost one more query and write nothing.
//
// A person whom the host adds has the source [users.Local]. Created and Updated are the
// time of the note, by the database's clock, and zero for rows that were there before
// Migrate. The version rises when the data differ. It begins above the versions of all
// deleted people, so that a batch read for one of them fits no other person.
//
// A row that the host deletes, or gives another id, is a deleted person. A later row with
// that id is another person, even if no call was made in between. The data that usher kept
// about the deleted person are deleted, and the lines that they held lose their holder and
// rise by one version, in the same transaction. Other people may keep naming them as their
// supervisor, as after [users.Directory.Delete]. A host that reloads its table must
// therefore overwrite its rows (ON CONFLICT … DO UPDATE) and must not delete them first.
// REPLACE INTO deletes a row of the same id without a trigger unless the host has set
// recursive_triggers. It looks like an update, and the person stays the same.
//
// # Rows that cannot be read
//
// A row cannot be read if Decode panics or returns a value that the field cannot have.
// Only that person is set aside, with the reason, in the table unread. All others are
// settled and returned.
//
//   - Find fails for the person's id and keys. A batch that writes or needs the person
//     fails. The error has the id and the column.
//   - List, and Find by a link, return the record as it was last read. Leaving it out
//     would hide the person, and failing would let one row fail all others. The record may
//     name a right that the row no longer has.
//   - For a person who never could be read, the record has the readable fields. It has no
//     unreadable role and is not active.
//   - The person keeps their keys. The row is read again when the host changes it and at
//     the next Migrate.
//
// # Duplicate keys
//
// The host's table may hold two people with one e-mail address, which no batch could
// write. The Store keeps both. The first keeps the key. The other waits for it, is found
// by id, and gets the key when it is released. No third record can take it first.
//
// # What a batch writes
//
// A batch inserts, updates and deletes rows. An insert names only the mapped columns, so
// the other columns need a default. An update writes only the columns that change. If a
// constraint fails, the batch fails, with the record in the error, and nothing is written.
// Foreign keys are checked when the batch ends.
//
// Foreign keys with ON DELETE CASCADE and the host's triggers may write more rows. These
// are settled before foreign keys are checked. If they delete a person whom the batch
// writes or needs, the batch conflicts. No journal has these writes, and no undo restores
// them.
//
// If rows exchange unique values in a ring, one of them gets an unused value for a moment
// (p7@parked.invalid). The host's triggers see it.
//
// The Store reads back what it wrote. If a column cannot hold the value, so that it would
// be cut or lost, the batch fails. If the value comes back in another form, such as small
// letters, or if a trigger filled a column of a new row, the record gets the column's value.
//
// # What goes unnoticed
//
// Three changes go unnoticed until Migrate is called again, which reads every row:
//
//   - Writes after a migration of the host's recreated the table, because its triggers are
//     gone. Apply fails until Migrate is called.
//   - Writes of a connection on which triggers are disabled.
//   - Rows that REPLACE INTO deletes because of a unique column that is no key of usher's,
//     unless the host has set recursive_triggers.
//
// A changed Table needs Migrate as well.
package sqlstore
