package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
)

// blank is the command "template".
type blank struct {
	place
	lang, output, format string
}

func templateCommand() command {
	return command{
		name: "template", args: "TEMPLATE",
		about: "Write an empty template to fill in.",
		more: "Templates: %s. Without -o the template goes to standard output, in the format of the\n" +
			"product: a workbook (cloudlink) or text. A template with several tables (ocm) is written to a folder; its drop-downs\n" +
			"list the roles and units of --account.",
		moreArgs: []any{templateNames()},
		example:  "usher template --lang fr -o modele.xlsx cloudlink",
		flags: func(f *flag.FlagSet, _ *console) action {
			var b blank
			f.StringVar(&b.lang, "lang", "en", "`LANGUAGE` of the headings")
			f.StringVar(&b.output, "o", "", "write `FILE`.xlsx or .csv, or a folder for several tables")
			choice(f, &b.format, "format", "`FORMAT` of the files of a folder", "csv", "xlsx")
			b.place.flags(f)

			return b.run
		},
	}
}

func (b *blank) run(ctx context.Context, c *console, args []string) error {
	if len(args) != 1 {
		return usagef("template: give the name of a template: %s", templateNames())
	}

	tpl, err := templateNamed(args[0])
	if err != nil {
		return err
	}

	if !slices.Contains(tpl.Languages(), b.lang) {
		return usagef("template: --lang: use %s", anyOf(tpl.Languages()))
	}

	if len(tpl.Tables) > 1 {
		return b.folder(ctx, c, tpl)
	}

	sheet := tpl.Sheet(0, b.lang)
	switch workbook := tpl.Name == cloudlink.Name || b.format == "xlsx"; {
	case b.output != "":
	case !workbook:
		return textFor(tpl, b.lang).WriteSheet(c.out, sheet)
	case c.outTTY:
		return usagef("template: a workbook cannot be shown on a terminal; use -o FILE")
	default:
		return xlsx.Writer{}.WriteSheet(c.out, sheet)
	}

	w, err := writerFor(b.output, textFor(tpl, b.lang))
	if err != nil {
		return err
	}

	return writeSheet(b.output, w, sheet)
}

// folder writes a template with several tables, with the drop-downs of the
// account.
func (b *blank) folder(ctx context.Context, c *console, tpl *importer.Template) (err error) {
	if b.output == "" {
		return usagef("template: the template has several tables; give a folder: -o FOLDER")
	}

	d, err := b.place.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()

	if err := d.exists(ctx, c); err != nil {
		return err
	}

	if tpl, err = d.template(ctx, tpl, false); err != nil {
		return err
	}

	out, err := newFolder(b.output, tpl, b.format, b.lang)
	if err != nil {
		return err
	}

	for i := range tpl.Tables {
		if err := out.save(i, tpl.Sheet(i, b.lang)); err != nil {
			return err
		}
	}

	return nil
}

func writeSheet(path string, w formats.Writer, s formats.Sheet) error {
	return writeFile(path, func(out io.Writer) error { return w.WriteSheet(out, s) })
}
