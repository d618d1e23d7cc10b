package importer

import (
	"reflect"
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// This file has the rules that the fields of a person set for tagged columns, and
// the Draft function of a tagged struct.

// checkFields checks every column against the rules of its field of the person.
func (t *tagged) checkFields() {
	about := ""
	for i := range t.fields {
		f := &t.fields[i]
		field := f.field

		for _, o := range t.fields[:i] {
			switch {
			case o.field == field:
				t.fail(f.name, "%s is the field of %s too", field, o.name)
			case o.column.Field == f.column.Field:
				t.fail(f.name, "%s is the name of %s too", f.column.Field, o.name)
			}
		}

		f.space = keySpace(field)
		switch {
		case f.read:
			t.checkRead(f)
		case !slices.Contains(users.ProfileFields(), field) && (!strings.HasPrefix(field, "custom.") || field == "custom."):
			t.fail(f.name, "people have no field %q", field)
		case f.about || f.claim:
			t.checkKey(f)
		case f.space != "":
			t.fail(f.name, "%s is a key, which only one person may have: add the option about or claim", field)
		default:
			t.checkReference(f)
			t.checkValues(f)
		}

		if f.column.PersonField != "" && f.column.Field != field && slices.Contains(users.ProfileFields(), f.column.Field) {
			t.fail(f.name, "the name %s is that of another field", f.column.Field)
		}
		if f.column.Required && f.column.Blank == BlankClears {
			t.fail(f.name, "required and blank=clear do not go together")
		}
		if f.about && about != "" {
			t.fail(f.name, "the row is about %s already", about)
		}
		if f.about && about == "" {
			about = f.name
		}

		f.column.Parse = f.parse()
	}

	if about == "" {
		t.fail("", "no field has the option about, which says which person a row is about")
	}
}

// keySpace returns the space in which the values of a field are keys, or "":
// [users.SpaceEmail] for "email".
func keySpace(field string) users.Space {
	c := Column{Field: field}
	return c.space()
}

// keyFields returns the fields whose values are keys of people.
func keyFields() []string {
	var out []string
	for _, s := range keySpaces() {
		out = append(out, s.Field())
	}
	return out
}

// checkRead checks a field with the option read.
func (t *tagged) checkRead(f *taggedField) {
	switch {
	case !t.own:
		t.fail(f.name, "there is no method Draft to read it")
	case f.about || f.claim || f.column.RefersIn != "" || f.column.PersonField != "" || f.column.Blank == BlankClears:
		t.fail(f.name, "read goes with neither about, claim, refer, name nor blank=clear")
	}
}

// checkKey checks a field with the option about or claim.
func (t *tagged) checkKey(f *taggedField) {
	switch {
	case f.space == "":
		t.fail(f.name, "%s is no key by which people are known: use %s", f.field, list(keyFields()))
	case f.about && f.claim:
		t.fail(f.name, "about claims the value already")
	case f.column.RefersIn != "" || f.column.Values != nil:
		t.fail(f.name, "a key is neither a reference nor one of a few values")
	case f.column.Blank == BlankClears:
		t.fail(f.name, "a blank cell cannot take a key away")
	}
}

// checkReference checks that exactly the fields that hold an id are references:
// supervisor, org_unit, and any custom field.
func (t *tagged) checkReference(f *taggedField) {
	space := f.column.RefersIn
	holds := map[string]users.Kind{"supervisor": users.KindUser, "org_unit": users.KindUnit}
	kind, id := holds[f.field]
	switch {
	case space == "" && !id:
	case space == "":
		t.fail(f.name, "%s holds the id of a record: say by what a cell names it, as in refer=lanid", f.field)
	case !id && !strings.HasPrefix(f.field, "custom."):
		t.fail(f.name, "%s holds no id of a record", f.field)
	case id && space != users.SpaceID && space.Kind() != kind:
		t.fail(f.name, "%s names a %s, which the space %s does not have", f.field, kind, space)
	case f.column.Values != nil || f.column.Blank == BlankClears:
		t.fail(f.name, "refer goes with neither values nor blank=clear")
	}
}

// checkValues checks that a field with few possible values lists allowed ones:
// users.Profile would read any other text as one of them.
func (t *tagged) checkValues(f *taggedField) {
	var may []string
	switch f.field {
	case "role":
		may = []string{users.RoleUser, users.RoleAdmin}
	case "registered", "active":
		may = []string{"yes", "no"}
	case "source":
		may = []string{string(users.Local), string(users.SCIM), string(users.PBXSync), string(users.MiCloud), string(users.IoT)}
	default:
		return
	}

	if f.column.Values == nil {
		t.fail(f.name, "%s wants the tag values, with some of %s", f.field, strings.Join(may, ", "))
	}
	for _, v := range f.column.Values {
		if !slices.Contains(may, v.Name) {
			t.fail(f.name, "%s cannot be %q, but one of %s", f.field, v.Name, strings.Join(may, ", "))
		}
	}
}

// parse returns the function that reads the field's cells.
func (f *taggedField) parse() Parse {
	field := f.field
	switch {
	case f.column.RefersIn == users.SpaceEmail, f.column.RefersIn == "" && f.space == users.SpaceEmail:
		return Email
	case f.column.RefersIn != "" || f.read || f.space != "":
		return Text
	}

	return func(text string) (string, []users.Problem) {
		value, problems := Text(text)
		var p users.Profile
		if value == "" || !p.SetField(field, value) {
			return value, problems
		}
		value = p.Field(field) // a list has its entries in order
		if bad := users.Check(field, value); bad != nil {
			problems = append(problems, *bad)
		}
		return value, problems
	}
}

// draft is the [Table.Draft] of the struct: first the tags, then its own method.
func (t *tagged) draft(r Row, d *Draft) {
	for i := range t.fields {
		f := &t.fields[i]
		value := r.Value(f.column.Field)
		switch {
		case f.read:
		case f.about:
			d.About(f.space, value)
			d.Claim(f.space, value)
		case f.claim:
			d.Claim(f.space, value)
		case f.column.RefersIn != "":
			d.Refer(f.field, f.column.RefersIn, value)
		default:
			d.WantCell(f.column.Field)
		}
	}
	d.OneRowPerPerson()
	if !t.own {
		return
	}

	x := reflect.New(t.typ)
	for i := range t.fields {
		f := &t.fields[i]
		x.Elem().Field(f.index).SetString(r.Value(f.column.Field))
	}
	x.Interface().(drafter).Draft(r, d)
}
