package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/formats"
)

// Remap assigns columns to fields by hand in an existing preview, like [Options.Map]
// in a new one. For example, it assigns the unrecognised column "E-MIAL" to the field
// email.
//
// The row of headings stays the one it was. A column or a field that is mapped again
// loses what it was mapped to before.
//
// It decides every row again, and all rows are in the delta. Rows keep their ids and
// fields their corrections. If it fails nothing is changed; the errors are those of
// [Importer.Preview].
func (p *Preview) Remap(ctx context.Context, maps ...ColumnMap) (Delta, error) {
	if p.tpl.Fixed {
		return Delta{}, ErrFixed
	}

	opts := p.opts
	opts.Map = mergeMaps(opts.Map, maps)
	g, err := p.remapped(opts.Map)
	if err != nil {
		return Delta{}, err
	}
	q := newPlan(p.dir, p.tpl, opts, g)
	q.own = p.own
	if err := q.build(ctx); err != nil {
		return Delta{}, err
	}

	// Nothing can fail from here on: the preview is replaced as a whole.
	unseen := p.unseenIn(q)
	id := p.id
	if p.committed { // the new preview is another import
		id = ""
	}
	*p = Preview{plan: q, id: id, unseen: unseen}

	d := Delta{Summary: p.Summary()}
	for r := range p.grid.ordered {
		d.Rows = append(d.Rows, p.grid.rows[r].id)
	}
	return d, nil
}

// mergeMaps returns the columns mapped before and now. A column or a field that is
// mapped again loses what it was mapped to.
func mergeMaps(before, now []ColumnMap) []ColumnMap {
	out := slices.DeleteFunc(slices.Clone(before), func(old ColumnMap) bool {
		return slices.ContainsFunc(now, func(m ColumnMap) bool {
			return m.Table == old.Table && (m.Column == old.Column || m.Field == old.Field && m.Field != "")
		})
	})
	return append(out, now...)
}

// remapped returns the tables as a grid with other columns, and the corrections
// made so far over it.
func (p *Preview) remapped(maps []ColumnMap) (*grid, error) {
	var tables []*formats.Table
	for _, i := range p.grid.given {
		tables = append(tables, p.grid.tables[i].read)
	}
	g, err := newGrid(p.tpl, tables, maps, p.grid.readings())
	if err != nil {
		return nil, err
	}

	g, err = g.correct(p.grid.corrections())
	if err != nil {
		return nil, fmt.Errorf("importer: remap: %w", err)
	}
	return g, nil
}

// unseenIn returns the rows that no person has seen yet, by their numbers in q.
func (p *Preview) unseenIn(q *plan) map[uint32]uint64 {
	var unseen map[uint32]uint64
	for r, was := range p.unseen {
		to, ok := q.grid.find(p.grid.rows[r].id)
		if !ok {
			continue
		}
		if unseen == nil {
			unseen = map[uint32]uint64{}
		}
		unseen[to] = was
	}
	return unseen
}
