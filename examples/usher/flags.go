package main

import (
	"flag"
	"io"
	"slices"
	"strings"
)

// newFlagSet is a set of flags that leaves it to the caller to say what is wrong.
func newFlagSet(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f
}

// parse sets the flags, which may stand before, between and behind the other
// arguments, and returns those. What follows "--" is no flag.
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

// choice declares a flag that has one of a few values. The first is the default.
func choice(f *flag.FlagSet, p *string, name, usage string, values ...string) {
	*p = values[0]
	f.Var(&oneOf{p, values}, name, usage+": "+strings.Join(values, ", "))
}

type oneOf struct {
	p      *string
	values []string
}

// String is the value. The flag package asks a zero oneOf as well.
func (o *oneOf) String() string {
	if o.p == nil {
		return ""
	}
	return *o.p
}

// Set takes one of the values.
func (o *oneOf) Set(s string) error {
	if !slices.Contains(o.values, s) {
		return usagef("use %s", strings.Join(o.values, " or "))
	}
	*o.p = s
	return nil
}

// A list is the values of a flag that may be given more than once.
type list []string

// String is empty: a list has no default to show.
func (l *list) String() string { return "" }

// Set adds a value.
func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}
