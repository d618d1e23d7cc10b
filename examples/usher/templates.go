package main

import (
	"flag"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
)

// templates are those the program knows.
func templates() []*importer.Template {
	return []*importer.Template{cloudlink.Users()}
}

// templateNamed is the template of that name.
func templateNamed(name string) (*importer.Template, error) {
	for _, t := range templates() {
		if t.Name == name {
			return t, nil
		}
	}
	return nil, usagef("there is no template \"%s\"; want %s", name, templateNames())
}

func templateNames() string {
	var names []string
	for _, t := range templates() {
		names = append(names, t.Name)
	}
	return strings.Join(names, " or ")
}

// templateFlag declares --template.
func templateFlag(f *flag.FlagSet, p *string) {
	f.StringVar(p, "template", "", "`TEMPLATE` that says what the file means: "+templateNames())
}
