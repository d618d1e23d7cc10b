// Package house holds the tests of the house itself: who imports whom, which
// dependencies there are, and what stands in exported signatures. It has no
// code; the table it tests against is drawn in ARCHITECTURE.md.
package house
