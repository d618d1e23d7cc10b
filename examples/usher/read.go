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
		about:   "Show a file as it is read: rows of text, before any template.",
		more:    "With --json a row is {\"row\":3,\"line\":4,\"cells\":[…],\"findings\":[…]}. An object without \"row\" that\ncomes first holds the findings of the file as a whole.",
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
		return usagef("read: want one FILE")
	}
	table, err := r.open(ctx, args[0], nil)
	if err != nil {
		return err
	}
	if c.json {
		err = writeTableJSON(c, table)
	} else {
		writeTable(c, table)
	}
	if err == nil && hasErrors(table.Findings()) {
		return errFound
	}
	return err
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

// jsonFile is what "read --json" and "check --json" say of the file as a whole.
type jsonFile struct {
	Findings []formats.Finding `json:"findings"`
}

func writeTableJSON(c *console, table *formats.Table) error {
	if whole := ofNoRow(table); len(whole) > 0 {
		if err := c.object(jsonFile{whole}); err != nil {
			return err
		}
	}
	for row := range table.Rows() {
		if err := c.object(jsonRow{row.Number(), row.Line(), row.Cells(), some(row.Findings())}); err != nil {
			return err
		}
	}
	return nil
}

// ofNoRow are the findings that stand in none of the table's rows.
func ofNoRow(table *formats.Table) []formats.Finding {
	kept := map[int]bool{}
	for row := range table.Rows() {
		kept[row.Number()] = true
	}
	var out []formats.Finding
	for _, f := range table.Findings() {
		if !kept[f.Row] {
			out = append(out, f)
		}
	}
	return out
}

// some is s as JSON readers want it: an empty list is no null.
func some[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func writeTable(c *console, table *formats.Table) {
	for _, f := range ofNoRow(table) {
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
