package importer

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/users"
)

// TemplateOf returns a Template made from the struct T. Each tagged field of the
// struct is a column:
//
//	type hire struct {
//		Email string `usher:"email,about,required" en:"EMAIL,E-MAIL ADDRESS" fr:"COURRIEL"`
//		Name  string `usher:"name,required"`
//		Role  string `usher:"role" values:"user=User|Utilisateur,account_admin=Account Admin"`
//		Badge string `usher:"custom.badge,text,blank=clear"`
//		Boss  string `usher:"supervisor,refer=email"`
//	}
//
// The tag usher begins with the name of the field ([users.ProfileFields], or
// "custom." and a name). Options follow it:
//
//	about        the row is about the person who has this value, or creates that person; exactly one field
//	claim        the person shall have the value, and no one else may: a further key
//	refer=SPACE  the cell names a record by its value in that space ("lanid", "unit"); the field holds its id
//	required     the column must be in the file, and its cells must not be blank
//	blank=clear  a blank cell empties the field of an existing person; blank=keep, the default, leaves it
//	text         templates format the column as text, so that leading zeros survive
//	sensitive    the cells are left out of findings, documents and reports
//	read         the cell is read for the method Draft and sets no field
//
// A tag named after a language (two letters) lists the headings, the one for a
// blank template first. Without a tag en the heading is the name of the struct
// field in words: "First Name" for FirstName. Another language without a tag has
// the English headings.
//
// The tag values lists the allowed values, each with its labels. The labels are
// one for each language of the struct, English first and the others sorted, and
// then further spellings.
//
// A field that is an e-mail address, or refers to a person by one, is read by
// [Email]. Other fields are read by [Text] and checked by [users.Check].
//
// If *T has a method Draft(Row, *Draft), it is called for each row after the tags
// were applied. Its receiver is a new T with the values of the row. It must not keep its
// arguments, and must depend on nothing else in T.
//
// Without modes the Template has all of them, [ModeUpsert] first
// ([Template.Modes]). The error joins one error for every mistake, each with the
// name of the struct field.
func TemplateOf[T any](name string, modes ...Mode) (*Template, error) {
	t := &tagged{name: name, typ: reflect.TypeFor[T](), modes: modes}
	_, t.own = any(new(T)).(drafter)
	return t.template()
}

// A drafter is a struct with a Draft method of its own.
type drafter interface{ Draft(Row, *Draft) }

// tagged is a struct while it is made into a template.
type tagged struct {
	name   string
	typ    reflect.Type
	modes  []Mode
	own    bool // *T is a drafter
	fields []taggedField
	errs   []error
}

// taggedField is one column, with the tags of its struct field.
type taggedField struct {
	name   string // of the struct field
	index  int    // of the struct field
	column Column
	space  users.Space // the space in which its values are keys, or ""
	about  bool
	claim  bool
	read   bool
	tags   map[string]string
}

// fail adds a mistake of a struct field, or of the whole struct if field is "".
func (t *tagged) fail(field, format string, args ...any) {
	where := "importer: template " + t.name
	if field != "" {
		where += ": " + field
	}
	t.errs = append(t.errs, fmt.Errorf("%s: %w", where, fmt.Errorf(format, args...)))
}

// template returns the template, or every mistake of the struct.
func (t *tagged) template() (*Template, error) {
	if t.checkStruct() {
		for _, f := range reflect.VisibleFields(t.typ) {
			t.readField(f)
		}
		t.readHeadings()
		t.readValues()
		t.checkFields() // last: it looks at the values of each column
	}
	if len(t.errs) > 0 {
		return nil, errors.Join(t.errs...)
	}

	tab := Table{Name: t.name, Draft: t.draft}
	for _, f := range t.fields {
		tab.Columns = append(tab.Columns, f.column)
	}
	modes := t.modes
	if len(modes) == 0 {
		modes = defaultModes()
	}
	return &Template{Name: t.name, Tables: []Table{tab}, Modes: modes}, nil
}

