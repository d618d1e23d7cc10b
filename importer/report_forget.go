package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
)

// Prune removes the journals of the imports of an account that began before a
// time. With a journal go its report, its before-images and the means to undo the
// import. The import stays in the history without data about people, and the same
// data may be imported again.
//
// Prune leaves a running import alone. An interrupted one can no longer be
// resumed. It returns the number of imports pruned by this call.
//
// It is for the host ([users.Host]) and needs a Store that is a [users.Amender].
// After an error it may be called again, and continues.
func Prune(ctx context.Context, dir *users.Directory, account users.AccountID, before time.Time) (int, error) {
	n := 0
	if err := dir.Amends(); err != nil {
		return n, fmt.Errorf("importer: prune: %w", err)
	}
	for r, err := range dir.All(ctx, users.Query{Kind: users.KindImport, Scope: users.Scope{Accounts: []users.AccountID{account}}, Limit: 1000}) {
		if err != nil {
			return n, fmt.Errorf("importer: prune: %w", err)
		}
		if !r.Created.Before(before) {
			break // imports are listed oldest first
		}
		if !r.Data.(*users.Import).Pruned && importstate.At(r, dir.Now()) == users.ImportRunning {
			continue
		}

		pruned, err := prune(ctx, dir, r)
		if err != nil {
			return n, fmt.Errorf("importer: prune: %w", err)
		}
		if pruned {
			n++
		}
	}
	return n, nil
}

// prune marks an import and then discards its journal. In the other order, an
// import with half a journal could be taken for one that did nothing.
func prune(ctx context.Context, dir *users.Directory, r users.Record) (bool, error) {
	imp := *r.Data.(*users.Import)
	if imp.Pruned {
		return false, dir.Discard(ctx, r.ID) // an earlier call may have stopped before this
	}

	imp.Pruned = true
	was := r.Version
	r.Data = &imp
	err := dir.Apply(ctx, users.Batch{Import: r.ID, Digest: imp.Digest, Writes: []users.Write{{ID: r.ID, Version: was, Record: &r}}})
	conflict := new(users.Conflict)
	if errors.As(err, &conflict) {
		return false, nil // the import was resumed at this moment
	}

	if err == nil {
		err = dir.Discard(ctx, r.ID)
	}
	return err == nil, err
}

// Erase removes one person's data from all journals of an account: before- and
// after-images, and the texts of reports about the person. The rows stay with
// their outcome and the person's id. [Undo] can no longer take back what an import
// did to that person. Erase does not touch the person's own record. It returns the
// number of journal entries changed.
//
// It is for the host ([users.Host]) and needs a Store that is a [users.Amender].
func Erase(ctx context.Context, dir *users.Directory, account users.AccountID, person users.ID) (int, error) {
	e := &erasing{dir: dir, person: person, ids: map[string]bool{}, names: map[string]bool{}}
	n, err := e.run(ctx, account)
	if err != nil {
		err = fmt.Errorf("importer: erase: %w", err)
	}
	return n, err
}

// erasing is one call of Erase.
type erasing struct {
	dir    *users.Directory
	person users.ID
	// The texts by which reports may call the person, folded. ids identify the
	// person anywhere. Other people may have the same name, so names count only
	// where a report names a person.
	ids, names map[string]bool
}

