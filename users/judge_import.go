package users

import (
	"context"
	"reflect"
	"slices"
)

// This file holds the rules about the records of imports: whose they are, and
// what an undoing may do to them.

// importRecord: an import belongs to the actor who began it, and says for ever
// what it is; what changes is how far it came. Only an undoing marks another.
func (j *judging) importRecord(old Record, w Write) {
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
		j.begins = append(j.begins, w)
		if !mine || is.Pruned {
			j.refuse(w, "", foreign)
		}
	case j.undoes(w.ID) && j.markedOver(is, was):
		j.refuse(w, "", j.dir.actor.PermitsUndo(was))
	case !mine || !is.wentOn(was):
		j.refuse(w, "", foreign)
	}
}

// current is the batch's own import, as it stands or as the batch makes it.
func (j *judging) current() (*Import, bool) {
	if imp, ok := j.before[j.batch.Import].Data.(*Import); ok {
		return imp, true
	}
	if w, writes := j.writes[j.batch.Import]; writes && w.Record != nil {
		imp, ok := w.Record.Data.(*Import)
		return imp, ok
	}
	return nil, false
}

// undoes reports whether the batch belongs to an import that takes back the
// one with the id, or takes back what took that one back.
func (j *judging) undoes(id ID) bool {
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

// wentOn reports whether an import differs from what it was in nothing but how far it came.
func (i *Import) wentOn(was *Import) bool {
	a, b := *i, *was
	a.Counts, b.Counts, a.State, b.State = nil, nil, "", ""
	if was.Once && i.State == ImportDone {
		a.Once, b.Once = false, false // what did nothing lets go of its document
	}
	forward := i.State == was.State || was.State == ImportRunning && i.State == ImportDone
	return forward && reflect.DeepEqual(a, b)
}

// markedOver reports whether an import differs from what it was in nothing but
// whether and by what it is undone: by the batch's import, or, where that takes
// back the one that had undone it, not any longer.
func (j *judging) markedOver(is, was *Import) bool {
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
	return (is.State == ImportDone || is.State == ImportRunning) && is.UndoneBy == "" && (was.Once || !is.Once)
}

// begun judges imports that are new: what one takes back is of the same
// account, a sync takes back none but its own, and only the first that makes an
// account's admins may say so.
func (j *judging) begun(ctx context.Context) error {
	for _, w := range j.begins {
		if j.before[w.ID].Data != nil {
			continue // it is there already, which the Store will say
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

// undoesFirst reports whether the batch takes back the import before which the
// account had no admin, and takes rights from none but those whom that import
// gave them: the account may then have none again.
func (j *judging) undoesFirst(ctx context.Context, a AccountID, lost []Write) (bool, error) {
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
			if i.After != nil && leads(i.After) && !leads(i.Before) {
				gave[i.After.ID] = true
			}
		}
	}
	return !slices.ContainsFunc(lost, func(w Write) bool { return !gave[w.ID] }), nil
}
