package importer_test

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
)

// This file makes files of rainbow-lines, in which a line has three keys: its
// short, its internal and its public number.

// The systems of acme: one and two share a group.
const (
	pbx1 = "PBX0000-0000-0000-0000-0000-0000-0000-0001"
	pbx2 = "PBX0000-0000-0000-0000-0000-0000-0000-0002"
	pbx3 = "PBX0000-0000-0000-0000-0000-0000-0000-0003"
)

func rainbowLines() *importer.Template {
	tpl := rainbow.Lines(&rainbow.Options{PBXs: map[string]string{pbx1: "g", pbx2: "g", pbx3: ""}})
	tpl.Once = false // the tests commit a file again and again
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
		l.PBX, l.Group, l.Internal = pbx1, "g", l.Short
		if chance(t, 20, "another system") {
			l.PBX, l.Group = pbx3, ""
		}
		if chance(t, 50, "numbered") {
			l.Number = ddi(i % 6)
		}
		if chance(t, 20, "another internal number") {
			l.Internal = "5" + l.Short
		}
		for _, k := range w.records[i].Keys() {
			if k.Space == users.SpaceNumber && taken[k] { // of both accounts
				l.Number = ""
			}
			taken[k] = true
		}
	}
}

func ddi(i int) string { return "+3310000000" + number(i) }

// plug is a row that attaches person i to a line of the first system.
func plug(action string, i, l int, more ...string) []string {
	return append([]string{action, mail(i), pbx1, number(l)}, append(more, make([]string, 2-len(more))...)...)
}

func unplug(i int) []string { return []string{"detach", mail(i), "", "", "", ""} }

func rainbowRow(t *rapid.T, w *world, _ int) []string {
	l := lineRow(t, w, 0)
	return []string{
		l[0], l[1], pick(t, "pbx", pbx1, pbx1, pbx1, strings.ToLower(pbx1), pbx2, pbx3, pbx3, "PBX1", ""), l[2],
		pick(t, "internal", "", "", "", number(rapid.IntRange(0, w.people).Draw(t, "as")), "5"+number(w.some(t)), "1001.0"),
		pick(t, "number", "", "", ddi(rapid.IntRange(0, 6).Draw(t, "ddi")), ddi(rapid.IntRange(0, 6).Draw(t, "ddi")), "3.3E+10"),
	}
}

func rainbowPatterns() []pattern {
	out := []pattern{
		func(t *rapid.T, w *world) rowsByTable { // two swap their public numbers, each on a line of their own
			p := w.distinct(t, 2)
			return one(plug("attach", p[0], p[0], "", ddi(p[1]%6)), plug("attach", p[1], p[1], "", ddi(p[0]%6)))
		},
		func(t *rapid.T, w *world) rowsByTable { // a line changes its number, and another takes the old one
			p := w.distinct(t, 2)
			return one(plug("attach", p[0], p[0], "", ddi(6)), plug(pick(t, "how", "attach", "force_attach"), p[1], p[1], "", ddi(p[0]%6)))
		},
		func(t *rapid.T, w *world) rowsByTable { // by force, by a number alone
			p := w.distinct(t, 2)
			return one(plug("force_attach", p[0], 90, "", ddi(p[1]%6)))
		},
		func(t *rapid.T, w *world) rowsByTable { // one line of each of two systems
			i := w.some(t)
			return one(plug("attach", i, 91), []string{"attach", mail(i), pbx3, number(i), "", ""})
		},
		func(t *rapid.T, w *world) rowsByTable { // one internal number in a group
			p := w.distinct(t, 2)
			return one(plug("attach", p[0], 92), []string{"attach", mail(p[1]), pbx2, "93", "92", ""})
		},
	}
	for _, p := range linePatterns() {
		out = append(out, func(t *rapid.T, w *world) rowsByTable {
			rows := p(t, w)
			for i, r := range rows[0] {
				rows[0][i] = []string{r[0], r[1], pbx1, r[2], "", ""}
			}
			return rows
		})
	}
	return out
}

// richRainbow is the scene of lines with all their keys.
func richRainbow() richScene {
	at := func(i, holder int, number string) users.Record {
		r := line(i, holder)
		l := r.Data.(*users.Line)
		l.PBX, l.Group, l.Internal, l.Number = pbx1, "g", l.Short, number
		return r
	}
	recs := []users.Record{
		at(0, 0, ddi(0)), at(1, 1, ""), at(2, 2, ""), at(3, 3, ddi(3)), at(4, 4, ddi(4)), at(5, -1, ddi(5)), at(6, 6, ""), at(7, 7, ddi(7)),
		at(10, 10, ""), at(11, 11, ddi(1)), at(12, 12, ddi(2)), at(13, 13, ""), at(14, 14, ""),
	}
	for i := range 15 {
		recs = append(recs, person(i))
	}
	s := asHost(rainbowLines(), recs,
		plug("attach", 0, 1), plug("attach", 1, 2), plug("attach", 2, 0), // a ring
		unplug(3), plug("attach", 8, 3), // given up and taken
		plug("force_attach", 5, 4),                                             // from one who keeps nothing
		plug("attach", 9, 5),                                                   // free, with its number
		plug("attach", 6, 6),                                                   // as it is
		plug("force_attach", 4, 40, "5040"),                                    // a new line
		plug("attach", 7, 10),                                                  // taken
		[]string{"attach", "nobody@x.com", pbx1, "41", "", ""},                 // of nobody
		plug("attach", 9, 5),                                                   // a repeat
		plug("attach", 11, 11, "", ddi(2)), plug("attach", 12, 12, "", ddi(1)), // public numbers
		plug("force_attach", 13, 14),                       // from one who
		[]string{"attach", mail(14), pbx3, "14", "", ""},   // has another then
		[]string{"attach", mail(7), pbx3, "7", "", ddi(7)}, // a number goes to another line of the same person
	).as(users.AccountAdmin("u0", acme))
	return richScene{"rainbow", s, map[importer.Outcome]int{importer.Updated: 13, importer.Unchanged: 1, importer.Failed: 2, importer.Skipped: 1}}
}
