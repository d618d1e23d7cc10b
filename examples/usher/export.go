package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
)

// export writes, with files, their rows in error as a file that comes back by
// "fix --merge"; without, the people of the account as a file that, read again,
// changes nothing.
func (p *previewing) export(ctx context.Context, c *console, path string, files []string) error {
	tpl, err := p.templateAsked()
	if err != nil {
		return err
	}
	w, err := writerFor(path, textFor(tpl))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return p.exportPeople(ctx, c, tpl, w, path)
	}
	return p.run(ctx, files, func(_ *desk, preview *importer.Preview) error {
		if err := c.showPreview(preview); err != nil {
			return err
		}
		failing := preview.Failing(0, c.lang)
		rows := 0
		for range failing.Rows {
			rows++
		}
		if err := writeSheet(path, w, failing); err != nil {
			return err
		}
		c.note(fmt.Sprintf(c.words().written, printable(path), c.lang.Rows(rows)))
		return wrong(preview)
	})
}

func (p *previewing) exportPeople(ctx context.Context, c *console, tpl *importer.Template, w formats.Writer, path string) (err error) {
	d, err := p.place.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	x, err := importer.Export(ctx, d.dir, tpl, &importer.ExportOptions{Account: d.account, Lang: c.lang.String()})
	if err != nil {
		return err
	}
	if err := writeFile(path, func(out io.Writer) error { return w.WriteSheet(out, x.Sheet) }); err != nil {
		return err
	}
	for _, f := range x.Findings {
		fmt.Fprintln(c.err, c.sentence(f))
	}
	c.note(fmt.Sprintf(c.words().written, printable(path), c.lang.Rows(x.Rows)))
	if n := len(x.LeftOut); n > 0 {
		c.note(fmt.Sprintf(c.words().leftOut, n))
		return errFound
	}
	return nil
}
