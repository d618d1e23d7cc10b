package importer

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// write applies the rows that are left, unit by unit.
func (c *commit) write(ctx context.Context) error {
	units, err := c.withoutTooLarge(c.fresh.units(func(r uint32) bool { return c.rows[r] == nil }))
	if err != nil {
		return err
	}
	limit := c.dir.MaxWrites()
	for len(units) > 0 {
		n, rows := 1, len(units[0])
		for n < len(units) && (c.opts.Policy == AllOrNothing || rows+len(units[n]) <= c.batch && (limit == 0 || c.fresh.weight(slices.Concat(units[:n+1]...)) <= limit)) {
			rows += len(units[n])
			n++
		}
		if err := c.apply(ctx, units[:n]); err != nil {
			return err
		}
		units = units[n:]
		c.progress()
	}
	return nil
}

// withoutTooLarge takes out the units that the store cannot write at once.
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

func (c *commit) progress() {
	if c.opts.Progress != nil {
		c.opts.Progress(Progress{Done: c.done, Total: len(c.rows)})
	}
}

// attempts is how often a batch is tried while others change what it touches.
const attempts = 8

// apply writes units in one batch. Rows in the way of which something stands
// are taken out, with those that need them, and the rest is tried again.
func (c *commit) apply(ctx context.Context, units [][]uint32) error {
	for range attempts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.recheck(units) && c.opts.Policy == AllOrNothing {
			c.holdBack()
		}
		rows := c.openRows(units)
		if len(rows) == 0 {
			return nil
		}
		b := c.compose(rows)
		if c.failPanicked(rows) {
			continue
		}
		err := c.dir.Apply(ctx, b.batch)
		var conflict *users.Conflict
		var denied *users.Denied
		switch {
		case err == nil:
			c.applied(b)
			return nil
		case errors.As(err, &denied):
			if !c.failDenied(b, denied) {
				return err
			}
		case errors.As(err, &conflict):
			if err := c.retryConflicts(ctx, b, conflict); err != nil {
				return err
			}
		case errors.Is(err, users.ErrPanic) && ctx.Err() == nil:
			return c.retryAfterPanic(ctx, units, err)
		default:
			c.rereadJournal(ctx)
			return err
		}
		if c.opts.Policy == AllOrNothing {
			c.holdBack()
		}
	}
	left := c.openRows(units)
	for _, r := range left {
		c.conflict(r)
	}
	c.settle(left, OutcomeConflict)
	return nil
}

// retryAfterPanic goes on after the store panicked over a batch: unit by unit, until
// the one is found that it cannot take, whose rows then fail. What the batch
// did nevertheless is read from the journal.
func (c *commit) retryAfterPanic(ctx context.Context, units [][]uint32, cause error) error {
	before := c.done
	if err := c.reread(ctx); err != nil {
		return errors.Join(cause, err)
	}
	switch {
	case c.opts.Policy == AllOrNothing:
		return cause
	case c.done > before:
		return nil // it was done
	case len(units) == 1:
		for _, r := range c.openRows(units) {
			c.rows[r] = &rowResult{outcome: OutcomeFailed, findings: c.rowFinding(r, "internal.panic")}
			c.settle([]uint32{r}, OutcomeFailed)
		}
		return nil
	}
	for _, u := range units {
		if err := c.apply(ctx, [][]uint32{u}); err != nil {
			return err
		}
	}
	return nil
}

// patience is how long is waited, after an error, for the journal to say what
// was done in spite of it. The report says what is known by then.
const patience = 2 * time.Second

// failPanicked fails the rows over which the Template panicked while they were composed,
// and reports whether there were any.
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

// rereadJournal reads, after an error, whether the batch was done in spite of it, so
// that the report says so. The context may be what failed.
func (c *commit) rereadJournal(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_ = c.reread(ctx) // the error that is told is the first
}

