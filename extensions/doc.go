// Package extensions holds the rules of telephone lines and numbers: how the short and
// internal numbers of a line are written, which numbers a host's numbering plan allows,
// and how a [Normalizer] reads public numbers.
//
//	number, problems := extensions.ParseExtension(`="0042"`) // "0042"
//
// It does not know who holds a line. The engine of package importer decides that; a
// template of lines reads its cells with this package. The sub-package e164 normalises
// public numbers.
//
// Package extensions imports package users, internal/spreadsheet and the standard
// library.
package extensions
