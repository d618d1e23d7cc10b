package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/usher-go/usher/importer"
)

// export writes a file. With input files it writes their rows with errors, for
// "fix --merge". Without, it writes the people of the account; importing that
// file changes nothing.
func (p *previewing) export(ctx context.Context, c *console, path string, files []string) error {
	tpl, err := p.templateAsked()
	if err != nil {
		return err
	}

	out, err := newFolder(path, tpl, "", c.lang.String())
	if err != nil {
		return err
	}

	if err := out.notInput(files...); err != nil {
		return err
	}

	if len(files) == 0 {
		return p.exportPeople(ctx, c, tpl, out)
	}

	return p.run(ctx, c, files, func(d *desk, preview *importer.Preview) error {
		if err := d.tellMissing(ctx, c); err != nil {
			return err
		}
		if err := c.showPreview(preview, p.view); err != nil {
			return err
		}
		text, _ := p.asRead(c, tpl) // corrected in the program that wrote the file
		out.text(text)
		for i := range tpl.Tables {
			failing := preview.Failing(i, c.lang)
			rows := 0
			for range failing.Rows {
				rows++
			}
			if rows == 0 && out.many {
				continue
			}
			if err := out.write(c, i, failing, rows); err != nil {
				return err
			}
		}
		return wrong(preview)
	})
}

func (p *previewing) exportPeople(ctx context.Context, c *console, tpl *importer.Template, out *folder) (err error) {
	d, err := p.place.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()

	if err := d.tellMissing(ctx, c); err != nil {
		return err
	}

	if tpl, err = d.template(ctx, tpl, p.strict); err != nil {
		return err
	}

	left := 0
	for i := range tpl.Tables {
		x, err := importer.Export(ctx, d.dir, tpl, &importer.ExportOptions{Account: d.account, Table: i, Lang: c.lang.String()})
		if err != nil {
			return err
		}
		if err := out.write(c, i, x.Sheet, x.Rows); err != nil {
			return err
		}
		for _, f := range x.Findings {
			fmt.Fprintln(c.err, c.sentence(f))
		}
		left += len(x.LeftOut)
	}

	if left > 0 {
		c.note(fmt.Sprintf(c.words().leftOut, left))
		return errFound
	}

	return nil
}
