package importer

import (
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// readCell reads the text of one cell as its column says. What it finds goes into d.
func (d *Draft) readCell(column int, raw string) cell {
	c := &d.spec.Columns[column]
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
	case value == "":
		return cell{blank: true}
	}
	return cell{value: value}
}

func isBlank(s string) bool {
	return s == "" || strings.TrimSpace(s) == ""
}

// readValue recognises one of the column's values, in any language.
func (d *Draft) readValue(column int, text string) cell {
	c := &d.spec.Columns[column]
	folded := users.Fold(text)
	var labels []string
	for _, v := range c.Values {
		if users.Fold(v.Name) == folded {
			return cell{value: v.Name}
		}
		for _, names := range v.Labels {
			for _, n := range names {
				if users.Fold(n) == folded {
					return cell{value: v.Name}
				}
				labels = append(labels, n)
			}
		}
	}
	p := users.Problem{Code: c.Field + ".unknown"}
	if near, ok := users.Nearest(text, labels); ok {
		p.Fix = near
	}
	allowed := make([]string, len(c.Values))
	for i, v := range c.Values {
		allowed[i] = c.Label(v.Name, "en")
	}
	p.Args = map[string]string{"allowed": strings.Join(allowed, ", ")}
	d.problem(column, p)
	return cell{bad: true}
}
