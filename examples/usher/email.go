package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

func emailCommand() command {
	return command{
		name:  "email",
		about: "Check the e-mail addresses on standard input, one per line.",
		more: "Prints every address in the form in which it is stored. With --json an input line is {\"raw\":\"…\"} and an\n" +
			"output line is {\"email\":\"…\",\"findings\":[…]}. The address is empty if it is not valid.",
		example: "echo Ada@Example.com | usher email",
		flags: func(f *flag.FlagSet, c *console) action {
			c.jsonFlag(f)
			c.langFlag(f)
			return checkEmails
		},
	}
}

// A jsonEmail is a line of "email --json".
type jsonEmail struct {
	Email    string            `json:"email"`
	Findings []formats.Finding `json:"findings"`
}

func checkEmails(ctx context.Context, c *console, args []string) error {
	if len(args) > 0 {
		return usagef("email: takes no arguments; the addresses come from standard input")
	}
	return c.eachLine(ctx, c.email)
}

// email checks one line and reports whether the line is a valid address.
func (c *console) email(line string, n int) (ok bool, err error) {
	raw := line
	if c.json {
		var in struct {
			Raw *string `json:"raw"`
		}
		if err := json.Unmarshal([]byte(line), &in); err != nil || in.Raw == nil {
			return false, inputf("email.line", n, "line %d is not {\"raw\":\"…\"}", n)
		}
		raw = *in.Raw
	}

	email, problems := users.ParseEmail(raw)
	findings := findingsOf("email", raw, problems)
	if c.json {
		return !hasErrors(findings), c.object(jsonEmail{email, some(findings)})
	}

	if !hasErrors(findings) {
		fmt.Fprintln(c.out, email)
	}

	for _, f := range findings {
		fmt.Fprintf(c.err, "%d: %s: %s\n", n, formats.Show(raw), c.what(f))
	}

	return !hasErrors(findings), nil
}
