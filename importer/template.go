package importer

import (
	"cmp"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A Template says what a kind of file means: its columns as data, and for each
// table a function that reads one row into a [Draft]. A Template decides
// nothing; see [Draft].
//
// A Template must not be changed once it is in use. It may be used by several
// goroutines.
type Template struct {
	// Name is what a command or a history calls it: "cloudlink"; any but
	// [TemplateUndo] and [users.TemplateHand].
	Name string
	// Tables are one for each file that belongs together. Most templates have one.
	Tables []Table
	// Modes are those the Template knows; the first is the default. Empty means [Create] alone.
	Modes []Mode
	// Repeats makes rows that ask for the same in every meaning one request:
	// the first acts, the others are skipped and name it. Without it they
	// contest each other like any two rows.
	Repeats bool
	// Comment is the sign a comment line begins with; 0 if the Template has none.
	Comment rune
	// Delimiter is what stands between the cells of the product's own text files; 0 is a comma.
	Delimiter rune
	// RefuseReplay refuses the same data a second time ("file.replayed"), unless
	// [Options.AllowReplay] insists on it, or the first import was undone or did nothing.
	RefuseReplay bool

	// Fixed rows can only be removed from a preview ([ErrFixed]): what they mean
	// was looked up, and not typed.
	Fixed bool
}

// A Table is one of a Template's tables.
type Table struct {
	// Name is the table's name: of its sheet, and in findings where there are several tables.
	Name    string
	Columns []Column
	// Preamble are, by language, lines above the headings of a blank template:
	// they begin with the Template's Comment, and are in English where the language has none.
	Preamble map[string][]string
	// Reading, where it is given, reads a row of headings otherwise than word by
	// word, once it has been recognised in a language: it answers which fields
	// that were found stand for which others. has reports whether a field was found.
	Reading func(lang string, has func(field string) bool) map[string]string
	// Missing is how a preview made without the table says so ("table.missing"):
	// by a warning, or, where it is an error, by refusing the others. The zero value says nothing.
	Missing formats.Severity
	// Unfold gives, where a row of the table says one thing of many about a
	// person, those of a stored one for [Export]: the values of the fields, a map
	// for each row, in order. What is not in a map the person's own field says;
	// what no row can say is a nil map ("export.unsaid"). held is what the person
	// has, ordered by id.
	Unfold func(person users.Record, held []users.Record) []map[string]string
	// Draft reads one row into d. It must depend on the row's cells alone, and
	// must not keep d or row. It is called more than once for a row.
	Draft func(row Row, d *Draft)
}

// A Column is one column of a [Table], as data.
type Column struct {
	// Field is the name of the field: the English heading in snake_case.
	Field string
	// Headings are, by language ("en"), those the column is known by; the
	// first is the one a blank template has.
	Headings map[string][]string
	// Required columns must stand in the file, and their cells must not be blank.
	Required bool
	// Expected columns must stand in the file; what a blank cell means the Draft says.
	Expected bool
	// PersonField is the field of the person that the cell is about, where a product
	// calls it otherwise. Default: Field.
	PersonField string
	// Values are those allowed; nil allows any.
	Values []Value
	// Offers are values that a blank template offers where Values are nil; others are allowed as well.
	Offers []string
	// IgnoreAccents recognises Values without regard to accents, blanks, hyphens and
	// underscores too, as headings are ([folding.Heading]).
	IgnoreAccents bool
	// CountInRecap says that the cell tells what the row does, so that a recap counts
	// rows by it ([Preview.CountBy]).
	CountInRecap bool
	// Parse reads a cell that is not blank and not one of Values. Nil means [Text].
	Parse Parse
	// RefersIn is, for a cell that names a record, the space in which it does: the
	// supervisor by LAN ID ([Draft.Refer]). The field then holds the record's id.
	RefersIn users.Space
	// Space is where findings stand: at this column those about the row's keys in the space.
	Space users.Space
	// Blank says what a blank cell does to somebody who exists.
	Blank BlankPolicy
	// AsText has the column formatted as text in templates, so that leading zeros and plus signs survive.
	AsText bool
	// Help explains the column, by language, in the blank template.
	Help map[string]string
	// Sensitive cells are left out of findings, documents and reports.
	Sensitive bool
}

// A Value is one of the values a column allows.
type Value struct {
	// Name is what a [Draft] gets, whatever the language of the cell.
	Name string
	// Labels are, by language, how people write it; the first is the one a blank template offers.
	Labels map[string][]string
}

// Parse reads the text of a cell. It returns the value to use, and what is
// wrong; the value is not used if a problem is no warning. It depends on the
// text alone, and what it returns is not changed.
type Parse func(text string) (value string, problems []users.Problem)

// Text reads one line of text: outer blanks trimmed, composed (NFC), at most
// 256 characters, and nothing invisible that could deceive ([users.CleanText]).
func Text(text string) (string, []users.Problem) { return users.CleanText(text, 0) }

// Email reads an e-mail address ([users.ParseEmail]).
func Email(text string) (string, []users.Problem) { return users.ParseEmail(text) }

// A BlankPolicy says what a blank cell does to a field of somebody who exists.
type BlankPolicy uint8

const (
	// BlankKeeps leaves the field as it is. The zero value, because it loses nothing.
	BlankKeeps BlankPolicy = iota
	// BlankClears empties the field.
	BlankClears
)

// A Mode says what a row about a known or an unknown person may do.
type Mode string

// The modes. In each of them a row that equals the stored person in every
// column is unchanged.
const (
	ModeCreate Mode = "create" // makes people; a row that would change a known one is an error, in whichever table
	ModeUpdate Mode = "update" // changes people; an unknown person is an error
	ModeUpsert Mode = "upsert" // does either
)

func (t *Template) modes() []Mode {
	if len(t.Modes) == 0 {
		return []Mode{ModeCreate}
	}
	return t.Modes
}

// Languages are those the Template has headings in, "en" first, the others sorted.
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

// holds is the field of the person that the column is about.
func (c *Column) holds() string { return cmp.Or(c.PersonField, c.Field) }

// holding is the column about a field of the person: one that says so, or is called so; -1 if none is.
func (t *Table) holding(field string) int {
	for i := range t.Columns {
		if t.Columns[i].holds() == field {
			return i
		}
	}
	return -1
}

func (t *Table) column(field string) int {
	for i := range t.Columns {
		if t.Columns[i].Field == field {
			return i
		}
	}
	return -1
}

// Heading is the column's first heading in the language, in English where the
// language has none, and the field's name where English has none either.
func (c *Column) Heading(lang string) string {
	for _, l := range []string{lang, "en"} {
		if h := c.Headings[l]; len(h) > 0 {
			return h[0]
		}
	}
	return c.Field
}

// Headings are those that any column of the Template is known by, in every
// language, sorted: a hint for a reader that has to tell headings from data.
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

// Label is how a value of the column is written in the language; name itself where the column has no label for it.
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

// Sheet is table number i of the template without rows, in a language: what a
// person downloads and fills in.
func (t *Template) Sheet(i int, lang string) formats.Sheet {
	tab := &t.Tables[i]
	s := formats.Sheet{Name: tab.Name, Rows: formats.Rows(), Preamble: tab.Preamble[lang], Comment: t.Comment}
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
