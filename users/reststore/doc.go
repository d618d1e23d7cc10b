// Package reststore is a [users.Store] for a host whose people live in a service
// that writes one of them a call: an API, an identity provider. The host wraps
// the service as a [Service]; another Store stands beside it and keeps all that
// the service cannot: imports, their journals, lines, roles and the rest.
//
//	store := reststore.New(directoryAPI, sqlstore.New(db, nil), nil)
//	dir := users.Open(store, users.AccountAdmin("ada", "acme"), nil)
//
// It imports package users and the standard library, nothing else.
//
// # Once, though nothing spans the two
//
// A person is written in three steps.
//
//   - Intent: what is about to be written, with the record before and after and
//     the note of the row, is stored beside.
//   - Effect: the service is called.
//   - Done: the row's entry goes into the journal, in one batch with the import's
//     record and the end of the intent.
//
// When the process dies, a reply is lost or a call is cancelled, an intent stays
// behind. The next time somebody looks the import up, reads its journal or
// applies a batch of it, the service is asked about the person. Who stands as
// intended was written, and the row is entered as done. Who does not was not
// written as far as can be told, and the row may be done again; whichever of two
// calls for one person comes second, however late, is refused by its version.
//
// A row that makes somebody is done again by another process under another id,
// and there no version refuses the second. Where the service finds no address or
// other key taken, both are made. The intent of the one that is in no journal
// stays until the import ends, and when its person shows up, that person is
// deleted again, unless somebody changed them or refers to them by then.
//
// Of an import whose very first row is unfinished nothing is stored but the
// intent. It is found by its id, at version 0, so that a commit which is called
// again goes on with it; it is listed once a row is done. An import that cannot
// be settled spoils no look at others: Find answers it as it is stored, and
// Journal and Apply say why.
//
// If two imports of one document that is to be imported once write their first
// person at the same moment, both people are made. The import whose row is
// entered second gives its right to the document up; whoever commits it is told,
// and the row is in its journal, so that it can be undone. To commit it again
// is to go on with it.
//
// The journal's images of people are kept in the notes of the store beside,
// because that one never wrote them; Journal takes them out again. What is kept
// beside is so read through this Store, and not around it.
//
// # What is kept beside
//
// For every import that wrote a person there is one more record beside, of kind
// user and no account, whose id is that of the import after "intents of ". It is
// never deleted, as its version tells whether another process did anything in
// between. It is empty but while something is unfinished; then it has people's
// data in it.
//
//   - What is unfinished ends with the import, and with its journal when that is
//     discarded, as pruning does. A person whose call arrives after that is in no
//     journal.
//   - An import with nothing but an unfinished first row is not listed, and so
//     not pruned: the host discards it by its id.
//   - Erasing a person takes them out of rows that are done, with whatever else
//     is intended for these rows. What is unfinished of other rows it does not
//     reach: commit the import again first, or discard it.
//
// # What cannot be promised
//
//   - More than one record at once. [Store.MaxWrites] is 1. Two people who swap
//     an address, and a person who is deleted together with what becomes of their
//     lines, are not written; whoever sizes batches must say so beforehand.
//   - All or nothing over more than one record, and with it an import that
//     commits every row or none.
//   - That what was judged still holds when the service writes. Whom a batch
//     needs, and whether somebody has the address, is looked up before the call;
//     what changes between the two is caught only by the service's own rules, by
//     the record's version, and for what is kept beside by the batch that stores
//     the intent. The last two admins of an account may so give up their rights in
//     the same moment.
//   - One moment for readers. A person is seen before the journal has the row,
//     and Find may answer people and the rest as of two moments.
//   - To know what happened when somebody else changed the same person between a
//     call that was lost and the moment it is looked for. The row then counts as
//     not done, and ends as a conflict; nothing is overwritten. Of two who leave
//     one person alike to the letter, in the same moment, both are told that they
//     did. Of two who delete one person through this Store one is, and has the
//     entry: the first to enter it.
//   - To tell a deletion of which no reply came from one by somebody who works
//     with the service and not with this Store. Who is gone counts as deleted by
//     an import that called for it, or was about to, and to undo that import
//     makes them again.
//   - To stop a call that is under way. In one process nobody else works on the
//     import meanwhile. If two processes commit one import at the same moment,
//     both may call the service for one row: its versions and unique keys let one
//     through. Of people with no unique key two may be there for that moment, and
//     stay if the import ends or is discarded in it.
//   - A journal entry for what no row did. A batch that does no rows is written
//     without an intent.
package reststore
