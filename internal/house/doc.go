// Package house holds the tests of the repository itself: which package imports
// which, the dependencies and their licences, third-party types in exported
// signatures, and the Go in the README. It has no code. ARCHITECTURE.md draws
// the table of imports.
package house
