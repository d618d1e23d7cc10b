package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

func emailCommand() command {
	return command{
		name:  "email",
		about: "Check e-mail addresses, a line each from standard input.",
		more: "Prints every address as it is kept. With --json a line in is {\"raw\":\"…\"}, a line out\n" +
			"{\"email\":\"…\",\"findings\":[…]}; the address is empty where it is refused.",
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
		return usagef("email: the addresses come from standard input")
	}
	in := bufio.NewReader(c.in)
	bad := false
	for n := 1; ; n++ {
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			ok, wrong := c.email(line, n)
			if wrong != nil {
				return wrong
			}
			bad = bad || !ok
		}
		if err == io.EOF || ctx.Err() != nil {
			break
		}
		if in.Buffered() == 0 { // whoever feeds us line by line waits for the answer
			if err := c.out.Flush(); err != nil {
				return err
			}
		}
	}
	if bad {
		return errors.Join(ctx.Err(), errFound)
	}
	return ctx.Err()
}

// email checks one line, and reports whether it holds an address.
func (c *console) email(line string, n int) (ok bool, err error) {
	raw := line
	if c.json {
		var in struct {
			Raw *string `json:"raw"`
		}
		if err := json.Unmarshal([]byte(line), &in); err != nil || in.Raw == nil {
			return false, &inputError{"email.line", fmt.Sprintf("line %d is not {\"raw\":\"…\"}", n), n}
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

// findingsOf are the problems of a value as findings.
func findingsOf(field, raw string, problems []users.Problem) []formats.Finding {
	var out []formats.Finding
	for _, p := range problems {
		f := formats.Finding{Severity: formats.Error, Code: p.Code, Field: field, Value: formats.Show(raw), Args: p.Args}
		if p.Warning {
			f.Severity = formats.Warning
		}
		if p.Fix != "" {
			f.Fix = &p.Fix
		}
		out = append(out, f)
	}
	return out
}
