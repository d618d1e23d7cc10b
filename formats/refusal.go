package formats

import (
	"maps"
	"slices"
	"strings"
)

// A Refusal says why a file was not read at all. No row of a refused file
// counts for anything.
type Refusal struct {
	// Code is "space.fact": "file.type", "xlsx.doctype", "limit.rows".
	Code string
	// File is which of several files given together was refused, from 1; 0 where
	// there was one, or all of them are meant.
	File int
	// Row is the record the trouble stands in, from 1; 0 where it is not in a record.
	Row int
	// Args are what a message needs: "found" names what the file is, "limit" and
	// "max" name a limit and its number, "want" what was looked for.
	Args map[string]string
	// Err is the cause, where there is one worth keeping.
	Err error
}

// Error is one line: the code and its arguments, in English and for logs.
// Messages for people are rendered from Code and Args.
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

// Unwrap is the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// Refuse makes a [*Refusal]; args are names and values in turn.
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
