package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// This file holds what a row's draft names against what there is. A Draft is
// code, and what it names may follow from a cell, so it is checked row by row.

// knownNames remembers which names of drafts exist. A row names mostly what the
// row before it named, in the same order: to find that out is all that most
// rows cost.
type knownNames struct {
	schema *schema
	keys   []keyName           // by position in the draft, the last that existed
	wants  []wantName          // likewise
	fields map[string]takes    // what fields take, as far as asked
	values map[fieldValue]bool // whether a field of a few values takes one, likewise
}

func newKnownNames(s *schema) knownNames {
	return knownNames{schema: s, fields: map[string]takes{}, values: map[fieldValue]bool{}}
}

// keyName is what must exist for a key of a draft.
type keyName struct {
	rel   relation
	space users.Space
	field string // of a reference
}

// wantName is what must exist for something that a draft wants.
type wantName struct {
	field string
	isSet bool
}

type fieldValue struct{ field, value string }

// takes is which values a field takes.
type takes uint8

const (
	takesNone takes = iota // the field does not exist
	takesFew
	takesAny
)

// dropUnknownNames fails the row for what its draft names and no record has, and
// takes that out of the draft: it must not be shown, because it would be stored
// nowhere. The rest of the draft counts for other rows as ever.
func (d *Draft) dropUnknownNames() {
	n := &d.names
	for i := range d.keys {
		if !n.hasKey(i, &d.keys[i]) {
			d.dropUnknownKeys()
			break
		}
	}
	for i := range d.wants {
		if !n.hasWant(i, &d.wants[i]) {
			d.dropUnknownWants()
			break
		}
	}
	for _, f := range d.releases {
		switch {
		case !f.kind.Held():
			d.unknownName(string(f.kind))
		case f.field != "" && !n.schema.takes(f.kind, f.field, ""):
			d.unknownName(string(f.kind) + "." + f.field)
		}
	}
}

func (d *Draft) dropUnknownKeys() {
	about := -1
	kept := d.keys[:0]
	for i, k := range d.keys {
		if !d.names.hasKey(i, &k) {
			d.unknownName(d.names.missingOf(&k))
			continue
		}
		if i == d.about {
			about = len(kept)
		}
		kept = append(kept, k)
	}
	d.keys, d.about = kept, about
}

func (d *Draft) dropUnknownWants() {
	kept := d.wants[:0]
	for i, w := range d.wants {
		if d.names.hasWant(i, &w) {
			kept = append(kept, w)
		} else {
			d.unknownName(w.field)
		}
	}
	d.wants = kept
}

// unknownName fails the row because its draft names something that does not
// exist: a field, a space, a kind, or a column of the table. Each name is told once.
func (d *Draft) unknownName(name string) {
	args := map[string]string{"table": d.spec.Name, "field": formats.Show(name)}
	if d.saysPartOf(name) {
		delete(args, "field")
	}
	told := func(n note) bool { return n.code == "internal.template" && n.args["field"] == args["field"] }
	if !slices.ContainsFunc(d.notes, told) {
		d.notes = append(d.notes, note{severity: formats.Error, code: "internal.template", column: -1, key: none, args: args})
	}
}

// placeOf is the column of a finding about the field, or -1, for the row as a
// whole, if field is "".
func (d *Draft) placeOf(field string) int {
	if field == "" {
		return -1
	}
	return d.columnOrUnknown(field)
}

// columnOrUnknown is the column of the field, or -1 with the row failed.
func (d *Draft) columnOrUnknown(field string) int {
	i := d.spec.column(field)
	if i < 0 {
		d.unknownName(field)
	}
	return i
}

// saysPartOf reports whether a sensitive cell holds a part of the text: a draft
// may make the name of a field of a cell, such as "feature." and its value.
func (d *Draft) saysPartOf(text string) bool {
	for i := range d.spec.Columns {
		if value := d.row.cells[i].value; d.spec.Columns[i].Sensitive && value != "" && strings.Contains(text, value) {
			return true
		}
	}
	return false
}

func (n *knownNames) hasKey(i int, k *draftKey) bool {
	name := keyName{k.rel, k.space, k.field}
	if i < len(n.keys) && n.keys[i] == name {
		return true
	}
	if n.missingOf(k) != "" {
		return false
	}
	n.keys = remember(n.keys, i, name)
	return true
}

// missingOf is what a key names and does not exist; "" where all of it does.
func (n *knownNames) missingOf(k *draftKey) string {
	known := true
	switch k.rel {
	case relAbout:
		known = n.schema.knowsPeople(k.space)
	case relClaim, relTake:
		known = n.schema.claimable(k.space)
	case relRefer:
		if !n.schema.takes(users.KindUser, k.field, "") {
			return k.field
		}
		known = n.schema.refers(k.field, k.space)
	}
	if known {
		return ""
	}
	return string(k.space)
}

func (n *knownNames) hasWant(i int, w *want) bool {
	name := wantName{w.field, w.member != notMember}
	if i < len(n.wants) && n.wants[i] == name {
		return true
	}
	switch {
	case name.isSet:
		if !n.schema.isSet(w.field) {
			return false
		}
	default:
		switch n.takes(w.field) {
		case takesNone:
			return false
		case takesFew: // the next row may want another value
			return n.takesValue(w.field, w.value)
		}
	}
	n.wants = remember(n.wants, i, name)
	return true
}

// takes reports which values the field takes.
func (n *knownNames) takes(field string) takes {
	out, asked := n.fields[field]
	if asked {
		return out
	}
	switch {
	case !n.schema.fieldTakes(field, ""):
	case n.schema.fieldTakes(field, "?"): // which is no value of a field of a few
		out = takesAny
	default:
		out = takesFew
	}
	if len(n.fields) < maxRemembered {
		n.fields[field] = out
	}
	return out
}

// takesValue reports whether the field takes the value.
func (n *knownNames) takesValue(field, value string) bool {
	name := fieldValue{field, value}
	out, asked := n.values[name]
	if !asked {
		out = n.schema.fieldTakes(field, value)
		if len(n.values) < maxRemembered {
			n.values[name] = out
		}
	}
	return out
}

// remember is the list with the name at i. It has no gaps: a name further on is
// not remembered.
func remember[N any](list []N, i int, name N) []N {
	switch {
	case i < len(list):
		list[i] = name
	case i == len(list):
		list = append(list, name)
	}
	return list
}
