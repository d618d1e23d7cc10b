package importer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// units returns the open rows that write, in groups that are written wholly or not
// at all, each after those it needs. The groups are the strongly connected
// components of "needs" and "writes the same record".
//
// In an undoing, a row that gives a line back to Ada also needs the rows that take
// one from her, so that Ada never has both between two batches.
func (p *plan) units(open func(uint32) bool) [][]uint32 {
	var rows []uint32
	edges := map[uint32][]uint32{}
	last := map[record]uint32{}
	successor := none
	back := giveBacks{takers: map[users.ID]uint32{}, to: map[uint32]users.ID{}}
	for r := range p.grid.ordered {
		if !open(r) || !p.actionOf(r).writes() {
			continue
		}
		rows = append(rows, r)

		edges[r] = append(edges[r], p.state[r].extra().needs...)
		if p.state[r].successor {
			if successor == none {
				successor = p.firstSuccessor()
			}
			edges[r] = append(edges[r], successor)
		}

		// Rows that write one record are joined both ways: the write is one.
		t := p.decided(r)
		for _, rec := range t.writesTo() {
			if s, ok := last[rec]; ok && s != r {
				edges[r], edges[s] = append(edges[r], s), append(edges[s], r)
			}
			last[rec] = r
		}
		if p.undo != nil {
			back.add(t, edges)
		}
	}

	back.join(edges)
	return components(rows, func(r uint32) []uint32 { return edges[r] })
}

// giveBacks are the things that rows of an undoing take from people and give back
// to people.
type giveBacks struct {
	takers map[users.ID]uint32 // the last row that takes something from the person
	to     map[uint32]users.ID // the person who gets something back by the row
}

// add notes a row, and joins it to the row before that takes from the same person.
func (g giveBacks) add(t *turn, edges map[uint32][]uint32) {
	for _, l := range t.verdict.losses {
		if other, ok := g.takers[l.holder]; ok && other != t.row {
			edges[t.row] = append(edges[t.row], other)
		}
		g.takers[l.holder] = t.row
	}
	if rec := t.target; rec != nil && rec.Kind() != users.KindUser && rec.Holder() != "" {
		g.to[t.row] = rec.Holder()
	}
}

// join lets each row that gives something back need the last row that takes from
// the same person. It runs once all rows are noted.
func (g giveBacks) join(edges map[uint32][]uint32) {
	for r, id := range g.to {
		if t, ok := g.takers[id]; ok && t != r {
			edges[r] = append(edges[r], t)
		}
	}
}

// record is a record that rows write: a stored one by its number, or the person or
// the thing that a row makes.
type record struct {
	stored int32
	maker  uint32
	held   users.Kind // the kind of a thing; empty for the person
}

// writesTo returns the records the decided row writes.
func (t *turn) writesTo() []record {
	v := &t.verdict
	var out []record
	stored := func(rec int32) { out = append(out, record{stored: rec, maker: none}) }

	changesPerson := slices.ContainsFunc(v.changes, func(x Change) bool { _, _, held := ofHeld(x.Field); return !held })
	switch {
	case v.rec >= 0 && (changesPerson || v.action == ActionDelete):
		stored(v.rec)
	case v.rec < 0 && v.maker != none && changesPerson:
		out = append(out, record{stored: -1, maker: v.maker})
	case v.action == ActionCreate:
		out = append(out, record{stored: -1, maker: t.row})
	}

	for _, l := range v.losses {
		stored(l.rec)
	}
	for _, g := range v.gains {
		if g.rec >= 0 && t.plan.keys.spaceOf(g.key).Kind() != users.KindUser {
			stored(g.rec)
		}
	}
	for _, l := range v.led {
		stored(l)
	}
	t.keysFromOtherLines(func(_ uint32, of int32) { stored(of) })
	t.things(func(kind users.Kind, rec int32) {
		if rec >= 0 {
			stored(rec)
		} else {
			out = append(out, record{stored: -1, maker: t.row, held: kind})
		}
	})
	return out
}

// weight returns how many records the rows write.
func (p *plan) weight(rows []uint32) int {
	seen := map[record]bool{}
	for _, r := range rows {
		for _, x := range p.decided(r).writesTo() {
			seen[x] = true
		}
	}
	return len(seen)
}

// maxUnits is how many groups that are too large for the store are reported.
const maxUnits = 20

// tooLarge returns findings about rows that must be written together and write more
// records than the store takes at once. After an edit it goes over all rows again,
// but only for stores that have such a limit.
func (p *plan) tooLarge() []formats.Finding {
	limit := p.dir.MaxWrites()
	if limit == 0 || p.sized {
		return p.large
	}

	p.sized = true
	for _, u := range p.units(func(uint32) bool { return true }) {
		if p.weight(u) > limit && len(p.large) < maxUnits {
			p.large = append(p.large, p.unitFinding(u))
		}
	}
	return p.large
}

// unitFinding returns the finding about one such group, with the numbers of its rows.
func (p *plan) unitFinding(unit []uint32) formats.Finding {
	slices.SortFunc(unit, p.order)
	names := make([]string, 0, len(unit))
	for _, r := range unit {
		n := strconv.Itoa(p.grid.rows[r].id.Number())
		if len(p.tpl.Tables) > 1 {
			n = p.tpl.Tables[p.grid.rows[r].id.Table()].Name + "/" + n
		}
		names = append(names, n)
	}
	return formats.Finding{Severity: formats.Error, Code: "batch.too_large", Args: map[string]string{"rows": strings.Join(names[:min(len(names), 20)], ", ")}}
}