// checkStruct checks the name, the modes and the type. It reports whether the
// type is a struct, whose fields can be read.
func (t *tagged) checkStruct() bool {
	if t.name == TemplateUndo || t.name == users.TemplateHand {
		t.fail("", "%q cannot be the name of a template", t.name)
	}
	// The name of a sheet in a workbook has these limits.
	if t.name == "" || len(t.name) > 31 || strings.ContainsAny(t.name, `:\/?*[]'`) {
		t.fail("", "the name cannot be that of a sheet, which has 1 to 31 characters and none of :\\/?*[]'")
	}
	for i, m := range t.modes {
		if m != ModeCreate && m != ModeUpdate && m != ModeUpsert || slices.Contains(t.modes[:i], m) {
			t.fail("", "mode %q is unknown or stands twice", m)
		}
	}

	if t.typ.Kind() != reflect.Struct {
		t.fail("", "%s is not a struct", t.typ)
		return false
	}
	if _, has := reflect.PointerTo(t.typ).MethodByName("Draft"); has && !t.own {
		t.fail("", "the method Draft of %s must be func(importer.Row, *importer.Draft)", t.typ)
	}
	return true
}

// readField adds the column of a struct field that has the tag usher.
func (t *tagged) readField(f reflect.StructField) {
	tags, ok := tagsOf(f.Tag)
	spec, tagged := tags["usher"]
	switch {
	case !ok && strings.Contains(string(f.Tag), "usher"):
		t.fail(f.Name, "the tag is not of the form key:\"value\", each key once")
		return
	case !ok || !tagged || spec == "-":
		return
	case len(f.Index) > 1:
		t.fail(f.Name, "it stands in an embedded struct")
		return
	case !f.IsExported():
		t.fail(f.Name, "it is not exported")
		return
	case f.Type.Kind() != reflect.String:
		t.fail(f.Name, "it is %s and not a string", f.Type)
		return
	}

	options := strings.Split(spec, ",")
	x := taggedField{name: f.Name, index: f.Index[0], tags: tags, column: Column{Field: strings.TrimSpace(options[0])}}
	if x.column.Field == "" {
		t.fail(f.Name, "the tag names no field")
		return
	}

	for i, o := range options[1:] {
		o = strings.TrimSpace(o)
		if slices.ContainsFunc(options[1:i+1], func(p string) bool { return nameOf(p) == nameOf(o) }) {
			t.fail(f.Name, "option %q stands twice", nameOf(o))
		}
		t.readOption(&x, o)
	}
	t.fields = append(t.fields, x)
}

// nameOf returns the name of an option: "blank" of "blank=clear".
func nameOf(option string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(option), "=")
	return name
}

// readOption applies one option of a tag usher.
func (t *tagged) readOption(x *taggedField, option string) {
	switch option {
	case "about":
		x.about = true
	case "claim":
		x.claim = true
	case "required":
		x.column.Required = true
	case "text":
		x.column.AsText = true
	case "sensitive":
		x.column.Sensitive = true
	case "read":
		x.read = true
	case "blank=keep":
	case "blank=clear":
		x.column.Blank = BlankClears
	default:
		space, ok := strings.CutPrefix(option, "refer=")
		switch {
		case !ok:
			t.fail(x.name, "unknown option %q", option)
		case !namesRecords(users.Space(space)):
			t.fail(x.name, "there is no space %q in which a cell could name a record", space)
		default:
			x.column.RefersIn = users.Space(space)
		}
	}
}

// namesRecords reports whether a value in the space identifies one record.
func namesRecords(s users.Space) bool {
	switch s.Kind() {
	case users.KindUser, users.KindUnit, users.KindRole, users.KindPBX, users.KindSubscription:
		return s.Unique()
	}
	return s == users.SpaceID
}

// tagsOf returns all tags of a struct field by key. It returns false if the text
// is not a list of tags, or has a key twice. [reflect.StructTag] would ignore both.
func tagsOf(tag reflect.StructTag) (map[string]string, bool) {
	out := map[string]string{}
	rest := strings.TrimLeft(string(tag), " ")
	for rest != "" {
		key, value, ok := strings.Cut(rest, ":")
		if !ok || key == "" || strings.ContainsAny(key, " \"") {
			return nil, false
		}

		quoted, err := strconv.QuotedPrefix(value)
		if err != nil || quoted[0] != '"' {
			return nil, false
		}

		if _, twice := out[key]; twice {
			return nil, false
		}
		out[key], _ = strconv.Unquote(quoted)
		rest = strings.TrimLeft(value[len(quoted):], " ")
	}
	return out, true
}

// isLanguage reports whether the key of a tag is a language: two letters, except
// db, which database packages use for their tags.
func isLanguage(key string) bool {
	return len(key) == 2 && key != "db" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz") == ""
}

