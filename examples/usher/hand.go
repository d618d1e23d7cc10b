package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/usher-go/usher/extensions/e164"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/importer/ocm"
	"github.com/usher-go/usher/roles"
	"github.com/usher-go/usher/users"
)

// A hand reads values that are typed as fields of a person, as a file of the
// account would have them read.
type hand struct {
	d         *desk
	columns   []importer.Column
	catalogue *roles.Catalogue
	region    string
}

// hand returns the reader of the account.
func (d *desk) hand(ctx context.Context) (*hand, error) {
	opts, err := ocm.Read(ctx, d.dir, d.account)
	if err != nil {
		return nil, err
	}

	h := &hand{d: d}
	for _, tpl := range []*importer.Template{cloudlink.Users(), ocm.Users(opts)} {
		for _, t := range tpl.Tables {
			h.columns = append(h.columns, t.Columns...)
		}
	}

	if h.catalogue, err = roles.ReadCatalogue(ctx, d.dir, d.account); err != nil {
		return nil, err
	}

	rec, err := d.dir.Get(ctx, users.ID(d.account))
	if err != nil && !errors.Is(err, users.ErrNotFound) {
		return nil, err
	}
	if a, ok := rec.Data.(*users.Account); ok {
		h.region = a.Region
	}

	return h, nil
}

// read returns the value to store in a field, and the problems of the text. A text
// that is none of the few values of a field is a usage error.
func (h *hand) read(ctx context.Context, c *console, field, text string) (string, []users.Problem, error) {
	if strings.TrimSpace(text) == "" { // clears the field
		return "", nil, nil
	}

	switch {
	case field == users.FieldMobile:
		n, problems := e164.New(nil).Normalize(text, h.region)
		if international(text) && n.E164 == "" { // a number that is not in use yet may be stored
			for i := range problems {
				problems[i].Warning = true
			}
			return text, problems, nil
		}
		if n.Ext != "" {
			problems = append(problems, users.Problem{Code: "phone.extension", Args: map[string]string{"ext": n.Ext}})
		}
		return n.E164, problems, nil
	case field == users.FieldLogin:
		value, problems := users.CleanText(text, 0)
		return value, problems, nil
	case field == users.FieldRoles || field == users.FieldCatalogue:
		return h.roles(c, field, text)
	case field == users.FieldProducts:
		return strings.Join(roles.Split(text), ","), nil, nil
	case field == users.FieldActive || field == users.FieldRegistered || strings.HasPrefix(field, users.PrefixFeature):
		return h.cell(ctx, c, h.column("enabled"), field, text)
	case strings.HasPrefix(field, users.PrefixChannel):
		return h.cell(ctx, c, h.column("count"), field, text)
	}

	return h.cell(ctx, c, h.column(field), field, text)
}

// international reports whether a text has the form of a number with its country code.
func international(text string) bool {
	digits, plus := strings.CutPrefix(text, "+")
	return plus && len(digits) >= 7 && len(digits) <= 15 && digits[0] != '0' && strings.Trim(digits, "0123456789") == ""
}

// column returns the first column of a product about a field, or nil.
func (h *hand) column(field string) *importer.Column {
	i := slices.IndexFunc(h.columns, func(col importer.Column) bool { return cmp.Or(col.PersonField, col.Field) == field })
	if i < 0 {
		return nil
	}
	return &h.columns[i]
}

// cell reads a text as a cell of a column. Without a column it returns the text.
func (h *hand) cell(ctx context.Context, c *console, col *importer.Column, field, text string) (string, []users.Problem, error) {
	switch {
	case col == nil:
		return text, nil, nil
	case len(col.Values) > 0:
		value, ok := valueOf(col, text)
		if !ok {
			return "", nil, usagef("%s: \"%s\" is not allowed; use %s", c.lang.Field(field), text, labels(col, c.lang.String()))
		}
		return value, nil, nil
	case col.RefersIn != "":
		return h.reference(ctx, col, field, text)
	}

	value, problems := read(col, text)
	return value, problems, nil
}

// read reads a text with the function of a column.
func read(col *importer.Column, text string) (string, []users.Problem) {
	if col.Parse == nil {
		return importer.Text(text)
	}
	return col.Parse(text)
}

// valueOf returns the value of a column that a text means: its name, or a label in
// any language.
func valueOf(col *importer.Column, text string) (string, bool) {
	want := folded(text)
	short := map[string]string{"admin": users.RoleAdmin}
	for _, v := range col.Values {
		words := []string{v.Name}
		for _, l := range v.Labels {
			words = append(words, l...)
		}
		if v.Name == short[want] || slices.ContainsFunc(words, func(w string) bool { return folded(w) == want }) {
			return v.Name, true
		}
	}
	return "", false
}

// labels returns the values of a column in the language of the reader.
func labels(col *importer.Column, lang string) anyOf {
	var out anyOf
	for _, v := range col.Values {
		out = append(out, col.Label(v.Name, lang))
	}
	return out
}

// reference returns the id of the record that a text names: by its name in the
// space of the column, or by its id.
func (h *hand) reference(ctx context.Context, col *importer.Column, field, text string) (string, []users.Problem, error) {
	byID, err := h.d.dir.Find(ctx, users.ByID(users.ID(text)))
	if err != nil {
		return "", nil, err
	}
	for _, r := range byID.Records {
		if r.Account == h.d.account {
			return string(r.ID), nil, nil
		}
	}

	name, problems := read(col, text)
	if name == "" {
		return "", problems, nil
	}
	found, err := h.d.dir.Find(ctx, users.KeyOf(h.d.account, col.RefersIn, name))
	if err != nil {
		return "", nil, err
	}
	if len(found.Records) == 0 {
		return "", append(problems, users.Problem{Code: field + ".unknown"}), nil
	}
	return string(found.Records[0].ID), problems, nil
}

// roles reads a list of roles: those of every account by their words in any
// language, the others by their names in the catalogue.
func (h *hand) roles(c *console, field, text string) (string, []users.Problem, error) {
	var out []string
	var problems []users.Problem
	for _, part := range roles.Split(text) {
		if role, ok := valueOf(h.column(users.FieldRole), part); ok && field == users.FieldRoles {
			if role != users.RoleUser { // everyone is a user
				out = append(out, role)
			}
			continue
		}
		if part == users.RolePartner && field == users.FieldRoles {
			out = append(out, part)
			continue
		}
		name, wrong := h.catalogue.Parse(part)
		if name != "" {
			out = append(out, name)
		}
		for _, p := range wrong {
			if p.Args["allowed"] != "" {
				p.Args["allowed"] = c.roleNames(p.Args["allowed"])
			}
			problems = append(problems, p)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ","), problems, nil
}

// roleNames returns a list of roles in the words of the reader.
func (c *console) roleNames(list string) string {
	names := strings.Split(list, ", ")
	for i, n := range names {
		names[i] = c.lang.Value(users.FieldRole, n)
	}
	return strings.Join(names, ", ")
}
