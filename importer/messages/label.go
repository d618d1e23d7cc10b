package messages

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// Action returns the word for an action: "Create". It returns "" for no action.
func (l Language) Action(a importer.Action) string { return l.table().words["action."+a.String()] }

// Outcome returns the word for an outcome: "Created". It returns "" for no outcome.
func (l Language) Outcome(o importer.Outcome) string { return l.table().words["outcome."+string(o)] }

// Severity returns the word for a severity: "Error". It returns "" for no severity.
func (l Language) Severity(s formats.Severity) string { return l.table().words["severity."+s.String()] }

// State returns the word for the state of an import: "Done". It also accepts
// "interrupted", and returns "" for no state.
func (l Language) State(s users.ImportState) string { return l.table().words["state."+string(s)] }

// Field returns the label of a field: "First name" for "first_name". The label of
// an unknown field is made from its name: "Cost centre" for "custom.cost_centre".
// The label of a feature is the name of the feature.
func (l Language) Field(name string) string { return l.label("field.", name) }

// Value returns the value of a field in the words of the reader: "Account Admin"
// for the role "account_admin", "yes" or "no" for a boolean, "force_attach" for what
// a row about a line does. It returns any other value unchanged and does not escape it.
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

	if w, ok := words["value."+field+"."+value]; ok {
		return w
	}
	return value
}

// Label returns the heading of a column of a report, a preview or a history:
// "Row" for "row". The heading of an unknown column is made from its name.
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
