package rainbow

import (
	"regexp"
	"strings"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

var (
	pbxForm   = regexp.MustCompile(`^PBX[0-9A-F]{4}(?:-?[0-9A-F]{4}){7}$`)
	lineForm  = regexp.MustCompile(`^[0-9A-Za-z #+*()./-]{1,32}$`)
	spoilt    = regexp.MustCompile(`^[0-9]+\.0$`)
	e164Form  = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)
	pbxSample = "PBX0123-4567-89ab-cdef-0123-4567-89ab-cdef"
)

// parseLogin reads the address of a member. Cells may be padded with blanks.
func parseLogin(raw string) (string, []users.Problem) {
	return users.ParseEmail(strings.Trim(raw, " "))
}

// parsePBX reads the id of a PBX: PBX and eight groups of four hex digits, which it makes small.
func parsePBX(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	text = strings.ToUpper(text)
	if text != "" && !pbxForm.MatchString(text) {
		return "", []users.Problem{{Code: "pbx.form"}}
	}
	if len(text) > 3 {
		text = text[:3] + strings.ToLower(text[3:])
	}
	return text, problems
}

// parseLine reads a short or an internal number, by the product's own
// expression. What a spreadsheet program makes of a number ("1001.0") is none.
func parseLine(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	switch {
	case text == "":
	case spoilt.MatchString(text):
		return "", []users.Problem{{Code: "extension.form", Fix: strings.TrimSuffix(text, ".0")}}
	case !lineForm.MatchString(text):
		return "", []users.Problem{{Code: "extension.form"}}
	}
	return text, problems
}

// parseNumber reads a public number.
func parseNumber(n extensions.Normalizer, region string) importer.Parse {
	return func(raw string) (string, []users.Problem) {
		if n == nil {
			text, problems := users.CleanText(raw, 0)
			if text != "" && !e164Form.MatchString(text) {
				return "", []users.Problem{{Code: "phone.form"}}
			}
			return text, problems
		}
		number, problems := n.Normalize(raw, region)
		if number.Ext != "" { // dropping it would lose what somebody typed
			problems = append(problems, users.Problem{Code: "phone.extension", Args: map[string]string{"ext": number.Ext}, Fix: number.E164})
		}
		return number.E164, problems
	}
}
