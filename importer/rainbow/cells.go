package rainbow

import (
	"regexp"
	"strings"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// e164Form matches a number in E.164. It is used without a Normalizer.
var e164Form = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)

// parseLogin reads the e-mail address of a member. Outer blanks are ignored.
func parseLogin(raw string) (string, []users.Problem) {
	return users.ParseEmail(strings.Trim(raw, " "))
}

// parsePBX reads the id of a PBX. It is one of the account's, in any form, or has
// the form of the product: PBX0123-4567-89ab-cdef-0123-4567-89ab-cdef.
func (l *lines) parsePBX(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	if s, known := l.pbxs[users.SpacePBX.Fold(text)]; known {
		return s.id, problems
	}
	return extensions.ParsePBX(raw)
}

// parseNumber returns the function that reads a public number. National numbers
// are those of the region.
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
		if number.Ext != "" { // it must not be dropped without notice
			problems = append(problems, users.Problem{Code: "phone.extension", Args: map[string]string{"ext": number.Ext}, Fix: number.E164})
		}
		return number.E164, problems
	}
}
