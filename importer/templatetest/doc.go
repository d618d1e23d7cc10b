// Package templatetest is the contract of an [importer.Template], as tests anyone
// can call. Every rule is a [Case] that says the rule in words; the words are
// printed when it fails.
//
//	func TestTemplate(t *testing.T) {
//		templatetest.Run(t, hires(), templatetest.Samples{
//			Stored: []users.Record{ … },
//			Files:  []templatetest.File{{Name: "a week", Tables: [][][]string{{ … }}}},
//		})
//	}
//
// # Samples
//
// The rules are about every file, and the samples say which are tried. Good
// samples have a row for each thing that a row may mean, a row in error, and
// stored people: some that a row changes, some that a row leaves as they are. The
// cases vary the files by themselves: they shuffle rows, blank cells, put nonsense
// into cells, edit them, and make each column sensitive in turn.
//
// The case about sensitive columns looks for the values of cells, and only for
// those of at least four characters that occur nowhere else in the samples. It
// says of which columns it could look for none. A column whose values are known
// to show is listed with the reason ([Samples.Shown]), and the case fails when
// they show no longer, so that the list stays true.
//
// A Template that cannot be exported says why ([Samples.NoExport]), and one whose
// rows can only be removed is not held to the rule about corrections
// ([Case.Skipped]): Run skips such cases by name, with the reason in words.
//
// The package imports importer, importer/messages, the formats, users,
// users/memstore, the standard library and go-cmp.
//
// # To add a case
//
// A new rule is a new case first, in the file of its subject (template.go,
// rows.go, files.go, faults.go, sensitive.go). Its name is "subject/what" and is never
// changed: hosts name cases they know to fail. Its rule is one sentence that a
// template's author can act on without reading the code. Then break a template
// in the way the rule forbids, in broken_test.go, and see that the new case is
// what catches it.
package templatetest
