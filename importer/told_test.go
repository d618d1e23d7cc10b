package importer_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// A batch that took effect though it answered an error is in the report that comes with the error.
func TestEffectIsReadAgain(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "A"), row("l2", mail(2), "B"))
	inner := s.store(t)
	store, arm := broken(inner, storetest.OpApply, 1, true)
	p := s.preview(t, store)
	arm()
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1})
	if err != nil {
		require.Len(t, r.Lines, len(invariant.Journal(t, inner, imp)), "rows reported, rows in the store")
	}
}

// Ids that repeat make two people all the same.
func TestTwoRowsOneID(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "A"), row("l2", mail(2), "B"))
	store := s.store(t)
	dir := users.Open(store, s.actor, &users.Options{Now: noon, NewID: func() users.ID { return "same" }})
	r, err := s.previewIn(t, dir).Commit(t.Context(), &importer.CommitOptions{ID: imp})
	t.Log(err, r.Counts, roll(t, store))
	if err == nil {
		require.Len(t, everything(t, store), r.Counts[importer.OutcomeCreated], "people made")
	}
}

// An id that somebody has already is drawn again, and spoils no other row.
func TestTakenIDSpoilsNothing(t *testing.T) {
	s := asHost(people(), []users.Record{person(0), person(3)}, row("l0", mail(0), "Zoe"), row("l1", mail(1), "A"))
	store := s.store(t)
	n := 0
	dir := users.Open(store, s.actor, &users.Options{Now: noon, NewID: func() users.ID {
		if n++; n == 1 {
			return "u3"
		}
		return users.ID(fmt.Sprint("good-", n))
	}})
	r, err := s.previewIn(t, dir).Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	require.Equal(t, importer.OutcomeUpdated, r.Lines[0].Outcome, "the row that makes nobody")
}

// Of two who take one line at once the loser is told who has it, though it learnt of it by its own batch.
func TestLoserIsTold(t *testing.T) {
	recs := []users.Record{person(0), person(1), person(2), line(5, 0)}
	one := asHost(lines(true), recs, force(1, 5))
	two := asHost(lines(true), recs, force(2, 5))
	inner := one.store(t)
	first := one.previewIn(t, one.openAs(inner, "one"))
	store := storetest.NewFaulty(inner)
	second := two.previewIn(t, two.openAs(store, "two"))
	store.Before = func(op string, n int) error {
		if op == storetest.OpApply && n == 1 {
			_, err := first.Commit(t.Context(), &importer.CommitOptions{ID: "first"})
			require.NoError(t, err)
		}
		return nil
	}
	r, err := second.Commit(t.Context(), &importer.CommitOptions{ID: "second"})
	require.NoError(t, err)
	require.Equal(t, mail(1), r.Lines[0].Findings[0].Args["holder"], "who has the line: %+v", r.Lines[0].Findings)
}

// The id of another account's import is not found, and nobody learns that it exists.
func TestAnotherAccountsImportIsNotFound(t *testing.T) {
	s := asHost(people(), []users.Record{person(0, admin)}, row("l1", mail(1), "A")).as(users.AccountAdmin("u0", acme))
	store := s.store(t)
	put(t, store, users.Record{Head: users.Head{ID: imp, Account: globex}, Data: &users.Import{Digest: "q", Actor: "host:x", State: users.ImportDone}})
	_, err := s.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.True(t, errors.Is(err, users.ErrNotFound), "%v", err)
}

// A Draft that panics at any time at which it is called, in a preview or amid a
// commit, comes back to the caller as a row that was not done: what else the
// file does is done, and nothing twice.
func TestADraftThatPanicsOnce(t *testing.T) {
	tests := []struct {
		name   string
		sticky bool
	}{{"once", false}, {"from then on", true}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seen := map[importer.Outcome]int{}
			for n := 1; ; n++ {
				s := asHost(people(), []users.Record{person(0), person(1)}, row("l1", mail(1), "Zoe"), row("l2", mail(2), "Boom"), row("l3", mail(3), "Zoe"))
				inner := s.template.Tables[0].Draft
				calls := 0
				s.template.Tables[0].Draft = func(r importer.Row, d *importer.Draft) {
					inner(r, d)
					if r.Value("name") == "Boom" {
						if calls++; calls == n || tt.sticky && calls > n {
							panic("the host's own")
						}
					}
				}
				store := s.store(t)
				before := invariant.Read(t, store)
				p := s.preview(t, store)
				r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1})
				require.NoError(t, err, "call %d", n)
				require.Equal(t, users.ImportDone, r.State)
				require.Len(t, r.Lines, 3)
				got := []importer.Outcome{r.Lines[0].Outcome, r.Lines[2].Outcome}
				require.Empty(t, cmp.Diff([]importer.Outcome{importer.OutcomeUpdated, importer.OutcomeCreated}, got), "the other rows, call %d (-want +got)", n)
				seen[r.Lines[1].Outcome]++
				invariant.RequireJournaled(t, store, r)
				invariant.RequireNamed(t, r)
				invariant.RequireSerial(t, before, store, imp)
				if calls < n {
					require.Equal(t, importer.OutcomeCreated, r.Lines[1].Outcome)
					break
				}
			}
			t.Log(seen)
			require.Positive(t, seen[importer.OutcomeFailed])
		})
	}
}
