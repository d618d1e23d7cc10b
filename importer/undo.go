package importer

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
)

// TemplateUndo is the template of an import that takes another back.
const TemplateUndo = "undo"

// Errors of [Undo] and of its preview, for callers to branch on.
var (
	// ErrUndone is returned for an import that was undone, or is being undone.
	ErrUndone = errors.New("importer: the import was undone")
	// ErrNothing is returned if there is nothing to undo, or nothing left to do.
	ErrNothing = errors.New("importer: there is nothing to do")
	// ErrPruned is returned for an import whose journal was deleted; see [Prune].
	ErrPruned = errors.New("importer: the journal of the import was deleted")
	// ErrFixed is returned for an edit of a preview whose rows can only be removed.
	ErrFixed = errors.New("importer: rows of this preview can only be removed")
)

// UndoOptions of [Undo]. The zero value and nil mean the defaults.
type UndoOptions struct {
	// Resume is the id of an undo that was interrupted; see [Options.Resume].
	Resume users.ID
}

// Undo returns a preview that takes an import back. It has a row for each record
// that the import wrote. A record that the import created is deleted. A deleted
// record is created again under its id. Changed fields get their earlier values.
//
// A field that was edited after the import stays ("undo.edited"). A person whom the
// import created stays if anything was edited. A finding names what stays. If other
// records now refer to the person, the row has the error "undo.used". A reference to
// a person who was deleted after the import stays empty ("undo.reference"); a line
// then has no holder.
//
// Rows of the preview can only be removed ([ErrFixed]). The preview is committed,
// reported and journaled like any import, and can itself be undone. From its first
// batch on the import is undone and cannot be resumed. Some rows may fail, because a
// key is taken or the actor lacks a right. Call Undo again for the rows that could
// not be undone.
//
// The error is:
//
//   - [users.ErrNotFound] for an import out of reach
//   - a [*users.Denied] for one that the actor may not undo ([users.Actor.PermitsUndo])
//   - [ErrUndone], [ErrPruned] or [ErrNothing]
//   - [ErrRunning] for one that is running
//   - or an error of the store
func Undo(ctx context.Context, dir *users.Directory, id users.ID, opts *UndoOptions) (*Preview, error) {
	var o Options
	if opts != nil {
		o.Resume = opts.Resume
	}
	p, err := undo(ctx, dir, id, o)
	if err != nil {
		return nil, fmt.Errorf("importer: undo: %w", err)
	}
	return p, nil
}

// undo is Undo with all options of a preview.
func undo(ctx context.Context, dir *users.Directory, id users.ID, opts Options) (*Preview, error) {
	rec, err := importRecord(ctx, dir, id)
	if err != nil {
		return nil, err
	}
	imp := rec.Data.(*users.Import)
	if bad := dir.Actor().PermitsUndo(imp); bad != nil {
		return nil, &users.Denied{Refusals: []users.Refused{{ID: id, Problem: *bad}}}
	}

	// An import that was undone already is undone further: what that undoing left.
	var before *Report
	if imp.State == users.ImportUndone && opts.Resume == "" && opts.continues == "" {
		before, err = LoadReport(ctx, dir, imp.UndoneBy)
		if err != nil || before.State != users.ImportDone {
			return nil, ErrUndone
		}
		opts.continues = before.ID
	}

	u, err := readUndoing(ctx, dir, rec, opts)
	if err != nil {
		return nil, err
	}
	table, err := u.table()
	if err != nil {
		return nil, err
	}

	opts.Account, opts.Mode = rec.Account, ModeUpsert
	opts.Label = cmp.Or(opts.Label, imp.Label)
	opts.undo = u
	p, err := New(dir, u.template(), &opts).Preview(ctx, table)
	if err != nil || before == nil {
		return p, err
	}
	p, err = p.Remaining(ctx, before)
	if errors.Is(err, ErrNothing) {
		err = ErrUndone
	}
	return p, err
}

// importRecord returns the record of an import within reach.
func importRecord(ctx context.Context, dir *users.Directory, id users.ID) (users.Record, error) {
	rec, err := dir.Get(ctx, id)
	if err == nil && rec.Kind() != users.KindImport {
		err = users.ErrNotFound
	}
	return rec, err
}

// undoing is the work of taking an import back: what the import did, by record.
type undoing struct {
	of    users.ID
	at    users.Head // the import's, when its journal was read
	first bool       // the account had no admin before it
	// sensitive are the fields of which nothing is shown.
	sensitive []string
	again     bool // the import was itself an undoing
	spans     []*span
	byID      map[users.ID]*span
}

// span is what an import did to one record, in all its rows.
type span struct {
	id         users.ID
	made, gone bool         // whether the import made it, and whether it deleted it
	last       users.Record // as the import left it; a deleted one as it was before that
	fields     []spanField  // the changed fields, in the order of their first change
	erased     bool         // an image of it was erased from the journal
}

// spanField is a field before the import's first change and after its last.
type spanField struct{ name, old, new string }

// readUndoing checks that an import can be taken back, and reads from its journal
// what it did.
func readUndoing(ctx context.Context, dir *users.Directory, rec users.Record, opts Options) (*undoing, error) {
	if err := checkUndoable(ctx, dir, rec, opts); err != nil {
		return nil, err
	}

	imp := rec.Data.(*users.Import)
	u := &undoing{of: rec.ID, at: rec.Head, first: imp.First, sensitive: imp.Sensitive, again: imp.Undoes != "", byID: map[users.ID]*span{}}
	if err := u.readJournal(ctx, dir); err != nil {
		return nil, err
	}

	// Nothing is left to do for a record that was made and deleted, or whose changes
	// cancel out.
	u.spans = slices.DeleteFunc(u.spans, func(s *span) bool {
		return !s.erased && s.made && s.gone || !s.made && !s.gone && !s.erased && len(s.fields) == 0
	})
	if len(u.spans) == 0 {
		return nil, ErrNothing
	}
	return u, nil
}

