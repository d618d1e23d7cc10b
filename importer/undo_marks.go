package importer

import (
	"context"
	"slices"

	"github.com/usher-go/usher/users"
)

// marking is what an undoing writes to the records of imports. The import it takes
// back is marked as undone. If that import was an undoing itself, the import which
// that one took back counts as done again.
//
// The marks go into the first batch that writes, so that of two undoings one wins.
type marking struct {
	writes []users.Write
	done   bool
}

// mark reads the records to be marked, and prepares their writes.
func (c *commit) mark(ctx context.Context) error {
	c.marks = marking{done: true}
	u := c.shown.undo
	if u == nil {
		return nil
	}

	rec, err := importRecord(ctx, c.dir, u.of)
	if err != nil {
		return err
	}
	imp := *rec.Data.(*users.Import)
	continues := c.shown.opts.continues
	switch {
	case imp.State == users.ImportUndone && imp.UndoneBy == c.id:
		return nil // this undoing has marked it already
	case imp.State == users.ImportUndone && (continues == "" || imp.UndoneBy != continues):
		return ErrUndone
	case imp.Pruned:
		return ErrPruned
	case rec.Version != u.at.Version:
		return ErrRunning // the import went on after its journal was read
	}
	if continues != "" {
		if err := checkUndoing(ctx, c.dir, continues, u.of); err != nil {
			return err
		}
	}

	c.marks.done = false
	imp.State, imp.UndoneBy = users.ImportUndone, c.id
	c.addMark(rec, &imp)
	if imp.Undoes == "" {
		return nil
	}
	return c.markRestored(ctx, rec.ID, &imp)
}

// markRestored marks the import that an undoing took back, now that this undoing is
// taken back itself: as done again, or as undone by the undoing it continued.
func (c *commit) markRestored(ctx context.Context, id users.ID, undoing *users.Import) error {
	rec, err := importRecord(ctx, c.dir, undoing.Undoes)
	if err != nil {
		return err
	}
	imp := *rec.Data.(*users.Import)
	if imp.State != users.ImportUndone || imp.UndoneBy != id {
		return nil
	}

	imp.UndoneBy = undoing.Continues
	if imp.UndoneBy == "" {
		imp.State = users.ImportDone
		if n := total(imp.Counts); n > 0 && n < imp.Rows {
			imp.State = users.ImportInterrupted
		}
		// The same document may have been imported again meanwhile.
		if imp.Once {
			imp.Once, err = c.areKeysUnused(ctx, rec, &imp)
			if err != nil {
				return err
			}
		}
	}
	c.addMark(rec, &imp)
	return nil
}

// checkUndoing returns an error unless import id is a finished undoing of import of,
// and is not undone itself.
func checkUndoing(ctx context.Context, dir *users.Directory, id, of users.ID) error {
	rec, err := importRecord(ctx, dir, id)
	if err != nil {
		return err
	}
	if imp := rec.Data.(*users.Import); imp.Undoes != of || imp.State != users.ImportDone {
		return ErrUndone
	}
	return nil
}

// areKeysUnused reports whether no other record has a key that the import is to have
// again.
func (c *commit) areKeysUnused(ctx context.Context, rec users.Record, imp *users.Import) (bool, error) {
	rec.Data = imp
	found, err := c.dir.Find(ctx, rec.Keys()...)
	if err != nil {
		return false, err
	}
	isOther := func(r users.Record) bool { return r.ID != rec.ID }
	return !slices.ContainsFunc(found.Records, isOther), nil
}

// addMark adds the write of an import's record to the marks.
func (c *commit) addMark(rec users.Record, imp *users.Import) {
	w := users.Write{ID: rec.ID, Version: rec.Version}
	rec.Data = imp
	w.Record = &rec
	c.marks.writes = append(c.marks.writes, w)
}

// writeMarks adds the marks to a batch, unless one was applied with them.
func (c *commit) writeMarks(b *composed) {
	if c.marks.done {
		return
	}

	b.marks = true
	for _, w := range c.marks.writes {
		rec := *w.Record
		rec.Updated = c.dir.Now()
		w.Record = &rec
		b.batch.Writes = append(b.batch.Writes, w)
	}
}

// isMarked reports whether a record is one that the undoing marks.
func (c *commit) isMarked(id users.ID) bool {
	return !c.marks.done && slices.ContainsFunc(c.marks.writes, func(w users.Write) bool { return w.ID == id })
}

// contestImports handles a conflict about records of imports: another import has the
// same document meanwhile, or another undoing was first.
func (c *commit) contestImports(ctx context.Context, x *users.Conflict) error {
	isMarkStale := slices.ContainsFunc(x.Stale, c.isMarked)
	for _, k := range x.Keys {
		if k.Wants == c.id && k.Key.Space == users.SpaceDocument {
			rec, err := importRecord(ctx, c.dir, k.Holder)
			if err != nil {
				return err
			}
			return replayedAs(rec)
		}
		isMarkStale = isMarkStale || c.isMarked(k.Wants)
	}

	if !isMarkStale {
		return nil
	}
	return c.mark(ctx)
}

// total returns the sum of the counts.
func total(counts map[string]int) int {
	n := 0
	for _, x := range counts {
		n += x
	}
	return n
}
