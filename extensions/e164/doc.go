// Package e164 reads public telephone numbers as people type them and writes
// them in E.164, the extension apart.
//
//	numbers := e164.New(nil)
//	n, problems := numbers.Normalize("01 23 45 67 89 poste 12", "FR")
//	// n.E164 is "+33123456789", n.Ext is "12"
//
// What a valid number is, github.com/nyaruka/phonenumbers decides, by the
// metadata it carries: how long the numbers of a country are, and which ranges of
// them are given out. Whether somebody answers nobody can tell from a number.
// This package undresses what was typed (marks that show nothing, digits of
// other scripts, labels, what a spreadsheet did), asks, and says why not.
//
// It is a package of its own because the metadata take some ten milliseconds
// to load when a program starts.
//
// The package imports extensions, users and phonenumbers.
package e164
