package importer

import "reflect"

// Redecided is how many rows the last edits decided again; it begins at 0 with a new preview.
func Redecided(p *Preview) int { n := p.redecided; p.redecided = 0; return n }

// TemplateOfStruct is what TemplateOf says of a struct that no source may hold.
func TemplateOfStruct(name string, typ reflect.Type) error {
	_, err := (&tagged{name: name, typ: typ}).template()
	return err
}
