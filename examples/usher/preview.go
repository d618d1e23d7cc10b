package main

import (
	"context"
	"errors"
	"flag"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
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
	once     bool             // refuse to import the same data twice
	read     []*formats.Table // the opened files
}

func (p *previewing) flags(f *flag.FlagSet, c *console) {
	templateFlag(f, &p.template)
	p.mode = ""
	f.Var(&oneOf{&p.mode, []string{string(importer.ModeCreate), string(importer.ModeUpdate), string(importer.ModeUpsert)}}, "mode", "`MODE`: create, update or upsert (default: the mode of the template)")
	f.Var(&p.maps, "map", "read a column as a field, whatever the heading is: `[FILE/]COLUMN=FIELD`, numbers from 1; may be repeated")
	f.BoolVar(&p.strict, "strict", false, "accept only what the product documents (ocm)")
	p.place.flags(f)
	p.reading.flags(f)
	c.jsonFlag(f)
	c.langFlag(f)
}

// run opens the files and the account, and calls do with the preview.
func (p *previewing) run(ctx context.Context, files []string, do func(*desk, *importer.Preview) error) (err error) {
	tpl, err := p.templateAsked()
	if err != nil {
		return err
	}

	if len(files) == 0 {
		return usagef("give a FILE")
	}

	if most := len(tpl.Tables); len(files) > most {
		return usagef("%s reads %d file(s) at most, not %d", tpl.Name, most, len(files))
	}

	for _, path := range files {
		t, err := p.reading.open(ctx, path, tpl)
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
	if opts.Map, err = p.columns(); err != nil {
		return err
	}

	preview, err := importer.New(d.dir, tpl, &opts).Preview(ctx, p.read...)
	if errors.Is(err, importer.ErrTables) || errors.Is(err, importer.ErrMode) || errors.Is(err, importer.ErrColumn) || errors.Is(err, importer.ErrField) {
		return usagef("%v", err)
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

// templateAsked returns the template that --template names.
func (p *previewing) templateAsked() (*importer.Template, error) {
	if p.template == "" {
		return nil, usagef("--template is missing; use %s", templateNames())
	}
	return templateNamed(p.template)
}

// columns parses the values of --map.
func (p *previewing) columns() ([]importer.ColumnMap, error) {
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
		out = append(out, importer.ColumnMap{Table: file - 1, Column: column, Field: field})
	}

	return out, nil
}

// wrong returns errFound if the preview has errors.
func wrong(p *importer.Preview) error {
	if p.Summary().Errors > 0 {
		return errFound
	}
	return nil
}
