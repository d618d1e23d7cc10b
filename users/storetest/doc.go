// Package storetest is the contract of a [users.Store] as tests that every package can
// call. Each rule is a [Case] with a sentence, which is printed when the rule fails.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) users.Store { return mystore.New(t.TempDir()) })
//	}
//
// A Store may implement optional interfaces. For a Store with a limit
// ([users.Limited]), Run skips the cases whose rule needs a larger batch
// ([Case.Writes]). For a Store whose journals cannot be changed ([users.Amender]), it
// skips the cases about that. It prints the reason of each skip.
//
// [Faulty] wraps a Store and fails on demand. It is for the tests of code that uses a
// Store.
//
// Package storetest imports package users, the standard library and go-cmp.
//
// # To add a case
//
// A new rule of the contract begins as a new case. Put it into the file of its subject
// (find.go, list.go, apply.go, conflict.go, journal.go, limit.go, amend.go, data.go,
// concurrent.go), where a reader would look for it:
//
//   - Its name is "subject/rule" and never changes, because hosts name cases that they
//     know to fail.
//   - Its rule is one sentence. The author of a Store must be able to act on it without
//     reading the code.
//   - It gets an empty Store and checks one rule. It prepares records and batches
//     through bench, whose methods fail the case if the Store refuses. The method given
//     writes in batches as small as the Store needs.
//   - A case with a batch of several records declares Writes and the reason. It is a
//     case of its own, so that a Store which writes one record at a time is checked on
//     all that one record can show.
//   - It checks what store.go of package users says and no more: no order that is not
//     promised, no text of an error.
//
// Then break a Store in the way that the rule forbids, in a broken_ test, and check that
// only the new case fails. A case that never fails is a defect.
package storetest
