package users

import (
	"context"
	"reflect"
	"slices"
)

// This file holds the rules about the records of imports: whose they are, and what
// an undo may change in them.

// judgeImport checks a write of an import's record. The record belongs to the actor
// who began the import. Only its progress changes, except that an undo marks the
// import that it undoes.
func (j *judgement) judgeImport(old Record, w Write) {
	foreign := &Problem{Code: "import.foreign"}
	if w.Record == nil {
		j.refuse(w, "", foreign)
		return
	}

	is := w.Record.Data.(*Import)
	was, ok := old.Data.(*Import)
	mine := is.Actor == j.dir.actor.String()
	switch {
	case !ok:
		j.newImports = append(j.newImports, w)
		if !mine || is.Pruned {
			j.refuse(w, "", foreign)
		}
	case j.undoes(w.ID) && j.onlyMarked(is, was):
		j.refuse(w, "", j.dir.actor.PermitsUndo(was))
	case !mine || !is.onlyProgressed(was):
		j.refuse(w, "", foreign)
	}
}

// current returns the batch's own import, as it is stored or as the batch creates it.
func (j *judgement) current() (*Import, bool) {
	if imp, ok := j.before[j.batch.Import].Data.(*Import); ok {
		return imp, true
	}
	if w, writes := j.writes[j.batch.Import]; writes && w.Record != nil {
		imp, ok := w.Record.Data.(*Import)
		return imp, ok
	}
	return nil, false
}

// isUndo reports whether the batch's import undoes another.
func (j *judgement) isUndo() bool {
	imp, ok := j.current()
	return ok && imp.Undoes != ""
}

// undoes reports whether the batch belongs to an undo of the import with the id, or to
// an undo of such an undo.
func (j *judgement) undoes(id ID) bool {
	imp, ok := j.current()
	if !ok || imp.Undoes == "" {
		return false
	}
	if imp.Undoes == id {
		return true
	}
	first, ok := j.before[imp.Undoes].Data.(*Import)
	return ok && first.Undoes == id
}

// onlyProgressed reports whether an import differs from was only in its progress.
func (i *Import) onlyProgressed(was *Import) bool {
	a, b := *i, *was
	a.Counts, b.Counts, a.State, b.State = nil, nil, "", ""
	if was.Once && i.State == ImportDone {
		a.Once, b.Once = false, false // an import that did nothing releases its document
	}
	open := was.State == ImportRunning || was.State == ImportInterrupted
	forward := i.State == was.State || open && (i.State == ImportDone || i.State == ImportRunning || i.State == ImportInterrupted)
	return forward && reflect.DeepEqual(a, b)
}

// onlyMarked reports whether an import differs from was only in the mark of its undo.
// The batch's import may mark it as undone. If the batch's import undoes that undo,
// it may remove the mark.
func (j *judgement) onlyMarked(is, was *Import) bool {
	a, b := *is, *was
	for _, i := range []*Import{&a, &b} {
		i.State, i.Once, i.UndoneBy = "", false, ""
	}

	by, _ := j.current()
	had, _ := j.before[by.Undoes].Data.(*Import)
	switch {
	case !reflect.DeepEqual(a, b):
		return false
	case is.State == ImportUndone && is.UndoneBy == j.batch.Import:
		return is.Once == was.Once && (was.State != ImportUndone || by.Continues != "" && was.UndoneBy == by.Continues)
	case was.State != ImportUndone || was.UndoneBy != by.Undoes || had == nil:
		return false
	case had.Continues != "":
		return is.State == ImportUndone && is.UndoneBy == had.Continues && is.Once == was.Once
	}

	return (is.State == ImportDone || is.State == ImportRunning || is.State == ImportInterrupted) && is.UndoneBy == "" && (was.Once || !is.Once)
}

// judgeNewImports checks imports that the batch creates. An undo must undo an import of
// the same account. A sync undoes only its own imports. Only an import that finds no
// active Account Admin may be marked as First.
func (j *judgement) judgeNewImports(ctx context.Context) error {
	for _, w := range j.newImports {
		if j.before[w.ID].Data != nil {
			continue // it exists: the Store reports the conflict
		}

		imp := w.Record.Data.(*Import)
		foreign := false
		if imp.Undoes != "" {
			recs, err := j.dir.fetch(ctx, []Key{ByID(imp.Undoes)})
			if err != nil {
				return err
			}
			of, ok := recs[imp.Undoes].Data.(*Import)
			foreign = !ok || recs[imp.Undoes].Account != w.Record.Account || j.dir.actor.PermitsUndo(of) != nil
		}

		if imp.First && !foreign {
			p, err := j.dir.store.List(ctx, Query{Kind: KindUser, Scope: Scope{Accounts: []AccountID{w.Record.Account}}, Limit: 1, Having: Leading()})
			if err != nil {
				return err
			}
			if len(p.Records) > 0 {
				j.refuse(w, "", &Problem{Code: "import.first"})
			}
		}

		if foreign {
			j.refuse(w, "", &Problem{Code: "import.foreign"})
		}
	}
	return nil
}

// undoesFirst reports whether the batch undoes the import before which the account had
// no admin, and takes rights only from people to whom that import gave them. The
// account may then have no admin again.
func (j *judgement) undoesFirst(ctx context.Context, a AccountID, lost []Write) (bool, error) {
	imp, ok := j.current()
	if !ok || imp.Undoes == "" {
		return false, nil
	}

	recs, err := j.dir.fetch(ctx, []Key{ByID(imp.Undoes)})
	if err != nil {
		return false, err
	}

	first, ok := recs[imp.Undoes].Data.(*Import)
	if !ok || !first.First || recs[imp.Undoes].Account != a {
		return false, nil
	}

	gave := map[ID]bool{}
	for e, err := range j.dir.store.Journal(ctx, imp.Undoes, 0) {
		if err != nil {
			return false, err
		}
		for _, i := range e.Images {
			if i.After != nil && isAdmin(i.After) && !isAdmin(i.Before) {
				gave[i.After.ID] = true
			}
		}
	}

	return !slices.ContainsFunc(lost, func(w Write) bool { return !gave[w.ID] }), nil
}