// languages returns the languages in which some field has headings, "en" first
// and the others sorted.
func (t *tagged) languages() []string {
	out := []string{"en"}
	for _, f := range t.fields {
		for _, key := range sortedKeys(f.tags) {
			if isLanguage(key) && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	slices.Sort(out[1:])
	return out
}

// readHeadings gives every column headings in every language.
func (t *tagged) readHeadings() {
	for _, lang := range t.languages() {
		taken := map[string]string{} // struct fields by folded heading
		for i := range t.fields {
			f := &t.fields[i]
			if f.column.Headings == nil {
				f.column.Headings = map[string][]string{}
			}

			list, has := f.tags[lang]
			switch {
			case has:
				f.column.Headings[lang] = t.splitList(f, lang, list)
			case lang == "en":
				f.column.Headings[lang] = []string{wordsOf(f.name)}
			default:
				// English is the first language, so its headings are known here.
				f.column.Headings[lang] = f.column.Headings["en"]
			}
			t.checkHeadings(f, lang, taken)
		}
	}
}

// checkHeadings refuses headings of a field that fold to nothing, or that are
// taken already in the language. It adds them to taken.
func (t *tagged) checkHeadings(f *taggedField, lang string, taken map[string]string) {
	for _, h := range f.column.Headings[lang] {
		folded := folding.Heading(h)
		switch other := taken[folded]; {
		case folded == "":
			t.fail(f.name, "there is no heading in %q", h)
		case other == f.name:
			t.fail(f.name, "the heading %q stands twice in %s", h, lang)
		case other != "":
			t.fail(f.name, "the heading %q is that of %s in %s too", h, other, lang)
		}
		taken[folded] = f.name
	}
}

// splitList splits a tag at its commas.
func (t *tagged) splitList(f *taggedField, tag, text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			t.fail(f.name, "the tag %s has an empty entry", tag)
			continue
		}
		out = append(out, part)
	}
	return out
}

// wordsOf returns a Go name as words: "First Name" for FirstName, "LAN ID" for LAN_ID.
func wordsOf(name string) string {
	r := []rune(name)
	var b strings.Builder
	for i, c := range r {
		begins := i > 0 && unicode.IsUpper(c) && (unicode.IsLower(r[i-1]) || unicode.IsDigit(r[i-1]) || i+1 < len(r) && unicode.IsUpper(r[i-1]) && unicode.IsLower(r[i+1]))
		switch {
		case c == '_':
			c = ' '
		case begins:
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return strings.TrimSpace(b.String())
}

// readValues reads the tags called values.
func (t *tagged) readValues() {
	langs := t.languages()
	for i := range t.fields {
		f := &t.fields[i]
		text, has := f.tags["values"]
		if !has {
			continue
		}

		meant := map[string]string{} // value names by folded name and label
		for _, entry := range t.splitList(f, "values", text) {
			v := t.parseValue(f, entry, langs)
			t.checkLabels(f, v, langs, meant)
			if slices.ContainsFunc(f.column.Values, func(o Value) bool { return o.Name == v.Name }) {
				t.fail(f.name, "the value %q stands twice", v.Name)
			}
			f.column.Values = append(f.column.Values, v)
		}
	}
}

// parseValue reads one entry of a tag values: "user=User|Utilisateur" with the
// languages en and fr. Labels beyond the languages are English spellings.
func (t *tagged) parseValue(f *taggedField, entry string, langs []string) Value {
	name, labels, labelled := strings.Cut(entry, "=")
	v := Value{Name: strings.TrimSpace(name), Labels: map[string][]string{}}
	if !labelled {
		labels = name
	}

	for k, label := range strings.Split(labels, "|") {
		lang := "en"
		if k < len(langs) {
			lang = langs[k]
		}
		label = strings.TrimSpace(label)
		if users.Fold(label) == "" || v.Name == "" {
			t.fail(f.name, "the value %q has no name, or an empty label", entry)
		}
		v.Labels[lang] = append(v.Labels[lang], label)
	}
	return v
}

// checkLabels refuses a label or a name that another value of the field has. It
// adds those of the value to meant.
func (t *tagged) checkLabels(f *taggedField, v Value, langs []string, meant map[string]string) {
	for _, lang := range append(langs, "") { // "" has no labels, so the name is checked without them too
		for _, label := range append(v.Labels[lang], v.Name) {
			other, taken := meant[users.Fold(label)]
			if taken && other != v.Name {
				t.fail(f.name, "%q means both %s and %s", label, other, v.Name)
				break
			}
			meant[users.Fold(label)] = v.Name
		}
	}
}
