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
	q := &Preview{dir: p.dir, tpl: p.tpl, opts: opts, account: p.account, id: p.id, committed: p.committed, own: p.own, grid: g}
	if err := q.build(ctx); err != nil {
		return Delta{}, err
	}
	if q.committed {
		q.id, q.committed = "", false
	}
	for r, was := range p.unseen {
		if to, ok := q.grid.find(p.grid.rows[r].id); ok {
			if q.unseen == nil {
				q.unseen = map[uint32]uint64{}
			}
			q.unseen[to] = was
		}
	}
	*p = *q
	d := Delta{Summary: p.Summary()}
	for r := range p.grid.ordered {
		d.Rows = append(d.Rows, p.grid.rows[r].id)
	}
	return d, nil
}
