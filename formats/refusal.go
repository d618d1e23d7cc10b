package formats

import (
	"maps"
	"slices"
	"strings"
)

// A Refusal is the error for a file that was not read. It says why. No row of a
// refused file is used.
type Refusal struct {
	// Code is "space.fact": "file.type", "xlsx.doctype", "limit.rows".
	Code string
	// File is the number of the refused file among several files, from 1. It is 0
	// where there was one file, or where the refusal concerns all files.
	File int
	// Row is the number of the record that caused the refusal, from 1; 0 where no
	// record did.
	Row int
	// Args are the values that a message needs: "found" is what the file is, "max"
	// the number of a limit, "want" what was expected.
	Args map[string]string
	// Err is the cause. It may be nil.
	Err error
}

// Error returns one line for logs: the code and its arguments, in English. The
// text that a person reads is rendered from Code and Args.
func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString("formats: file refused: ")
	b.WriteString(r.Code)
	for _, k := range slices.Sorted(maps.Keys(r.Args)) {
		b.WriteString(" " + k + "=" + Show(r.Args[k]))
	}
	if r.Err != nil {
		b.WriteString(": " + Show(r.Err.Error()))
	}
	return b.String()
}

// Unwrap returns Err.
func (r *Refusal) Unwrap() error { return r.Err }

// Refuse returns a [*Refusal]. args are names and values in turn.
func Refuse(code string, args ...string) *Refusal {
	r := &Refusal{Code: code}
	if len(args) > 1 {
		r.Args = make(map[string]string, len(args)/2)
	}
	for i := 0; i+1 < len(args); i += 2 {
		r.Args[args[i]] = args[i+1]
	}
	return r
}
