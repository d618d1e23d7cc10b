// Package office is what tests against faults and crowds import: the people and
// lines of an office, and files about them.
//
//	store holds office.People(12)
//	office.Crowds()[0].Wish(3) // the file of the fourth of those who import at once
//
// It imports users, importer, importer/rainbow and formats/csv.
package office
