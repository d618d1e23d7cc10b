package main

import (
	"cmp"
	"context"
	"flag"

	"github.com/usher-go/usher/extensions/e164"
	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/importer/rainbow"
)

// templates returns the templates of the program. Each of them refuses to import
// the same data twice.
func templates() []*importer.Template {
	all := []*importer.Template{cloudlink.Users(), rainbow.Lines(nil), ocm.Users(nil)}
	for _, t := range all {
		t.RefuseReplay = true
	}
	return all
}

// templateNamed returns the template with this name.
func templateNamed(name string) (*importer.Template, error) {
	for _, t := range templates() {
		if t.Name == name {
			return t, nil
		}
	}
	return nil, usagef("the template \"%s\" does not exist; use %s", name, templateNames())
}

func templateNames() anyOf {
	var names []string
	for _, t := range templates() {
		names = append(names, t.Name)
	}
	return names
}

// textFor returns a writer for text files in the form of the product. Where the
// product says nothing, the delimiter is the one of a spreadsheet in the language.
func textFor(t *importer.Template, lang string) csv.Writer {
	return csv.Writer{Delimiter: cmp.Or(t.Delimiter, delimiterIn(lang)), Comment: t.Comment}
}

// delimiterIn returns the delimiter that a spreadsheet in a language expects, 0 for
// a comma.
func delimiterIn(lang string) rune {
	if lang == "fr" { // the decimal sign is a comma
		return ';'
	}
	return 0
}

// template returns tpl with the values of the account: its country, PBXs, roles
// and org units. strict accepts only what the product documents.
func (d *desk) template(ctx context.Context, tpl *importer.Template, strict bool) (*importer.Template, error) {
	switch tpl.Name {
	case cloudlink.Name:
		if strict {
			tpl = cloudlink.With(&cloudlink.Options{Strict: true})
			tpl.RefuseReplay = true
		}
	case rainbow.NameLines:
		return d.linesTemplate(ctx)
	case ocm.Name:
		opts, err := ocm.Read(ctx, d.dir, d.account)
		if err != nil {
			return nil, err
		}
		opts.Strict = strict
		tpl = ocm.Users(opts)
		tpl.RefuseReplay = true
	}
	return tpl, nil
}

// linesTemplate returns the template of lines for the account.
func (d *desk) linesTemplate(ctx context.Context) (*importer.Template, error) {
	opts, err := rainbow.Read(ctx, d.dir, d.account)
	if err != nil {
		return nil, err
	}
	opts.Normalizer = e164.New(nil)
	return rainbow.Lines(opts), nil
}

// A oneTemplate is the value of --template. An unknown template is reported when
// the file is opened.
type oneTemplate struct{ oneOf }

// Set accepts any name.
func (t *oneTemplate) Set(s string) error {
	*t.p = s
	return nil
}

// templateFlag declares --template.
func templateFlag(f *flag.FlagSet, p *string) {
	f.Var(&oneTemplate{oneOf{p, templateNames()}}, "template", "`TEMPLATE` of the file")
}
