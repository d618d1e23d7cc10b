package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// eachLine calls check for every line of standard input that is not blank, with
// the line number from 1. It returns errFound if a line is not ok. An error of
// check ends the loop.
func (c *console) eachLine(ctx context.Context, check func(line string, n int) (ok bool, err error)) error {
	in := bufio.NewReader(c.in)
	bad := false
	for n := 1; ; n++ {
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			ok, wrong := check(line, n)
			if wrong != nil {
				return wrong
			}
			bad = bad || !ok
		}
		if err == io.EOF || ctx.Err() != nil {
			break
		}
		if in.Buffered() == 0 { // a program that writes line by line waits for the answer
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

// findingsOf returns the problems of a value as findings.
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
