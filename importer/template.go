package importer

import (
	"cmp"
	"iter"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A Template says what a kind of file means: its columns as data, and for each
// table a function that reads one row into a [Draft]. A Template decides
// nothing: the engine does, from the drafts.
//
// A Template must not change once it is in use. Several goroutines may use it
// at once.
type Template struct {
	// Name identifies the Template in commands, documents and the history, for
	// example "cloudlink". It must not be [TemplateUndo] or [users.TemplateHand].
	Name string
	// Tables has one entry for each file of a set that is read together. Most
	// templates have one table.
	Tables []Table
	// Modes lists the modes that the Template allows. The first is the default.
	// Empty means all of them, [ModeUpsert] first. A Template that must not change
	// people lists [ModeCreate] alone.
	Modes []Mode
	// Repeats treats rows that ask for exactly the same as one request: the first
	// acts, the others are skipped and name the first. Without it such rows
	// contest each other like any two rows.
	Repeats bool
	// Comment is the character that begins a comment line, for example '%'. 0
	// means that the Template has no comments.
	Comment rune
	// Delimiter separates the cells of the product's own text files. 0 means a comma.
	Delimiter rune
	// RefuseReplay refuses the same data a second time ("file.replayed"). It is
	// accepted with [Options.AllowReplay], and when the first import was undone
	// or did nothing.
	RefuseReplay bool

	// Fixed allows no edit of rows except removal ([ErrFixed]). It is for rows
	// that were looked up and not typed.
	Fixed bool
}

// A Table is one of a Template's tables.
type Table struct {
	// Name is the name of the table's sheet. It is required. Findings name it where
	// the Template has several tables.
	Name string
	// Columns lists the columns in the order of a blank template.
	Columns []Column
	// Preamble lists, by language, the lines above the headings of a blank
	// template. Each begins with the Template's Comment. English is the fallback.
	Preamble map[string][]string
	// Examples lists the example rows of a blank template, each as texts by field. In a
	// column with Values the text is the Name of one. A reader passes over a row that
	// equals an example in all its cells ("row.example"). An example should have a key
	// that no person can have, such as an address under the domain template.example.
	Examples []map[string]string
	// Reading, if not nil, may correct a row of headings that was recognised in a
	// language. It returns found fields and the fields that they mean instead, for
	// example {"name": "last_name"} for French NOM beside PRÉNOM. has reports
	// whether a field was found. It is called once for each row of headings that
	// is tried.
	Reading func(lang string, has func(field string) bool) map[string]string
	// Missing says what a preview without this table gets ("table.missing"): a
	// warning, or for [formats.Error] a refusal. The zero value means nothing.
	Missing formats.Severity
	// Unfold returns the rows of one stored person for [Export]. It is for a table
	// where one person may have several rows, for example one for each line. Each
	// row is a map of field names to values; a field that is not in the map has
	// the person's own value. A nil map is a thing that no row can express
	// ("export.unsaid"). held lists what the person holds, ordered by id.
	Unfold func(person users.Record, held []users.Record) []map[string]string
	// Draft reads one row into d. It must depend on the row's cells alone, and
	// must not keep d or row. The engine calls it several times for a row, one
	// call at a time for each preview.
	Draft func(row Row, d *Draft)
}

// A Column is one column of a [Table], as data.
type Column struct {
	// Field is the name of the field: the English heading in snake_case, for
	// example "first_name".
	Field string
	// Headings lists, by language ("en"), the headings of the column. The first
	// is the one in a blank template.
	Headings map[string][]string
	// Hints lists, by language, words that people use for the column and that are none
	// of its headings. They are suggested and never read.
	Hints map[string][]string
	// Required columns must be in the file, and their cells must not be blank.
	Required bool
	// Expected columns must be in the file. Draft decides what a blank cell means.
	Expected bool
	// PersonField is the field of the person that the cell sets, where it has
	// another name than Field. Default: Field.
	PersonField string
	// Values lists the allowed values. Nil allows any.
	Values []Value
	// Offers lists values that a blank template suggests where Values is nil.
	// Other values are allowed as well.
	Offers []string
	// IgnoreAccents recognises Values without regard to accents, blanks, hyphens
	// and underscores, as in headings.
	IgnoreAccents bool
	// CountInRecap makes a recap count rows by the value of this cell
	// ([Preview.CountBy]). It is for a cell that says what the row does.
	CountInRecap bool
	// Parse reads a cell that is not blank, in a column without Values. Nil
	// means [Text].
	Parse Parse
	// RefersIn is the space in which the cell names a record: [users.SpaceLANID]
	// for a supervisor named by LAN ID ([Draft.Refer]). The field then holds the
	// record's id.
	RefersIn users.Space
	// Space is a space of keys. Findings about the row's keys in this space are
	// shown at this column.
	Space users.Space
	// Blank says what a blank cell does to an existing person.
	Blank BlankPolicy
	// AsText formats the column as text in templates, so that leading zeros and
	// plus signs survive.
	AsText bool
	// Help explains the column in the blank template, by language.
	Help map[string]string
	// Sensitive cells are left out of findings, documents and reports.
	Sensitive bool
}

// A Value is one of the values a column allows.
type Value struct {
	// Name is the value that a [Draft] gets, in any language of the cell.
	Name string
	// Labels lists, by language, how people write the value. The first is the one
	// in a blank template.
	Labels map[string][]string
}

// Parse reads the text of a cell. It returns the value to use and the problems
// of the text. The value is not used if a problem is not a warning. Parse must
// depend on the text alone. The engine does not change what it returns.
type Parse func(text string) (value string, problems []users.Problem)

// Text reads one line of text. It trims outer blanks, composes characters (NFC),
// allows at most 256 characters and refuses invisible ones that could deceive
// ([users.CleanText]).
func Text(text string) (string, []users.Problem) { return users.CleanText(text, 0) }

// Email reads an e-mail address, for example ada@example.com ([users.ParseEmail]).
func Email(text string) (string, []users.Problem) { return users.ParseEmail(text) }

// A BlankPolicy says what a blank cell does to a field of an existing person.
type BlankPolicy uint8

const (
	// BlankKeeps leaves the field as it is. It is the zero value because it loses nothing.
	BlankKeeps BlankPolicy = iota
	// BlankClears empties the field.
	BlankClears
)

// A Mode says what a row may do about a person who exists and one who does not.
type Mode string

// The modes. In each of them, a row that equals the stored person in every
// column is unchanged.
const (
	ModeCreate Mode = "create" // creates people; a row of any table that would change an existing person is an error
	ModeUpdate Mode = "update" // changes people; an unknown person is an error
	ModeUpsert Mode = "upsert" // does both
)

// modes returns the allowed modes, the default first.
func (t *Template) modes() []Mode {
	if len(t.Modes) == 0 {
		return defaultModes()
	}
	return t.Modes
}

// defaultModes returns the modes that exist, in the order that a Template
// without Modes has them.
func defaultModes() []Mode { return []Mode{ModeUpsert, ModeCreate, ModeUpdate} }

// Languages returns the languages in which the Template has headings, "en"
// first and the others sorted.
func (t *Template) Languages() []string {
	var out []string
	for _, tab := range t.Tables {
		for _, c := range tab.Columns {
			for l := range c.Headings {
				if !slices.Contains(out, l) {
					out = append(out, l)
				}
			}
		}
	}

	slices.SortFunc(out, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "en":
			return -1
		case b == "en" || a > b:
			return 1
		}
		return -1
	})
	return out
}

