// Package e164 reads public telephone numbers as people type them and returns them in
// E.164, with the extension apart.
//
//	numbers := e164.New(nil)
//	n, problems := numbers.Normalize("01 23 45 67 89 poste 12", "FR")
//	// n.E164 is "+33123456789", n.Ext is "12"
//
// github.com/nyaruka/phonenumbers decides whether a number is valid, by its metadata:
// the lengths of a country's numbers and the ranges that are in use. This package
// cleans the text first (invisible marks, digits of other scripts, labels, the marks of
// spreadsheets), asks, and reports why a text is not a number. It cannot tell whether
// a number is connected.
//
// It is a package of its own because the metadata take about ten milliseconds to load
// when a program starts.
//
// Package e164 imports extensions, users, internal/spreadsheet and phonenumbers.
package e164
