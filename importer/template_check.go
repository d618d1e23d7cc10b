package importer

import (
	"errors"
	"fmt"
	"slices"

	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/users"
)

// ErrTemplate is returned for a template that has mistakes: see [Template.Check].
var ErrTemplate = errors.New("importer: the template has a mistake")

// Check returns every mistake in the template's data at once, each with the table
// and the column, or nil. It wraps [ErrTemplate]. [Importer.Preview], [Reopen], [Undo]
// and [Export] call it. The test of a template should call it too, because the person
// who uploads a file cannot correct a template.
//
// The mistakes are:
//
//   - a name that is missing or reserved ([TemplateUndo], [users.TemplateHand])
//   - a mode that does not exist or is listed twice
//   - two tables or two columns with the same name
//   - a table without a Draft or without columns
//   - a PersonField that no record has
//   - a RefersIn or a Space that does not exist
//   - a column without headings
//   - two columns of one table whose headings are the same for a reader
//   - a value without a name, or two values with the same name
//   - a text that means two values
//
// A column's Field may be any name: Draft says what a cell means. So the names that
// Draft uses are checked for each row. A row whose Draft uses an unknown name gets the
// error "internal.template", with the arguments "field" and "table".
func (t *Template) Check() error { return t.check(builtIn(), false) }

// check holds the importer's template against what there is. The template of an
// undo is the engine's own, and has the name that others may not have.
func (im *Importer) check() error { return im.tpl.check(im.opts.known(), im.opts.undo != nil) }

func (t *Template) check(s *schema, undoes bool) error {
	c := &checking{schema: s, template: t}

	switch {
	case t.Name == "":
		c.fail("the template has no name")
	case !undoes && (t.Name == TemplateUndo || t.Name == users.TemplateHand):
		c.fail("the name %q is reserved", t.Name)
	}
	for i, m := range t.Modes {
		switch {
		case !slices.Contains(defaultModes(), m):
			c.fail("mode %q does not exist", m)
		case slices.Contains(t.Modes[:i], m):
			c.fail("mode %q is listed twice", m)
		}
	}

	if len(t.Tables) == 0 {
		c.fail("the template has no table")
	}
	for i := range t.Tables {
		c.table(i)
	}
	return errors.Join(c.mistakes...)
}

// checking is one call of Check.
type checking struct {
	schema   *schema
	template *Template
	where    string // the table and the column being checked
	mistakes []error
}

func (c *checking) fail(format string, args ...any) {
	c.mistakes = append(c.mistakes, fmt.Errorf("%w: %q: %s%s", ErrTemplate, c.template.Name, c.where, fmt.Sprintf(format, args...)))
}

// at names a table or a column: its name, or its number where it has none.
func at(what, name string, i int) string {
	if name == "" {
		return fmt.Sprintf("%s number %d: ", what, i+1)
	}
	return fmt.Sprintf("%s %q: ", what, name)
}

func (c *checking) table(i int) {
	tables := c.template.Tables
	t := &tables[i]
	c.where = at("table", t.Name, i)
	defer func() { c.where = "" }()

	switch {
	case t.Name == "":
		c.fail("the table has no name")
	case slices.ContainsFunc(tables[:i], func(o Table) bool { return o.Name == t.Name }):
		c.fail("two tables have this name")
	}
	if t.Draft == nil {
		c.fail("Draft is nil")
	}
	if len(t.Columns) == 0 {
		c.fail("the table has no column")
	}

	for k := range t.Columns {
		c.column(t, k)
	}
	for _, lang := range c.template.Languages() {
		c.headings(t, lang)
	}
}

func (c *checking) column(t *Table, k int) {
	col, table := &t.Columns[k], c.where
	c.where += at("column", col.Field, k)
	defer func() { c.where = table }()

	switch {
	case col.Field == "":
		c.fail("Field is empty")
	case slices.ContainsFunc(t.Columns[:k], func(o Column) bool { return o.Field == col.Field }):
		c.fail("two columns have this field")
	}
	if col.PersonField != "" && !c.schema.hasField(col.PersonField) {
		c.fail("no record has the PersonField %q", col.PersonField)
	}
	if col.RefersIn != "" && !c.schema.unique(col.RefersIn) {
		c.fail("the space %q of RefersIn does not exist", col.RefersIn)
	}
	if col.Space != "" && !c.schema.unique(col.Space) {
		c.fail("the space %q does not exist", col.Space)
	}
	if !slices.ContainsFunc(c.template.Languages(), func(lang string) bool { return len(col.Headings[lang]) > 0 }) {
		c.fail("the column has no heading")
	}
	c.values(col)
}

func (c *checking) values(col *Column) {
	fold := col.foldValue()
	meant := map[string]string{} // the name of the value, by each folded text
	for i, v := range col.Values {
		switch {
		case v.Name == "":
			c.fail("value number %d has no name", i+1)
			continue
		case slices.ContainsFunc(col.Values[:i], func(o Value) bool { return o.Name == v.Name }):
			c.fail("two values have the name %q", v.Name)
			continue
		}

		texts := []string{v.Name}
		for _, lang := range sortedKeys(v.Labels) {
			texts = append(texts, v.Labels[lang]...)
		}
		for _, text := range texts {
			folded := fold(text)
			if other, taken := meant[folded]; taken && other != v.Name {
				c.fail("%q means both %q and %q", text, other, v.Name)
				continue
			}
			if folded == "" {
				c.fail("the value %q has a label that is blank", v.Name)
			}
			meant[folded] = v.Name
		}
	}
}

// headings holds those of one language against each other. One heading twice at
// one column means the same both times.
func (c *checking) headings(t *Table, lang string) {
	taken := map[string]*Column{}
	for k := range t.Columns {
		col := &t.Columns[k]
		for _, h := range col.Headings[lang] {
			folded := folding.Heading(h)
			if folded == "" {
				c.fail("%sthe heading %q in %s is blank", at("column", col.Field, k), h, lang)
				continue
			}
			if other := taken[folded]; other != nil && other != col {
				c.fail("%sthe heading %q in %s is the one of column %q too", at("column", col.Field, k), h, lang, other.Field)
			}
			taken[folded] = col
		}
	}
}
