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

// TemplateOf makes a Template of the struct T, each tagged field of which is a
// column:
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
// "custom." and a name), and goes on with options:
//
//	about        the row is about the person who has this value, or makes them; one column says so
//	claim        the person shall have the value, and nobody else may: another key beside that of about
//	refer=SPACE  the cell names a record by what it has in that space ("lanid", "unit"); the field holds its id
//	required     the column must stand in the file, and its cells must not be blank
//	blank=clear  a blank cell empties the field of somebody who exists; blank=keep, the default, leaves it
//	text         templates format the column as text, so that leading zeros survive
//	sensitive    what the cells hold shows nowhere
//	read         the cell is read, and nothing more: a method Draft has use for it
//
// Tags called by a language (two letters) list the headings, the one for a blank
// template first. Without any in English the heading is the struct's name for the
// field, in words; another language takes the English ones where the field has
// none. The tag values lists the values allowed, each with its labels: one for
// every language of the struct, English first and the others sorted, and then
// other spellings. Fields that are an e-mail address, or name somebody by it,
// are read by [Email], others by [Text] and what [users.Check] says.
//
// If *T has a method Draft(Row, *Draft), it is called after all that, on a T
// with the values of the row, which it must not keep. What else T has, it may
// not depend on.
//
// Without modes the Template has all of them, [Upsert] first: a list of people
// is mostly meant to bring in the new ones and what changed about the others. The
// error names every mistake, and the struct's field that has it.
func TemplateOf[T any](name string, modes ...Mode) (*Template, error) {
	t := &tagged{name: name, typ: reflect.TypeFor[T](), modes: modes}
	_, t.own = any(new(T)).(drafter)
	return t.template()
}

type drafter interface{ Draft(Row, *Draft) }

// tagged is a struct being read as a template.
type tagged struct {
	name   string
	typ    reflect.Type
	modes  []Mode
	own    bool // there is a method Draft
	fields []taggedField
	errs   []error
}

// taggedField is one column, and what a row says by it.
type taggedField struct {
	name   string // in the struct
	index  int
	column Column
	space  users.Space // in which its values are keys
	about  bool
	claim  bool
	read   bool
	tags   map[string]string
}

func (t *tagged) fail(field, format string, args ...any) {
	where := "importer: template " + t.name
	if field != "" {
		where += ": " + field
	}
	t.errs = append(t.errs, fmt.Errorf("%s: %w", where, fmt.Errorf(format, args...)))
}

func (t *tagged) template() (*Template, error) {
	if t.checkStruct() {
		for _, f := range reflect.VisibleFields(t.typ) {
			t.field(f)
		}
		t.headings()
		t.values()
		t.check()
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
		modes = []Mode{ModeUpsert, ModeCreate, ModeUpdate}
	}
	return &Template{Name: t.name, Tables: []Table{tab}, Modes: modes}, nil
}

// checkStruct looks at what is not a field, and reports whether there are fields to look at.
func (t *tagged) checkStruct() bool {
	if t.name == TemplateUndo || t.name == users.TemplateHand {
		t.fail("", "%q cannot be the name of a template", t.name)
	}
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

// field reads a field's tag usher.
func (t *tagged) field(f reflect.StructField) {
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
		t.option(&x, o)
	}
	t.fields = append(t.fields, x)
}

func nameOf(option string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(option), "=")
	return name
}

func (t *tagged) option(x *taggedField, option string) {
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

// namesRecords reports whether a cell may name a record by its value in the space.
func namesRecords(s users.Space) bool {
	switch s.Kind() {
	case users.KindUser, users.KindUnit, users.KindRole, users.KindPBX, users.KindSubscription:
		return s.Unique()
	}
	return s == users.SpaceID
}

// tagsOf are all tags of a field, by key; false if they are not written as such.
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

// isLanguage reports whether a tag is called by a language: two letters, but
// db, which is none and is what others call a tag.
func isLanguage(key string) bool {
	return len(key) == 2 && key != "db" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz") == ""
}

// languages are those in which some field has headings, as [Template.Languages] sorts them.
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

// headings gives every column headings in every language.
func (t *tagged) headings() {
	for _, lang := range t.languages() {
		taken := map[string]string{}
		for i := range t.fields {
			f := &t.fields[i]
			if f.column.Headings == nil {
				f.column.Headings = map[string][]string{}
			}
			list, has := f.tags[lang]
			switch {
			case has:
				f.column.Headings[lang] = t.list(f, lang, list)
			case lang == "en":
				f.column.Headings[lang] = []string{words(f.name)}
			default:
				f.column.Headings[lang] = f.column.Headings["en"]
			}
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
	}
}

// list splits a tag at its commas.
func (t *tagged) list(f *taggedField, tag, text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			t.fail(f.name, "the tag %s has an empty entry", tag)
			continue
		}
		out = append(out, part)
	}
	return out
}

// words are a Go name taken apart: "First Name" for FirstName, "LAN ID" for LAN_ID.
func words(name string) string {
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

// values reads the tags of that name.
func (t *tagged) values() {
	langs := t.languages()
	for i := range t.fields {
		f := &t.fields[i]
		text, has := f.tags["values"]
		if !has {
			continue
		}
		meant := map[string]string{}
		for _, entry := range t.list(f, "values", text) {
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
			for _, lang := range append(langs, "") {
				for _, label := range append(v.Labels[lang], v.Name) {
					if other, taken := meant[users.Fold(label)]; taken && other != v.Name {
						t.fail(f.name, "%q means both %s and %s", label, other, v.Name)
						break
					}
					meant[users.Fold(label)] = v.Name
				}
			}
			if slices.ContainsFunc(f.column.Values, func(o Value) bool { return o.Name == v.Name }) {
				t.fail(f.name, "the value %q stands twice", v.Name)
			}
			f.column.Values = append(f.column.Values, v)
		}
	}
}
