package importer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// units are the rows to write, in groups that are written wholly or not at
// all, each after those it needs: the strongly connected components of "needs"
// and of "writes the same record"; of an undoing also of "gives back to whom
// another takes from", so that nobody has both between two batches. open is whether a row is still to be written.
func (p *plan) units(open func(uint32) bool) [][]uint32 {
	var rows []uint32
	edges := map[uint32][]uint32{}
	last := map[record]uint32{}
	successor := none
	taker := map[users.ID]uint32{} // the last of the rows that take something from a person
	back := map[uint32]users.ID{}  // who is given something back
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

		t := p.decided(r)
		for _, rec := range t.writesTo() {
			if s, ok := last[rec]; ok && s != r {
				edges[r], edges[s] = append(edges[r], s), append(edges[s], r)
			}
			last[rec] = r
		}

		if p.undo == nil {
			continue
		}
		for _, l := range t.verdict.losses {
			if other, ok := taker[l.holder]; ok && other != r {
				edges[r] = append(edges[r], other)
			}
			taker[l.holder] = r
		}
		if rec := t.target; rec != nil && rec.Kind() != users.KindUser && rec.Holder() != "" {
			back[r] = rec.Holder()
		}
	}

	for r, id := range back {
		if t, ok := taker[id]; ok && t != r {
			edges[r] = append(edges[r], t)
		}
	}
	return components(rows, func(r uint32) []uint32 { return edges[r] })
}

// A record is one that rows write: one of the store by its number, or what a
// row makes, the person or what that person has.
type record struct {
	stored int32
	maker  uint32
	held   users.Kind // of what the row's person has; empty for the person
}

// writesTo are the records the row writes, as it was decided.
func (t *turn) writesTo() []record {
	v := &t.verdict
	var out []record
	person := slices.ContainsFunc(v.changes, func(x Change) bool { _, _, held := ofHeld(x.Field); return !held })
	switch {
	case v.rec >= 0 && (person || v.action == ActionDelete):
		out = append(out, record{stored: v.rec, maker: none})
	case v.rec < 0 && v.maker != none && person:
		out = append(out, record{stored: -1, maker: v.maker})
	case v.action == ActionCreate:
		out = append(out, record{stored: -1, maker: t.row})
	}
	for _, l := range v.losses {
		out = append(out, record{stored: l.rec, maker: none})
	}
	for _, g := range v.gains {
		if g.rec >= 0 && t.plan.keys.spaceOf(g.key).Kind() != users.KindUser {
			out = append(out, record{stored: g.rec, maker: none})
		}
	}
	t.keysFromOtherLines(func(_ uint32, of int32) { out = append(out, record{stored: of, maker: none}) })
	t.things(func(kind users.Kind, rec int32) {
		if rec >= 0 {
			out = append(out, record{stored: rec, maker: none})
		} else {
			out = append(out, record{stored: -1, maker: t.row, held: kind})
		}
	})
	return out
}

// weight is how many records the rows write.
func (p *plan) weight(rows []uint32) int {
	seen := map[record]bool{}
	for _, r := range rows {
		for _, x := range p.decided(r).writesTo() {
			seen[x] = true
		}
	}
	return len(seen)
}

// maxUnits is how many groups of rows that are too large for the store are told.
const maxUnits = 20

// tooLarge are the findings of rows that would have to be done together and
// write more records than the store takes at once. It is worked out again
// after an edit, over all rows, for stores that have such a limit alone.
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
