package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	remove  list
	add     list
	output  string
}

func fixCommand() command {
	return command{
		name: "fix", args: "FILE…",
		about: "Correct cells, remove and add rows, and show the changes and the remaining errors. Only the file of -o is written.",
		more: "Corrections are made in this order: --merge, --accept, --replace, then --set, --add and --remove\n" +
			"together. ROW is the row number that \"usher check\" prints, FIELD the English heading in snake_case. With --json\n" +
			"the output is that of \"usher check --json\" after the corrections.",
		example: "usher fix --template cloudlink --set 3:email=ada@example.com -o corrected.xlsx people.xlsx",
		flags: func(f *flag.FlagSet, c *console) action {
			var x fixing
			x.previewing.flags(f, c)
			f.Var(&x.set, "set", "write a value into a cell: `[TABLE/]ROW:FIELD=VALUE`; may be repeated")
			f.Var(&x.remove, "remove", "remove a row: `[TABLE/]ROW`; may be repeated")
			f.Var(&x.add, "add", "add a row: `[TABLE/]FIELD=VALUE,…`; may be repeated")
			f.Var(&x.replace, "replace", "replace the value OLD in every cell of a column: `[TABLE/]FIELD:OLD=NEW`; may be repeated")
			f.Var(&x.accept, "accept", "`CODE` of the findings whose suggestions are accepted; may be repeated")
			f.Var(&x.merge, "merge", "corrected `FILE` of rows with errors that \"check --export\" wrote; may be repeated")
			f.StringVar(&x.output, "o", "", "write the corrected table to `FILE`.xlsx or .csv, or to a folder for several tables")

			return x.run
		},
	}
}

func (x *fixing) run(ctx context.Context, c *console, files []string) error {
	if len(x.set)+len(x.replace)+len(x.accept)+len(x.merge)+len(x.remove)+len(x.add) == 0 {
		return usagef("fix: give --set, --replace, --accept, --merge, --remove or --add")
	}

	if tpl, err := x.templateAsked(); err == nil && x.output != "" {
		out, err := newFolder(x.output, tpl, "", c.lang.String())
		if err != nil {
			return err
		}
		if err := out.notInput(slices.Concat(files, x.merge)...); err != nil {
			return err
		}
	}

	return x.previewing.run(ctx, c, files, func(d *desk, p *importer.Preview) error {
		if err := d.exists(ctx, c); err != nil {
			return err
		}
		delta, err := x.correct(ctx, c, p)
		if err != nil {
			return err
		}
		if err := x.show(c, p, delta); err != nil {
			return err
		}
		if x.output != "" {
			if err := x.write(c, p); err != nil {
				return err
			}
		}
		return wrong(p)
	})
}

// correct makes all corrections and returns the changed rows.
func (x *fixing) correct(ctx context.Context, c *console, p *importer.Preview) (importer.Delta, error) {
	var all importer.Delta
	did := func(d importer.Delta, err error) error {
		all.Rows, all.Removed, all.Summary = append(all.Rows, d.Rows...), append(all.Removed, d.Removed...), d.Summary
		return err
	}

	for _, path := range x.merge {
		table, err := x.reading.open(ctx, c, path, p.Template())
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
		if err := did(p.Replace(ctx, table, field, old, to)); errors.Is(err, importer.ErrField) {
			return all, usagef("fix: --replace %s: %v", s, err)
		} else if err != nil {
			return all, err
		}
	}

	typed, err := x.edits(p.Template())
	if err != nil {
		return all, err
	}
	return all, did(apply(ctx, p, typed))
}

// A typedEdit is an edit with the flag that asks for it.
type typedEdit struct {
	flag, text string
	edit       importer.Edit
}

