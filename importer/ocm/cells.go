package ocm

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/users"
)

var (
	stationForm = regexp.MustCompile(`^[0-9]{1,20}$`)
	countForm   = regexp.MustCompile(`^[0-9]{1,9}$`)
)

// maxCount is the most conversations of one channel (our policy).
const maxCount = 99

// parseID reads a LAN ID or an Agent ID: no special characters.
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

// parseStation reads a station number. Leading zeros count.
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

// parseCount reads a number from 0 to 99.
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

// names are those there are of a kind, by their folded form.
type names struct {
	folded map[string]string
	all    []string
}

func newNames(of []string) names {
	n := names{folded: map[string]string{}, all: slices.Clone(of)}
	slices.Sort(n.all)
	for _, s := range n.all {
		if f := users.Fold(s); n.folded[f] == "" {
			n.folded[f] = s
		}
	}
	return n
}

// maxAllowed is how many names a finding lists.
const maxAllowed = 10

// unknown is what is wrong with a text that is none of the names.
func (n names) unknown(code, text string) users.Problem {
	p := users.Problem{Code: code}
	if near, ok := users.Nearest(text, n.all); ok {
		p.Fix = near
	}
	if len(n.all) > 0 {
		list := n.all[:min(len(n.all), maxAllowed)]
		if len(list) < len(n.all) {
			list = append(slices.Clone(list), "…")
		}
		p.Args = map[string]string{"allowed": strings.Join(list, ", ")}
	}
	return p
}

// parseRole reads one role of the catalogue, or several separated by commas.
func (t *template) parseRole(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	var given []string
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, ok := t.catalogue.folded[users.Fold(part)]
		if !ok {
			p := t.catalogue.unknown("role.unknown", part)
			if p.Fix != "" {
				parts[i] = p.Fix
				p.Fix = strings.Join(parts, ",")
			}
			return "", append(problems, p)
		}
		given = append(given, name)
	}
	slices.Sort(given)
	return strings.Join(slices.Compact(given), ","), problems
}

// parseFeature reads the name of a feature.
func (t *template) parseFeature(raw string) (string, []users.Problem) {
	text, problems := users.CleanText(raw, 0)
	if text == "" || len(t.features.all) == 0 {
		return text, problems
	}
	name, ok := t.features.folded[users.Fold(text)]
	if !ok {
		return "", append(problems, t.features.unknown("feature.unknown", text))
	}
	return name, problems
}

// parseUnit reads an org unit, by its path or by a name that no other has.
func (t *template) parseUnit(raw string) (string, []users.Problem) { return t.tree.Parse(raw) }
