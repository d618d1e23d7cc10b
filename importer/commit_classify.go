package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
)

// classify decides which rows are written, and gives the others their outcome.
func (c *commit) classify() {
	var changed []uint32
	for i := range c.shown.grid.rows {
		if c.classifyRow(uint32(i)) {
			changed = append(changed, uint32(i))
		}
	}
	changed = append(changed, c.applyBrakes()...)

	// Rows that need one of those are blocked, even if the preview showed them as good.
	c.fresh.propagate(changed)
	c.block()
	if c.opts.Policy == AllOrNothing {
		c.holdBack()
	}
}

// classifyRow gives a row its outcome if it is not to be written, and reports
// whether rows that need it are blocked by that.
func (c *commit) classifyRow(r uint32) (failed bool) {
	shown, fresh := c.shown, c.fresh
	if c.rows[r] != nil {
		c.settleDone(r)
		return false
	}
	if shown.grid.rows[r].removed {
		c.rows[r] = &rowResult{outcome: OutcomeSkipped}
		return false
	}

	a := shown.actionOf(r)
	switch same := c.isAsShown(r); {
	case fresh.panicked[r] && a != ActionError:
		c.rows[r] = &rowResult{outcome: OutcomeFailed, findings: c.rowFinding(r, "internal.panic")}
		failed = true
	case a == ActionUnchanged && !same:
		c.conflict(r)
	case !a.writes(): // a row shown as not happening does not happen, even if it now could
		c.rows[r] = &rowResult{outcome: a.outcome()}
		failed = a != ActionUnchanged && a != ActionSkip
	case !same:
		c.conflict(r)
		failed = true
	}

	if failed {
		fresh.state[r].action = ActionError
	}
	return failed
}

// isAsShown reports whether a row would still do what the preview showed, and
// whether a person has seen that.
func (c *commit) isAsShown(r uint32) bool {
	a := c.shown.actionOf(r)
	_, unseen := c.shown.unseen[r]
	if unseen && (a.writes() || a == ActionUnchanged) {
		return false
	}
	return c.shown.state[r].print == c.fresh.state[r].print && !(c.opts.Strict && c.hasNewerVersion(r))
}

// applyBrakes skips the rows of brakes that were not approved, and returns them.
func (c *commit) applyBrakes() []uint32 {
	var skipped []uint32
	for _, b := range c.shown.brakes() {
		if slices.Contains(c.opts.Approve, b.finding.Code) {
			continue
		}
		for i := range c.shown.grid.rows {
			r := uint32(i)
			if c.rows[r] == nil && b.holds(&c.shown.state[r]) {
				c.rows[r] = &rowResult{outcome: OutcomeSkipped, findings: []formats.Finding{b.finding}}
				c.fresh.state[r].action = ActionError
				skipped = append(skipped, r)
			}
		}
	}
	return skipped
}

// conflict ends a row that would no longer do what was shown, with the reason.
func (c *commit) conflict(row uint32) {
	v := c.fresh.show(row)
	stale := note{severity: formats.Error, code: "row.stale", column: -1, key: none}
	// A forced loss names who has the key now. Other losses are the row's own person's.
	if i := slices.IndexFunc(v.Losses, func(l Loss) bool { return l.Forced }); i >= 0 {
		stale.args = map[string]string{"holder": v.Losses[i].Who}
	}

	x := &rowResult{outcome: OutcomeConflict, findings: []formats.Finding{c.fresh.finding(row, &stale)}}
	for _, f := range v.Findings {
		if f.Severity == formats.Error {
			x.findings = append(x.findings, f)
		}
	}
	c.rows[row] = x
}

// settleDone sets the state of a row that was done before, so that rows that need
// it find it done, or failed if it failed.
func (c *commit) settleDone(r uint32) {
	s := &c.fresh.state[r]
	s.blocked, s.cycle, s.doomed, s.action = false, false, none, ActionUnchanged
	if !c.rows[r].outcome.Done() {
		s.action = ActionError
	}
}

// hasNewerVersion reports whether the row's person was written since the preview.
func (c *commit) hasNewerVersion(r uint32) bool {
	a, b := c.shown.state[r].rec, c.fresh.state[r].rec
	return a >= 0 && b >= 0 && c.shown.facts.recs[a].Version != c.fresh.facts.recs[b].Version
}

// holdBack skips every open row if one row will not happen.
func (c *commit) holdBack() {
	fails := false
	for i, x := range c.rows {
		if x != nil && !x.outcome.Done() && !c.shown.grid.rows[i].removed && c.shown.state[i].action != ActionSkip {
			fails = true
			break
		}
	}
	if !fails {
		return
	}

	for i := range c.shown.grid.rows {
		if r := uint32(i); c.rows[r] == nil {
			c.rows[r] = &rowResult{outcome: OutcomeSkipped, findings: c.rowFinding(r, "row.held_back")}
		}
	}
}

// rowFinding returns an error about a whole row.
func (c *commit) rowFinding(row uint32, code string) []formats.Finding {
	return []formats.Finding{c.fresh.finding(row, &note{severity: formats.Error, code: code, column: -1, key: none})}
}

// settle ends rows with another outcome than the one shown, and blocks the rows
// that need them.
func (c *commit) settle(rows []uint32, o Outcome) {
	var changed []uint32
	for _, r := range rows {
		if c.rows[r] == nil {
			c.rows[r] = &rowResult{outcome: o}
		}
		if !o.Done() {
			c.fresh.state[r].action = ActionError
			changed = append(changed, r)
		}
	}

	if len(changed) > 0 {
		c.fresh.propagate(changed)
		c.block()
	}
}

// block ends the open rows that need a row that will not happen.
func (c *commit) block() {
	for i := range c.fresh.grid.rows {
		if r := uint32(i); c.rows[r] == nil && !c.fresh.actionOf(r).writes() {
			c.rows[r] = &rowResult{outcome: OutcomeBlocked}
			f, ok := c.fresh.read(r).followedFinding()
			if ok {
				c.rows[r].findings = []formats.Finding{f}
			}
		}
	}
}
