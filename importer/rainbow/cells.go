package rainbow

import (
	"regexp"
	"strings"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// e164Form is a number in E.164, for want of a Normalizer.
var e164Form = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)

// parseLogin reads the address of a member. Cells may be padded with blanks.
func parseLogin(raw string) (string, []users.Problem) {
	return users.ParseEmail(strings.Trim(raw, " "))
}

// parsePBX reads the id of a system: one of the account's, whatever its form, or
// one of the form that the product gives them.
func (l *lines) parsePBX(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	if s, known := l.pbxs[users.SpacePBX.Fold(text)]; known {
		return s.id, problems
	}
	return extensions.ParsePBX(raw)
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
