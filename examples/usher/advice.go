package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// commandLine returns a command to type: the command of that name, with the flags
// that were given and that it has too, except those named in without, then the
// flags in with, then args.
func (c *console) commandLine(name string, with []given, without []string, args ...string) string {
	f := newFlagSet(name)
	for _, cmd := range commands() {
		if cmd.name == name {
			cmd.flags(f, &console{}) // declaring a flag sets its default
		}
	}

	parts := []string{"usher", name}
	add := func(g given) {
		x := f.Lookup(g.name)
		if x == nil {
			return
		}
		dashes := "--"
		if len(g.name) == 1 {
			dashes = "-"
		}
		switch {
		case !isBool(x):
			parts = append(parts, dashes+g.name, quoted(g.value))
		case g.value == "true":
			parts = append(parts, dashes+g.name)
		default:
			parts = append(parts, dashes+g.name+"="+g.value)
		}
	}

	for _, g := range c.given {
		if !slices.Contains(without, g.name) {
			add(g)
		}
	}
	for _, g := range with {
		add(g)
	}

	if slices.ContainsFunc(args, func(a string) bool { return len(a) > 1 && a[0] == '-' }) {
		parts = append(parts, "--")
	}
	for _, a := range args {
		parts = append(parts, quoted(a))
	}

	return strings.Join(parts, " ")
}

// again returns the command line that was typed, without some of its flags and
// with others.
func (c *console) again(with []given, without ...string) string {
	return c.commandLine(c.command, with, without, c.args...)
}

// goOn returns the command line that goes on with an import that stopped.
func (c *console) goOn(id users.ID) string {
	return c.again([]given{{"resume", string(id)}}, "resume", "again")
}

// quoted returns a word as a POSIX shell reads it.
func quoted(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_@%+=:,./-", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(printable(s), "'", `'\''`) + "'"
}

// An advisedError is a refusal with a text of its own.
type advisedError struct {
	refusal *formats.Refusal
	text    string
}

func (e *advisedError) Error() string { return e.refusal.Code + ": " + e.text }

// replayed adds to the refusal of data that was imported before the command that
// goes on: with the import, if it has not come to its end, or else with a second
// import. It returns any other error unchanged.
func (c *console) replayed(ctx context.Context, d *desk, err error) error {
	var refusal *formats.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "file.replayed" {
		return err
	}

	id := users.ID(refusal.Args["id"])
	report, why := importer.LoadReport(ctx, d.dir, id)
	rec, missing := d.dir.Get(ctx, id)
	imp, ok := rec.Data.(*users.Import)
	if report == nil || missing != nil || !ok || !errors.Is(why, importer.ErrUnfinished) {
		text := c.say("%s Run: %s", c.lang.Refusal(refusal), c.again([]given{{"again", "true"}}, "again"))
		return &advisedError{refusal, text}
	}

	at := c.lang.Progress(importer.Progress{Done: len(report.Lines), Total: imp.Rows})
	text := c.say("An import of the same data stopped after %s. To go on, run: %s", at, c.goOn(id))
	if report.State == users.ImportRunning { // a crash leaves this state for a while
		text = c.say("An import of the same data is running, or stopped after %s. To go on with it, run: %s", at, c.goOn(id))
	}
	return &advisedError{refusal, text}
}
