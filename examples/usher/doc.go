// Command usher imports files about people into an account. It shows the
// changes before it writes them.
//
//	usher check --template cloudlink people.xlsx
//	usher import --template cloudlink people.xlsx
//
// It is a tool for administrators and a complete example of the library: it
// uses only the public API. "usher help" lists the commands, "usher help
// COMMAND" explains one command.
//
// Text goes to standard output, problems to standard error. With --json the
// output is one JSON object per line. The exit status is 0 without errors, 1 for
// errors in the file or rows that were not imported, 2 for a refused file, and
// 64 for wrong usage.
package main

//go:generate go run ../testdata/generate.go ../testdata
