package main

import (
	"context"
	"flag"
	"io"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

// blank is the command "template".
type blank struct {
	lang, output string
}

func templateCommand() command {
	return command{
		name: "template", args: "TEMPLATE",
		about:   "Write the empty template, to be filled in.",
		more:    "Templates: " + templateNames() + ". Without -o a workbook goes to standard output.",
		example: "usher template --lang fr -o modele.xlsx cloudlink",
		flags: func(f *flag.FlagSet, _ *console) action {
			var b blank
			f.StringVar(&b.lang, "lang", "en", "`LANGUAGE` of the headings")
			f.StringVar(&b.output, "o", "", "`FILE`.xlsx or .csv to write")
			return b.run
		},
	}
}

func (b *blank) run(_ context.Context, c *console, args []string) error {
	if len(args) != 1 {
		return usagef("template: want the name of a template: %s", templateNames())
	}
	tpl, err := templateNamed(args[0])
	if err != nil {
		return err
	}
	if !slices.Contains(tpl.Languages(), b.lang) {
		return usagef("template: --lang: want one of %s", strings.Join(tpl.Languages(), ", "))
	}
	sheet := tpl.Sheet(0, b.lang)
	if b.output == "" {
		if c.outTTY {
			return usagef("template: a workbook is nothing for a terminal; use -o FILE")
		}
		return xlsx.Writer{}.WriteSheet(c.out, sheet)
	}
	w, err := writerFor(b.output, textFor(tpl))
	if err != nil {
		return err
	}
	return writeSheet(b.output, w, sheet)
}

func writeSheet(path string, w formats.Writer, s formats.Sheet) error {
	return writeFile(path, func(out io.Writer) error { return w.WriteSheet(out, s) })
}
