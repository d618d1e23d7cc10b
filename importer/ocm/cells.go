package ocm

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/users"
)

var (
	stationForm = regexp.MustCompile(`^[0-9]{1,20}$`)
	countForm   = regexp.MustCompile(`^[0-9]{1,9}$`)
)

// maxCount is the largest number of conversations in one channel (our policy).
const maxCount = 99

// parseID reads a LAN ID or an Agent ID: letters A to Z, digits and [Options.Signs].
func (t *template) parseID(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	for _, r := range text {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(t.Signs, r) {
			p := users.Problem{Code: "lan_id.form", Args: map[string]string{"char": fmt.Sprintf("U+%04X", r)}}
			if t.Signs != "" {
				p.Args["signs"] = t.Signs
			}
			return "", append(problems, p)
		}
	}
	return text, problems
}

// parseStation reads a station number of 1 to 20 digits. Leading zeros count. For
// "4021.0", which a spreadsheet makes of a number, it suggests "4021".
func parseStation(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	if text != "" && !stationForm.MatchString(text) {
		p := users.Problem{Code: "pbx_id.form"}
		if whole, spoilt := strings.CutSuffix(text, ".0"); spoilt && stationForm.MatchString(whole) {
			p.Fix = whole
		}
		return "", append(problems, p)
	}
	return text, problems
}

// parseCount reads a number from 0 to maxCount, and returns it without leading zeros.
func parseCount(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	if text == "" {
		return "", problems
	}

	n, err := strconv.Atoi(text)
	switch {
	case err != nil || !countForm.MatchString(text):
		return "", append(problems, users.Problem{Code: "count.form", Args: map[string]string{"max": strconv.Itoa(maxCount)}})
	case n > maxCount:
		return "", append(problems, users.Problem{Code: "count.range", Args: map[string]string{"max": strconv.Itoa(maxCount)}})
	}
	return strconv.Itoa(n), problems
}

// parseFeature reads the name of a feature in any letter case. If the options list
// features, it must be one of them.
func (t *template) parseFeature(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	if text == "" || len(t.features) == 0 {
		return text, problems
	}

	if i := slices.IndexFunc(t.features, func(f string) bool { return users.Fold(f) == users.Fold(text) }); i >= 0 {
		return t.features[i], problems
	}
	p := users.Problem{Code: "feature.unknown", Args: map[string]string{"allowed": strings.Join(t.features, ", ")}}
	p.Fix, _ = nearby.Best(text, t.features)
	return "", append(problems, p)
}

// parseUnit reads an org unit. If the template is strict, it is the path as the account
// writes it, and any other form of it is the Fix.
func (t *template) parseUnit(raw string) (string, []users.Problem) {
	path, problems := t.tree.Parse(raw)
	if t.Strict && path != "" && formats.Unguard(strings.TrimSpace(raw)) != path {
		return "", append(problems, users.Problem{Code: "org_unit.inexact", Fix: path})
	}
	return path, problems
}

// parseRoles reads the names of roles. If the template is strict, they are those of the
// catalogue as it writes them.
func (t *template) parseRoles(raw string) (string, []users.Problem) {
	names, problems := t.catalogue.Parse(raw)
	if !t.Strict || names == "" {
		return names, problems
	}
	known := strings.Split(names, ",")
	for name := range strings.SplitSeq(raw, ",") {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(known, name) {
			return "", append(problems, users.Problem{Code: "role.inexact", Fix: names})
		}
	}
	return names, problems
}
