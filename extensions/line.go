package extensions

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
)

// MaxExtension is the largest number of characters of a short or internal number.
const MaxExtension = 32

var (
	// extensionForm is the vendor's own expression. "#1", "-5" and "10 01" are short numbers.
	extensionForm = regexp.MustCompile(`^[0-9A-Za-z #+*()./-]{1,32}$`)

	extensionDecimals = regexp.MustCompile(`^([0-9]+)[.,]0{1,2}$`)
	extensionDate     = regexp.MustCompile(`(?i)^(?:` +
		`(?:19|20)[0-9]{2}[-/.][01]?[0-9][-/.][0-3]?[0-9](?:[ T].*)?|` + // 2026-04-03 00:00:00
		`[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:19|20)[0-9]{2}|` + // 03/04/2026
		`[0-9]{1,2}[-/]` + extensionMonth + `(?:[-/](?:[0-9]{2}|(?:19|20)[0-9]{2}))?|` + // 3-Apr, 3-Apr-26
		extensionMonth + `[-/](?:[0-9]{2}|(?:19|20)[0-9]{2})` + // Apr-26
		`)$`)
)

// extensionMonth matches a month as spreadsheets shorten it, in English and French.
const extensionMonth = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|janv|f[eé]vr|mars|avr|mai|juin|juil|ao[uû]t|sept|d[eé]c)\.?`

// ParseExtension reads a short or an internal number of a PBX: 1 to 32 digits, letters A
// to Z in both cases, blanks, and # + * ( ) . / -. The number is text. It is kept as
// typed, with its leading zeros, except for outer blanks and the marks that keep a
// spreadsheet from changing it ('0042, ="0042").
//
// A refused number has one error:
//
//   - extension.form: the text has not that form. It has a Fix if only the characters
//     are variants (full-width digits, a long dash).
//   - extension.form (fact is "damage"): a spreadsheet took the number for something
//     else: "3.3E+10", "1001.0", a date. The Fix is the digits if all are there; leading
//     zeros may be lost.
//   - cell.excel_error: "#N/A" and similar values.
//   - text.control, text.bidi (char): as in [users.CleanText].
func ParseExtension(raw string) (number string, problems []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	if len(problems) > 0 && !problems[0].Warning {
		switch problems[0].Code {
		case "text.control", "text.bidi":
			problems[0].Fix = extensionFix(problems[0].Fix)
			return "", problems[:1]
		}
		return "", []users.Problem{{Code: "extension.form"}}
	}

	code, fixed := spreadsheet.Repair(text)
	switch {
	case code == "number.scientific", extensionDate.MatchString(fixed):
		return "", []users.Problem{damageFault("")}
	case code != "":
		return "", []users.Problem{{Code: code}}
	}

	text = strings.Trim(fixed, " ")
	if code, _ := spreadsheet.Repair(text); code == "number.scientific" { // after an apostrophe
		return "", []users.Problem{damageFault("")}
	}
	if m := extensionDecimals.FindStringSubmatch(text); m != nil {
		return "", []users.Problem{damageFault(extensionFix(m[1]))}
	}
	if !extensionForm.MatchString(text) {
		return "", []users.Problem{{Code: "extension.form", Fix: extensionFix(text)}}
	}
	return text, problems
}

func damageFault(fix string) users.Problem {
	return users.Problem{Code: "extension.form", Args: map[string]string{"fact": "damage"}, Fix: fix}
}

// extensionFix returns a text with its variants of characters replaced, and "" if the
// result is not an extension.
func extensionFix(text string) string {
	text = strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case '\uFF01' <= r && r <= '\uFF5E':
			return r - '\uFF01' + '!'
		case unicode.Is(unicode.Pd, r), r == '−':
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text), ` '’"`)

	code, fixed := spreadsheet.Repair(text)
	if code != "" || fixed != text || !extensionForm.MatchString(text) ||
		extensionDate.MatchString(text) || extensionDecimals.MatchString(text) {
		return ""
	}

	return text
}

var pbxForm = regexp.MustCompile(`^(?i:PBX)(?:[0-9A-Fa-f]{4}){8}$|^(?i:PBX)[0-9A-Fa-f]{4}(?:-[0-9A-Fa-f]{4}){7}$`)

// ParsePBX reads the id of a PBX: "PBX" and eight groups of four hexadecimal digits, with
// or without hyphens between them, in letters of either case. It returns the id in one
// form: "PBX", small letters, hyphens. The codes of a refused id are pbx.form,
// text.control and text.bidi.
func ParsePBX(raw string) (id string, problems []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	if len(problems) > 0 && !problems[0].Warning {
		switch problems[0].Code {
		case "text.control", "text.bidi":
			problems[0].Fix = pbxID(problems[0].Fix)
			return "", problems[:1]
		}
		return "", []users.Problem{{Code: "pbx.form"}}
	}
	if id = pbxID(text); id == "" {
		return "", []users.Problem{{Code: "pbx.form", Fix: pbxFix(text)}}
	}
	return id, problems
}

// pbxID returns an id in its one form, and "" if text is none.
func pbxID(text string) string {
	if !pbxForm.MatchString(text) {
		return ""
	}

	id := make([]byte, 0, len("PBX0123-4567-89ab-cdef-0123-4567-89ab-cdef"))
	id = append(id, "PBX"...)
	digits := 0
	for _, c := range []byte(strings.ToLower(text[len("PBX"):])) {
		if c == '-' {
			continue
		}
		if digits > 0 && digits%4 == 0 {
			id = append(id, '-')
		}
		id, digits = append(id, c), digits+1
	}

	return string(id)
}

// pbxFix returns the id that a text with other marks between its groups means, or "".
func pbxFix(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Pd, r), unicode.IsSpace(r), strings.ContainsRune("_:.", r):
			return '-'
		}
		return r
	}, text)
	for _, prefix := range []string{"PBX-", "PBX"} {
		if rest, ok := strings.CutPrefix(text, prefix); ok && pbxForm.MatchString("PBX"+rest) {
			return pbxID("PBX" + rest)
		}
	}
	return ""
}