// holds returns the field of the person that the column sets.
func (c *Column) holds() string { return cmp.Or(c.PersonField, c.Field) }

// holding returns the index of the column that sets a field of the person, or -1.
func (t *Table) holding(field string) int {
	for i := range t.Columns {
		if t.Columns[i].holds() == field {
			return i
		}
	}
	return -1
}

// column returns the index of the column with the field name, or -1.
func (t *Table) column(field string) int {
	for i := range t.Columns {
		if t.Columns[i].Field == field {
			return i
		}
	}
	return -1
}

// Heading returns the column's first heading in the language. Without one it
// returns the first in English, and without that the name of the field.
func (c *Column) Heading(lang string) string {
	for _, l := range []string{lang, "en"} {
		if h := c.Headings[l]; len(h) > 0 {
			return h[0]
		}
	}
	return c.Field
}

// Headings returns the headings of all columns in all languages, sorted. A
// reader may use them to find the row of headings.
func (t *Template) Headings() []string {
	var out []string
	for _, tab := range t.Tables {
		for _, c := range tab.Columns {
			for _, words := range c.Headings {
				out = append(out, words...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Label returns how people write a value of the column in the language, or in
// English. It returns name where the column has no label for it.
func (c *Column) Label(name, lang string) string {
	for _, v := range c.Values {
		if v.Name == name {
			for _, l := range []string{lang, "en"} {
				if h := v.Labels[l]; len(h) > 0 {
					return h[0]
				}
			}
		}
	}
	return name
}

// Sheet returns table number i of the Template, from 0, in the language: the blank
// template that a person downloads and fills in. Its rows are the table's Examples.
func (t *Template) Sheet(i int, lang string) formats.Sheet {
	tab := &t.Tables[i]
	s := formats.Sheet{Name: tab.Name, Rows: tab.exampleRows(lang), Preamble: tab.Preamble[lang], Comment: t.Comment}
	if s.Preamble == nil {
		s.Preamble = tab.Preamble["en"]
	}

	for c := range tab.Columns {
		col := tab.sheetColumn(c, tab.Columns[c].Heading(lang), lang)
		col.Strict, col.Width = len(tab.Columns[c].Values) > 0, max(24, len(col.Heading)+4)
		s.Columns = append(s.Columns, col)
	}
	return s
}

// exampleRows returns the examples in the order of the columns, with values as people
// write them in the language.
func (t *Table) exampleRows(lang string) iter.Seq[[]string] {
	var rows [][]string
	for _, e := range t.Examples {
		row := make([]string, len(t.Columns))
		for c := range t.Columns {
			row[c] = t.Columns[c].Label(e[t.Columns[c].Field], lang)
		}
		rows = append(rows, row)
	}
	return formats.Rows(rows...)
}
