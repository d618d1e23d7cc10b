package importer_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// An order is one row about a line, as the model reads it.
type order struct {
	who    string // "" if the person is not known
	person string // the cell, folded: rows about one unknown person are about one person
	action string
	line   string
	ok     bool // its own cells are good
}

func orderOf(cells []string, known map[string]bool) order {
	var o order
	o.action = strings.ToLower(strings.TrimSpace(cells[0]))
	if o.action != "attach" && o.action != "force_attach" && o.action != "detach" {
		o.action = ""
	}
	login, problems := users.ParseEmail(strings.TrimSpace(cells[1]))
	readable := login != "" && cells[1] != ""
	for _, p := range problems {
		readable = readable && p.Warning
	}
	if readable {
		o.person = users.FoldEmail(login)
	}
	if known[o.person] {
		o.who = o.person
	}
	if o.action == "attach" || o.action == "force_attach" {
		o.line = strings.TrimSpace(cells[2])
	}
	o.ok = o.who != "" && o.action != "" && (o.action == "detach" || o.line != "")
	return o
}

// lineModel is who holds which line after a file, by the decision tables of
// lines and nothing else: maps, no keys, no states.
func lineModel(holder map[string]string, orders []order, oneEach bool) map[string]string {
	bad := make([]bool, len(orders))
	for i, a := range orders {
		bad[i] = !a.ok
		for j, b := range orders {
			if i == j || a.person == b.person && a.action == b.action && a.line == b.line {
				continue
			}
			samePerson := a.person != "" && a.person == b.person
			switch {
			case a.line != "" && a.line == b.line:
				bad[i] = true // line.contested
			case samePerson && (a.action == "detach" || b.action == "detach"):
				bad[i] = true // person.contradiction
			case samePerson && oneEach && a.line != "" && b.line != "":
				bad[i] = true // slot.contested
			}
		}
	}
	frees := func(o order, line string) bool {
		return holder[line] != "" && holder[line] == o.who && o.line != line && (o.action == "detach" || oneEach && o.line != "")
	}
	for changed := true; changed; { // everything happens, until what it needs does not
		changed = false
		for i, o := range orders {
			if bad[i] || o.action != "attach" || holder[o.line] == "" || holder[o.line] == o.who {
				continue
			}
			free := false
			for j, other := range orders {
				free = free || !bad[j] && frees(other, o.line)
			}
			if !free {
				bad[i], changed = true, true
			}
		}
	}
	end := maps.Clone(holder)
	for i, o := range orders {
		for line := range holder {
			if !bad[i] && frees(o, line) {
				delete(end, line)
			}
		}
	}
	for i, o := range orders {
		if !bad[i] && o.line != "" {
			end[o.line] = o.who
		}
	}
	return end
}

// holders are lines and the addresses of those who hold them, in acme.
func holders(recs map[users.ID]users.Record) (holder map[string]string, known map[string]bool) {
	holder, known = map[string]string{}, map[string]bool{}
	for _, r := range recs {
		if r.Account != acme {
			continue
		}
		switch d := r.Data.(type) {
		case *users.Profile:
			known[users.FoldEmail(d.Email)] = true
		case *users.Line:
			if d.Holder != "" {
				holder[d.Short] = users.FoldEmail(recs[d.Holder].Field("email"))
			}
		}
	}
	return holder, known
}

// What the preview of a file of lines says will happen, what its commit does,
// and what the model says are one and the same.
func TestLinesModel(t *testing.T) {
	for _, m := range makers()[1:3] {
		oneEach := m.name == "one line each"
		t.Run(m.name, func(t *testing.T) {
			moved := 0
			rapid.Check(t, func(t *rapid.T) {
				for range 3 { // cheap, and each finds another mistake
					w := newWorld(t)
					s := m.scene(t, w).as(users.Host("test"))
					t.Log(s)
					store := s.store(t)
					before, known := holders(everything(t, store))
					var orders []order
					for _, r := range s.sheets[0].rows {
						orders = append(orders, orderOf(r.cells, known))
					}
					want := lineModel(before, orders, oneEach)

					p := s.preview(t, store)
					recs := everything(t, store)
					said := maps.Clone(before)
					for r := range p.Rows(importer.WithAction(importer.ActionUpdate)) {
						for _, l := range r.Losses {
							require.Equal(t, before[short(l.Value)], users.FoldEmail(recs[l.ID].Field("email")), "row %d: who loses it holds it", r.Number)
							delete(said, short(l.Value))
						}
					}
					for r := range p.Rows(importer.WithAction(importer.ActionUpdate)) {
						for _, g := range r.Gains {
							said[short(g.Value)] = users.FoldEmail(r.Who)
						}
					}
					require.Empty(t, cmp.Diff(want, said), "the preview (-model +preview)")

					_, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: rapid.IntRange(1, 3).Draw(t, "batch"), Approve: []string{importer.BrakeMass, users.BrakeLeader}})
					require.NoError(t, err)
					did, _ := holders(everything(t, store))
					require.Empty(t, cmp.Diff(want, did), "the store (-model +committed)")
					if !maps.Equal(before, did) {
						moved++
					}
				}
			})
			require.Positive(t, moved, "files that move lines: else nothing was compared")
		})
	}
}

func short(line string) string { return strings.TrimPrefix(line, "x/") }
