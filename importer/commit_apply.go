package importer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// write applies the open rows in batches of whole units.
func (c *commit) write(ctx context.Context) error {
	units, err := c.withoutTooLarge(c.fresh.units(func(r uint32) bool { return c.rows[r] == nil }))
	if err != nil {
		return err
	}

	for len(units) > 0 {
		n := c.batchOf(units)
		if err := c.apply(ctx, units[:n]); err != nil {
			return err
		}
		units = units[n:]
		c.progress()
	}
	return nil
}

// batchOf returns how many of the units go into the next batch: at least one, and
// all of them under AllOrNothing.
func (c *commit) batchOf(units [][]uint32) int {
	if c.opts.Policy == AllOrNothing {
		return len(units)
	}

	limit := c.dir.MaxWrites()
	n, rows := 1, len(units[0])
	for n < len(units) && rows+len(units[n]) <= c.batch && (limit == 0 || c.fresh.weight(slices.Concat(units[:n+1]...)) <= limit) {
		rows += len(units[n])
		n++
	}
	return n
}

// withoutTooLarge fails the units that the store cannot write in one batch, and
// returns the others. Under AllOrNothing, rows that do not fit one batch are ErrBatch.
func (c *commit) withoutTooLarge(units [][]uint32) ([][]uint32, error) {
	limit := c.dir.MaxWrites()
	if limit == 0 {
		return units, nil
	}
	if c.opts.Policy == AllOrNothing && c.fresh.weight(slices.Concat(units...)) > limit {
		return nil, ErrBatch
	}

	var out [][]uint32
	var failed []uint32
	for _, u := range units {
		if c.fresh.weight(u) <= limit {
			out = append(out, u)
			continue
		}
		f := c.fresh.unitFinding(u)
		for _, r := range u {
			c.rows[r] = &rowResult{outcome: OutcomeFailed, findings: c.rowFinding(r, f.Code)}
			for i := range c.rows[r].findings {
				c.rows[r].findings[i].Args = f.Args
			}
		}
		failed = append(failed, u...)
	}

	c.settle(failed, OutcomeFailed)
	return out, nil
}

// progress tells the host how many rows are done.
func (c *commit) progress() {
	if c.opts.Progress != nil {
		c.opts.Progress(Progress{Done: c.done, Total: len(c.rows)})
	}
}

// attempts is how often a batch is tried while others change the same records.
const attempts = 8

// apply writes units in one batch. After a refusal or a conflict the rows at fault
// and the rows that need them are left out, and the rest is tried again.
func (c *commit) apply(ctx context.Context, units [][]uint32) error {
	for range attempts {
		if err := ctx.Err(); err != nil {
			return err
		}

		// Rows written before may have changed what was decided about these.
		anyLost := c.recheck(units)
		if anyLost && c.opts.Policy == AllOrNothing {
			c.holdBack()
		}
		rows := c.openRows(units)
		if len(rows) == 0 {
			return nil
		}

		b := c.compose(rows)
		anyPanicked, anyRefused := c.failPanicked(rows), c.failRefused(b)
		if anyPanicked || anyRefused {
			continue
		}

		err := c.dir.Apply(ctx, b.batch)
		if err == nil {
			c.applied(b)
			return nil
		}
		if errors.Is(err, users.ErrPanic) && ctx.Err() == nil && !isRefused(err) {
			return c.retryAfterPanic(ctx, units, err)
		}
		if err := c.handleRefusal(ctx, b, err); err != nil {
			return err
		}
		if c.opts.Policy == AllOrNothing {
			c.holdBack()
		}
	}

	// Deciding again does not explain what stands in the way. One row must not take
	// the whole batch along.
	if len(units) > 1 && c.opts.Policy != AllOrNothing {
		return c.applyEach(ctx, units)
	}

	// Others change the same records all the time: the rows end as conflicts.
	left := c.openRows(units)
	for _, r := range left {
		c.conflict(r)
	}
	c.settle(left, OutcomeConflict)
	return nil
}

// isRefused reports whether the store refused a batch for reasons it names.
func isRefused(err error) bool {
	var conflict *users.Conflict
	var denied *users.Denied
	return errors.As(err, &denied) || errors.As(err, &conflict)
}