// checkUndoable returns an error if the import cannot be taken back in its state, or
// if the undoing to be resumed is one of another import.
func checkUndoable(ctx context.Context, dir *users.Directory, rec users.Record, opts Options) error {
	imp, resume := rec.Data.(*users.Import), opts.Resume
	if opts.continues != "" {
		if err := checkUndoing(ctx, dir, opts.continues, rec.ID); err != nil {
			return err
		}
	}
	switch state := importstate.At(rec, dir.Now()); {
	case imp.Pruned:
		return ErrPruned
	case state == users.ImportUndone && resume == "" && opts.continues == "":
		return ErrUndone
	case state == users.ImportRunning:
		return ErrRunning
	}

	if resume == "" {
		return nil
	}
	r, err := importRecord(ctx, dir, resume)
	if err == nil && r.Data.(*users.Import).Undoes != rec.ID {
		err = users.ErrDigest
	}
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}

// readJournal folds the import's journal into spans.
func (u *undoing) readJournal(ctx context.Context, dir *users.Directory) error {
	for e, err := range dir.Journal(ctx, u.of, 0) {
		if err != nil {
			return err
		}
		for _, i := range e.Images {
			u.add(i)
		}

		if bytes.Contains(e.Note, []byte(`"erased":true`)) {
			l, err := readNote(e)
			if err != nil {
				return err
			}
			u.noteErased(l.User)
		}
	}
	return nil
}

// add folds one write into the span of its record. Another person may have written
// the record between two writes of the import: only what a write itself changed
// counts.
func (u *undoing) add(i users.Image) {
	rec := i.After
	if rec == nil {
		rec = i.Before
	}
	s := u.byID[rec.ID]
	if s == nil {
		s = &span{id: rec.ID, made: i.Before == nil}
		u.byID[rec.ID], u.spans = s, append(u.spans, s)
	}

	s.gone, s.last = i.After == nil, *rec
	if i.Before != nil && i.After != nil {
		for _, f := range fieldsOf(*i.Before, *i.After) {
			s.change(f, i.Before.Field(f), i.After.Field(f))
		}
	}
	s.fields = slices.DeleteFunc(s.fields, func(f spanField) bool { return f.old == f.new })
}

// noteErased notes a person whose images were erased from the journal.
func (u *undoing) noteErased(id users.ID) {
	s := u.byID[id]
	if s == nil {
		s = &span{id: id, last: users.Record{Head: users.Head{ID: id}, Data: &users.Profile{}}}
		u.byID[id], u.spans = s, append(u.spans, s)
	}
	s.erased = true
}

// change folds one change of a field into the span: a to b, then b to c, is a to c.
func (s *span) change(field, old, new string) {
	if old == new {
		return
	}
	for i := range s.fields {
		if s.fields[i].name == field {
			s.fields[i].new = new
			return
		}
	}
	s.fields = append(s.fields, spanField{field, old, new})
}

// fieldsOf returns the names of all fields that one of the records has.
func fieldsOf(recs ...users.Record) []string {
	var out []string
	for _, r := range recs {
		for _, f := range r.Fields() {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// outcome returns what the import did to the record, as the outcome of a row.
func (s *span) outcome() Outcome {
	switch {
	case s.made:
		return OutcomeCreated
	case s.gone:
		return OutcomeDeleted
	}
	return OutcomeUpdated
}

// template returns the template that reads the table of the spans. The meaning of a
// row is in the journal and not in its cells, because a document with the cells may
// come back from anywhere.
func (u *undoing) template() *Template {
	head := func(word string) map[string][]string { return map[string][]string{"en": {word}} }
	return &Template{Name: TemplateUndo, Modes: []Mode{ModeUpsert}, Fixed: true, Tables: []Table{{
		Name: TemplateUndo,
		Columns: []Column{
			{Field: "number", Headings: head("NUMBER"), Required: true},
			{Field: "kind", Headings: head("KIND")},
			{Field: "done", Headings: head("DONE")},
		},
		Draft: func(r Row, d *Draft) {
			if s := u.span(r.Value("number")); s != nil {
				d.restore(s)
			}
		},
	}}}
}

// span returns the span of the row with that number, from 1, or nil.
func (u *undoing) span(number string) *span {
	if n, err := strconv.Atoi(number); err == nil && n > 0 && n <= len(u.spans) {
		return u.spans[n-1]
	}
	return nil
}

// table returns a table with a row for each span.
func (u *undoing) table() (*formats.Table, error) {
	b := formats.NewBuilder(TemplateUndo, formats.Limits{Rows: -1, Cells: -1})
	rows := [][]string{{"NUMBER", "KIND", "DONE"}}
	for i, s := range u.spans {
		rows = append(rows, []string{strconv.Itoa(i + 1), string(s.last.Kind()), string(s.outcome())})
	}

	for i, r := range rows {
		for _, c := range r {
			if err := b.Cell([]byte(c)); err != nil {
				return nil, err
			}
		}
		if _, err := b.EndRow(i+1, i+1); err != nil {
			return nil, err
		}
	}
	return b.Table(), nil
}
