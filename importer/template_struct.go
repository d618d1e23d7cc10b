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
//		Staff string `usher:"login,claim,name=staff_number" en:"STAFF NUMBER"`
//	}
//
// The tag usher begins with the name of the field ([users.ProfileFields], or
// "custom." and a name). Options follow it:
//
//	about        the row is about the person who has this value, or creates that person; exactly one field
//	claim        the person shall have the value, and no one else may: a further key
//	refer=SPACE  the cell names a record by its value in that space; the field holds its id
//	name=NAME    findings and edits call the column so, and not by the field ("Staff number" instead of "Login")
//	required     the column must be in the file, and its cells must not be blank
//	blank=clear  a blank cell empties the field of an existing person; blank=keep, the default, leaves it
//	text         templates format the column as text, so that leading zeros survive
//	sensitive    the cells are left out of findings, documents and reports
//	read         the cell is read for the method Draft and sets no field
//
// The fields with about or claim can be email, login, lan_id and pbx_id. A key of
// the host's own, such as a staff number, must be kept in one of them: in login or
// lan_id.
//
// A person is referred to in the spaces email, login, external, lanid and station.
// Other records are referred to in unit, role, pbx and product, and every record
// in id.
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
// There are no tags for help texts ([Column.Help]), functions that read a cell
// ([Column.Parse]), values that are only suggested ([Column.Offers]), and columns
// that must be in the file although cells may be blank ([Column.Expected]). Such a
// file needs a [Template] value.
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
	field  string // of the person, or the name of a column that is only read
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
			t.fail("", "mode %q is unknown or listed twice", m)
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
		t.fail(f.Name, "it is in an embedded struct")
		return
	case !f.IsExported():
		t.fail(f.Name, "it is not exported")
		return
	case f.Type.Kind() != reflect.String:
		t.fail(f.Name, "it is %s and not a string", f.Type)
		return
	}

	options := strings.Split(spec, ",")
	field := strings.TrimSpace(options[0])
	x := taggedField{name: f.Name, index: f.Index[0], field: field, tags: tags, column: Column{Field: field}}
	if field == "" {
		t.fail(f.Name, "the tag names no field")
		return
	}

	for i, o := range options[1:] {
		o = strings.TrimSpace(o)
		if slices.ContainsFunc(options[1:i+1], func(p string) bool { return nameOf(p) == nameOf(o) }) {
			t.fail(f.Name, "option %q is given twice", nameOf(o))
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
		t.readOptionWithValue(x, option)
	}
}

// readOptionWithValue applies "refer=email" or "name=staff_number".
func (t *tagged) readOptionWithValue(x *taggedField, option string) {
	kind, value, _ := strings.Cut(option, "=")
	switch {
	case kind == "refer" && slices.Contains(recordSpaces(), users.Space(value)):
		x.column.RefersIn = users.Space(value)
	case kind == "refer":
		t.fail(x.name, "a cell cannot name a record in the space %q: use %s", value, list(recordSpaces()))
	case kind == "name" && isColumnName(value):
		x.column.Field, x.column.PersonField = value, x.field
	case kind == "name":
		t.fail(x.name, "%q cannot be the name of a column: use small letters, digits and underscores", value)
	default:
		t.fail(x.name, "unknown option %q", option)
	}
}

// isColumnName reports whether a text is in snake_case.
func isColumnName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// recordSpaces returns the spaces in which a value identifies one record.
func recordSpaces() []users.Space {
	return []users.Space{users.SpaceEmail, users.SpaceLogin, users.SpaceExternal, users.SpaceLANID, users.SpaceStation,
		users.SpaceUnit, users.SpaceRole, users.SpacePBX, users.SpaceProduct, users.SpaceID}
}

// list returns texts as people list them: "email, login or id".
func list[T ~string](texts []T) string {
	var b strings.Builder
	for i, s := range texts {
		switch {
		case i > 0 && i == len(texts)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return b.String()
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
		taken := map[string]taggedHeading{} // by folded heading
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

// A taggedHeading is a heading and the struct field that has it.
type taggedHeading struct{ text, name string }

// checkHeadings refuses headings of a field that fold to nothing, or that are
// taken already in the language. It adds them to taken.
func (t *tagged) checkHeadings(f *taggedField, lang string, taken map[string]taggedHeading) {
	for _, h := range f.column.Headings[lang] {
		folded := folding.Heading(h)
		switch other := taken[folded]; {
		case folded == "":
			t.fail(f.name, "the heading %q has neither letters nor digits", h)
		case other.name == f.name:
			t.fail(f.name, "the headings %q and %q are the same in %s; keep one", other.text, h, lang)
		case other.name != "":
			t.fail(f.name, "the heading %q is that of %s in %s too", h, other.name, lang)
		}
		taken[folded] = taggedHeading{h, f.name}
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
				t.fail(f.name, "the value %q is listed twice", v.Name)
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
