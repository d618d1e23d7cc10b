// Package invariant holds what must be true of a store and a report after a
// fault, whatever the fault was. It is for tests, which bring the fault.
//
//	before := invariant.Read(t, store)
//	clean := invariant.Take(t, before, store, report) // of a run that nothing disturbed
//	…
//	clean.RequirePart(t, before, broken, imp, report, invariant.Told) // after the fault
//	clean.RequireEnd(t, before, broken, dir, report)                  // after the retry
//
// It imports users, importer and go-cmp.
package invariant
