// Package reststore is a [users.Store] for a host whose people live in a service that
// writes one person a call: an API, an identity provider. The host wraps the service as a
// [Service]. A second Store, the companion, keeps everything that the service cannot:
// imports, their journals, lines, roles and the rest.
//
//	store := reststore.New(directoryAPI, sqlstore.New(db, nil), nil)
//	dir := users.Open(store, users.AccountAdmin("ada", "acme"), nil)
//
// Package reststore imports package users and the standard library.
//
// # How a row is done once
//
// No transaction spans the service and the companion. A person is therefore written in
// three steps:
//
//   - Intent: the record before and after the write, and the note of the row, are stored in
//     the companion.
//   - Effect: the service is called.
//   - Done: the row's journal entry, the import's record and the end of the intent are
//     stored in one batch.
//
// If the process dies, a reply is lost or a call is cancelled, the intent stays. The next
// look-up of the import, read of its journal or batch of it asks the service about the
// person. If the person is as intended, the row is entered as done. Otherwise the write has
// not happened as far as can be told, and the row may be done again. Of two calls for one
// person the later one is refused by its version.
//
// A row that creates a person may be done again by another process under another id. No
// version refuses the second call. If the service finds no address or other key taken, it
// creates both people. The intent that is in no journal stays until the import ends. When
// its person appears, that person is deleted again, unless another record refers to them or
// they were changed.
//
// If the very first row of an import is unfinished, only the intent is stored. The import is
// then found by its id at version 0, so that a repeated commit continues it. It is listed
// once a row is done. If an import cannot be settled, Find returns it as it is stored, and
// Journal and Apply return the error.
//
// Two imports of one document, which must be imported once, may write their first person at
// the same moment. Both people are then created. The import whose row is entered second
// releases the document's key. Its commit returns an error, and its row is in its journal,
// so that it can be undone. Committing it again continues it.
//
// The companion never wrote the people, so the journal's images of people are inside its
// notes. Journal unpacks them. Read the companion's journals through this Store only.
//
// # What the companion keeps
//
// For each import that wrote a person, the companion keeps one more record, of kind user and
// no account. Its id is "intents of " and the import's id. It is never deleted, because its
// version tells whether another process did anything in between. While a row is unfinished
// it contains data of people; otherwise it is empty.
//
//   - Unfinished rows are given up when the import ends, and when its journal is discarded,
//     which pruning does. A person whose call arrives later is in no journal.
//   - An import that has only an unfinished first row is not listed, so it is not pruned. The
//     host discards it by its id.
//   - Erasing a person changes the rows that are done, and the intents for these rows. It
//     does not change other unfinished rows. Commit the import again first, or discard it.
//
// # What cannot be promised
//
//   - More than one record at once. [Store.MaxWrites] is 1. Two people who swap an address,
//     and a person who is deleted together with their lines, are not written. The code that
//     sizes batches must report this beforehand.
//   - All or nothing over more than one record, and so an import that commits every row or
//     none.
//   - That a judgement still holds when the service writes. Needed records and taken keys
//     are looked up before the call. Later changes are caught only by the service's own
//     rules, by the record's version, and, in the companion, by the batch that stores the
//     intent. The last two admins of an account may therefore give up their rights at the
//     same moment.
//   - One moment for readers. A person is visible before the journal has the row. Find may
//     return people and other records as of two moments.
//   - The truth about a lost call if the same person was changed before the call is looked
//     for. The row then counts as not done and ends as a conflict; nothing is overwritten. If
//     two imports write one person identically at the same moment, both count as done. If two
//     delete one person through this Store, the first to enter it has the entry.
//   - To tell a lost deletion from a deletion by a program that uses the service directly. A
//     missing person counts as deleted by an import that called for it or was about to, and
//     undoing that import creates them again.
//   - To stop a running call. In one process only one call works on an import. If two
//     processes commit one import at the same moment, both may call the service for one row:
//     its versions and unique keys accept one. People without a unique key may exist twice
//     for that moment, and stay if the import ends or is discarded then.
//   - A journal entry for a batch without rows. It is written without an intent.
package reststore
