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

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// fixing is the command "fix".
type fixing struct {
	previewing
	set     list
	replace list
	accept  list
	merge   list
	output  string
}

func fixCommand() command {
	return command{
		name: "fix", args: "FILE…",
		about: "Correct cells and show the changes and the remaining errors. Only the file of -o is written.",
		more: "Corrections are made in this order: --merge, --accept, --replace, --set. ROW is the row number that\n" +
			"\"usher check\" prints, FIELD the English heading in snake_case. With --json the output is that of\n" +
			"\"usher check --json\" after the corrections.",
		example: "usher fix --template cloudlink --set 3:email=ada@example.com -o corrected.xlsx people.xlsx",
		flags: func(f *flag.FlagSet, c *console) action {
			var x fixing
			x.previewing.flags(f, c)
			f.Var(&x.set, "set", "write a value into a cell: `[TABLE/]ROW:FIELD=VALUE`; may be repeated")
			f.Var(&x.replace, "replace", "replace the value OLD in every cell of a column: `[TABLE/]FIELD:OLD=NEW`; may be repeated")
			f.Var(&x.accept, "accept", "`CODE` of the findings whose suggestions are accepted; may be repeated")
			f.Var(&x.merge, "merge", "corrected `FILE` of rows with errors that \"check --export\" wrote; may be repeated")
			f.StringVar(&x.output, "o", "", "write the corrected table to `FILE`.xlsx or .csv, or to a folder for several tables")

			return x.run
		},
	}
}

func (x *fixing) run(ctx context.Context, c *console, files []string) error {
	if len(x.set)+len(x.replace)+len(x.accept)+len(x.merge) == 0 {
		return usagef("fix: give --set, --replace, --accept or --merge")
	}

	if tpl, err := x.templateAsked(); err == nil && x.output != "" {
		if _, err := newFolder(x.output, tpl, ""); err != nil {
			return err
		}
	}

	return x.previewing.run(ctx, c, files, func(_ *desk, p *importer.Preview) error {
		delta, err := x.correct(ctx, p)
		if errors.Is(err, importer.ErrRow) || errors.Is(err, importer.ErrField) {
			return usagef("fix: %v", err)
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

// correct makes all corrections and returns the changed rows.
func (x *fixing) correct(ctx context.Context, p *importer.Preview) (importer.Delta, error) {
	var all importer.Delta
	did := func(d importer.Delta, err error) error {
		all.Rows, all.Summary = append(all.Rows, d.Rows...), d.Summary
		return err
	}

	for _, path := range x.merge {
		table, err := x.reading.open(ctx, path, p.Template())
		if err != nil {
			return all, err
		}
		if err := did(p.Merge(ctx, table)); err != nil {
			return all, err
		}
	}

	for _, code := range x.accept {
		found := false
		for _, r := range p.Repairs() {
			if r.Code == code && r.Fix != nil {
				found = true
				if err := did(p.Repair(ctx, r)); err != nil {
					return all, err
				}
			}
		}
		if !found {
			return all, usagef("fix: --accept %s: no finding with this code has a suggestion", code)
		}
	}

	for _, s := range x.replace {
		table, field, old, to, err := replacement(p.Template(), s)
		if err != nil {
			return all, err
		}
		if err := did(p.Replace(ctx, table, field, old, to)); err != nil {
			return all, err
		}
	}

	edits, err := x.edits(p.Template())
	if err != nil {
		return all, err
	}

	return all, did(p.Edit(ctx, edits...))
}

// replacement parses one value of --replace.
func replacement(tpl *importer.Template, s string) (table int, field, old, to string, err error) {
	place, values, ok := strings.Cut(s, ":")
	old, to, two := strings.Cut(values, "=")
	if !ok || !two {
		return 0, "", "", "", usagef("fix: --replace %s: want [TABLE/]FIELD:OLD=NEW", s)
	}
	if name, f, named := strings.Cut(place, "/"); named {
		place = f
		if table, err = tableNamed(tpl, name); err != nil {
			return 0, "", "", "", err
		}
	}
	return table, place, old, to, nil
}

func tableNamed(tpl *importer.Template, name string) (int, error) {
	i := slices.IndexFunc(tpl.Tables, func(t importer.Table) bool { return users.Fold(t.Name) == users.Fold(name) })
	if i < 0 {
		return 0, usagef("fix: the table \"%s\" does not exist", formats.Show(name))
	}
	return i, nil
}

// write writes the corrected tables. Text keeps the delimiter of the first
// input file, and the files of a folder keep the format of the input.
func (x *fixing) write(p *importer.Preview) error {
	text, format := textFor(p.Template()), "csv"
	if d, _ := utf8.DecodeRuneInString(x.read[0].Source["delimiter"]); d != utf8.RuneError {
		text.Delimiter = d
	} else {
		format = "xlsx" // a workbook has no delimiter
	}

	out, err := newFolder(x.output, p.Template(), format)
	if err != nil {
		return err
	}

	out.text(text)
	for i := range p.Template().Tables {
		if err := out.save(i, p.Sheet(i)); err != nil {
			return err
		}
	}

	return nil
}

// edits parses the values of --set.
func (x *fixing) edits(tpl *importer.Template) ([]importer.Edit, error) {
	var out []importer.Edit
	for _, s := range x.set {
		cell, value, ok := strings.Cut(s, "=")
		colon := strings.LastIndexByte(cell, ':')
		if !ok || colon < 0 {
			return nil, usagef("fix: --set %s: use [TABLE/]ROW:FIELD=VALUE", s)
		}
		place, field := cell[:colon], cell[colon+1:]
		table := 0
		if slash := strings.LastIndexByte(place, '/'); slash >= 0 {
			var err error
			if table, err = tableNamed(tpl, place[:slash]); err != nil {
				return nil, err
			}
			place = place[slash+1:]
		}
		n, err := strconv.ParseUint(place, 10, 31)
		if err != nil || n == 0 {
			return nil, usagef("fix: --set %s: \"%s\" is not a row number", s, place)
		}
		out = append(out, importer.Set(users.RowAt(table, int(n)), field, value))
	}

	return out, nil
}

// show prints the corrected rows, and the other rows that still have errors.
func (x *fixing) show(c *console, p *importer.Preview, delta importer.Delta) error {
	if c.json {
		return c.previewJSON(p, x.view)
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
