package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// A Policy decides whether the good rows are committed when others are in error.
// The zero value is ValidRows.
type Policy uint8

const (
	// ValidRows commits the rows that will happen, and no others.
	ValidRows Policy = iota
	// AllOrNothing commits nothing unless every row will happen. It is one batch.
	AllOrNothing
)

// CommitOptions of [Preview.Commit]. The zero value and nil mean the defaults.
type CommitOptions struct {
	// ID names the import. The same id is the same import: rows it has done are
	// not done again. Default: [Preview.ID].
	ID users.ID
	// Label makes the import traceable for people. Default: Options.Label.
	Label  string
	Policy Policy
	// Batch is the approximate number of rows written at once. Default: 500. Rows
	// that need each other are always in one batch.
	Batch int
	// Progress is called after every batch, on the caller's goroutine.
	Progress func(Progress)
	// Approve names the codes of brakes that a person approved. Without approval,
	// the rows that a brake holds back are skipped.
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
// reports the outcome of every row.
//
// Each row is decided again on fresh facts. A row that would still do what was
// shown is written. A row that would not ends as a conflict, and no change of
// another person is overwritten. A row that the actor may not write ends as failed.
//
// An error means that the import is not finished. The report then has the rows done
// so far, and a second call with the same id continues. The error is:
//
//   - [users.ErrDigest] for another document under an id that is in use
//   - [ErrRunning] if another call is committing the same import at this moment; the
//     other call continues
//   - or an error of the store or of the context
func (p *Preview) Commit(ctx context.Context, opts *CommitOptions) (*Report, error) {
	c := p.newCommit(opts)
	if p.opts.Resume != "" && c.id != p.opts.Resume {
		return nil, fmt.Errorf("importer: commit: %w: the preview resumes another import", users.ErrDigest)
	}

	err := ctx.Err()
	if err == nil {
		c.digest = p.digest()
		err = c.hideForeign(c.run(ctx))
	}
	if err != nil && !errors.Is(err, ErrRunning) {
		c.interrupt(ctx)
	}

	r := c.report()
	if err != nil {
		return r, fmt.Errorf("importer: commit: %w", err)
	}
	return r, r.check(len(c.rows))
}

// interrupt notes in the import's record that the import ended before its end, so
// that the history says so at once and not only after a minute. The context may be
// what ended it. A store that fails is not asked again: the record then tells by its
// age.
func (c *commit) interrupt(ctx context.Context) {
	imp, ok := c.record.Data.(*users.Import)
	if !ok || c.record.Version == 0 || imp.State != users.ImportRunning {
		return // nothing was written, or the import is at its end
	}

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	b := &composed{batch: users.Batch{Import: c.id, Digest: c.digest}}
	b.batch.Writes = []users.Write{c.importWrite(b, users.ImportInterrupted)}
	if err := c.dir.Apply(ctx, b.batch); err == nil {
		c.record = b.record
	}
}

// newCommit returns a commit of the preview, with the defaults of the options
// filled in. It marks the preview as committed if the import has its id.
func (p *Preview) newCommit(opts *CommitOptions) *commit {
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
	return c
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
	rows    []*rowResult // by row; nil while the outcome is open
	done    int          // rows in the journal
	counts  map[string]int
	last    users.RowID // the row entered last
	own     *ownWork
	newIDs  map[uint32]users.ID // by the row that makes the person
	ids     map[users.ID]bool   // ids this commit has used
	heldIDs map[heldBy]users.ID
}

// heldBy is a thing that a row makes for its person: the line of row 7.
type heldBy struct {
	row  uint32
	kind users.Kind
}

// rowResult is the outcome of a row.
type rowResult struct {
	outcome  Outcome
	findings []formats.Finding
	line     *ReportLine // as journaled
	stored   bool
}

// run commits the rows, stage by stage.
func (c *commit) run(ctx context.Context) error {
	// The journal comes first: fresh facts are those from before the import began,
	// and the import's own images put them back.
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

// hideForeign returns ErrNotFound instead of the store's refusal of an id that an
// import of another account has. The actor may not learn that it exists.
func (c *commit) hideForeign(err error) error {
	var denied *users.Denied
	isForeign := errors.As(err, &denied) && c.record.Version == 0 && len(denied.Refusals) == 1 &&
		denied.Refusals[0].ID == c.id && denied.Refusals[0].Row == 0
	if isForeign {
		return users.ErrNotFound
	}
	return err
}

// begin goes on with an import that has begun, or makes the record of a new one.
func (c *commit) begin(ctx context.Context) error {
	now := c.dir.Now()
	rec, err := c.dir.Get(ctx, c.id)
	switch {
	case err == nil:
		err = c.resume(ctx, rec)
	case errors.Is(err, users.ErrNotFound):
		err = c.newRecord(ctx, now)
	}
	if err != nil {
		return err
	}
	return c.mark(ctx)
}

// resume checks that the stored record is that of the same import, and reads what
// the import has done.
func (c *commit) resume(ctx context.Context, rec users.Record) error {
	imp, ok := rec.Data.(*users.Import)
	switch {
	case !ok || rec.Account != c.shown.account:
		return users.ErrNotFound
	case imp.Digest != c.digest:
		return users.ErrDigest
	case imp.State == users.ImportUndone:
		return ErrUndone
	case imp.Pruned:
		return ErrPruned
	}

	c.record = rec
	return c.readJournal(ctx)
}

// newRecord makes the record of an import that begins now. The first batch writes it.
func (c *commit) newRecord(ctx context.Context, now time.Time) error {
	p := c.shown
	imp := &users.Import{Label: c.opts.Label, Template: p.tpl.Name, Actor: c.dir.Actor().String(), State: users.ImportRunning,
		Digest: c.digest, Sensitive: p.sensitiveFields(), Once: p.tpl.RefuseReplay && !p.opts.AllowReplay, Rows: len(c.rows), Files: p.grid.files()}
	read := p.readDigest()
	if read != c.digest {
		imp.Read = read
	}
	if p.undo != nil {
		imp.Undoes, imp.Continues = p.undo.of, p.opts.continues
	} else {
		imp.Mode = string(p.opts.Mode)
	}
	c.record = users.Record{Head: users.Head{ID: c.id, Account: p.account, Created: now, Updated: now}, Data: imp}

	var err error
	imp.First, err = p.makesFirst(ctx)
	if err != nil || !imp.Once {
		return err
	}
	return p.replayed(ctx, imp.Digest, imp.Read)
}

// readJournal takes over every row that the journal has.
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

// adopt takes over a row from its journal entry: outcome, new id and images.
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

// report returns what is known so far: the rows in the journal.
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
