// Command usher reads files about people, shows what they would do to an
// account, and does it.
//
//	usher check --template cloudlink people.xlsx
//	usher import --template cloudlink people.xlsx
//
// It is a tool for administrators, and the shortest proof that the library
// works: it drives the public API and nothing else. "usher help" lists its
// commands, "usher help COMMAND" explains one.
//
// Text goes to standard output, problems to standard error. With --json the
// output is one JSON object a line. The exit status is 0 if nothing is wrong, 1
// for errors in the file or rows that were not done, 2 for a file that was
// refused, 64 for wrong usage.
package main

//go:generate go run ../testdata/generate.go ../testdata
