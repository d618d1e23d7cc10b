package e164

import (
	"strings"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// readLabelled reads a number that has more than punctuation around or inside it.
func (n *Normalizer) readLabelled(text, region string) (extensions.Number, []users.Problem) {
	if len(text) > 4 && strings.EqualFold(text[:4], "tel:") {
		text = "tel:" + strings.NewReplacer("%2B", "+", "%2b", "+", "%20", " ").Replace(text[4:])
	}
	if numbers, several := n.hasSeveral(text, region, false); several {
		return extensions.Number{}, []users.Problem{multiple(numbers)}
	}

	label, start, ok := splitLabel(text)
	if !ok {
		return extensions.Number{}, []users.Problem{{Code: "phone.form", Fix: n.fix(text, "", region, "phone.form")}}
	}
	if hasContext(text) {
		return n.readLink(text, label, text[start:], region)
	}

	body, ext := text[start:], ""
	if numbers, several := n.hasTails(body, region); several {
		return extensions.Number{}, []users.Problem{short(numbers)}
	}
	if body, ext = cutExtension(body); ext != "" {
		if numbers, several := n.hasTails(body, region); several {
			return extensions.Number{}, []users.Problem{short(numbers)}
		}
	}
	if asked, ok := clean(body); ok {
		return n.judge(asked, ext, body, region, leftOut(label, ""))
	}
	return n.readWords(body, ext, label, region)
}

// hasContext reports whether a text is a link with a parameter that changes how its
// number is read.
func hasContext(text string) bool {
	return strings.Contains(text, ";phone-context=") || strings.Contains(text, ";isub=")
}

// readLink reads a tel: link that has such a parameter, which the metadata know.
func (n *Normalizer) readLink(text, label, body, region string) (extensions.Number, []users.Problem) {
	number, _, _ := strings.Cut(body, ";")
	if _, ok := clean(number); !ok {
		return extensions.Number{}, []users.Problem{{Code: "phone.form"}}
	}
	return n.judge(text, "", body, region, leftOut(label, ""))
}

// splitLabel returns the words before a number, and where the number begins; "tel:" is
// not one. ok is false for anything else, such as the codes that begin with * or #, and
// for a letter that was typed for a digit.
func splitLabel(text string) (label string, start int, ok bool) {
	start = strings.IndexAny(text, "+0123456789")
	if start < 0 { // "tel:%20"
		return "", 0, false
	}

	before := text[:start]
	for _, r := range before {
		if !isLetter(r) && !strings.ContainsRune(" .:,;-([", r) {
			return "", 0, false
		}
	}

	if before != "" && strings.Trim(before, "OoIil") == "" {
		return "", 0, false
	}

	before = strings.Trim(before, " .:,;-([")
	if strings.EqualFold(before, "tel") {
		before = ""
	}
	return before, start, true
}
