package importer_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// imported commits a scene at a time.
func imported(t *testing.T, s *scene, c *clock, store users.Store, id users.ID) {
	t.Helper()
	_, err := s.previewIn(t, c.at(store, s.actor)).Commit(t.Context(), &importer.CommitOptions{ID: id, Label: "spring"})
	require.NoError(t, err)
}

// What is old is thrown away: reports, before-images, the chance to undo. The
// line in the history stays, and what was imported.
func TestPrune(t *testing.T) {
	s := asHost(once(), nil, row("l1", mail(1), "Ada"), row("l2", "bad", "Bob"))
	store := memstore.New()
	c := &clock{noon()}
	imported(t, s, c, store, "old")
	c.now = c.now.Add(48 * time.Hour)
	young := asHost(people(), nil, row("l3", mail(3), "Cyd"))
	imported(t, young, c, store, "young")
	theirs := asHost(people(), nil)
	theirs.actor = users.Host("test")
	put(t, store, users.Record{Head: users.Head{ID: "theirs", Account: globex, Created: noon()}, Data: &users.Import{State: users.ImportDone}})
	before := everything(t, store)
	dir := c.at(store, users.Host("test"))

	n, err := importer.Prune(t.Context(), dir, acme, noon().Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Empty(t, cmp.Diff(before, everything(t, store)), "what was imported stays")
	for range store.Journal(t.Context(), "old", 0) {
		t.Fatal("the journal is not empty")
	}
	for range store.Journal(t.Context(), "young", 0) {
		n++
	}
	require.Equal(t, 2, n)
	_, err = importer.LoadReport(t.Context(), dir, "old")
	require.ErrorIs(t, err, importer.ErrPruned)
	_, err = importer.Undo(t.Context(), dir, "old", nil)
	require.ErrorIs(t, err, importer.ErrPruned)
	page, err := importer.History(t.Context(), dir, &importer.HistoryOptions{Account: acme})
	require.NoError(t, err)
	require.Len(t, page.Imports, 2)
	old := page.Imports[1]
	require.True(t, old.Pruned)
	require.Equal(t, "spring", old.Label)
	require.Equal(t, map[string]int{"created": 1, "failed": 1}, old.Counts)

	p, err := s.tryPreview(t, c.at(store, s.actor))
	require.NoError(t, err, "the same data may come again")
	_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: "old"})
	require.ErrorIs(t, err, importer.ErrPruned, "but not under the old id, whose rows nobody knows")

	n, err = importer.Prune(t.Context(), dir, acme, noon().Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, n)
}

// An import that is running is spared; whoever is not the program may not prune
// or erase; a Store that cannot says so.
func TestPruneRefuses(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada"), row("l2", mail(2), "Bob"))
	inner := memstore.New()
	store, arm := killed(inner, 2)
	c := &clock{noon()}
	p := s.previewIn(t, c.at(store, s.actor))
	arm()
	_, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1})
	require.ErrorIs(t, err, errBroken)
	n, err := importer.Prune(t.Context(), c.at(inner, s.actor), acme, noon().Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, n)
	c.now = c.now.Add(time.Hour)
	var denied *users.Denied
	for _, a := range []users.Actor{users.Partner("pat"), users.AccountAdmin("u0", acme)} {
		_, err = importer.Erase(t.Context(), c.at(inner, a), acme, "new-0001")
		require.ErrorAs(t, err, &denied)
		require.Equal(t, "journal.forbidden", denied.Refusals[0].Problem.Code)
	}
	_, err = importer.Erase(t.Context(), c.at(narrow{inner, 1}, s.actor), acme, "new-0001")
	require.True(t, errors.Is(err, errors.ErrUnsupported), "%v", err)
}

// Nothing that a journal remembers tells of a person who was erased: no image, no
// name, in no row about them or about others. What became of the rows is still known.
func TestErase(t *testing.T) {
	recs := []users.Record{person(0), person(1), line(0, 0)}
	store := memstore.New()
	put(t, store, recs...)
	c := &clock{noon()}
	imported(t, asHost(people(), nil, row("l0", "secret@x.com", "Ada Secret"), row("l1", mail(1), "Bob"), row("l2", mail(2), "Cyd")), c, store, "people")
	imported(t, asHost(lines(false), nil, force(1, 0)), c, store, "lines")
	dir := c.at(store, users.Host("test"))
	before := everything(t, store)
	n, err := importer.Erase(t.Context(), dir, acme, "u0")
	require.NoError(t, err)
	require.Equal(t, 2, n, "the row about them, and the one that took their line")
	require.Empty(t, cmp.Diff(before, everything(t, store)), "their record is not a journal's")
	for _, imp := range []users.ID{"people", "lines"} {
		for e, err := range store.Journal(t.Context(), imp, 0) {
			require.NoError(t, err)
			require.NotContains(t, strings.ToLower(string(e.Note)), "secret")
			require.NotContains(t, string(e.Note), mail(0))
			for _, i := range e.Images {
				for _, r := range []*users.Record{i.Before, i.After} {
					if r != nil {
						require.NotEqual(t, users.ID("u0"), r.ID)
					}
				}
			}
		}
	}
	r, err := importer.LoadReport(t.Context(), dir, "people")
	require.NoError(t, err)
	require.Equal(t, importer.OutcomeUpdated, r.Lines[0].Outcome)
	require.True(t, r.Lines[0].Erased)
	require.Equal(t, mail(1), r.Lines[1].Who, "others are still told of")

	p, err := importer.Undo(t.Context(), dir, "people", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"2 error !undo.erased", "3 update p1@x.com name:Bob>N1", "4 delete p2@x.com"}, briefs(show(p)))
	_, err = p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "secret@x.com", everything(t, store)["u0"].Field("email"))

	for _, want := range []int{1, 0} { // the undoing tells of them as well
		n, err = importer.Erase(t.Context(), dir, acme, "u0")
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
}
