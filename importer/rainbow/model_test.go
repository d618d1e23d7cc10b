package rainbow_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
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
func (o order) meaning() order {
	if o.action == "detach" {
		return order{action: o.action, who: o.who}
	}
	if o.internal == "" {
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
		if o = o.meaning(); !slices.Contains(rows, o) { // the same request twice is one
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
		l.holder, l.internal = o.who, o.internal
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

func pick[T any](t *rapid.T, what string, from ...T) T { return rapid.SampledFrom(from).Draw(t, what) }

// drawModel draws lines that may stand in a store together.
func drawModel(t *rapid.T) *model {
	m := &model{beyond: []string{"+339"}, many: rapid.Bool().Draw(t, "many")}
	for range rapid.IntRange(0, 7).Draw(t, "lines") {
		l := line{pick(t, "holder", append([]string{""}, everybody...)...), pick(t, "pbx", "P1", "P1", "P2", "P3"), pick(t, "short", "1", "2", "3", "4"), "", pick(t, "number", "", "", "+331", "+332", "+333")}
		l.internal = pick(t, "internal", l.short, l.short, "5", "6", "")
		taken := slices.ContainsFunc(l.names(), func(n string) bool { return m.line(n) >= 0 })
		second := l.holder != "" && slices.ContainsFunc(m.lines, func(o line) bool { return o.holder == l.holder && o.pbx == l.pbx })
		if !taken && (m.many || !second) {
			m.lines = append(m.lines, l)
		}
	}
	return m
}

// drawFile draws rows, some of which go after what there is.
func drawFile(t *rapid.T, m *model) []order {
	var out []order
	for range rapid.IntRange(1, 7).Draw(t, "rows") {
		o := order{
			action:   pick(t, "action", "attach", "attach", "attach", "force_attach", "force_attach", "detach"),
			who:      pick(t, "who", append([]string{"nobody"}, everybody...)...),
			pbx:      pick(t, "pbx", "P1", "P1", "P1", "P2", "P3", "P4"),
			short:    pick(t, "short", "1", "2", "3", "4"),
			internal: pick(t, "internal", "", "", "", "1", "5", "6"),
			number:   pick(t, "number", "", "", "", "+331", "+332", "+333", "+334", "+339"),
		}
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0, 1, 2, 3, 4:
			if len(m.lines) > 0 {
				l := pick(t, "a line there is", m.lines...)
				o.pbx, o.short, o.internal = l.pbx, l.short, pick(t, "its internal number", l.internal, "")
				o.number = pick(t, "its number", "", l.number)
			}
		case 5:
			if len(out) > 0 {
				o = pick(t, "a row again", out...)
			}
		case 6:
			switch pick(t, "blank", "who", "pbx", "short") {
			case "who":
				o.who = ""
			case "pbx":
				o.pbx = ""
			case "short":
				o.short = ""
			}
		}
		out = append(out, o)
	}
	return out
}

func fileOf(rows []order) string {
	var b strings.Builder
	b.WriteString("% made by a test\n" + head)
	for _, o := range rows {
		fmt.Fprintln(&b, o)
	}
	return b.String()
}

// named is a key as the model has it.
func named(space users.Space, value string) string { return string(space) + " " + brief(value) }

// foretold is who will hold each line, by the gains and losses of a preview alone.
func foretold(t tb, before map[string]string, p *importer.Preview) map[string]string {
	out := maps.Clone(before)
	for r := range p.Rows(importer.WithAction(importer.ActionUpdate)) {
		for _, l := range r.Losses {
			name := named(l.Space, l.Value)
			require.Equal(t, before[name], string(l.ID), "row %d: who loses %s holds it", r.Number, name)
			delete(out, name)
		}
	}
	for r := range p.Rows(importer.WithAction(importer.ActionUpdate)) {
		for _, g := range r.Gains {
			out[named(g.Space, g.Value)] = strings.TrimSuffix(r.Who, "@x.com")
		}
	}
	return out
}

// requireOneOwner: no two lines share a name, and nobody has two lines of a PBX
// where one each is the rule.
func requireOneOwner(t tb, store users.Store, many bool) {
	names, places := map[string]bool{}, map[string]bool{}
	for _, text := range held(t, store) {
		l := lineOf(text)
		m := line{string(l.Holder), brief(l.PBX), l.Short, l.Internal, l.Number}
		for _, n := range m.names() {
			require.False(t, names[n], "%s stands twice", n)
			names[n] = true
		}
		if place := m.holder + " " + m.pbx; m.holder != "" && !many {
			require.False(t, places[place], "%s twice", place)
			places[place] = true
		}
	}
}

// What the preview of a file says, what its commit does and what the model says
// are one and the same, for one file after another and in any order of rows.
func TestModel(t *testing.T) {
	moved, taken, renumbered := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		seed := append(m.texts(), "zoe P1 9 +339")
		store := newStore(t, seed...)
		t.Logf("many: %t, lines: %q", m.many, seed)
		opts := &rainbow.Options{PBXs: pbxs(), Many: m.many}
		undoing := false // then each line returns by itself
		store.moment = func() { requireOneOwner(t, store, m.many || undoing) }
		for range rapid.IntRange(1, 3).Draw(t, "files") {
			file := drawFile(t, m)
			t.Logf("%s", fileOf(file))
			want := m.after(file)

			shuffled := newStore(t, append(m.texts(), "zoe P1 9 +339")...)
			p := preview(t, shuffled, users.Partner("pat"), opts, fileOf(rapid.Permutation(file).Draw(t, "shuffled")))
			_, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: 1})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(want.texts(), held(t, shuffled)), "shuffled (-model +committed)")

			p, err = tryPreview(t, store, users.Partner("pat"), opts, fileOf(file))
			if err != nil {
				continue // the same file twice
			}
			require.Empty(t, cmp.Diff(want.holders(), foretold(t, m.holders(), p)), "the preview (-model +foretold)\n%s", strings.Join(told(p), "\n"))
			report, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: rapid.IntRange(1, 4).Draw(t, "batch")})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(want.texts(), held(t, store)), "the store (-model +committed)")
			for r := range p.Rows() {
				for _, l := range r.Losses {
					if l.Forced && l.Space == users.SpaceLine {
						taken++
					}
					if !l.Forced && l.Space == users.SpaceNumber {
						renumbered++
					}
				}
			}
			if !maps.Equal(m.holders(), want.holders()) {
				moved++
			}
			if rapid.IntRange(0, 3).Draw(t, "undone") > 0 || report.Counts[importer.Updated] == 0 {
				m = want
				continue
			}
			undoing = true
			undo, err := importer.Undo(t.Context(), users.Open(store, users.Partner("pat"), nil), report.ID, nil)
			require.NoError(t, err)
			_, err = undo.Commit(t.Context(), &importer.CommitOptions{Batch: rapid.IntRange(1, 4).Draw(t, "batch of the undoing")})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(m.texts(), held(t, store)), "taken back (-before +after)")
			undoing = false
		}
	})
	require.Positive(t, moved, "files that move lines: else nothing was compared")
	require.Positive(t, taken)
	require.Positive(t, renumbered)
}
