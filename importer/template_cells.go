package importer

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/folding"
	"github.com/usher-go/usher/internal/nearby"
	"github.com/usher-go/usher/internal/scripts"
	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
)

// readCell reads the text of one cell by the rules of its column. It adds the
// problems of the text to the draft.
func (d *Draft) readCell(column int, raw string) cell {
	c := &d.spec.Columns[column]
	if raw == withheld {
		d.problem(column, users.Problem{Code: "cell.withheld"})
		return cell{bad: true}
	}

	// Damage comes before every other check: the rules of the column would read
	// "1.2E+11" as a wrong number and hide that a spreadsheet spoilt it.
	text := formats.Unguard(raw)
	code, repaired := spreadsheet.Repair(text)
	bare := plain(raw)
	if bare != text { // "'#N/A" in a workbook whose comments begin with #
		code, _ = spreadsheet.Repair(bare)
	}
	if code != "" {
		d.problem(column, users.Problem{Code: code, Fix: repaired})
		return cell{bad: true}
	}
	if repaired != "" && (text == raw || text[0] != '\'') { // of two apostrophes, one is text
		text = repaired
	}
	if p, shown := spoilt(bare); p.Code != "" {
		d.problem(column, p)
		d.notes[len(d.notes)-1].value = formats.Show(shown)
		return cell{bad: true}
	}

	switch {
	case isBlank(text):
		return d.blankCell(column)
	case len(c.Values) > 0:
		return d.readValue(column, text)
	}
	return d.parseCell(column, text)
}

// blankCell returns a blank cell, which is an error in a required column.
func (d *Draft) blankCell(column int) cell {
	c := &d.spec.Columns[column]
	if c.Required {
		d.problem(column, users.Problem{Code: c.Field + ".missing"})
	}
	return cell{blank: true, bad: c.Required}
}

// parseCell reads a text that is not blank by the column's Parse.
func (d *Draft) parseCell(column int, text string) cell {
	c := &d.spec.Columns[column]
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
	case value == "": // the text had invisible characters only
		return d.blankCell(column)
	}
	if c.Parse != nil { // it knows its own form
		return cell{value: value}
	}
	if right, misread := spreadsheet.Misread(value); misread {
		d.problem(column, users.Problem{Code: "text.misread", Warning: true, Fix: right})
	}
	return cell{value: value}
}

// misread is a text with problems and what the column's Parse returned for it.
type misread struct {
	value    string
	problems []users.Problem
}

// parse reads a text by parse. In a column that offers values it remembers the
// texts with problems: many rows repeat them, and finding the nearest of
// thousands of offers is slow.
func (d *Draft) parse(c *Column, parse Parse, text string) (string, []users.Problem) {
	if len(c.Offers) == 0 {
		return parse(text)
	}
	if was, ok := d.misread[c][text]; ok {
		return was.value, was.problems
	}

	value, problems := parse(text)
	if len(problems) > 0 && len(d.misread[c]) < maxMisread {
		if d.misread[c] == nil {
			d.misread[c] = map[string]misread{}
		}
		d.misread[c][text] = misread{value, problems}
	}
	return value, problems
}

// isBlank reports whether a text has nothing but blanks.
func isBlank(s string) bool {
	return s == "" || strings.TrimSpace(s) == ""
}

// allowed indexes the values of a column.
type allowed struct {
	fold   func(string) string
	names  map[string]string // value names by folded name, by folded label, and by text once recognised
	labels []label           // the labels that may be suggested, the preferred language first
	near   map[string]string // suggestions by misspelt text
}

// foldValue returns how a text is folded before it is compared with the column's values.
func (c *Column) foldValue() func(string) string {
	if c.IgnoreAccents {
		return folding.Heading
	}
	return users.Fold
}

// label is one way to write a value: {"account_admin", "Account Admin", "accountadmin"}.
type label struct{ name, text, folded string }

// allowed indexes the values of the column. Suggestions prefer the language.
func (c *Column) allowed(lang string) allowed {
	out := allowed{fold: c.foldValue(), names: map[string]string{}, near: map[string]string{}}
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
	// Of labels equally near, nearest suggests the first: those in the language of
	// the headings.
	for _, v := range c.Values {
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

// maxMisread bounds the texts with problems that a column with Offers remembers. Each is
// read several times, and thousands of them may be misspelt.
const maxMisread = 20_000

// maxRemembered bounds the spellings of values, and the misspelt texts, that a
// column remembers.
const maxRemembered = 1000

// readValue recognises one of the column's values in any language. It remembers
// recognised spellings, because the rows of a column repeat a few of them.
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
	if like := scripts.Latin(text); like != text {
		if name, ok := known.names[known.fold(like)]; ok {
			fix := c.Label(name, d.lang)
			d.problem(column, users.Problem{Code: c.Field + ".confusable", Fix: fix, Args: map[string]string{"like": fix}})
			return cell{bad: true}
		}
	}
	allowed := make([]string, len(c.Values))
	for i, v := range c.Values {
		allowed[i] = c.Label(v.Name, d.lang)
	}
	p.Args = map[string]string{"allowed": strings.Join(allowed, ", ")}
	d.problem(column, p)
	return cell{bad: true}
}

// nearest returns the label that a text was evidently meant for
// ([nearby.Best]), or "". Labels of one value do not compete: "Usuaro" is as
// near to the Spanish Usuario as to the Portuguese Usuário, and both mean the
// same. Of those equally near it returns the first.
func (a allowed) nearest(text string) string {
	given := text
	if fix, ok := a.near[given]; ok {
		return fix
	}

	if right, misread := spreadsheet.Misread(text); misread {
		text = right
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
		contested = d == least
		if !contested {
			best, least = l, d
		}
	}
	if contested {
		best.text = ""
	}
	if best.text == "" && !contested {
		best.text = a.evident(text)
	}

	if len(a.near) < maxRemembered {
		a.near[given] = best.text
	}
	return best.text
}

// evident returns the label that a text stands for in other ways than a misspelling, or
// "": the words of a label in another order, and a text whose every word begins a word of the labels of one value alone, as Admin does
// of Account Admin. A text that names two values is evident for none.
func (a allowed) evident(text string) string {
	words := splitWords(text)
	if len(words) == 0 || strings.ContainsAny(text, ",;/|+&\n") {
		return ""
	}
	found := ""
	for _, l := range a.labels {
		if l.name == found || !areIn(words, splitWords(l.text)) {
			continue
		}
		if found != "" {
			return ""
		}
		found = l.name
	}
	return a.labelOf(found)
}

// areIn reports whether each word begins a word of the label, or the reverse for a word
// of five letters or more: "admin" and "administrator" are in Account Admin.
func areIn(words, label []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(label, func(l string) bool {
			return w == l || len(w) >= minWord && strings.HasPrefix(l, w) || len(l) >= minWord && strings.HasPrefix(w, l)
		}) {
			return false
		}
	}
	return true
}

// minWord is the least number of bytes of a word that may stand for a longer one.
const minWord = 5

// labelOf returns the preferred label of a value.
func (a allowed) labelOf(name string) string {
	for _, l := range a.labels {
		if l.name == name {
			return l.text
		}
	}
	return ""
}
