package importer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// clock tells a time that goes on by a minute with every question but is turned back by back.
type clock struct{ now time.Time }

func (c *clock) at(store users.Store, a users.Actor) *users.Directory {
	return users.Open(store, a, &users.Options{Now: func() time.Time { return c.now }})
}

// A history has a line for every import, newest first: what it was, and how far it came.
func TestHistory(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada"), row("l2", "bad", "Bob"))
	s.actor = users.Partner("pat")
	store := memstore.New()
	c := &clock{noon()}
	first, err := s.previewIn(t, c.at(store, s.actor)).Commit(t.Context(), &importer.CommitOptions{Label: "New in March"})
	require.NoError(t, err)
	c.now = c.now.Add(time.Hour)
	_, err = c.at(store, s.actor).Add(t.Context(), acme, users.Profile{Email: "hand@x.com", FirstName: "Hand"})
	require.NoError(t, err)
	c.now = c.now.Add(time.Hour)
	u, err := importer.Undo(t.Context(), c.at(store, s.actor), first.ID, nil)
	require.NoError(t, err)
	second, err := u.Commit(t.Context(), nil)
	require.NoError(t, err)
	c.now = c.now.Add(time.Hour)
	broken, arm := killed(store, 2)
	s.sheets[0] = newSheet(s.template.Tables[0], row("l3", mail(3), "Cyd"), row("l4", mail(4), "Dan"))
	p := s.previewIn(t, c.at(broken, s.actor))
	arm()
	_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: "third", Batch: 1})
	require.ErrorIs(t, err, errBroken)
	put(t, store, users.Record{Head: users.Head{ID: "theirs", Account: globex, Created: noon()}, Data: &users.Import{Template: "people"}})

	list := func(o importer.HistoryOptions) []string {
		o.Account = acme
		page, err := importer.History(t.Context(), c.at(store, s.actor), &o)
		require.NoError(t, err)
		var out []string
		for _, x := range page.Imports {
			require.Equal(t, "partner:pat", x.Actor)
			require.Equal(t, acme, x.Account)
			out = append(out, fmt.Sprintf("%s %q %s %s %v of %d, undoes %t", x.At.Format("15:04"), x.Label, x.Template, x.State, x.Counts, x.Rows, x.Undoes == first.ID))
		}
		return out
	}
	running := `15:00 "" people running map[created:1] of 2, undoes false`
	undoing := `14:00 "New in March" undo done map[deleted:1] of 1, undoes true`
	undone := `12:00 "New in March" people undone map[created:1 failed:1] of 2, undoes false`
	require.Empty(t, cmp.Diff([]string{running, undoing, undone}, list(importer.HistoryOptions{})))
	require.Empty(t, cmp.Diff([]string{running, undone}, list(importer.HistoryOptions{Template: "people"})))
	require.Empty(t, cmp.Diff([]string{undoing, undone}, list(importer.HistoryOptions{Text: "march new"})))
	require.Len(t, list(importer.HistoryOptions{ByHand: true}), 4)
	c.now = c.now.Add(importstate.Lease + time.Second)
	require.Contains(t, list(importer.HistoryOptions{})[0], " interrupted ")
	require.Equal(t, second.ID, func() users.ID {
		page, err := importer.History(t.Context(), c.at(store, s.actor), &importer.HistoryOptions{Account: acme, Template: importer.TemplateUndo})
		require.NoError(t, err)
		return page.Imports[0].ID
	}())

	one, err := importer.History(t.Context(), c.at(store, s.actor), &importer.HistoryOptions{Account: acme, Limit: 1})
	require.NoError(t, err)
	two, err := importer.History(t.Context(), c.at(store, s.actor), &importer.HistoryOptions{Account: acme, Limit: 1, After: one.Next})
	require.NoError(t, err)
	require.Equal(t, second.ID, two.Imports[0].ID)
	theirs, err := importer.History(t.Context(), c.at(store, users.AccountAdmin("gus", globex)), nil)
	require.NoError(t, err)
	require.Len(t, theirs.Imports, 1)
	_, err = importer.History(t.Context(), c.at(store, users.Actor{}), nil)
	require.ErrorIs(t, err, users.ErrActor)
}

