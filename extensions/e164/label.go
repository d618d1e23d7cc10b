package e164

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// extWords are words for an extension that the metadata do not know: French, German,
// Italian, Spanish and Portuguese, Dutch.
var extWords = regexp.MustCompile(`(?i)[ ,;(-]*\b(?:poste|durchwahl|nebenstelle|interno|ramal|toestel)\b[ .:]*([0-9]{1,20})$`)

// readLabelled reads a number that has more than punctuation around or inside it.
func (n *Normalizer) readLabelled(text, region string) (extensions.Number, []users.Problem) {
	if len(text) > 4 && strings.EqualFold(text[:4], "tel:") {
		text = "tel:" + strings.NewReplacer("%2B", "+", "%2b", "+", "%20", " ").Replace(text[4:])
	}
	if several, same := n.hasSeveral(text, region, false); several {
		return extensions.Number{}, []users.Problem{{Code: "phone.multiple", Fix: same}}
	}

	text = extWords.ReplaceAllString(text, " ext. $1")
	label, ok := splitLabel(text)
	if !ok {
		return extensions.Number{}, []users.Problem{{Code: "phone.form", Fix: n.fix(text, region, "phone.form")}}
	}

	var warnings []users.Problem
	keys, inside := findLetters(text)
	if keys {
		warnings = append(warnings, users.Problem{Code: "phone.letters", Warning: true})
	}
	if left := strings.TrimSpace(label + " " + inside); left != "" {
		warnings = append(warnings, users.Problem{Code: "phone.text", Warning: true, Args: map[string]string{"text": left}})
	}
	return n.judge(text, text, region, warnings)
}

// splitLabel returns the words before a number; "tel:" is not one. ok is false for
// anything else, such as the codes that begin with * or #, and for a letter that was
// typed for a digit.
func splitLabel(text string) (label string, ok bool) {
	start := strings.IndexAny(text, "+0123456789")
	if start < 0 { // "tel:%20"
		return "", false
	}

	before := text[:start]
	for _, r := range before {
		if !unicode.In(r, unicode.L, unicode.M) && !strings.ContainsRune(" .:,;-([", r) {
			return "", false
		}
	}

	if before != "" && strings.Trim(before, "OoIil") == "" {
		return "", false
	}

	before = strings.Trim(before, " .:,;-([")
	if strings.EqualFold(before, "tel") {
		before = ""
	}
	return before, true
}

// findLetters looks for letters in a number without its extension. Three or more are read
// as a telephone's keys. Fewer are inside, and are left out.
func findLetters(text string) (keys bool, inside string) {
	start := strings.IndexAny(text, "+0123456789")
	body := text[start:]
	for _, parameter := range []string{";phone-context=", ";isub="} {
		body, _, _ = strings.Cut(body, parameter)
	}

	body, _ = phonenumbers.MaybeSeparateExtensionFromPhone(body)
	var b strings.Builder
	for i := range len(body) {
		if c := body[i] | 0x20; 'a' <= c && c <= 'z' {
			b.WriteByte(body[i])
		}
	}

	if b.Len() >= 3 {
		return true, ""
	}
	return false, b.String()
}

var longExtPattern = regexp.MustCompile(`(?i)[a-z=;,][ .:]*[0-9]{21,}$`)

// hasLongExt reports whether a text ends with an extension that is too long.
func hasLongExt(text string) bool { return longExtPattern.MatchString(text) }
