package importer

import (
	"context"
	"slices"

	"github.com/usher-go/usher/users"
)

// marking is what an undoing writes on the records of imports: that the one it
// takes back is undone, and that what that one had taken back itself stands again.
// It goes into the first batch that writes, so that of two undoings one wins.
type marking struct {
	writes []users.Write
	done   bool
}

// mark reads the records to be marked.
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
		return nil
	case imp.State == users.ImportUndone && (continues == "" || imp.UndoneBy != continues):
		return ErrUndone
	case imp.Pruned:
		return ErrPruned
	case rec.Version != u.at.Version:
		return ErrRunning // it went on since its journal was read
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
	return c.markStanding(ctx, rec.ID, &imp)
}

// markStanding has what an undoing took back stand again, now that the undoing
// is taken back itself: or undone by no more than the undoing it went on with.
func (c *commit) markStanding(ctx context.Context, id users.ID, undoing *users.Import) error {
	rec, err := importRecord(ctx, c.dir, undoing.Undoes)
	if err != nil {
		return err
	}
	imp := *rec.Data.(*users.Import)
	if imp.State != users.ImportUndone || imp.UndoneBy != id {
		return nil
	}
	if imp.UndoneBy = undoing.Continues; imp.UndoneBy == "" {
		imp.State = users.ImportDone
		if n := total(imp.Counts); n > 0 && n < imp.Rows {
			imp.State = users.ImportRunning // it had been interrupted
		}
		if imp.Once {
			if imp.Once, err = c.areKeysUnused(ctx, rec, &imp); err != nil {
				return err
			}
		}
	}
	c.addMark(rec, &imp)
	return nil
}

// checkUndoing is an error unless the import is a finished undoing of the other that still stands.
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

// areKeysUnused reports whether nobody else holds the keys that the import would hold.
func (c *commit) areKeysUnused(ctx context.Context, rec users.Record, imp *users.Import) (bool, error) {
	rec.Data = imp
	found, err := c.dir.Find(ctx, rec.Keys()...)
	return err == nil && !slices.ContainsFunc(found.Records, func(r users.Record) bool { return r.ID != rec.ID }), err
}

func (c *commit) addMark(rec users.Record, imp *users.Import) {
	w := users.Write{ID: rec.ID, Version: rec.Version}
	rec.Data = imp
	w.Record = &rec
	c.marks.writes = append(c.marks.writes, w)
}

// writeMarks adds the marks to the first batch that is applied.
func (c *commit) writeMarks(b *composed) {
	if !c.marks.done {
		b.marks = true
		for _, w := range c.marks.writes {
			rec := *w.Record
			rec.Updated = c.dir.Now()
			w.Record = &rec
			b.batch.Writes = append(b.batch.Writes, w)
		}
	}
}

// isMarked reports whether a record is one that the undoing marks.
func (c *commit) isMarked(id users.ID) bool {
	return !c.marks.done && slices.ContainsFunc(c.marks.writes, func(w users.Write) bool { return w.ID == id })
}

// contestImports looks again at the records of imports that stand in the way:
// another has imported the same document meanwhile, or undone what this one undoes.
func (c *commit) contestImports(ctx context.Context, x *users.Conflict) error {
	again := slices.ContainsFunc(x.Stale, c.isMarked)
	for _, k := range x.Keys {
		if k.Wants == c.id && k.Key.Space == users.SpaceDocument {
			rec, err := importRecord(ctx, c.dir, k.Holder)
			if err != nil {
				return err
			}
			return replayedAs(rec)
		}
		again = again || c.isMarked(k.Wants)
	}
	if !again {
		return nil
	}
	return c.mark(ctx)
}

func total(counts map[string]int) int {
	n := 0
	for _, x := range counts {
		n += x
	}
	return n
}
