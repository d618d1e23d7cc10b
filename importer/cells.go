package importer

import (
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// readCell reads the text of one cell as its column says. What it finds goes into d.
func (d *Draft) readCell(column int, raw string) cell {
	c := &d.spec.Columns[column]
	if raw == withheld {
		d.problem(column, users.Problem{Code: "cell.withheld"})
		return cell{bad: true}
	}
	text := formats.Unguard(raw)
	if code, fixed := users.Damage(text); code != "" {
		p := users.Problem{Code: code, Fix: fixed}
		d.problem(column, p)
		return cell{bad: true}
	} else if fixed != "" {
		text = fixed
	}
	if isBlank(text) {
		if c.Required {
			d.problem(column, users.Problem{Code: c.Field + ".missing"})
			return cell{blank: true, bad: true}
		}
		return cell{blank: true}
	}
	if len(c.Values) > 0 {
		return d.readValue(column, text)
	}
	parse := c.Parse
	if parse == nil {
		parse = Text
	}
	value, problems := parse(text)
	bad := false
	for _, p := range problems {
		d.problem(column, p)
		bad = bad || !p.Warning
	}
	switch {
	case bad:
		return cell{bad: true}
	case value == "" && c.Required: // nothing but what cannot be seen
		d.problem(column, users.Problem{Code: c.Field + ".missing"})
		return cell{blank: true, bad: true}
	case value == "":
		return cell{blank: true}
	}
	return cell{value: value}
}

func isBlank(s string) bool {
	return s == "" || strings.TrimSpace(s) == ""
}

// allowed are the values of a column by their folded names and labels.
type allowed map[string]string

func (c *Column) allowed() allowed {
	out := allowed{}
	for _, v := range c.Values {
		out[users.Fold(v.Name)] = v.Name
		for _, names := range v.Labels {
			for _, n := range names {
				out[users.Fold(n)] = v.Name
			}
		}
	}
	return out
}

// maxRemembered bounds how many spellings of its values a column remembers.
const maxRemembered = 1000

// readValue recognises one of the column's values, in any language. Spellings
// once recognised are remembered: a column repeats a few of them.
func (d *Draft) readValue(column int, text string) cell {
	c := &d.spec.Columns[column]
	known := d.values[c]
	if known == nil {
		known = c.allowed()
		d.values[c] = known
	}
	if name, ok := known[text]; ok {
		return cell{value: name}
	}
	if name, ok := known[users.Fold(text)]; ok {
		if len(known) < maxRemembered {
			known[text] = name
		}
		return cell{value: name}
	}
	p := users.Problem{Code: c.Field + ".unknown", Fix: c.nearest(text, d.lang)}
	allowed := make([]string, len(c.Values))
	for i, v := range c.Values {
		allowed[i] = c.Label(v.Name, d.lang)
	}
	p.Args = map[string]string{"allowed": strings.Join(allowed, ", ")}
	d.problem(column, p)
	return cell{bad: true}
}

// nearest is the label that a text was evidently meant for ([users.Nearest]),
// or "". Labels of one value do not contest each other: "Usuaro" is as near to
// the Spanish label as to the Portuguese one, and they mean the same. Of those
// equally near, one in the language of the headings is offered first.
func (c *Column) nearest(text, lang string) string {
	best, name, label, contested := 0, "", "", false
	folded := users.FoldHeading(text)
	try := func(v *Value, l string) {
		if _, near := users.Nearest(text, []string{l}); !near {
			return
		}
		switch d := users.Near(folded, users.FoldHeading(l)); {
		case label == "" || d < best:
			best, name, label, contested = d, v.Name, l, false
		case d == best && v.Name != name:
			contested = true
		}
	}
	for _, own := range []bool{true, false} {
		for i := range c.Values {
			v := &c.Values[i]
			for _, l := range sortedKeys(v.Labels) {
				for _, word := range v.Labels[l] {
					if (l == lang) == own {
						try(v, word)
					}
				}
			}
			if !own {
				try(v, v.Name)
			}
		}
	}
	if contested {
		return ""
	}
	return label
}
