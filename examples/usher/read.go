package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"github.com/usher-go/usher/formats"
)

func readCommand() command {
	return command{
		name: "read", args: "FILE",
		about:   "Show a file as rows of text, without a template.",
		more:    "With --json every line is a row: {\"row\":3,\"line\":4,\"cells\":[…],\"findings\":[…]}.\nFindings about the whole file come first in the findings of the first row, and have no \"row\".",
		example: "usher read --json people.csv",
		flags: func(f *flag.FlagSet, c *console) action {
			var r reading
			r.flags(f)
			c.jsonFlag(f)
			c.langFlag(f)
			return r.run
		},
	}
}

func (r *reading) run(ctx context.Context, c *console, args []string) error {
	if len(args) != 1 {
		return usagef("read: give one FILE")
	}

	table, err := r.open(ctx, c, args[0], nil)
	if err != nil {
		return err
	}

	if c.json {
		err = writeTableJSON(c, table)
	} else {
		writeTable(c, table)
	}
	if err == nil && tableHasErrors(table) {
		return errFound
	}

	return err
}

func tableHasErrors(table *formats.Table) bool {
	for row := range table.Rows() {
		if hasErrors(row.Findings()) {
			return true
		}
	}
	return hasErrors(table.Stray())
}

func hasErrors(findings []formats.Finding) bool {
	for _, f := range findings {
		if f.Severity == formats.Error {
			return true
		}
	}
	return false
}

// A jsonRow is a row of "read --json".
type jsonRow struct {
	Row      int               `json:"row"`
	Line     int               `json:"line"`
	Cells    []string          `json:"cells"`
	Findings []formats.Finding `json:"findings"`
}

// writeTableJSON prints one line per row and no other lines, so readers can rely
// on "row" and "cells". Findings outside any row go with the first row, or to
// standard error if there is no row.
func writeTableJSON(c *console, table *formats.Table) error {
	stray := table.Stray()
	for row := range table.Rows() {
		findings := row.Findings()
		if len(stray) > 0 {
			findings, stray = append(stray, findings...), nil
		}
		if err := c.object(jsonRow{row.Number(), row.Line(), row.Cells(), some(findings)}); err != nil {
			return err
		}
	}
	for _, f := range stray {
		c.note(c.sentence(f))
	}
	return nil
}

// some returns an empty slice instead of nil, so that JSON has [] and not null.
func some[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func writeTable(c *console, table *formats.Table) {
	for _, f := range table.Stray() {
		fmt.Fprintf(c.out, "%s\n", c.sentence(f))
	}
	for row := range table.Rows() {
		cells := make([]string, row.Len())
		for i, cell := range row.Cells() {
			cells[i] = formats.Show(cell)
		}
		fmt.Fprintf(c.out, "%6d  %s\n", row.Number(), strings.Join(cells, " | "))
		for _, f := range row.Findings() {
			fmt.Fprintf(c.out, "        %s\n", c.sentence(f))
		}
	}
}
