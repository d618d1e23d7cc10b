package importer_test

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
)

// This file makes files of rainbow-lines, in which a line has three keys: its
// short, its internal and its public number.

func rainbowLines() *importer.Template {
	tpl := office.Lines()
	tpl.RefuseReplay = false // the tests commit a file again and again
	return tpl
}

// onPBX gives the lines of a store to systems, and some of them numbers.
func onPBX(t *rapid.T, w *world) {
	taken := map[users.Key]bool{}
	for i := range w.records {
		l, ok := w.records[i].Data.(*users.Line)
		if !ok {
			continue
		}
		l.PBX, l.Group, l.Internal = office.PBX1, "g", l.Short
		if chance(t, 20, "another system") {
			l.PBX, l.Group = office.PBX3, ""
		}
		if w.records[i].Account == acme && chance(t, 50, "numbered") { // one of another account would show, as it should
			l.Number = office.DDI(i % 6)
		}
		if chance(t, 20, "another internal number") {
			l.Internal = "5" + l.Short
		}
		for _, k := range w.records[i].Keys() {
			if k.Space == users.SpaceNumber && taken[k] {
				l.Number = ""
			}
			taken[k] = true
		}
	}
}

func rainbowRow(t *rapid.T, w *world, _ int) []string {
	l := lineRow(t, w, 0)
	return []string{
		l[0], l[1], pick(t, "pbx", office.PBX1, office.PBX1, office.PBX1, strings.ToLower(office.PBX1), office.PBX2, office.PBX3, office.PBX3, "PBX1", ""), l[2],
		pick(t, "internal", "", "", "", number(rapid.IntRange(0, w.people).Draw(t, "as")), "5"+number(w.some(t)), "1001.0"),
		pick(t, "number", "", "", office.DDI(rapid.IntRange(0, 6).Draw(t, "ddi")), office.DDI(rapid.IntRange(0, 6).Draw(t, "ddi")), "3.3E+10"),
	}
}

func rainbowPatterns() []pattern {
	out := []pattern{
		func(t *rapid.T, w *world) rowsByTable { // two swap their public numbers, each on a line of their own
			p := w.distinct(t, 2)
			return one(office.Plug("attach", p[0], p[0], "", office.DDI(p[1]%6)), office.Plug("attach", p[1], p[1], "", office.DDI(p[0]%6)))
		},
		func(t *rapid.T, w *world) rowsByTable { // a line changes its number, and another takes the old one
			p := w.distinct(t, 2)
			return one(office.Plug("attach", p[0], p[0], "", office.DDI(6)), office.Plug(pick(t, "how", "attach", "force_attach"), p[1], p[1], "", office.DDI(p[0]%6)))
		},
		func(t *rapid.T, w *world) rowsByTable { // by force, by a number alone
			p := w.distinct(t, 2)
			return one(office.Plug("force_attach", p[0], 90, "", office.DDI(p[1]%6)))
		},
		func(t *rapid.T, w *world) rowsByTable { // one line of each of two systems
			i := w.some(t)
			return one(office.Plug("attach", i, 91), []string{"attach", mail(i), office.PBX3, number(i), "", ""})
		},
		func(t *rapid.T, w *world) rowsByTable { // one internal number in a group
			p := w.distinct(t, 2)
			return one(office.Plug("attach", p[0], 92), []string{"attach", mail(p[1]), office.PBX2, "93", "92", ""})
		},
	}
	for _, p := range linePatterns() {
		out = append(out, func(t *rapid.T, w *world) rowsByTable {
			rows := p(t, w)
			for i, r := range rows[0] {
				rows[0][i] = []string{r[0], r[1], office.PBX1, r[2], "", ""}
			}
			return rows
		})
	}
	return out
}

// richRainbow is the scene of lines with all their keys.
func richRainbow() richScene {
	stored, file := office.Moves()
	return richScene{"rainbow", asHost(file.Template, stored, file.Rows[0]...).as(users.Partner("pat")), office.Moved()}
}

// richUndoing takes that back.
func richUndoing() richScene {
	rich := richRainbow()
	rich.name, rich.scene.undone = "undoing", "first"
	rich.want = map[importer.Outcome]int{importer.OutcomeUpdated: 12, importer.OutcomeDeleted: 4}
	return rich
}
