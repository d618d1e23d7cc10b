package main

import (
	"fmt"
	"strings"
)

// A message is a text of the program: its English form for fmt.Sprintf, which is
// also the key of its translations, and the arguments.
type message struct {
	form string
	args []any
}

// Error returns the English text.
func (m *message) Error() string { return fmt.Sprintf(m.form, m.args...) }

// anyOf is an argument of a message: the values of which one is to be used.
type anyOf []string

// String returns "a or b".
func (a anyOf) String() string { return strings.Join(a, " or ") }

// A usageError reports wrong usage of a command: status 64.
type usageError struct{ message }

func usagef(form string, args ...any) error {
	return &usageError{message{form, args}}
}

// An inputError reports input that cannot be read and is not a table: status 2.
type inputError struct {
	code string
	message
	row int
}

func inputf(code string, row int, form string, args ...any) error {
	return &inputError{code, message{form, args}, row}
}

// say returns a text of the program in the language of the reader. english is the
// English form; a language without the text gets the English one. Characters of
// the arguments that could control a terminal are escaped.
func (c *console) say(english string, args ...any) string {
	form := english
	if c.lang.String() == "fr" {
		if s, ok := frenchTexts()[english]; ok {
			form = typesetFrench(s)
		}
	}

	if len(args) == 0 {
		return strings.ReplaceAll(form, "%%", "%")
	}

	shown := make([]any, len(args))
	for i, arg := range args {
		switch x := arg.(type) {
		case string:
			shown[i] = printable(x)
		case anyOf:
			shown[i] = printable(strings.Join(x, c.say(" or ")))
		case *usageError:
			shown[i] = c.say(x.form, x.args...)
		case error:
			shown[i] = c.lang.Error(x)
		default:
			shown[i] = arg
		}
	}

	return fmt.Sprintf(form, shown...)
}

// typesetFrench adds the no-break spaces of French and typographic apostrophes.
func typesetFrench(s string) string {
	return strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", "« ", "«\u00a0", " »", "\u00a0»", "'", "’").Replace(s)
}
