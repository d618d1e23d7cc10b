package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// fixing is the command "fix".
type fixing struct {
	previewing
	set    list
	output string
}

func fixCommand() command {
	return command{
		name: "fix", args: "FILE",
		about: "Correct cells, show what that changes and what is still wrong; nothing but -o is written.",
		more: "ROW is the record number that check prints, FIELD the English heading in snake_case. With --json\n" +
			"the output is that of \"usher check --json\", after the corrections.",
		example: "usher fix --template cloudlink --set 3:email=ada@example.com -o corrected.xlsx people.xlsx",
		flags: func(f *flag.FlagSet, c *console) action {
			var x fixing
			x.previewing.flags(f, c)
			f.Var(&x.set, "set", "`[TABLE/]ROW:FIELD=VALUE`; may be repeated")
			f.StringVar(&x.output, "o", "", "`FILE`.xlsx or .csv to write the corrected table to")
			return x.run
		},
	}
}

func (x *fixing) run(ctx context.Context, c *console, files []string) error {
	if len(x.set) == 0 {
		return usagef("fix: --set is missing")
	}
	if x.output != "" {
		if _, err := writerFor(x.output, 0); err != nil {
			return err
		}
	}
	return x.previewing.run(ctx, files, func(_ *desk, p *importer.Preview) error {
		edits, err := x.edits(p.Template())
		if err != nil {
			return err
		}
		delta, err := p.Edit(ctx, edits...)
		if errors.Is(err, importer.ErrRow) || errors.Is(err, importer.ErrField) {
			return usagef("fix: --set: %v", err)
		}
		if err != nil {
			return err
		}
		if err := x.show(c, p, delta); err != nil {
			return err
		}
		if x.output != "" {
			if err := x.write(p); err != nil {
				return err
			}
		}
		return wrong(p)
	})
}

// write writes the corrected table, as text with the delimiter it came with.
func (x *fixing) write(p *importer.Preview) error {
	delimiter, _ := utf8.DecodeRuneInString(x.read[0].Source["delimiter"])
	if delimiter == utf8.RuneError {
		delimiter = 0 // a workbook has none
	}
	w, err := writerFor(x.output, delimiter)
	if err != nil {
		return err
	}
	return writeSheet(x.output, w, p.Sheet(0))
}

// edits are the corrections asked for.
func (x *fixing) edits(tpl *importer.Template) ([]importer.Edit, error) {
	var out []importer.Edit
	for _, s := range x.set {
		cell, value, ok := strings.Cut(s, "=")
		colon := strings.LastIndexByte(cell, ':')
		if !ok || colon < 0 {
			return nil, usagef("fix: --set %s: want [TABLE/]ROW:FIELD=VALUE", s)
		}
		place, field := cell[:colon], cell[colon+1:]
		table := 0
		if slash := strings.LastIndexByte(place, '/'); slash >= 0 {
			name := place[:slash]
			table = slices.IndexFunc(tpl.Tables, func(t importer.Table) bool { return users.Fold(t.Name) == users.Fold(name) })
			if table < 0 {
				return nil, usagef("fix: --set %s: there is no table \"%s\"", s, name)
			}
			place = place[slash+1:]
		}
		n, err := strconv.ParseUint(place, 10, 31)
		if err != nil || n == 0 {
			return nil, usagef("fix: --set %s: \"%s\" is no row", s, place)
		}
		out = append(out, importer.Set(users.RowAt(table, int(n)), field, value))
	}
	return out, nil
}

// show prints the rows that the corrections changed, and those that still have errors.
func (x *fixing) show(c *console, p *importer.Preview, delta importer.Delta) error {
	if c.json {
		return c.previewJSON(p)
	}
	edited := map[users.RowID]bool{}
	for _, id := range delta.Rows {
		edited[id] = true
	}
	fmt.Fprintln(c.out, c.words().changed)
	c.rowsText(p.Rows(func(r *importer.RowView) bool { return edited[r.ID] }))
	left := slices.Collect(p.Rows(importer.WithErrors, func(r *importer.RowView) bool { return !edited[r.ID] }))
	if len(left) > 0 {
		fmt.Fprintln(c.out, "\n"+c.words().left)
		c.rowsText(slices.Values(left))
	}
	c.summaryText(delta.Summary)
	return nil
}