// handleRefusal takes the rows out that a refused batch failed for, so that the
// rest can be tried again. It returns an error if trying again is of no use.
func (c *commit) handleRefusal(ctx context.Context, b *composed, err error) error {
	var conflict *users.Conflict
	var denied *users.Denied
	switch {
	case errors.As(err, &denied):
		anyFailed := c.failDenied(b, denied)
		if !anyFailed {
			return err
		}
		return nil
	case errors.As(err, &conflict):
		return c.retryConflicts(ctx, b, conflict)
	}

	c.rereadJournal(ctx)
	return err
}

// retryAfterPanic applies the units one by one after the store panicked over their
// batch. The rows of the unit that makes it panic again fail. The journal is read
// first, because the batch may have been written before the panic.
func (c *commit) retryAfterPanic(ctx context.Context, units [][]uint32, cause error) error {
	before := c.done
	if err := c.reread(ctx); err != nil {
		return errors.Join(cause, err)
	}

	switch {
	case c.opts.Policy == AllOrNothing:
		return cause
	case c.done > before:
		return nil // the batch was written
	case len(units) == 1:
		for _, r := range c.openRows(units) {
			c.rows[r] = &rowResult{outcome: OutcomeFailed, findings: c.rowFinding(r, "internal.panic")}
			c.settle([]uint32{r}, OutcomeFailed)
		}
		return nil
	}

	return c.applyEach(ctx, units)
}

// applyEach applies units one by one.
func (c *commit) applyEach(ctx context.Context, units [][]uint32) error {
	for _, u := range units {
		if err := c.apply(ctx, [][]uint32{u}); err != nil {
			return err
		}
	}
	return nil
}

// patience is how long reading the journal may take after an error. The report
// then tells what is known.
const patience = 2 * time.Second

// failPanicked fails the rows whose Template panicked while they were composed, and
// reports whether there were any.
func (c *commit) failPanicked(rows []uint32) bool {
	var failed []uint32
	for _, r := range rows {
		if c.fresh.panicked[r] {
			c.rows[r] = &rowResult{outcome: OutcomeFailed, findings: c.rowFinding(r, "internal.panic")}
			failed = append(failed, r)
		}
	}
	c.settle(failed, OutcomeFailed)
	return len(failed) > 0
}

// failRefused fails the rows of the batch that set a field which no record took,
// and reports whether there are any.
func (c *commit) failRefused(b *composed) bool {
	failed := slices.Sorted(maps.Keys(b.refused))
	for _, r := range failed {
		args := map[string]string{"table": c.fresh.grid.spec(r).Name, "field": formats.Show(b.refused[r])}
		n := note{severity: formats.Error, code: "internal.template", column: -1, key: none, args: args}
		c.rows[r] = &rowResult{outcome: OutcomeFailed, findings: []formats.Finding{c.fresh.finding(r, &n)}}
	}
	c.settle(failed, OutcomeFailed)
	return len(failed) > 0
}

// rereadJournal reads after an error whether the batch was written nevertheless,
// so that the report is right. The context may be what failed.
func (c *commit) rereadJournal(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_ = c.reread(ctx) // the first error is the one returned
}

// reread reads the import's record and the new entries of its journal, after a
// batch that may or may not have been written.
func (c *commit) reread(ctx context.Context) error {
	rec, err := c.dir.Get(ctx, c.id)
	if errors.Is(err, users.ErrNotFound) {
		return nil // no batch was written
	}
	if err != nil {
		return err
	}
	c.record = rec

	for e, err := range c.dir.Journal(ctx, c.id, c.last) {
		if err != nil {
			return err
		}
		row, ok := c.shown.grid.find(e.Row)
		if !ok || c.rows[row] != nil && c.rows[row].stored {
			continue
		}
		if err := c.adopt(row, e); err != nil {
			return err
		}
		c.settleDone(row)
	}

	return c.mark(ctx)
}

// recheck decides the rows of units again on the facts learnt since. Rows that
// would no longer do what was shown end as conflicts. It reports whether there
// were any.
func (c *commit) recheck(units [][]uint32) bool {
	var lost []uint32
	open := c.openRows(units)
	for _, r := range open {
		c.fresh.redecide(r)
		isStale := c.fresh.state[r].print != c.shown.state[r].print || c.opts.Strict && c.hasNewerVersion(r)
		if isStale || c.needsLaterRow(r, open) {
			c.conflict(r)
			lost = append(lost, r)
		}
	}

	c.settle(lost, OutcomeConflict)
	return len(lost) > 0
}

