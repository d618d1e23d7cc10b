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

// A given flag is a flag as it was typed, without its dashes.
type given struct{ name, value string }

// parse sets the flags. It returns the flags that were given, in order, and the
// other arguments. Flags may come before, between and after them. Everything after
// "--" is an argument. The flag package would do the same, but it has no list of
// repeated flags and its errors are English.
func parse(f *flag.FlagSet, args []string) (flags []given, rest []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			return flags, append(rest, args...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			rest = append(rest, arg)
			continue
		}

		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		x := f.Lookup(name)
		switch {
		case x == nil && (name == "h" || name == "help"):
			return nil, nil, flag.ErrHelp
		case x == nil:
			return nil, nil, unknownFlag(f, name)
		case !hasValue && isBool(x):
			value = "true"
		case !hasValue && len(args) == 0:
			return nil, nil, usagef("--%s needs a value", name)
		case !hasValue:
			value, args = args[0], args[1:]
		}

		if err := f.Set(name, value); err != nil {
			return nil, nil, badValue(x, value, err)
		}
		flags = append(flags, given{name, value})
	}

	return flags, rest, nil
}

func isBool(x *flag.Flag) bool {
	b, ok := x.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

func unknownFlag(f *flag.FlagSet, name string) error {
	var names []string
	f.VisitAll(func(x *flag.Flag) { names = append(names, x.Name) })
	if near, ok := nearest(name, names); ok {
		return usagef("the flag --%s does not exist; did you mean --%s?", name, near)
	}
	return usagef("the flag --%s does not exist", name)
}

// badValue returns the error for a value that a flag does not accept.
func badValue(x *flag.Flag, value string, err error) error {
	if usage, ok := err.(*usageError); ok {
		return usagef("--%s \"%s\": %v", x.Name, value, usage)
	}
	if getter, ok := x.Value.(flag.Getter); ok {
		switch getter.Get().(type) {
		case int:
			return usagef("--%s \"%s\": use a number", x.Name, value)
		case bool:
			return usagef("--%s takes no value", x.Name)
		}
	}
	return usagef("--%s \"%s\": %v", x.Name, value, err)
}

// choice declares a flag that takes one of a few values. The first value is the
// default.
func choice(f *flag.FlagSet, p *string, name, usage string, values ...string) {
	*p = values[0]
	f.Var(&oneOf{p, values}, name, usage)
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

// allowed returns the values, for a help text.
func (o *oneOf) allowed() []string { return o.values }

// Set accepts only one of the values.
func (o *oneOf) Set(s string) error {
	if !slices.Contains(o.values, s) {
		return usagef("use %s", anyOf(o.values))
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
