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

// Prune throws away what the imports of an account remember that were begun
// before a time: their journals, and with them reports, before-images and the
// chance to undo. Their lines in the history stay, without anything about
// people, and the same data may be imported again. An import that is running is
// spared; one that was interrupted can then not go on. It returns how many
// imports were pruned; those pruned before do not count.
//
// It is for the host ([users.Host]) and needs a Store that is a [users.Amender].
// Called again after an error it goes on.
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
			break // the rest is younger
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

// prune marks an import first, so that a journal half gone is never taken for one that did nothing.
func prune(ctx context.Context, dir *users.Directory, r users.Record) (bool, error) {
	imp := *r.Data.(*users.Import)
	if imp.Pruned {
		return false, dir.Discard(ctx, r.ID) // if that was not reached before
	}
	imp.Pruned = true
	was := r.Version
	r.Data = &imp // and it was not heard of again
	err := dir.Apply(ctx, users.Batch{Import: r.ID, Digest: imp.Digest, Writes: []users.Write{{ID: r.ID, Version: was, Record: &r}}})
	if c := new(users.Conflict); errors.As(err, &c) {
		return false, nil // it goes on just now
	}
	if err == nil {
		err = dir.Discard(ctx, r.ID)
	}
	return err == nil, err
}

// Erase takes out of all journals of an account what they remember of one
// person: before- and after-images, and whatever reports say of them. The rows
// stay, with what became of them and the person's id; an import cannot take
// back what it did to that person any longer. The person's own record is not
// touched. It returns how many rows were changed.
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

type erasing struct {
	dir    *users.Directory
	person users.ID
	// By what reports may call the person, folded: names stand for whoever is
	// called so, and count only where somebody is named.
	ids, names map[string]bool
}

func (e *erasing) run(ctx context.Context, account users.AccountID) (int, error) {
	if err := e.dir.Amends(); err != nil {
		return 0, err
	}
	rec, err := e.dir.Get(ctx, e.person)
	switch {
	case err == nil:
		e.learn(rec)
	case !errors.Is(err, users.ErrNotFound):
		return 0, err
	}
	var imports []users.ID
	for r, err := range e.dir.All(ctx, users.Query{Kind: users.KindImport, Scope: users.Scope{Accounts: []users.AccountID{account}}, Limit: 1000}) {
		if err != nil {
			return 0, err
		}
		imports = append(imports, r.ID)
		for x, err := range e.dir.Journal(ctx, r.ID, 0) {
			if err != nil {
				return 0, err
			}
			for _, i := range x.Images {
				for _, r := range []*users.Record{i.Before, i.After} {
					if r != nil && r.ID == e.person {
						e.learn(*r)
					}
				}
			}
		}
	}
	n := 0
	for _, imp := range imports {
		var entries []users.Entry
		for x, err := range e.dir.Journal(ctx, imp, 0) {
			if err != nil {
				return n, err
			}
			y, changed, err := e.clean(x)
			if err != nil {
				return n, err
			}
			if changed {
				entries = append(entries, y)
			}
		}
		if len(entries) > 0 {
			if err := e.dir.Amend(ctx, imp, entries); err != nil {
				return n, err
			}
			n += len(entries)
		}
	}
	return n, nil
}

func (e *erasing) learn(r users.Record) {
	p, ok := r.Data.(*users.Profile)
	if !ok {
		return
	}
	for _, s := range []string{p.Email, p.Login, p.Field("lan_id"), p.Mobile} {
		e.learnAs(e.ids, s)
		e.learnAs(e.names, s)
	}
	for _, s := range []string{p.DisplayName, p.Name()} {
		e.learnAs(e.names, s)
	}
}

func (e *erasing) learnAs(to map[string]bool, s string) {
	if s != "" {
		to[users.Fold(s)], to[users.Fold(formats.Show(s))] = true, true
	}
}

// clean is an entry without the person.
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

// scrub takes the person's names out of a line about somebody else.
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
