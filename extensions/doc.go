// Package extensions holds the rules of telephone lines and numbers: how the
// short and internal numbers of a line are written, which a host's numbering
// plan allows, and what a [Normalizer] must make of the public numbers people
// type. Who holds a line, and who would lose it, the engine of package importer
// decides; a template of lines says what a row wants by the words here.
//
// Package extensions imports package users and the standard library. Its
// sub-package e164 normalises numbers.
package extensions
