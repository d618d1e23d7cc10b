package rainbow_test

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// An order is a row of a file, before it is written as one. Blank cells are "".
type order struct{ action, who, pbx, short, internal, number string }

func (o order) String() string {
	return strings.Join([]string{o.action, login(o.who), o.pbx, o.short, o.internal, o.number}, ";")
}

func login(who string) string {
	if who == "" {
		return ""
	}
	return who + "@x.com"
}

func (o order) attaches() bool { return o.action == "attach" || o.action == "force_attach" }

// meaning is the order with what its blanks stand for, and without what is ignored.
func (m *model) meaning(o order) order {
	if o.action == "detach" {
		return order{action: o.action, who: o.who}
	}
	if o.internal == "" && m.line("line "+o.pbx+"/"+o.short) < 0 {
		o.internal = o.short
	}
	return o
}

// A line of the model.
type line struct{ holder, pbx, short, internal, number string }

func group(pbx string) string {
	if pbx == "P1" || pbx == "P2" {
		return "g"
	}
	return pbx
}

// names are what a line is known by.
func (l line) names() []string {
	var out []string
	if l.short != "" {
		out = append(out, "line "+l.pbx+"/"+l.short)
	}
	if l.internal != "" {
		out = append(out, "internal "+group(l.pbx)+"/"+l.internal)
	}
	if l.number != "" {
		out = append(out, "number "+l.number)
	}
	return out
}

func (l line) String() string {
	holder := l.holder
	if holder == "" {
		holder = "-"
	}
	return textOf(&users.Line{PBX: l.pbx, Short: l.short, Internal: l.internal, Number: l.number, Holder: users.ID(strings.Trim(holder, "-"))})
}

// A model is the lines of the account, and the rule-book of lines as plain
// loops over all rows: no keys, no states, nothing of the engine.
type model struct {
	lines  []line
	beyond []string // public numbers of another account
	many   bool
}

// line is the one that is called so, or -1.
func (m *model) line(name string) int {
	return slices.IndexFunc(m.lines, func(l line) bool { return slices.Contains(l.names(), name) })
}

// asks are the names a row claims, the first of which says which line is meant.
func asks(o order) []string {
	if !o.attaches() || o.short == "" || !slices.Contains([]string{"P1", "P2", "P3"}, o.pbx) {
		return nil
	}
	return line{pbx: o.pbx, short: o.short, internal: o.internal, number: o.number}.names()
}

// reach is what a row claims in the end: a force takes whole lines.
func (m *model) reach(o order) []string {
	out := asks(o)
	if o.action != "force_attach" {
		return out
	}
	for _, n := range asks(o) {
		if at := m.line(n); at >= 0 && m.lines[at].holder != "" && m.lines[at].holder != o.who {
			out = append(out, m.lines[at].names()...)
		}
	}
	return out
}

// bad holds for a row that is wrong by itself.
func (m *model) bad(o order) bool {
	switch {
	case !slices.Contains(everybody, o.who):
		return true
	case o.action == "detach":
		return false
	}
	return asks(o) == nil || slices.Contains(m.beyond, o.number)
}

// clash holds for two rows that ask for different things of one line, one person or one place.
func (m *model) clash(a, b order) bool {
	for _, n := range m.reach(a) {
		if slices.Contains(m.reach(b), n) {
			return true
		}
	}
	if a.who == "" || a.who != b.who {
		return false
	}
	known := slices.Contains([]string{"P1", "P2", "P3"}, a.pbx)
	return a.action == "detach" || b.action == "detach" ||
		!m.many && known && a.attaches() && b.attaches() && a.pbx == b.pbx
}

// gives holds if the row, once done, has its person give up the name of a line they hold.
func (m *model) gives(o order, name string) bool {
	at := m.line(name)
	if at < 0 || m.lines[at].holder != o.who {
		return false
	}
	if o.action == "detach" {
		return true
	}
	mine := asks(o)
	switch {
	case len(mine) == 0, slices.Contains(mine, name):
		return false
	case m.line(mine[0]) == at: // it keeps the line, and names it anew
		space, _, _ := strings.Cut(name, " ")
		return slices.ContainsFunc(mine, func(n string) bool { return strings.HasPrefix(n, space+" ") })
	}
	return !m.many && m.lines[at].pbx == o.pbx
}

// after is the model once a file is done.
func (m *model) after(file []order) *model {
	var rows []order
	for _, o := range file {
		if o = m.meaning(o); !slices.Contains(rows, o) { // the same request twice is one
			rows = append(rows, o)
		}
	}
	dead := make([]bool, len(rows))
	for i, a := range rows {
		dead[i] = m.bad(a)
		for j, b := range rows {
			dead[i] = dead[i] || i != j && m.clash(a, b)
		}
	}
	for changed := true; changed; { // all happen, until what one needs does not
		changed = false
		for i, a := range rows {
			if !dead[i] && a.action == "attach" && !m.free(a, rows, dead) {
				dead[i], changed = true, true
			}
		}
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(o order) bool { return dead[slices.Index(rows, o)] })
	return m.done(rows)
}

// free holds if everything the row asks for is, or will be.
func (m *model) free(a order, rows []order, dead []bool) bool {
	for _, n := range asks(a) {
		at := m.line(n)
		if at < 0 || m.lines[at].holder == "" || m.lines[at].holder == a.who {
			continue
		}
		given := false
		for j, b := range rows {
			given = given || !dead[j] && m.gives(b, n)
		}
		if !given {
			return false
		}
	}
	return true
}

// done is the model after rows that all happen.
func (m *model) done(rows []order) *model {
	out := &model{slices.Clone(m.lines), m.beyond, m.many}
	for _, o := range rows { // what is given up and taken away
		mine := asks(o)
		for at, l := range m.lines {
			main := len(mine) > 0 && m.line(mine[0]) == at
			gives := l.holder == o.who && (o.action == "detach" || !m.many && o.pbx == l.pbx)
			if gives && !main {
				out.lines[at].holder = ""
			}
			for _, n := range mine {
				if main || !slices.Contains(l.names(), n) {
					continue
				}
				if o.action == "force_attach" && l.holder != o.who {
					out.lines[at].holder = ""
				}
				if strings.HasPrefix(n, "internal ") {
					out.lines[at].internal = ""
				} else {
					out.lines[at].number = ""
				}
			}
		}
	}
	for _, o := range rows { // what is gained
		if !o.attaches() {
			continue
		}
		at := m.line(asks(o)[0])
		if at < 0 {
			at = len(out.lines)
			out.lines = append(out.lines, line{pbx: o.pbx, short: o.short})
		}
		l := &out.lines[at]
		l.holder = o.who
		if o.internal != "" {
			l.internal = o.internal
		}
		if o.number != "" {
			l.number = o.number
		}
	}
	return out
}

func (m *model) texts() []string {
	out := []string{}
	for _, l := range m.lines {
		out = append(out, brief(l.String()))
	}
	slices.Sort(out)
	return out
}

// holders is who holds each line that somebody holds, by each of its names.
func (m *model) holders() map[string]string {
	out := map[string]string{}
	for _, l := range m.lines {
		for _, n := range l.names() {
			if l.holder != "" {
				out[n] = l.holder
			}
		}
	}
	return out
}
