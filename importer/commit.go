package importer

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"crypto/sha256"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A Policy says what becomes of the good rows when others are in error. The
// zero value is ValidRows.
type Policy uint8

const (
	// ValidRows commits the rows that will happen, and no others.
	ValidRows Policy = iota
	// AllOrNothing commits nothing unless every row will happen. It is one batch.
	AllOrNothing
)

// CommitOptions of [Preview.Commit]. The zero value and nil mean the defaults.
type CommitOptions struct {
	// ID names the import. The same id is the same import: what it did before
	// is not done again. Default: a new id.
	ID users.ID
	// Label makes the import traceable for people.
	Label  string
	Policy Policy
	// Batch is about how many rows are written at once. Default 500. Rows that
	// need each other are never torn apart.
	Batch int
	// Progress is called after every batch, on the caller's goroutine.
	Progress func(Progress)
	// Approve names the codes of brakes that a person lifted. The rows a brake
	// concerns are skipped without it.
	Approve []string
	// Strict makes any newer version of a person a conflict, not only one that
	// changes what was shown.
	Strict bool
}

// Progress tells how far a commit has come.
type Progress struct {
	// Done and Total are rows.
	Done, Total int
}

// Commit does what the preview shows, in batches, through the directory, and
// reports what became of every row.
//
// Each row is decided again on fresh facts. One that would still do what was
// shown is written; one that would not ends as a conflict, and nobody else's
// change is overwritten. What the actor may not do ends as failed.
//
// An error means that the import did not come to its end: the store's, or the
// context's. The report then tells what was done so far, and calling again with
// the same id goes on from there. [users.ErrDigest] refuses another document
// under an id already used.
func (p *Preview) Commit(ctx context.Context, opts *CommitOptions) (*Report, error) {
	c := &commit{shown: p, dir: p.dir, batch: 500, total: len(p.grid.rows), digest: p.digest(), rows: map[uint32]*rowResult{},
		made: map[users.ID]bool{}, newIDs: map[uint32]users.ID{}, heldIDs: map[uint32]users.ID{}}
	if opts != nil {
		c.opts = *opts
	}
	if c.opts.Batch > 0 {
		c.batch = c.opts.Batch
	}
	c.id = c.opts.ID
	if c.id == "" {
		c.id = p.dir.NewID()
	}
	err := c.run(ctx)
	r := c.report()
	if err != nil {
		return r, fmt.Errorf("importer: commit: %w", err)
	}
	return r, r.check(c.total)
}

// commit is one call of Commit.
type commit struct {
	shown  *Preview // what the person saw
	fresh  *Preview // the same on fresh facts
	dir    *users.Directory
	opts   CommitOptions
	id     users.ID
	batch  int
	total  int
	digest string

	record  users.Record          // the import's
	rows    map[uint32]*rowResult // those of which it is known what became of them
	made    map[users.ID]bool     // records this import has made
	newIDs  map[uint32]users.ID   // by the row that makes the person
	heldIDs map[uint32]users.ID   // by the row that makes what its person has
}

// rowResult is what became of a row.
type rowResult struct {
	outcome  Outcome
	findings []formats.Finding
	line     *ReportLine // as journaled
	stored   bool
}

func (c *commit) run(ctx context.Context) error {
	if err := c.begin(ctx); err != nil {
		return err
	}
	fresh := *c.shown
	fresh.made = c.made
	fresh.v, fresh.d, fresh.cells, fresh.scratch = verdict{}, Draft{}, nil, nil
	fresh.groups, fresh.asked = nil, false
	c.fresh = &fresh
	if err := fresh.build(ctx); err != nil {
		return err
	}
	c.classify()
	if err := c.write(ctx); err != nil {
		return err
	}
	return c.finish(ctx)
}

