package main

import (
	"context"
	"errors"
	"flag"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
)

// previewing is what check, fix and import have in common: a file, a template
// that says what it means, and the account it is about.
type previewing struct {
	place
	reading
	template string
	mode     string
	read     []*formats.Table // the files, once they are open
}

func (p *previewing) flags(f *flag.FlagSet, c *console) {
	templateFlag(f, &p.template)
	choice(f, &p.mode, "mode", "`MODE`, what rows may do", string(importer.Create), string(importer.Update), string(importer.Upsert))
	p.place.flags(f)
	p.reading.flags(f)
	c.jsonFlag(f)
	c.langFlag(f)
}

// run opens the desk and the files, and calls do with their preview.
func (p *previewing) run(ctx context.Context, files []string, do func(*desk, *importer.Preview) error) (err error) {
	if p.template == "" {
		return usagef("--template is missing; want %s", templateNames())
	}
	tpl, err := templateNamed(p.template)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return usagef("no FILE")
	}
	for _, path := range files {
		t, err := p.reading.open(ctx, path, tpl)
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
	preview, err := importer.New(d.dir, tpl, &importer.Options{Account: d.account, Mode: importer.Mode(p.mode)}).Preview(ctx, p.read...)
	if errors.Is(err, importer.ErrTables) || errors.Is(err, importer.ErrMode) {
		return usagef("%v", err)
	}
	if err != nil {
		return err
	}
	return do(d, preview)
}

// wrong is errFound if the preview has errors.
func wrong(p *importer.Preview) error {
	if p.Summary().Errors > 0 {
		return errFound
	}
	return nil
}
