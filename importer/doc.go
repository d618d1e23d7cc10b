// Package importer turns tables about people into previews, lets a person
// correct them, and commits them.
package importer
