package main

import (
	"flag"
	"io"
	"slices"
	"strings"
)

// newFlagSet returns a flag set that prints nothing; the caller reports errors.
func newFlagSet(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f
}

// parse sets the flags and returns the other arguments. Flags may come before,
// between and after them. Everything after "--" is an argument.
func parse(f *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		left := f.Args()
		used := len(args) - len(left)
		if len(left) == 0 || used > 0 && args[used-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// choice declares a flag that takes one of a few values. The first value is the
// default.
func choice(f *flag.FlagSet, p *string, name, usage string, values ...string) {
	*p = values[0]
	f.Var(&oneOf{p, values}, name, usage+": "+strings.Join(values, ", "))
}

type oneOf struct {
	p      *string
	values []string
}

// String returns the value. The flag package also calls it on a zero oneOf.
func (o *oneOf) String() string {
	if o.p == nil {
		return ""
	}
	return *o.p
}

// Set accepts only one of the values.
func (o *oneOf) Set(s string) error {
	if !slices.Contains(o.values, s) {
		return usagef("use %s", strings.Join(o.values, " or "))
	}
	*o.p = s
	return nil
}

// A list holds the values of a flag that may be repeated.
type list []string

// String returns "": a list has no default to show.
func (l *list) String() string { return "" }

// Set adds a value.
func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}
