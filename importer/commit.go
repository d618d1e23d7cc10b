package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

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
	// is not done again. Default: [Preview.ID].
	ID users.ID
	// Label makes the import traceable for people. Default: Options.Label.
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
// under an id already used; [ErrRunning] says that somebody else is committing
// the same import at this moment, and goes on with it.
func (p *Preview) Commit(ctx context.Context, opts *CommitOptions) (*Report, error) {
	c := &commit{shown: p, dir: p.dir, batch: 500, rows: make([]*rowResult, len(p.grid.rows)),
		own: newOwnWork(), counts: map[string]int{}, newIDs: map[uint32]users.ID{}, heldIDs: map[heldBy]users.ID{}, ids: map[users.ID]bool{}}
	if opts != nil {
		c.opts = *opts
	}
	if c.opts.Batch > 0 {
		c.batch = c.opts.Batch
	}
	c.opts.Label = cmp.Or(c.opts.Label, p.opts.Label)
	if p.undo != nil {
		c.newIDs = p.undo.newIDs(p.grid)
	}
	c.id = c.opts.ID
	if c.id == "" {
		c.id, p.committed = p.ID(), true
	}
	if p.opts.Resume != "" && c.id != p.opts.Resume {
		return nil, fmt.Errorf("importer: commit: %w: the preview resumes another import", users.ErrDigest)
	}
	err := ctx.Err()
	if err == nil {
		c.digest = p.digest()
		err = c.hideForeign(c.run(ctx))
	}
	r := c.report()
	if err != nil {
		return r, fmt.Errorf("importer: commit: %w", err)
	}
	return r, r.check(len(c.rows))
}

// commit is one call of Commit.
type commit struct {
	shown  *Preview // what the person saw
	fresh  *plan    // the same rows on fresh facts
	dir    *users.Directory
	opts   CommitOptions
	id     users.ID
	batch  int
	digest string

	record  users.Record // the import's
	marks   marking
	rows    []*rowResult // by row; nil while it is not known what becomes of it
	done    int          // rows in the journal
	counts  map[string]int
	last    users.RowID // the row entered last
	own     *ownWork
	newIDs  map[uint32]users.ID // by the row that makes the person
	ids     map[users.ID]bool   // given to something
	heldIDs map[heldBy]users.ID
}

// heldBy is a thing that a row makes for its person.
type heldBy struct {
	row  uint32
	kind users.Kind
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
	p := c.shown
	c.fresh = newPlan(p.dir, p.tpl, p.opts, p.grid)
	c.fresh.own, c.fresh.panicked = c.own, maps.Clone(p.panicked)
	if err := c.fresh.build(ctx); err != nil {
		return err
	}
	c.classify()
	if err := c.write(ctx); err != nil {
		return err
	}
	return c.finish(ctx)
}

// hideForeign says of an id that another account's import has, no more than that there is no such import here.
func (c *commit) hideForeign(err error) error {
	var denied *users.Denied
	if errors.As(err, &denied) && c.record.Version == 0 && len(denied.Refusals) == 1 && denied.Refusals[0].ID == c.id && denied.Refusals[0].Row == 0 {
		return users.ErrNotFound
	}
	return err
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
		switch {
		case imp.Digest != c.digest:
			return users.ErrDigest
		case imp.State == users.ImportUndone:
			return ErrUndone
		case imp.Pruned:
			return ErrPruned
		}
		c.record = rec
		if err := c.readJournal(ctx); err != nil {
			return err
		}
		return c.mark(ctx)
	case !errors.Is(err, users.ErrNotFound):
		return err
	}
	imp := &users.Import{Label: c.opts.Label, Template: p.tpl.Name, Actor: c.dir.Actor().String(), State: users.ImportRunning,
		Digest: c.digest, Sensitive: p.sensitiveFields(), Once: p.tpl.RefuseReplay && !p.opts.AllowReplay, Rows: len(c.rows)}
	if read := p.readDigest(); read != c.digest {
		imp.Read = read
	}
	if p.undo != nil {
		imp.Undoes, imp.Continues = p.undo.of, p.opts.continues
	} else {
		imp.Mode = string(p.opts.Mode)
	}
	c.record = users.Record{Head: users.Head{ID: c.id, Account: p.account, Created: now, Updated: now}, Data: imp}
	if imp.First, err = p.makesFirst(ctx); err != nil {
		return err
	}
	if imp.Once {
		if err := p.replayed(ctx, imp.Digest, imp.Read); err != nil {
			return err
		}
	}
	return c.mark(ctx)
}

func (c *commit) readJournal(ctx context.Context) error {
	for e, err := range c.dir.Journal(ctx, c.id, 0) {
		if err != nil {
			return err
		}
		row, ok := c.shown.grid.find(e.Row)
		if !ok {
			return users.ErrDigest
		}
		if err := c.adopt(row, e); err != nil {
			return err
		}
	}
	return nil
}

// adopt takes over what the journal says of a row.
func (c *commit) adopt(row uint32, e users.Entry) error {
	line, err := readNote(e)
	if err != nil {
		return err
	}
	c.rows[row] = &rowResult{outcome: line.Outcome, line: &line, stored: true}
	c.done++
	c.last = e.Row
	c.counts[string(line.Outcome)]++
	if line.Outcome == OutcomeCreated && line.User != "" {
		c.newIDs[row] = line.User
	}
	for _, i := range e.Images {
		c.own.add(i)
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
	slices.SortFunc(r.Lines, byRow)
	return r
}