// reread reads what is known of the import again, after a batch of which it is
// not known whether it was done.
func (c *commit) reread(ctx context.Context) error {
	rec, err := c.dir.Get(ctx, c.id)
	if errors.Is(err, users.ErrNotFound) {
		return nil // nothing was done
	}
	if err != nil {
		return err
	}
	c.record = rec
	for e, err := range c.dir.Journal(ctx, c.id, c.last) {
		if err != nil {
			return err
		}
		if row, ok := c.shown.grid.find(e.Row); ok && (c.rows[row] == nil || !c.rows[row].stored) {
			if err := c.adopt(row, e); err != nil {
				return err
			}
			c.settleDone(row)
		}
	}
	return c.mark(ctx)
}

// recheck decides the rows of units again: what was learnt since, for other
// rows, may concern them. Those that would no longer do what was shown are
// conflicts. It reports whether there were any.
func (c *commit) recheck(units [][]uint32) bool {
	var lost []uint32
	live := c.openRows(units)
	for _, r := range live {
		c.fresh.redecide(r)
		if c.fresh.state[r].print != c.shown.state[r].print || c.opts.Strict && c.hasNewerVersion(r) || c.needsLaterRow(r, live) {
			c.conflict(r)
			lost = append(lost, r)
		}
	}
	c.settle(lost, OutcomeConflict)
	return len(lost) > 0
}

// needsLaterRow reports whether a row about to be written needs one that is neither done
// nor written with it. Units come after what they need, so the need is new:
// somebody has by now what was free, and a row that takes it from them comes later, or never.
func (c *commit) needsLaterRow(row uint32, with []uint32) bool {
	return slices.ContainsFunc(c.fresh.state[row].extra().needs, func(n uint32) bool {
		_, together := slices.BinarySearchFunc(with, n, c.fresh.order)
		return !together && (c.rows[n] == nil || !c.rows[n].outcome.Done())
	})
}

// openRows are the rows of units that are still to be written. A unit of which a
// row fell out is not.
func (c *commit) openRows(units [][]uint32) []uint32 {
	var out []uint32
	for _, u := range units {
		ok := true
		for _, r := range u {
			ok = ok && c.rows[r] == nil && c.fresh.actionOf(r).writes()
		}
		if ok {
			out = append(out, u...)
		} else {
			for _, r := range u {
				if c.rows[r] == nil {
					c.rows[r] = &rowResult{outcome: OutcomeBlocked, findings: c.rowFinding(r, "row.blocked")}
				}
			}
		}
	}
	slices.SortFunc(out, c.fresh.order)
	return out
}

// failDenied fails the rows whose writes the rules about people forbid. It reports
// whether there were any: a batch may be forbidden as such.
func (c *commit) failDenied(b *composed, d *users.Denied) bool {
	if c.lostFirstAdmin(d) {
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

// lostFirstAdmin reports whether a batch was forbidden because somebody made an admin
// since the import found none. It then calls itself the first no longer.
func (c *commit) lostFirstAdmin(d *users.Denied) bool {
	imp := *c.record.Data.(*users.Import)
	if !imp.First || !slices.ContainsFunc(d.Refusals, func(x users.Refused) bool { return x.ID == c.id && x.Problem.Code == "import.first" }) {
		return false
	}
	imp.First, c.record.Data = false, &imp
	return true
}

// retryConflicts looks again at the rows in whose way something stands. Those that
// would still do what was shown are then tried again.
func (c *commit) retryConflicts(ctx context.Context, b *composed, x *users.Conflict) error {
	if len(x.Done) > 0 || slices.Contains(x.Stale, c.id) {
		return ErrRunning
	}
	if err := c.contestImports(ctx, x); err != nil {
		return err
	}
	c.forgetTakenIDs(x.Stale)
	in := map[users.ID]bool{}
	for _, id := range x.Stale {
		in[id] = true
	}
	for _, id := range x.Gone {
		in[id] = true
	}
	for _, k := range x.Used {
		in[users.ID(k.Value)] = true
	}
	for _, k := range x.Keys {
		in[k.Wants] = true
	}
	var rows []uint32
	for _, r := range b.rows {
		meets := func(id users.ID) bool { return in[id] }
		if slices.ContainsFunc(b.touches[r], meets) || slices.ContainsFunc(b.refers[r], meets) {
			rows = append(rows, r)
		}
	}
	return c.fresh.refresh(ctx, rows)
}

// applied notes what a batch did.
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
