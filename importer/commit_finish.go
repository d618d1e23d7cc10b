package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// finish journals the rows that wrote nothing, and ends the import.
func (c *commit) finish(ctx context.Context) error {
	var open []uint32
	for i := range c.shown.grid.rows {
		if x := c.rows[uint32(i)]; x != nil && !x.stored {
			open = append(open, uint32(i))
		}
	}
	if len(open) == 0 && c.record.Data.(*users.Import).State == users.ImportDone {
		return nil
	}

	for range attempts {
		err := c.journalRows(ctx, open)
		var conflict *users.Conflict
		var denied *users.Denied
		if errors.As(err, &denied) {
			wasFirst := c.lostFirstAdmin(denied)
			if wasFirst {
				continue
			}
		}
		if !errors.As(err, &conflict) {
			if err != nil {
				c.rereadJournal(ctx)
			}
			return err
		}

		// The rows are done already: only records of imports can be in the way.
		if len(conflict.Done) > 0 || slices.Contains(conflict.Stale, c.id) {
			return ErrRunning
		}
		if err := c.contestImports(ctx, conflict); err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(r uint32) bool { return c.rows[r].stored })
	}
	return ErrRunning
}

// journalRows journals rows in batches. The last batch ends the import, also if
// there are no rows.
func (c *commit) journalRows(ctx context.Context, open []uint32) error {
	parts := slices.Collect(slices.Chunk(open, 2000))
	if len(parts) == 0 {
		parts = [][]uint32{nil}
	}

	for i, part := range parts {
		b := &composed{rows: part, batch: users.Batch{Import: c.id, Digest: c.digest}}
		for _, r := range part {
			c.note(b, r, c.rows[r].outcome)
		}

		state := users.ImportRunning
		if i == len(parts)-1 {
			state = users.ImportDone
			if c.isAllDone() {
				c.writeMarks(b)
			}
		}
		b.batch.Writes = append(b.batch.Writes, c.importWrite(b, state))

		if err := c.dir.Apply(ctx, b.batch); err != nil {
			return err
		}
		c.applied(b)
		c.progress()
	}
	return nil
}

// isAllDone reports whether the store now is as every row wants it.
func (c *commit) isAllDone() bool {
	return !slices.ContainsFunc(c.rows, func(x *rowResult) bool { return x == nil || !x.outcome.Done() })
}

// note adds the report line of a row to the batch.
func (c *commit) note(b *composed, row uint32, o Outcome) {
	x := c.rows[row]
	if x == nil {
		x = &rowResult{}
	}
	l := c.line(row, o, x.findings)
	text, err := json.Marshal(l)
	if err != nil {
		panic(fmt.Sprintf("importer: a report line cannot be written: %v", err)) // strings and numbers always can
	}
	b.lines = append(b.lines, l)
	b.batch.Rows = append(b.batch.Rows, users.RowNote{Row: l.Row, Note: text})
}

// line returns the report line of a row that ends in outcome o.
func (c *commit) line(row uint32, o Outcome, findings []formats.Finding) *ReportLine {
	at := &c.shown.grid.rows[row]
	l := &ReportLine{Row: at.id, Number: at.id.Number(), Outcome: o}
	if at.removed {
		c.fillRemoved(l, row)
		return l
	}

	t := c.shown.decided(row)
	l.Does = t.does()
	v := t.show()
	l.Table, l.Line, l.Action, l.Who = v.Table, v.Line, v.Action, v.Who
	l.Findings = append(v.Findings, findings...)
	for i, f := range l.Findings {
		if f.Column > 0 { // a reader of the report may not have the file
			l.Findings[i].Heading = formats.Show(c.shown.grid.tables[at.id.Table()].headingAt(f.Column - 1))
		}
		if f.Args["account"] != "" { // readers of the report may not reach that account
			l.Findings[i].Args = maps.Clone(f.Args)
			delete(l.Findings[i].Args, "account")
		}
	}

	switch rec := c.shown.state[row].rec; {
	case rec >= 0:
		if c.shown.facts.recs[rec].Kind() == users.KindUser {
			l.User = c.shown.facts.recs[rec].ID
		}
	case o.Done():
		l.User = c.idOf(c.fresh.decided(row))
	}

	if o == OutcomeCreated || o == OutcomeUpdated || o == OutcomeDeleted {
		l.Changes, l.Gains, l.Losses = v.Changes, v.Gains, v.Losses
	}
	return l
}

// does returns the values of the cells that say what the row does, by field, or nil.
func (t *turn) does() map[string]string {
	var out map[string]string
	for i := range t.spec.Columns {
		c := &t.spec.Columns[i]
		if v := t.cells[i].value; c.CountInRecap && len(c.Values) > 0 && !c.Sensitive && v != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[c.Field] = v
		}
	}
	return out
}

// fillRemoved fills in the line of a row that was removed in the preview: only
// where it was in the file.
func (c *commit) fillRemoved(l *ReportLine, row uint32) {
	g := c.shown.grid
	at := &g.rows[row]
	if len(g.tpl.Tables) > 1 {
		l.Table = g.tpl.Tables[at.id.Table()].Name
	}
	if at.src >= 0 {
		l.Line = g.tables[at.id.Table()].read.Row(int(at.src)).Line()
	}
	l.Action = ActionSkip
}

// importWrite returns the write of the import's record as the batch leaves it.
func (c *commit) importWrite(b *composed, state users.ImportState) users.Write {
	old := c.record.Data.(*users.Import)
	imp := *old
	imp.State = state
	imp.Counts = maps.Clone(c.counts)
	for _, l := range b.lines {
		imp.Counts[string(l.Outcome)]++
	}

	// An import that wrote nothing does not keep the same data from coming again.
	if state == users.ImportDone && imp.Counts[string(OutcomeCreated)]+imp.Counts[string(OutcomeUpdated)]+imp.Counts[string(OutcomeDeleted)] == 0 {
		imp.Once = false
	}

	rec := c.record
	rec.Data, rec.Updated = &imp, c.dir.Now()
	b.record = rec
	b.record.Version++
	return users.Write{ID: c.id, Version: c.record.Version, Record: &rec}
}
