// Package storetest is the contract of a [users.Store], as tests anyone can
// call. Every rule is a [Case] that says the rule in words; the words are
// printed when it fails.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) users.Store { return mystore.New(t.TempDir()) })
//	}
//
// A Store that does not write any number of records at once says so
// ([users.Limited]): Run then skips, by name and with the reason in words, the
// cases whose rule is about larger batches ([Case.Writes]). Likewise the cases
// about changing journals are for those that can ([users.Amender]).
//
// [Faulty] wraps a Store and fails when told: for the tests of those who use one.
//
// The package imports package users, the standard library and go-cmp.
//
// # To add a case
//
// A new rule of the contract is a new case first. Put it into the file of its
// subject (find.go, list.go, apply.go, conflict.go, journal.go, limit.go,
// amend.go, data.go, concurrent.go), in the place where a reader would look for it:
//
//   - Its name is "subject/what", and is never changed: hosts name cases they
//     know to fail.
//   - Its rule is one sentence that a Store's author can act on without reading
//     the code.
//   - It gets an empty Store and checks one rule. What it needs from others
//     (records that are there, a batch that is applied) it does through bench,
//     whose methods fail the case when the Store does not go along; given
//     writes in batches as small as the Store needs them.
//   - A batch of several records is declared, as Writes with its reason, and
//     stands in a case of its own, so that Stores which write one at a time are
//     held against all that one record can show.
//   - It asks for what store.go of package users says and no more: no order
//     where there is none, no text of an error.
//
// Then break a Store in the way the rule forbids, in broken_test.go, and see
// that the new case is what catches it. A case that catches nothing is a defect.
package storetest