// needsLaterRow reports whether a row needs one that is neither done nor written
// with it. Units come after those they need, so this need is new: another person
// took a key meanwhile that was unused, and the row that releases it comes later.
func (c *commit) needsLaterRow(row uint32, with []uint32) bool {
	return slices.ContainsFunc(c.fresh.state[row].extra().needs, func(n uint32) bool {
		_, together := slices.BinarySearchFunc(with, n, c.fresh.order)
		return !together && (c.rows[n] == nil || !c.rows[n].outcome.Done())
	})
}

// openRows returns the rows of units that are still to be written, in order. A unit
// is written wholly: if one row is out, the others are blocked.
func (c *commit) openRows(units [][]uint32) []uint32 {
	var out []uint32
	isOut := func(r uint32) bool { return c.rows[r] != nil || !c.fresh.actionOf(r).writes() }
	for _, u := range units {
		if !slices.ContainsFunc(u, isOut) {
			out = append(out, u...)
			continue
		}
		for _, r := range u {
			if c.rows[r] == nil {
				c.rows[r] = &rowResult{outcome: OutcomeBlocked, findings: c.rowFinding(r, "row.blocked")}
			}
		}
	}

	slices.SortFunc(out, c.fresh.order)
	return out
}

// failDenied fails the rows whose writes the rules about people forbid, and reports
// whether there were any. There are none if the batch is forbidden as a whole.
func (c *commit) failDenied(b *composed, d *users.Denied) bool {
	wasFirst := c.lostFirstAdmin(d)
	if wasFirst {
		return true
	}

	by := map[users.ID][]uint32{}
	for _, r := range b.rows {
		for _, id := range b.touches[r] {
			by[id] = append(by[id], r)
		}
	}

	var failed []uint32
	for _, x := range d.Refusals {
		for _, r := range by[x.ID] {
			if c.rows[r] == nil {
				c.rows[r] = &rowResult{outcome: OutcomeFailed}
				failed = append(failed, r)
			}
			n := note{severity: formats.Error, code: x.Problem.Code, column: c.fresh.grid.spec(r).holding(x.Field), key: none, args: x.Problem.Args}
			c.rows[r].findings = append(c.rows[r].findings, c.fresh.finding(r, &n))
		}
	}

	c.settle(failed, OutcomeFailed)
	return len(failed) > 0
}

// lostFirstAdmin reports whether a batch was forbidden because another person made
// an admin since this import found none. The import's record then no longer says
// that it makes the first ones.
func (c *commit) lostFirstAdmin(d *users.Denied) bool {
	imp := *c.record.Data.(*users.Import)
	if !imp.First || !slices.ContainsFunc(d.Refusals, func(x users.Refused) bool { return x.ID == c.id && x.Problem.Code == "import.first" }) {
		return false
	}
	imp.First, c.record.Data = false, &imp
	return true
}

// retryConflicts looks up again the rows that a conflict is about. Those that would
// still do what was shown are then tried again.
func (c *commit) retryConflicts(ctx context.Context, b *composed, x *users.Conflict) error {
	if len(x.Done) > 0 || slices.Contains(x.Stale, c.id) {
		return ErrRunning
	}
	if err := c.contestImports(ctx, x); err != nil {
		return err
	}
	c.forgetTakenIDs(x.Stale)

	meets := conflictingIDs(x)
	var rows []uint32
	for _, r := range b.rows {
		if slices.ContainsFunc(b.touches[r], meets) || slices.ContainsFunc(b.refers[r], meets) {
			rows = append(rows, r)
		}
	}
	return c.fresh.refresh(ctx, rows)
}

// conflictingIDs returns a function that reports whether a conflict names a record.
func conflictingIDs(x *users.Conflict) func(users.ID) bool {
	in := map[users.ID]bool{}
	for _, id := range slices.Concat(x.Stale, x.Gone) {
		in[id] = true
	}
	for _, k := range x.Used {
		in[users.ID(k.Value)] = true
	}
	for _, k := range x.Keys {
		in[k.Wants] = true
	}
	return func(id users.ID) bool { return in[id] }
}

// applied notes that a batch was written: the outcomes of its rows and its images.
func (c *commit) applied(b *composed) {
	c.record = b.record
	c.marks.done = c.marks.done || b.marks

	for i, r := range b.rows {
		x := c.rows[r]
		if x == nil {
			x = &rowResult{}
			c.rows[r] = x
		}
		x.outcome, x.line, x.stored = b.lines[i].Outcome, b.lines[i], true
		c.done++
		c.counts[string(x.outcome)]++
		c.last = b.lines[i].Row
	}

	for _, i := range b.images {
		c.own.add(i)
	}
}
