package importer

import (
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/internal/spreadsheet"
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
	if code, fixed := spreadsheet.Repair(text); code != "" {
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
	value, problems := d.parse(c, parse, text)
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

// misread is what the Parse of a column said of a text.
type misread struct {
	value    string
	problems []users.Problem
}

// parse reads a text. What is wrong in a column that offers values is
// remembered: it is the same in many rows, and to suggest one of thousands is dear.
func (d *Draft) parse(c *Column, parse Parse, text string) (string, []users.Problem) {
	if len(c.Offers) == 0 {
		return parse(text)
	}
	if was, ok := d.misread[c][text]; ok {
		return was.value, was.problems
	}
	value, problems := parse(text)
	if len(problems) > 0 && len(d.misread[c]) < maxRemembered {
		if d.misread[c] == nil {
			d.misread[c] = map[string]misread{}
		}
		d.misread[c][text] = misread{value, problems}
	}
	return value, problems
}

func isBlank(s string) bool {
	return s == "" || strings.TrimSpace(s) == ""
}

// allowed are the values of a column.
type allowed struct {
	fold   func(string) string
	names  map[string]string // by folded names and labels, and by spellings of them
	labels []label           // what may be suggested
	near   map[string]string // suggestions by misspelt texts
}

// label is a way to write a value.
type label struct{ name, text, folded string }

func (c *Column) allowed(lang string) allowed {
	out := allowed{fold: users.Fold, names: map[string]string{}, near: map[string]string{}}
	if c.IgnoreAccents {
		out.fold = folding.Heading
	}
	for _, v := range c.Values {
		out.names[out.fold(v.Name)] = v.Name
		for _, texts := range v.Labels {
			for _, text := range texts {
				out.names[out.fold(text)] = v.Name
			}
		}
	}
	add := func(v Value, texts ...string) {
		for _, text := range texts {
			out.labels = append(out.labels, label{v.Name, text, folding.Heading(text)})
		}
	}
	for _, v := range c.Values { // those in the language of the headings first
		add(v, v.Labels[lang]...)
	}
	for _, v := range c.Values {
		for _, l := range sortedKeys(v.Labels) {
			if l != lang {
				add(v, v.Labels[l]...)
			}
		}
		add(v, v.Name)
	}
	return out
}

// maxRemembered bounds how many spellings of its values a column remembers, and
// how many texts that are none.
const maxRemembered = 1000

// readValue recognises one of the column's values, in any language. Spellings
// once recognised are remembered: a column repeats a few of them.
func (d *Draft) readValue(column int, text string) cell {
	c := &d.spec.Columns[column]
	known, asked := d.values[c]
	if !asked {
		known = c.allowed(d.lang)
		d.values[c] = known
	}
	if name, ok := known.names[text]; ok {
		return cell{value: name}
	}
	if name, ok := known.names[known.fold(text)]; ok {
		if len(known.names) < maxRemembered {
			known.names[text] = name
		}
		return cell{value: name}
	}
	p := users.Problem{Code: c.Field + ".unknown", Fix: known.nearest(text)}
	allowed := make([]string, len(c.Values))
	for i, v := range c.Values {
		allowed[i] = c.Label(v.Name, d.lang)
	}
	p.Args = map[string]string{"allowed": strings.Join(allowed, ", ")}
	d.problem(column, p)
	return cell{bad: true}
}

// nearest is the label that a text was evidently meant for ([nearby.Best]),
// or "". Labels of one value do not contest each other: "Usuaro" is as near to
// the Spanish label as to the Portuguese one, and they mean the same. The first
// of those equally near is offered.
func (a allowed) nearest(text string) string {
	if fix, ok := a.near[text]; ok {
		return fix
	}
	best, contested := label{}, false
	least := 3 // one more than Nearest allows
	folded := folding.Heading(text)
	for _, l := range a.labels {
		d := nearby.Distance(folded, l.folded)
		if d > least || d == least && (l.name == best.name || best.text == "") {
			continue
		}
		if _, near := nearby.Best(text, []string{l.text}); !near {
			continue
		}
		if contested = d == least; !contested {
			best, least = l, d
		}
	}
	if contested {
		best.text = ""
	}
	if len(a.near) < maxRemembered {
		a.near[text] = best.text
	}
	return best.text
}
