package importer

import (
	"slices"

	"github.com/usher-go/usher/formats"
)

// classify says of every row whether it is written, and of the others what
// becomes of them.
func (c *commit) classify() {
	shown, fresh := c.shown, c.fresh
	var changed []uint32
	fail := func(r uint32) {
		fresh.state[r].action = ActionError
		changed = append(changed, r)
	}
	for i := range shown.grid.rows {
		r := uint32(i)
		if c.rows[r] != nil {
			c.settleDone(r)
			continue
		}
		if shown.grid.rows[r].removed {
			c.rows[r] = &rowResult{outcome: OutcomeSkipped}
			continue
		}
		a := shown.actionOf(r)
		same := shown.state[r].print == fresh.state[r].print && !(c.opts.Strict && c.hasNewerVersion(r))
		if _, unseen := shown.unseen[r]; unseen && (a.writes() || a == ActionUnchanged) {
			same = false
		}
		switch {
		case fresh.panicked[r] && a != ActionError:
			c.rows[r] = &rowResult{outcome: OutcomeFailed, findings: c.rowFinding(r, "internal.panic")}
			fail(r)
		case a == ActionUnchanged && !same:
			c.conflict(r)
		case !a.writes(): // shown as not happening: it does not, whatever the store says now
			c.rows[r] = &rowResult{outcome: a.outcome()}
			if a != ActionUnchanged && a != ActionSkip {
				fail(r)
			}
		case !same:
			c.conflict(r)
			fail(r)
		}
	}
	for _, f := range shown.brakes() {
		if slices.Contains(c.opts.Approve, f.Code) {
			continue
		}
		for i := range shown.grid.rows {
			if r := uint32(i); c.rows[r] == nil && shown.state[r].lowers {
				c.rows[r] = &rowResult{outcome: OutcomeSkipped, findings: []formats.Finding{f}}
				fail(r)
			}
		}
	}
	fresh.propagate(changed)
	c.block()
	if c.opts.Policy == AllOrNothing {
		c.holdBack()
	}
}

// conflict ends a row that would no longer do what was shown, and says why.
func (c *commit) conflict(row uint32) {
	v := c.fresh.show(row)
	stale := note{severity: formats.Error, code: "row.stale", column: -1, key: none}
	if i := slices.IndexFunc(v.Losses, func(l Loss) bool { return l.Forced }); i >= 0 { // not what the row's own person gives up
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

// settleDone makes a row that was done before look done to those that need it.
func (c *commit) settleDone(r uint32) {
	s := &c.fresh.state[r]
	s.blocked, s.cycle, s.doomed, s.action = false, false, none, ActionUnchanged
	if !c.rows[r].outcome.Done() {
		s.action = ActionError
	}
}

func (c *commit) hasNewerVersion(r uint32) bool {
	a, b := c.shown.state[r].rec, c.fresh.state[r].rec
	return a >= 0 && b >= 0 && c.shown.facts.recs[a].Version != c.fresh.facts.recs[b].Version
}

// holdBack skips every row that would be written if one will not happen.
func (c *commit) holdBack() {
	for i, x := range c.rows {
		if x == nil || x.outcome.Done() || c.shown.grid.rows[i].removed || c.shown.state[i].action == ActionSkip {
			continue
		}
		for i := range c.shown.grid.rows {
			if r := uint32(i); c.rows[r] == nil {
				c.rows[r] = &rowResult{outcome: OutcomeSkipped, findings: c.rowFinding(r, "row.held_back")}
			}
		}
		return
	}
}

// rowFinding is a finding about a whole row.
func (c *commit) rowFinding(row uint32, code string) []formats.Finding {
	return []formats.Finding{c.fresh.finding(row, &note{severity: formats.Error, code: code, column: -1, key: none})}
}

// settle gives rows an outcome other than the one shown, and blocks those that need them.
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

// block gives the rows that need one which will not happen their outcome.
func (c *commit) block() {
	for i := range c.fresh.grid.rows {
		if r := uint32(i); c.rows[r] == nil && !c.fresh.actionOf(r).writes() {
			c.rows[r] = &rowResult{outcome: OutcomeBlocked}
			if f, ok := c.fresh.read(r).followedFinding(); ok {
				c.rows[r].findings = []formats.Finding{f}
			}
		}
	}
}
