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
		switch rapid.IntRange(0, 11).Draw(t, "kind") {
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
		case 7, 8: // who holds a line takes its number elsewhere, or gives it another, which somebody else may want
			if l, ok := drawHeld(t, m); ok {
				o.action, o.who, o.pbx, o.internal = pick(t, "how", "attach", "force_attach"), l.holder, l.pbx, pick(t, "as", "", l.internal)
				o.number = l.number
				if rapid.Bool().Draw(t, "another number") {
					o.short, o.number = l.short, pick(t, "number", "+332", "+333", "+334")
					if rapid.Bool().Draw(t, "and the old one goes") {
						out = append(out, order{action: pick(t, "how", "attach", "force_attach"), who: pick(t, "to", everybody...), pbx: "P3", short: "7", number: l.number})
					}
				}
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

// drawHeld draws a line that somebody holds, with a public number where there is one.
func drawHeld(t *rapid.T, m *model) (line, bool) {
	held := slices.DeleteFunc(slices.Clone(m.lines), func(l line) bool { return l.holder == "" })
	if numbered := slices.DeleteFunc(slices.Clone(held), func(l line) bool { return l.number == "" }); len(numbered) > 0 {
		held = numbered
	}
	if len(held) == 0 {
		return line{}, false
	}
	return pick(t, "a line somebody holds", held...), true
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
	walk := func(t *rapid.T) {
		m := drawModel(t)
		seed := append(m.texts(), "zoe P1 9 +339")
		store := newStore(t, seed...)
		t.Logf("many: %t, lines: %q", m.many, seed)
		opts := &rainbow.Options{PBXs: pbxs(), Many: m.many}
		store.moment = func() { requireOneOwner(t, store, m.many) }
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
			if rapid.IntRange(0, 3).Draw(t, "undone") > 0 || report.Counts[importer.OutcomeUpdated] == 0 {
				m = want
				continue
			}
			undo, err := importer.Undo(t.Context(), users.Open(store, users.Partner("pat"), nil), report.ID, nil)
			require.NoError(t, err)
			_, err = undo.Commit(t.Context(), &importer.CommitOptions{Batch: rapid.IntRange(1, 4).Draw(t, "batch of the undoing")})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(m.texts(), held(t, store)), "taken back (-before +after)")
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 3 { // cheap, and each finds another mistake
			walk(t)
		}
	})
	require.Positive(t, moved, "files that move lines: else nothing was compared")
	require.Positive(t, taken)
	require.Positive(t, renumbered)
}
