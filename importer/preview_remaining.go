package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

// Remaining returns a preview of the rows that an import of this preview did not
// do: rows in error, blocked, stale or held back. r is the report of that import.
// The rows keep their ids, cells and edits, and are decided on the store as it is
// now. A commit of the new preview is an import of its own. Removed rows and
// repeats of other rows are not in it. The error is [ErrNothing] if every row was
// done, or an error of the store.
func (p *Preview) Remaining(ctx context.Context, r *Report) (*Preview, error) {
	left := map[users.RowID]bool{} // the rows that are left to do
	for i := range r.Lines {
		if l := &r.Lines[i]; !l.Outcome.Done() {
			left[l.Row] = true
		}
	}

	for i := range p.grid.rows {
		at := &p.grid.rows[i]
		if at.removed || p.state[i].action == ActionSkip {
			delete(left, at.id)
		}
	}
	if len(left) == 0 {
		return nil, ErrNothing
	}

	opts := p.opts
	opts.Resume = ""
	if p.undo != nil {
		opts.continues = r.ID
	}
	q := &Preview{plan: newPlan(p.dir, p.tpl, opts, p.grid.only(func(id users.RowID) bool { return left[id] }))}
	if err := q.build(ctx); err != nil {
		return nil, fmt.Errorf("importer: rest: %w", err)
	}
	return q, nil
}

// only returns a grid with the rows that keep chooses. It remembers the ids of the
// others, so that a document can leave them out again.
func (g *grid) only(keep func(users.RowID) bool) *grid {
	out := &grid{tpl: g.tpl, tables: slices.Clone(g.tables), given: g.given, added: g.added, left: slices.Clone(g.left)}
	moved := map[uint32]uint32{} // new index by old index
	add := func(r uint32) {
		if id := g.rows[r].id; !keep(id) {
			out.left = append(out.left, id)
			return
		}
		moved[r] = uint32(len(out.rows))
		out.rows = append(out.rows, g.rows[r])
	}

	// The rows as read come first, by table, and then the added ones.
	for i := range out.tables {
		t := &out.tables[i]
		from := t.from
		t.from = uint32(len(out.rows))
		for r := from; r < from+t.count; r++ {
			add(r)
		}
		t.count = uint32(len(out.rows)) - t.from
	}
	for r := g.read(); r < uint32(len(g.rows)); r++ {
		add(r)
	}

	for at, text := range g.over {
		if r, ok := moved[at.row]; ok {
			out.cover(gridCell{r, at.column}, text)
		}
	}
	slices.Sort(out.left)

	for i := range out.tables {
		out.tables[i].headless = out.countHeadless(i)
	}
	return out
}

// countHeadless counts again, for each column without a heading, the rows that
// hold something in it.
func (g *grid) countHeadless(table int) map[int]int {
	t := &g.tables[table]
	out := map[int]int{}
	for c := range t.headless {
		for r := t.from; r < t.from+t.count; r++ {
			if !g.rows[r].removed && !isBlank(t.read.Row(int(g.rows[r].src)).Cell(c)) {
				out[c]++
			}
		}
	}
	return out
}
