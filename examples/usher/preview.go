package main

import (
	"context"
	"errors"
	"flag"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
)

// previewing is the part that check, fix and import share: the files, their
// template and the account.
type previewing struct {
	place
	reading
	template string
	mode     string
	maps     list
	strict   bool
	opts     importer.Options
	view     view
	once     bool             // refuse to import the same data twice
	read     []*formats.Table // the opened files
}

func (p *previewing) flags(f *flag.FlagSet, c *console) {
	templateFlag(f, &p.template)
	p.mode = ""
	f.Var(&oneOf{&p.mode, []string{string(importer.ModeCreate), string(importer.ModeUpdate), string(importer.ModeUpsert)}}, "mode", "`MODE` of the import, else the one of the template")
	f.Var(&p.maps, "map", "read a column as a field, whatever the heading is: `[FILE/]COLUMN=FIELD`, numbers from 1; may be repeated")
	f.BoolVar(&p.strict, "strict", false, "accept only what the product documents (ocm, cloudlink)")
	p.place.flags(f)
	p.reading.flags(f)
	p.view.flags(f)
	c.jsonFlag(f)
	c.langFlag(f)
}

// run opens the files and the account, and calls do with the preview.
func (p *previewing) run(ctx context.Context, c *console, files []string, do func(*desk, *importer.Preview) error) (err error) {
	tpl, err := p.templateAsked()
	if err != nil {
		return err
	}

	if len(files) == 0 {
		return usagef("give a FILE")
	}

	if most := len(tpl.Tables); len(files) > most {
		return usagef("the template %s reads at most %d files, not %d", tpl.Name, most, len(files))
	}

	for _, path := range files {
		t, err := p.reading.open(ctx, c, path, tpl)
		var refusal *formats.Refusal
		if len(files) > 1 && errors.As(err, &refusal) {
			return &namedError{path, err}
		}
		if err != nil {
			return err
		}
		p.read = append(p.read, t)
	}

	d, err := p.place.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()

	if tpl, err = d.template(ctx, tpl, p.strict); err != nil {
		return err
	}

	opts := p.opts
	opts.AllowReplay = opts.AllowReplay || !p.once
	opts.Account, opts.Mode = d.account, importer.Mode(p.mode)
	if opts.Map, err = p.columns(tpl); err != nil {
		return err
	}

	opts.Others = templates()
	preview, err := importer.New(d.dir, tpl, &opts).Preview(ctx, p.read...)
	if errors.Is(err, importer.ErrTables) || errors.Is(err, importer.ErrMode) || errors.Is(err, importer.ErrColumn) || errors.Is(err, importer.ErrMap) || errors.Is(err, importer.ErrField) {
		return usagef("%v", err)
	}
	if err = c.replayed(ctx, d, err); errors.As(err, new(*advisedError)) {
		return err
	}

	var refusal *formats.Refusal
	if errors.As(err, &refusal) && refusal.File > 0 {
		return &namedError{files[refusal.File-1], err}
	}
	if err != nil {
		return err
	}

	return do(d, preview)
}

// asRead returns a writer of text files with the delimiter of the first file. ok is
// false if that is a workbook.
func (p *previewing) asRead(c *console, tpl *importer.Template) (w csv.Writer, ok bool) {
	w = textFor(tpl, c.lang.String())
	d, size := utf8.DecodeRuneInString(p.read[0].Source["delimiter"])
	if size > 0 {
		w.Delimiter = d
	}
	return w, size > 0
}

// templateAsked returns the template that --template names.
func (p *previewing) templateAsked() (*importer.Template, error) {
	if p.template == "" {
		return nil, usagef("--template is missing; use %s", templateNames())
	}
	return templateNamed(p.template)
}

// columns parses the values of --map.
func (p *previewing) columns(tpl *importer.Template) ([]importer.ColumnMap, error) {
	var out []importer.ColumnMap
	for _, s := range p.maps {
		place, field, ok := strings.Cut(s, "=")
		file := 1
		if n, column, two := strings.Cut(place, "/"); two {
			var err error
			if file, err = strconv.Atoi(n); err != nil {
				ok = false
			}
			place = column
		}
		column, err := strconv.Atoi(place)
		if !ok || err != nil || file < 1 || file > len(p.read) {
			return nil, usagef("--map %s: use [FILE/]COLUMN=FIELD, with numbers from 1", s)
		}

		m := importer.ColumnMap{Table: file - 1, Column: column, Field: field}
		switch most := p.read[m.Table].Columns(); {
		case column < 1 || column > most:
			return nil, usagef("--map %s: the file has columns 1 to %d", s, most)
		case field != "" && !slices.Contains(fieldsOf(tpl), field):
			return nil, usagef("--map %s: the field \"%s\" does not exist; use %s", s, field, anyOf(fieldsOf(tpl)))
		}

		for _, o := range out { // two for one is a mistake, of which no part is the likelier one
			switch {
			case o.Table != m.Table:
			case o.Column == m.Column:
				return nil, usagef("--map %s: column %d is given twice", s, column)
			case o.Field == m.Field && m.Field != "":
				return nil, usagef("--map %s: the field \"%s\" is given twice", s, field)
			}
		}
		out = append(out, m)
	}

	return out, nil
}

// fieldsOf returns the fields of a template, in the order of its columns.
func fieldsOf(tpl *importer.Template) []string {
	var out []string
	for _, t := range tpl.Tables {
		for _, col := range t.Columns {
			if !slices.Contains(out, col.Field) {
				out = append(out, col.Field)
			}
		}
	}
	return out
}

// wrong returns errFound if the preview has errors.
func wrong(p *importer.Preview) error {
	if p.Summary().Errors > 0 {
		return errFound
	}
	return nil
}
