package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer/messages"
)

// The exit statuses.
const (
	statusOK      = 0
	statusFound   = 1  // findings of severity error, or rows not done
	statusRefused = 2  // the file was refused
	statusUsage   = 64 // wrong usage, after sysexits.h
)

// A command is a subcommand of the program. Its name may have two words.
type command struct {
	name    string
	args    string // the arguments after the flags
	about   string
	more    string // further help, may be empty
	example string
	// moreArgs are the arguments of more, which is a form of a message.
	moreArgs []any
	// flags declares the flags of the command and returns the action to run
	// after they are parsed.
	flags func(f *flag.FlagSet, c *console) action
}

// An action runs a command with its arguments.
type action func(ctx context.Context, c *console, args []string) error

func commands() []command {
	return []command{
		readCommand(), checkCommand(), fixCommand(), importCommand(), historyCommand(), reportCommand(), undoCommand(),
		templateCommand(), emailCommand(), numberCommand(),
		usersListCommand(), usersSearchCommand(), usersShowCommand(), usersAddCommand(), usersEditCommand(), usersDeleteCommand(),
		rolesListCommand(), rolesAssignCommand(), rolesRemoveCommand(), accountLoadCommand(),
	}
}

// errFound ends a command that has already printed its errors: status 1.
var errFound = errors.New("something is wrong")

// A namedError adds the name of a file, person or import to an error.
type namedError struct {
	name string
	err  error
}

func (e *namedError) Error() string { return e.name + ": " + e.err.Error() }
func (e *namedError) Unwrap() error { return e.err }

// run runs the command that args name and returns the exit status.
func run(ctx context.Context, args []string, in io.Reader, out, problems io.Writer) int {
	c := newConsole(in, out, problems)
	c.lang = langAsked(args)
	err := dispatch(ctx, c, args)
	if flushed := c.out.Flush(); err == nil {
		err = flushed
	}
	return c.tell(err)
}

func dispatch(ctx context.Context, c *console, args []string) error {
	if len(args) == 0 {
		return usagef("no command; try \"usher help\"")
	}

	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		return help(c, args[1:])
	}

	cmd, rest, err := find(args)
	if err != nil {
		return err
	}

	f := newFlagSet(cmd.name)
	act := cmd.flags(f, c)
	flags, files, err := parse(f, rest)
	switch {
	case errors.Is(err, flag.ErrHelp):
		describe(c, cmd)
		return nil
	case err != nil:
		return usagef("%s: %v; try \"usher help %s\"", cmd.name, err, cmd.name)
	}

	c.command, c.given, c.args = cmd.name, flags, files
	return act(ctx, c, files)
}

// langAsked returns the language that the arguments ask for, so that errors of the
// arguments are in that language too.
func langAsked(args []string) messages.Language {
	var lang messages.Language
	for i, arg := range args {
		name, value, hasValue := strings.Cut(arg, "=")
		switch {
		case arg == "--":
			return lang
		case name != "--lang" && name != "-lang":
			continue
		case !hasValue && i+1 < len(args):
			value = args[i+1]
		}
		if slices.Contains(messages.Languages(), value) {
			lang = messages.For(value)
		}
	}
	return lang
}

// find returns the command that args begin with, and the remaining arguments.
func find(args []string) (command, []string, error) {
	var names []string
	group := false
	for _, cmd := range commands() {
		words := strings.Fields(cmd.name)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			return cmd, args[len(words):], nil
		}
		group = group || words[0] == args[0]
		names = append(names, cmd.name)
	}

	name, hint := args[0], usagef("try \"usher help\"")
	if group {
		name = strings.Join(args[:min(len(args), 2)], " ")
	}

	for n := range min(len(args), 2) {
		if near, ok := nearest(strings.Join(args[:n+1], " "), names); ok {
			hint = usagef("did you mean \"usher %s\"?", near)
		}
	}

	return command{}, nil, usagef("unknown command \"%s\"; %v", formats.Show(name), hint)
}

// tell prints err to standard error and returns the exit status for it.
func (c *console) tell(err error) int {
	var usage *usageError
	var input *inputError
	var advised *advisedError
	var refusal *formats.Refusal
	about := ""
	if named := new(namedError); errors.As(err, &named) {
		about = formats.Show(named.name) + c.words().colon
	}

	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, errFound):
		return statusFound
	case errors.As(err, &usage):
		fmt.Fprintf(c.err, "usher: %s\n", c.say(usage.form, usage.args...))
		return statusUsage
	case errors.As(err, &advised):
		c.refused(advised.refusal.Code, advised.text, advised.refusal.Row)
		return statusRefused
	case errors.As(err, &refusal):
		c.refused(refusal.Code, about+c.lang.Refusal(refusal), refusal.Row)
		return statusRefused
	case errors.As(err, &input):
		c.refused(input.code, c.say(input.form, input.args...), input.row)
		return statusRefused
	}

	fmt.Fprintf(c.err, "usher: %s%s\n", about, c.lang.Error(err))
	return statusFound
}
