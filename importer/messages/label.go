package messages

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// Action is what a row will do, in a word: "Create". It is "" for no action.
func (l Language) Action(a importer.Action) string { return l.table().words["action."+a.String()] }

// Outcome is what became of a row, in a word: "Created". It is "" for no outcome.
func (l Language) Outcome(o importer.Outcome) string { return l.table().words["outcome."+string(o)] }

// Severity is the weight of a finding, in a word: "Error". It is "" for no severity.
func (l Language) Severity(s formats.Severity) string { return l.table().words["severity."+s.String()] }

// State is how far an import has come, in a word: "Done". It knows
// "interrupted" too, and is "" for no state.
func (l Language) State(s users.ImportState) string { return l.table().words["state."+string(s)] }

// Field is the label of a field by its name: "First name" for "first_name". A
// field nobody knows is called by its own name, "Cost centre" for "custom.cost_centre",
// a feature as it is.
func (l Language) Field(name string) string { return l.label("field.", name) }

// Value is the value of a field as people write it: "Account Admin" for the
// role "account_admin", "yes" for what is so. Any other value is left as it is;
// it is not made fit to be shown.
func (l Language) Value(field, value string) string {
	words := l.table().words
	if strings.HasPrefix(field, "feature.") {
		field = "enabled"
	}
	switch field {
	case "role", "roles":
		parts := strings.Split(value, ",")
		for i, p := range parts {
			if w, ok := words["role."+p]; ok {
				parts[i] = w
			}
		}
		return strings.Join(parts, ", ")
	case "registered", "active", "enabled":
		if w, ok := words["value."+value]; ok {
			return w
		}
	}
	return value
}

// Label is the heading of a column of a report, a preview or a history: "Row"
// for "row". A name nobody knows heads its column itself.
func (l Language) Label(name string) string { return l.label("label.", name) }

func (l Language) label(space, name string) string {
	words := l.table().words
	if feature, ok := strings.CutPrefix(name, "feature."); ok {
		return shown(feature)
	}
	short := name[strings.LastIndexByte(name, '.')+1:]
	for _, n := range []string{name, short} {
		if w, ok := words[space+n]; ok {
			return w
		}
	}
	short = shown(strings.ReplaceAll(short, "_", " "))
	first, size := utf8.DecodeRuneInString(short)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + short[size:]
}
