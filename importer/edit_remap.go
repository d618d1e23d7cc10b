package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/formats"
)

// Remap gives columns to fields by hand in a preview that is there, like
// [Options.Map] for a new one: what a heading like "E-MIAL" wants, which
// nobody recognised. It decides every row again, and
// all of them are in the delta. Rows keep their ids and fields
// their corrections. If it fails nothing is changed; the errors are
// [Importer.Preview]'s.
func (p *Preview) Remap(ctx context.Context, maps ...ColumnMap) (Delta, error) {
	if p.tpl.Fixed {
		return Delta{}, ErrFixed
	}
	opts := p.opts
	opts.Map = append(slices.Clip(opts.Map), maps...)
	var tables []*formats.Table
	for _, i := range p.grid.given {
		tables = append(tables, p.grid.tables[i].read)
	}
	g, err := newGrid(p.tpl, tables, opts.Map)
	if err != nil {
		return Delta{}, err
	}
	g, err = g.correct(p.grid.corrections())
	if err != nil {
		return Delta{}, fmt.Errorf("importer: remap: %w", err)
	}
	q := newPlan(p.dir, p.tpl, opts, g)
	q.own = p.own
	if err := q.build(ctx); err != nil {
		return Delta{}, err
	}

	var unseen map[uint32]uint64
	for r, was := range p.unseen {
		if to, ok := q.grid.find(p.grid.rows[r].id); ok {
			if unseen == nil {
				unseen = map[uint32]uint64{}
			}
			unseen[to] = was
		}
	}
	id := p.id
	if p.committed { // what is committed next is another import
		id = ""
	}
	*p = Preview{plan: q, id: id, unseen: unseen}

	d := Delta{Summary: p.Summary()}
	for r := range p.grid.ordered {
		d.Rows = append(d.Rows, p.grid.rows[r].id)
	}
	return d, nil
}
