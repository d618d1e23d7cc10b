package importer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/users"
)

// This file keeps the texts of sensitive columns out of everything that is shown,
// reported or journaled. They stand in the record itself and in its images alone.

// A veil knows which fields of records are sensitive: "email", or "line.short" of a
// line that a person has.
type veil struct{ fields []string }

// hides reports whether a field of a record is sensitive.
func (v veil) hides(kind users.Kind, field string) bool {
	if kind != users.KindUser {
		field = string(kind) + "." + field
	}
	return v.hidesField(field)
}

// hidesField reports whether a field is sensitive: by its name, or because the column
// holds a part of its name ("feature" of "feature.monitoring").
func (v veil) hidesField(field string) bool {
	return slices.ContainsFunc(v.fields, func(f string) bool { return field == f || strings.HasPrefix(field, f+".") })
}

// sensitiveFieldsOf returns the fields of records that a sensitive column tells: the
// one it holds, and the one by which the record it names is known.
func sensitiveFieldsOf(c *Column) []string {
	out := []string{c.holds()}
	for _, space := range []users.Space{c.Space, c.RefersIn} {
		if f := space.Field(); f != "" {
			out = append(out, f)
		}
		if f, ok := lineFields[space]; ok {
			out = append(out, string(users.KindLine)+"."+f)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lineFields are the fields of a line that its keys are made of, beside its PBX and
// its group.
var lineFields = map[users.Space]string{
	users.SpaceLine: users.FieldShort, users.SpaceInternal: users.FieldInternal, users.SpaceNumber: users.FieldNumber,
}

// nameOf returns the name of a record as people know it: a person's e-mail address,
// LAN ID, login or name, a line's numbers, a unit's path. A sensitive field is passed
// over; a record without another name has its id.
func (v veil) nameOf(r users.Record) string {
	kind := r.Kind()
	open := func(field string) string {
		if v.hides(kind, field) {
			return ""
		}
		return r.Field(field)
	}

	switch d := r.Data.(type) {
	case *users.Profile:
		full := strings.TrimSpace(open(users.FieldFirstName) + " " + open(users.FieldLastName))
		return cmp.Or(open(users.FieldEmail), open(users.FieldLANID), open(users.FieldLogin), open(users.FieldName), full, string(r.ID))
	case *users.Line:
		if pbx, short := open(users.FieldPBX), open(users.FieldShort); pbx != "" && short != "" {
			return keyvalue.Line(pbx, short)
		}
	case *users.Unit:
		return d.Path
	}
	return string(r.ID)
}

// isPart reports whether a text holds the value of a sensitive field of the record:
// the key PBX1/1001 holds the short number 1001.
func (v veil) isPart(r users.Record, text string) bool {
	kind := r.Kind()
	return slices.ContainsFunc(v.fields, func(field string) bool {
		if prefix := string(kind) + "."; kind != users.KindUser {
			if field, _ = strings.CutPrefix(field, prefix); !v.hides(kind, field) {
				return false
			}
		}
		return reveals(text, r.Field(field))
	})
}

// shortSecret is how many characters a secret must have to be looked for inside a
// text. A shorter one occurs in other numbers by chance, and counts as a whole.
const shortSecret = 4

// reveals reports whether a text tells a secret, in whatever letters.
func reveals(text, secret string) bool {
	if text == "" || secret == "" {
		return false
	}
	text, secret = folding.Text(text), folding.Text(secret)
	return text == secret || len(secret) >= shortSecret && strings.Contains(text, secret)
}

// secretsOf returns the texts of a row's sensitive cells.
func (p *plan) secretsOf(row uint32) []string {
	if len(p.veil.fields) == 0 {
		return nil
	}
	var out []string
	spec := p.grid.spec(row)
	for i := range spec.Columns {
		if spec.Columns[i].Sensitive {
			if s := strings.TrimSpace(p.grid.text(row, i)); s != "" && s != withheld {
				out = append(out, s)
			}
		}
	}
	return out
}

// secrets returns the texts of the row's sensitive cells, as typed and as read.
func (t *turn) secrets() []string {
	out := t.plan.secretsOf(t.row)
	if len(t.plan.veil.fields) == 0 {
		return nil
	}
	for i := range t.spec.Columns {
		if t.spec.Columns[i].Sensitive && t.cells[i].value != "" {
			out = append(out, t.cells[i].value)
		}
	}
	return out
}

// revealsAny reports whether a text tells one of the secrets.
func revealsAny(text string, secrets []string) bool {
	return slices.ContainsFunc(secrets, func(s string) bool { return reveals(text, s) })
}

// hidesKey reports whether the value of a key must not be shown: it came from a
// sensitive cell of the row, or is made of a sensitive field of the record that has it.
func (t *turn) hidesKey(key uint32, rec int32) bool {
	if len(t.plan.veil.fields) == 0 {
		return false
	}
	if t.secret(key) {
		return true
	}

	value := t.written(key, rec)
	for _, of := range []int32{rec, t.plan.facts.holderOf(key)} {
		if of >= 0 && t.plan.veil.isPart(t.plan.facts.recs[of], value) {
			return true
		}
	}
	return revealsAny(value, t.secrets())
}

// hideSecrets removes from a row what tells the text of one of its sensitive cells,
// such as the name of a changed field that a Draft made of one: "feature.monitoring".
func (t *turn) hideSecrets(v *RowView) {
	secrets := t.secrets()
	if len(secrets) == 0 {
		return
	}

	if revealsAny(v.Who, secrets) {
		v.Who = ""
	}
	for i := range v.Changes {
		c := &v.Changes[i]
		if revealsAny(c.Old, secrets) || revealsAny(c.New, secrets) {
			c.Old, c.New = "", ""
		}
		if revealsAny(c.Field, secrets) {
			c.Field, _, _ = strings.Cut(c.Field, ".")
		}
	}
	for i := range v.Losses {
		if revealsAny(v.Losses[i].Who, secrets) {
			v.Losses[i].Who = ""
		}
	}
	for i := range v.Findings {
		hideInFinding(&v.Findings[i], secrets)
	}
}

// hideInFinding removes from a finding what tells one of the secrets. Arguments that
// name rows are kept: numbers of rows are no secret.
func hideInFinding(f *formats.Finding, secrets []string) {
	if revealsAny(f.Value, secrets) {
		f.Value = ""
	}
	if f.Fix != nil && revealsAny(*f.Fix, secrets) {
		f.Fix = nil
	}

	args := map[string]string{}
	for name, value := range f.Args {
		if strings.HasPrefix(name, "row") || name == "cycle" || !revealsAny(value, secrets) {
			args[name] = value
		}
	}
	if len(args) < len(f.Args) {
		f.Args = args
	}
}