// begin reads what the import has done before.
func (c *commit) begin(ctx context.Context) error {
	p := c.shown
	now := c.dir.Now()
	rec, err := c.dir.Get(ctx, c.id)
	switch {
	case err == nil:
		imp, ok := rec.Data.(*users.Import)
		if !ok || rec.Account != p.account {
			return users.ErrNotFound
		}
		if imp.Digest != c.digest {
			return users.ErrDigest
		}
		c.record = rec
		return c.readJournal(ctx)
	case !errors.Is(err, users.ErrNotFound):
		return err
	}
	c.record = users.Record{
		Head: users.Head{ID: c.id, Account: p.account, Created: now, Updated: now},
		Data: &users.Import{Label: c.opts.Label, Template: p.tpl.Name, Actor: c.dir.Actor().String(), State: users.ImportRunning,
			Digest: c.digest, Rows: c.total},
	}
	return nil
}

func (c *commit) readJournal(ctx context.Context) error {
	for e, err := range c.dir.Journal(ctx, c.id, 0) {
		if err != nil {
			return err
		}
		line, err := readNote(e)
		if err != nil {
			return err
		}
		row, ok := c.shown.grid.find(e.Row)
		if !ok {
			return users.ErrDigest
		}
		c.rows[row] = &rowResult{outcome: line.Outcome, line: &line, stored: true}
		for _, i := range e.Images {
			if i.Before == nil && i.After != nil {
				c.made[i.After.ID] = true
			}
		}
	}
	return nil
}

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
			c.rows[r] = &rowResult{outcome: Skipped}
			continue
		}
		a := shown.actionOf(r)
		switch {
		case !a.writes(): // shown as not happening: it does not, whatever the store says now
			c.rows[r] = &rowResult{outcome: a.outcome()}
			if a != ActionUnchanged && a != ActionSkip {
				fail(r)
			}
		case shown.state[r].print != fresh.state[r].print || c.opts.Strict && c.newer(r):
			c.rows[r] = &rowResult{outcome: Conflict}
			fail(r)
		}
	}
	for _, f := range shown.brakes() {
		if slices.Contains(c.opts.Approve, f.Code) {
			continue
		}
		for i := range shown.grid.rows {
			if r := uint32(i); c.rows[r] == nil && shown.state[r].lowers {
				c.rows[r] = &rowResult{outcome: Skipped, findings: []formats.Finding{f}}
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

// settleDone makes a row that was done before look done to those that need it.
func (c *commit) settleDone(r uint32) {
	s := &c.fresh.state[r]
	s.blocked, s.cycle, s.doomed = false, false, none
	if s.action == ActionError && c.rows[r].outcome.Done() {
		s.action = ActionUnchanged
	}
	if !c.rows[r].outcome.Done() {
		s.action = ActionError
	}
}

func (c *commit) newer(r uint32) bool {
	a, b := c.shown.state[r].rec, c.fresh.state[r].rec
	return a >= 0 && b >= 0 && c.shown.facts.recs[a].Version != c.fresh.facts.recs[b].Version
}

// holdBack skips every row that would be written if one will not happen.
func (c *commit) holdBack() {
	for _, x := range c.rows {
		if x.outcome == Failed || x.outcome == Blocked || x.outcome == Conflict {
			for i := range c.shown.grid.rows {
				if r := uint32(i); c.rows[r] == nil {
					c.rows[r] = &rowResult{outcome: Skipped}
				}
			}
			return
		}
	}
}

// write applies the rows that are left, unit by unit.
func (c *commit) write(ctx context.Context) error {
	units := c.units()
	for len(units) > 0 {
		n, rows := 1, len(units[0])
		for n < len(units) && (rows+len(units[n]) <= c.batch || c.opts.Policy == AllOrNothing) {
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

func (c *commit) progress() {
	if c.opts.Progress == nil {
		return
	}
	n := 0
	for _, x := range c.rows {
		if x.stored {
			n++
		}
	}
	c.opts.Progress(Progress{Done: n, Total: c.total})
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
		rows := c.live(units)
		if len(rows) == 0 {
			return nil
		}
		b := c.compose(rows)
		err := c.dir.Apply(ctx, b.batch)
		var conflict *users.Conflict
		var denied *users.Denied
		switch {
		case err == nil:
			c.applied(b)
			return nil
		case errors.As(err, &denied):
			c.deny(b, denied)
		case errors.As(err, &conflict):
			if err := c.contest(ctx, b, conflict); err != nil {
				return err
			}
		default:
			return err
		}
	}
	c.settle(c.live(units), Conflict)
	return nil
}

// live are the rows of units that are still to be written. A unit of which a
// row fell out is not.
func (c *commit) live(units [][]uint32) []uint32 {
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
					c.rows[r] = &rowResult{outcome: Blocked}
				}
			}
		}
	}
	slices.SortFunc(out, c.fresh.order)
	return out
}

// settle gives rows an outcome other than the one shown, and blocks those that need them.
func (c *commit) settle(rows []uint32, o Outcome, findings ...formats.Finding) {
	var changed []uint32
	for _, r := range rows {
		if c.rows[r] == nil {
			c.rows[r] = &rowResult{outcome: o}
		}
		if c.rows[r].outcome == o {
			c.rows[r].findings = append(c.rows[r].findings, findings...)
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
		if r := uint32(i); c.rows[r] == nil && c.fresh.actionOf(r) == ActionBlocked {
			c.rows[r] = &rowResult{outcome: Blocked}
		}
	}
}

// deny fails the rows whose writes the rules about people forbid.
func (c *commit) deny(b *composed, d *users.Denied) {
	for _, x := range d.Refusals {
		row, ok := c.fresh.grid.find(x.Row)
		if !ok {
			row = b.rows[0]
		}
		f := formats.Finding{Severity: formats.Error, Code: x.Problem.Code, Row: x.Row.Number(), Field: x.Field, Args: x.Problem.Args}
		rows := []uint32{row}
		for _, r := range b.rows {
			if r != row && slices.Contains(b.touches[r], x.ID) {
				rows = append(rows, r)
			}
		}
		c.settle(rows, Failed, f)
	}
}

// contest looks again at the rows in whose way something stands: those that
// would still do what was shown are tried again, the others are conflicts.
func (c *commit) contest(ctx context.Context, b *composed, x *users.Conflict) error {
	if len(x.Done) > 0 || slices.Contains(x.Stale, c.id) {
		return c.again(ctx)
	}
	in := map[users.ID]bool{}
	for _, id := range x.Stale {
		in[id] = true
	}
	for _, k := range x.Keys {
		in[k.Wants] = true
	}
	var rows []uint32
	for _, r := range b.rows {
		if slices.ContainsFunc(b.touches[r], func(id users.ID) bool { return in[id] }) {
			rows = append(rows, r)
		}
	}
	if err := c.fresh.refresh(ctx, rows); err != nil {
		return err
	}
	var lost []uint32
	for _, r := range rows {
		c.fresh.redecide(r)
		if c.fresh.state[r].print != c.shown.state[r].print {
			lost = append(lost, r)
		}
	}
	c.settle(lost, Conflict)
	return nil
}

// again reads the import's record and journal afresh: somebody else is committing it.
func (c *commit) again(ctx context.Context) error {
	rec, err := c.dir.Get(ctx, c.id)
	if err != nil {
		return err
	}
	imp, ok := rec.Data.(*users.Import)
	if !ok || imp.Digest != c.digest {
		return users.ErrDigest
	}
	c.record = rec
	if err := c.readJournal(ctx); err != nil {
		return err
	}
	c.fresh.made = c.made
	var open []uint32
	for i := range c.shown.grid.rows {
		r := uint32(i)
		if x := c.rows[r]; x == nil {
			open = append(open, r)
		} else if x.stored {
			c.settleDone(r)
		}
	}
	if err := c.fresh.refresh(ctx, open); err != nil {
		return err
	}
	var lost []uint32
	for _, r := range open {
		c.fresh.redecide(r)
		if c.fresh.state[r].print != c.shown.state[r].print {
			lost = append(lost, r)
		}
	}
	c.settle(lost, Conflict)
	return nil
}

// finish journals the rows that wrote nothing, and ends the import.
func (c *commit) finish(ctx context.Context) error {
	for range attempts {
		var open []uint32
		for i := range c.shown.grid.rows {
			if x := c.rows[uint32(i)]; x != nil && !x.stored {
				open = append(open, uint32(i))
			}
		}
		if len(open) == 0 && c.record.Data.(*users.Import).State == users.ImportDone {
			return nil
		}
		err := c.finishRows(ctx, open)
		var conflict *users.Conflict
		if !errors.As(err, &conflict) {
			return err
		}
		if err := c.again(ctx); err != nil {
			return err
		}
	}
	return errors.New("another commit of the same import would not let this one finish")
}

func (c *commit) finishRows(ctx context.Context, open []uint32) error {
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

// report is what is known so far.
func (c *commit) report() *Report {
	imp, ok := c.record.Data.(*users.Import)
	if !ok {
		return &Report{ID: c.id, Counts: map[Outcome]int{}}
	}
	r := newReport(c.record, imp)
	for i := range c.shown.grid.rows {
		if x := c.rows[uint32(i)]; x != nil && x.stored {
			r.Lines = append(r.Lines, *x.line)
			r.Counts[x.outcome]++
		}
	}
	slices.SortFunc(r.Lines, func(a, b ReportLine) int {
		if a.Row < b.Row {
			return -1
		}
		return 1
	})
	return r
}

// digest is of what is committed: template, account, mode and every cell as it stands.
func (p *Preview) digest() string {
	h := sha256.New()
	field := func(s string) { fmt.Fprintf(h, "%d:%s,", len(s), s) }
	field(p.tpl.Name)
	field(string(p.account))
	field(string(p.opts.Mode))
	for r := range p.grid.ordered {
		field(fmt.Sprint(p.grid.rows[r].id))
		for c := range p.grid.spec(r).Columns {
			field(p.grid.text(r, c))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

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

// line is the report's line of a row that ends in o.
func (c *commit) line(row uint32, o Outcome, findings []formats.Finding) *ReportLine {
	at := &c.shown.grid.rows[row]
	l := &ReportLine{Row: at.id, Number: at.id.Number(), Outcome: o}
	if at.removed {
		if at.src >= 0 {
			l.Line = c.shown.grid.tables[at.id.Table()].read.Row(int(at.src)).Line()
		}
		l.Action = ActionSkip
		return l
	}
	v := c.shown.show(row)
	l.Table, l.Line, l.Action, l.Who = v.Table, v.Line, v.Action, v.Who
	l.Findings = append(v.Findings, findings...)
	if rec := c.shown.state[row].rec; rec >= 0 {
		l.User = c.shown.facts.recs[rec].ID
	}
	if o == Created || o == Updated || o == Deleted {
		l.Changes, l.Gains, l.Losses = v.Changes, v.Gains, v.Losses
	}
	return l
}

func (c *commit) importWrite(b *composed, state users.ImportState) users.Write {
	old := c.record.Data.(*users.Import)
	imp := *old
	imp.State = state
	imp.Counts = map[string]int{}
	for o, n := range old.Counts {
		imp.Counts[o] = n
	}
	for _, l := range b.lines {
		imp.Counts[string(l.Outcome)]++
	}
	rec := c.record
	rec.Data, rec.Updated = &imp, c.dir.Now()
	b.record = rec
	b.record.Version++
	return users.Write{ID: c.id, Version: c.record.Version, Record: &rec}
}

// applied notes what a batch did.
func (c *commit) applied(b *composed) {
	c.record = b.record
	for i, r := range b.rows {
		x := c.rows[r]
		if x == nil {
			x = &rowResult{}
			c.rows[r] = x
		}
		x.outcome, x.line, x.stored = b.lines[i].Outcome, b.lines[i], true
	}
	for _, rec := range b.after {
		c.fresh.learn(rec)
	}
	for _, id := range b.gone {
		c.fresh.forget(c.fresh.facts.byID[id])
	}
	for _, id := range b.made {
		c.made[id] = true
	}
	c.fresh.made = c.made
}