// apply makes edits all at once. An error names the flag that is wrong.
func apply(ctx context.Context, p *importer.Preview, typed []typedEdit) (importer.Delta, error) {
	var edits []importer.Edit
	for _, t := range typed {
		edits = append(edits, t.edit)
	}

	delta, err := p.Edit(ctx, edits...)
	if !errors.Is(err, importer.ErrRow) && !errors.Is(err, importer.ErrField) {
		return delta, err
	}
	for _, t := range typed { // nothing was done, so the first that fails alone is the one
		if _, err := p.Edit(ctx, t.edit); err != nil {
			return delta, usagef("fix: --%s %s: %v", t.flag, t.text, err)
		}
	}
	return delta, err
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
func (x *fixing) write(c *console, p *importer.Preview) error {
	format := "csv"
	text, ok := x.asRead(c, p.Template())
	if !ok {
		format = "xlsx" // a workbook has no delimiter
	}

	out, err := newFolder(x.output, p.Template(), format, c.lang.String())
	if err != nil {
		return err
	}

	out.text(text)
	for i := range p.Template().Tables {
		if err := out.save(i, p.Sheet(i, c.lang)); err != nil {
			return err
		}
	}

	return nil
}

// edits parses the values of --set, --add and --remove.
func (x *fixing) edits(tpl *importer.Template) ([]typedEdit, error) {
	var out []typedEdit
	for _, s := range x.set {
		cell, value, ok := strings.Cut(s, "=")
		colon := strings.LastIndexByte(cell, ':')
		if !ok || colon < 0 {
			return nil, usagef("fix: --set %s: use [TABLE/]ROW:FIELD=VALUE", s)
		}
		row, err := rowNamed(tpl, "set", s, cell[:colon])
		if err != nil {
			return nil, err
		}
		out = append(out, typedEdit{"set", s, importer.Set(row, cell[colon+1:], value)})
	}

	for _, s := range x.add {
		edit, err := addition(tpl, s)
		if err != nil {
			return nil, err
		}
		out = append(out, typedEdit{"add", s, edit})
	}

	for _, s := range x.remove {
		row, err := rowNamed(tpl, "remove", s, s)
		if err != nil {
			return nil, err
		}
		out = append(out, typedEdit{"remove", s, importer.Remove(row)})
	}

	return out, nil
}

// rowNamed returns the row that [TABLE/]ROW names. text is the value of the flag.
func rowNamed(tpl *importer.Template, flag, text, place string) (users.RowID, error) {
	table := 0
	if slash := strings.LastIndexByte(place, '/'); slash >= 0 {
		var err error
		if table, err = tableNamed(tpl, place[:slash]); err != nil {
			return 0, err
		}
		place = place[slash+1:]
	}

	n, err := strconv.ParseUint(place, 10, 31)
	if err != nil || n == 0 {
		return 0, usagef("fix: --%s %s: \"%s\" is not a row number", flag, text, place)
	}
	return users.RowAt(table, int(n)), nil
}

// addition parses a value of --add. A comma begins the next cell if a field of the
// table and "=" follow; so a value may contain commas.
func addition(tpl *importer.Template, s string) (importer.Edit, error) {
	table, text := 0, s
	before, _, ok := strings.Cut(s, "=")
	if name, _, named := strings.Cut(before, "/"); ok && named {
		var err error
		if table, err = tableNamed(tpl, name); err != nil {
			return importer.Edit{}, err
		}
		text = s[len(name)+1:]
	}

	cells, field := map[string]string{}, ""
	for _, part := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(part, "=")
		known := slices.ContainsFunc(tpl.Tables[table].Columns, func(col importer.Column) bool { return col.Field == name })
		switch {
		case ok && known:
			field = name
			cells[field] = value
		case field == "":
			return importer.Edit{}, usagef("fix: --add %s: use [TABLE/]FIELD=VALUE,… with the fields %s", s, anyOf(fieldsOf(tpl)))
		default:
			cells[field] += "," + part
		}
	}

	return importer.Add(table, cells), nil
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
	if len(delta.Removed) > 0 {
		var names []string
		for _, id := range delta.Removed {
			names = append(names, rowName(p.Template(), id))
		}
		c.indented(c.out, c.say("Rows removed: %s", strings.Join(names, ", ")))
	}
	left := slices.Collect(p.Rows(importer.WithErrors, func(r *importer.RowView) bool { return !edited[r.ID] }))
	if len(left) > 0 {
		fmt.Fprintln(c.out, "\n"+c.words().left)
		c.rowsText(slices.Values(left))
	}

	for _, f := range p.Findings() {
		if strings.HasPrefix(f.Code, "merge.") { // rows that a merged file does not have
			c.note(c.sentence(f))
		}
	}
	c.summaryText(delta.Summary)
	return nil
}

// rowName returns the number of a row, with the table if there are several.
func rowName(tpl *importer.Template, id users.RowID) string {
	n := strconv.Itoa(id.Number())
	if len(tpl.Tables) > 1 {
		n = tpl.Tables[id.Table()].Name + "/" + n
	}
	return n
}
