package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/formats"
)

// Remap gives columns to fields by hand in a preview that is there, like
// [Options.Map] for a new one: what a heading like "E-MIAL" wants, which
// nobody recognised. It decides every row again. Rows keep their ids and fields
// their corrections. If it fails nothing is changed; the errors are
// [Importer.Preview]'s.
func (p *Preview) Remap(ctx context.Context, maps ...ColumnMap) error {
	if p.tpl.fixed {
		return ErrFixed
	}
	opts := p.opts
	opts.Map = append(slices.Clip(opts.Map), maps...)
	var tables []*formats.Table
	for _, i := range p.grid.given {
		tables = append(tables, p.grid.tables[i].read)
	}
	g, err := newGrid(p.tpl, tables, opts.Map)
	if err != nil {
		return err
	}
	g, err = g.correct(p.grid.corrections())
	if err != nil {
		return fmt.Errorf("importer: remap: %w", err)
	}
	q := &Preview{dir: p.dir, tpl: p.tpl, opts: opts, account: p.account, id: p.id, committed: p.committed, own: p.own, grid: g}
	if err := q.build(ctx); err != nil {
		return err
	}
	if q.committed {
		q.id, q.committed = "", false
	}
	*p = *q
	return nil
}