// run first collects the person's names from the record and all images, and then
// cleans every journal: an old name may be in the report of another import.
func (e *erasing) run(ctx context.Context, account users.AccountID) (int, error) {
	if err := e.dir.Amends(); err != nil {
		return 0, err
	}
	rec, err := e.dir.Get(ctx, e.person)
	switch {
	case err == nil:
		e.collectNames(rec)
	case !errors.Is(err, users.ErrNotFound):
		return 0, err
	}

	var imports []users.ID
	for r, err := range e.dir.All(ctx, users.Query{Kind: users.KindImport, Scope: users.Scope{Accounts: []users.AccountID{account}}, Limit: 1000}) {
		if err != nil {
			return 0, err
		}
		imports = append(imports, r.ID)
		if err := e.collectFromJournal(ctx, r.ID); err != nil {
			return 0, err
		}
	}

	n := 0
	for _, imp := range imports {
		changed, err := e.cleanJournal(ctx, imp)
		n += changed
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// collectFromJournal collects the person's names from the images of an import.
func (e *erasing) collectFromJournal(ctx context.Context, imp users.ID) error {
	for x, err := range e.dir.Journal(ctx, imp, 0) {
		if err != nil {
			return err
		}
		for _, i := range x.Images {
			for _, r := range []*users.Record{i.Before, i.After} {
				if r != nil && r.ID == e.person {
					e.collectNames(*r)
				}
			}
		}
	}
	return nil
}

// cleanJournal removes the person from the journal of an import. It returns the
// number of entries changed.
func (e *erasing) cleanJournal(ctx context.Context, imp users.ID) (int, error) {
	var entries []users.Entry
	for x, err := range e.dir.Journal(ctx, imp, 0) {
		if err != nil {
			return 0, err
		}
		y, changed, err := e.clean(x)
		if err != nil {
			return 0, err
		}
		if changed {
			entries = append(entries, y)
		}
	}

	if len(entries) == 0 {
		return 0, nil
	}
	if err := e.dir.Amend(ctx, imp, entries); err != nil {
		return 0, err
	}
	return len(entries), nil
}

// collectNames adds the texts by which reports may call the person of a record.
func (e *erasing) collectNames(r users.Record) {
	p, ok := r.Data.(*users.Profile)
	if !ok {
		return
	}
	for _, s := range []string{p.Email, p.Login, p.Field("lan_id"), p.Mobile} {
		addFolded(e.ids, s)
		addFolded(e.names, s)
	}
	for _, s := range []string{p.DisplayName, p.Name()} {
		addFolded(e.names, s)
	}
}

// addFolded adds a text folded, as it is and as findings show it.
func addFolded(to map[string]bool, s string) {
	if s != "" {
		to[users.Fold(s)], to[users.Fold(formats.Show(s))] = true, true
	}
}

// clean returns a journal entry without the person, and whether that changed it.
func (e *erasing) clean(x users.Entry) (users.Entry, bool, error) {
	l, err := readNote(x)
	if err != nil {
		return x, false, err
	}

	kept := slices.DeleteFunc(slices.Clone(x.Images), func(i users.Image) bool {
		return i.Before != nil && i.Before.ID == e.person || i.After != nil && i.After.ID == e.person
	})
	wrote := len(kept) < len(x.Images)
	about := wrote || l.User == e.person
	if about {
		l = ReportLine{Row: l.Row, Table: l.Table, Number: l.Number, Line: l.Line, Action: l.Action, Outcome: l.Outcome, User: e.person, Erased: wrote || l.Erased}
	} else {
		e.scrub(&l)
	}

	note, err := json.Marshal(l)
	if err != nil {
		return x, false, err
	}
	if len(kept) == len(x.Images) && (!about && len(x.Note) == 0 || bytes.Equal(note, x.Note)) {
		return x, false, nil
	}
	x.Images, x.Note = kept, note
	return x, true, nil
}

// scrub removes the person's names from a line about another person.
func (e *erasing) scrub(l *ReportLine) {
	empty := func(of map[string]bool, s *string) {
		if of[users.Fold(*s)] {
			*s = ""
		}
	}

	empty(e.names, &l.Who)
	for i := range l.Changes {
		empty(e.ids, &l.Changes[i].Old)
		empty(e.ids, &l.Changes[i].New)
	}
	for i := range l.Losses {
		if l.Losses[i].ID == e.person {
			l.Losses[i].Who = ""
		}
	}

	for i := range l.Findings {
		f := &l.Findings[i]
		empty(e.ids, &f.Value)
		if f.Fix != nil && e.ids[users.Fold(*f.Fix)] {
			f.Fix = nil
		}
		for k, v := range f.Args {
			if e.ids[users.Fold(v)] || k == "holder" && e.names[users.Fold(v)] {
				delete(f.Args, k)
			}
		}
	}
}
