package main

import (
	"flag"
	"strings"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
)

// templates are those the program knows.
// Whichever it is, import takes the same data once.
func templates() []*importer.Template {
	all := []*importer.Template{cloudlink.Users()}
	for _, t := range all {
		t.Once = true
	}
	return all
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