// once is a template that takes the same data once.
func once() *importer.Template {
	tpl := people()
	tpl.RefuseReplay = true
	return tpl
}

// The same data a second time is refused, by what was read as by what was
// committed, unless somebody insists, or the first was undone.
func TestReplayed(t *testing.T) {
	s := asHost(once(), nil, row("l1", mail(1), "Ada"), row("l2", "bad", "Bob"))
	refused := func(t *testing.T, err error) {
		t.Helper()
		var r *formats.Refusal
		require.ErrorAs(t, err, &r, "%v", err)
		require.Equal(t, "file.replayed", r.Code)
	}
	store := s.store(t)
	p := s.preview(t, store)
	twin := s.preview(t, store) // two who look at the same file at once
	fix := importer.Set(users.RowAt(0, 3), "email", mail(2))
	_, err := p.Edit(t.Context(), fix)
	require.NoError(t, err)
	document := saved(t, p)
	first, err := p.Commit(t.Context(), &importer.CommitOptions{Label: "first"})
	require.NoError(t, err)

	_, err = s.tryPreview(t, s.openAs(store, "again"))
	refused(t, err)
	require.ErrorContains(t, err, "label=first")
	corrected := asHost(once(), nil, row("l1", mail(1), "Ada"), row("l2", mail(2), "Bob"))
	_, err = corrected.tryPreview(t, s.openAs(store, "again"))
	refused(t, err)
	_, err = twin.Commit(t.Context(), &importer.CommitOptions{ID: "twin"})
	refused(t, err)
	_, err = reopened(t, s, store, document).Commit(t.Context(), nil)
	require.NoError(t, err, "a second click on the same document is the same import")

	other := asHost(once(), nil, row("l1", mail(1), "Ada"), row("l3", "bad", "Bob"))
	_, err = other.tryPreview(t, s.openAs(store, "other"))
	require.NoError(t, err, "other data")
	same := *s
	same.template = people()
	_, err = same.tryPreview(t, s.openAs(store, "careless"))
	require.NoError(t, err, "a template that does not ask")

	again := func() (*importer.Preview, error) {
		return importer.New(s.openAs(store, "insists"), s.template, &importer.Options{Account: acme, Mode: s.mode, AllowReplay: true}).Preview(t.Context(), s.sheets[0].table("people"))
	}
	p, err = again()
	require.NoError(t, err)
	_, err = p.Commit(t.Context(), nil)
	require.NoError(t, err)

	u, err := importer.Undo(t.Context(), s.openAs(store, "undo"), first.ID, nil)
	require.NoError(t, err)
	back, err := u.Commit(t.Context(), nil)
	require.NoError(t, err)
	p, err = s.tryPreview(t, s.openAs(store, "third"))
	require.NoError(t, err, "undone, it may come again")
	third, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	u, err = importer.Undo(t.Context(), s.openAs(store, "undo undone"), back.ID, nil)
	require.NoError(t, err)
	_, err = u.Commit(t.Context(), nil)
	require.NoError(t, err, "the first stands again beside the third, which keeps the document")
	_, err = s.tryPreview(t, s.openAs(store, "fourth"))
	refused(t, err)
	require.Equal(t, users.ImportDone, stateOf(t, store, third.ID))
}

// An import that did nothing keeps nobody from trying again.
func TestReplayedAfterNothing(t *testing.T) {
	s := asHost(once(), nil, row("l1", "bad", "Ada"), row("l2", mail(2), "Bob"))
	store := s.store(t)
	r, err := s.preview(t, store).Commit(t.Context(), &importer.CommitOptions{Policy: importer.AllOrNothing})
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeSkipped: 1}, r.Counts)
	p, err := s.tryPreview(t, s.openAs(store, "again"))
	require.NoError(t, err)
	_, err = p.Commit(t.Context(), nil)
	require.NoError(t, err)
	_, err = s.tryPreview(t, s.openAs(store, "third"))
	require.ErrorContains(t, err, "file.replayed")
}
