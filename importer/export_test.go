package importer

import (
	"reflect"

	"github.com/usher-go/usher/users"
)

// Redecided is how many rows the last edits decided again; it begins at 0 with a new preview.
func Redecided(p *Preview) int { n := p.redecided; p.redecided = 0; return n }

// Strict returns options under which a turn panics that is used after the next row was read.
func Strict(o Options) *Options {
	o.strictTurns = true
	return &o
}

// AnyName returns options under which every field exists, as far as a draft is checked.
func AnyName(o Options) *Options {
	o.schema = builtIn()
	o.schema.takes = func(users.Kind, string, string) bool { return true }
	return &o
}

// TemplateOfStruct is what TemplateOf says of a struct that no source may hold.
func TemplateOfStruct(name string, typ reflect.Type) error {
	_, err := (&tagged{name: name, typ: typ}).template()
	return err
}
