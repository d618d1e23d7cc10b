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
	"github.com/usher-go/usher/internal/nearby"
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

// A usageError reports wrong usage of a command: status 64.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// A namedError adds the name of a file, person or import to an error.
type namedError struct {
	name string
	err  error
}

func (e *namedError) Error() string { return e.name + ": " + e.err.Error() }
func (e *namedError) Unwrap() error { return e.err }

// An inputError reports input that cannot be read and is not a table: status 2.
type inputError struct {
	code, text string
	row        int
}

func (e *inputError) Error() string { return e.code + ": " + e.text }

// run runs the command that args name and returns the exit status.
func run(ctx context.Context, args []string, in io.Reader, out, problems io.Writer) int {
	c := newConsole(in, out, problems)
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
	files, err := parse(f, rest)
	switch {
	case errors.Is(err, flag.ErrHelp):
		describe(c, cmd)
		return nil
	case err != nil:
		return usagef("%s: %v; try \"usher help %s\"", cmd.name, err, cmd.name)
	}

	return act(ctx, c, files)
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

	name, hint := args[0], "try \"usher help\""
	if group {
		name = strings.Join(args[:min(len(args), 2)], " ")
	}

	for n := range min(len(args), 2) {
		if near, ok := nearby.Best(strings.Join(args[:n+1], " "), names); ok {
			hint = fmt.Sprintf("did you mean \"usher %s\"?", near)
		}
	}

	return command{}, nil, usagef("unknown command \"%s\"; %s", formats.Show(name), hint)
}

// tell prints err to standard error and returns the exit status for it.
func (c *console) tell(err error) int {
	var usage *usageError
	var input *inputError
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
		fmt.Fprintf(c.err, "usher: %s\n", usage.text)
		return statusUsage
	case errors.As(err, &refusal):
		text := about + c.lang.Refusal(refusal)
		if refusal.Code == "file.replayed" {
			text += " (--again)"
		}
		c.refused(refusal.Code, text, refusal.Row)
		return statusRefused
	case errors.As(err, &input):
		c.refused(input.code, input.text, input.row)
		return statusRefused
	}

	fmt.Fprintf(c.err, "usher: %s%s\n", about, c.lang.Error(err))
	return statusFound
}
