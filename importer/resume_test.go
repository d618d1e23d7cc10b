package importer_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/storetest"
)

const imp users.ID = "import-1"

// A run is one that nothing disturbed: what every other must come to.
type run struct {
	contents []string
	outcomes map[users.RowID]importer.Outcome
}

func cleanRun(t tb, s *scene, batch int) run {
	t.Helper()
	store := s.store(t)
	r, err := s.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: batch, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
	require.NoError(t, err)
	return run{contents(t, store), outcomes(r)}
}

func outcomes(r *importer.Report) map[users.RowID]importer.Outcome {
	out := map[users.RowID]importer.Outcome{}
	for _, l := range r.Lines {
		out[l.Row] = l.Outcome
	}
	return out
}

// require: the store and the report are those of the clean run, the report read
// back is the one returned, and the journal has no row twice.
func (c run) require(t tb, s *scene, store users.Store, r *importer.Report) {
	t.Helper()
	require.Empty(t, cmp.Diff(c.contents, contents(t, store)), "the store (-clean +this)")
	require.Empty(t, cmp.Diff(c.outcomes, outcomes(r)), "the outcomes (-clean +this)")
	requireOnce(t, store)
	back, err := importer.LoadReport(t.Context(), s.open(store), imp)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(reportJSON(t, r), reportJSON(t, back)), "the report (-returned +read back)")
}

// requireOnce: no row of the import stands in the journal twice.
func requireOnce(t tb, store users.Store) {
	t.Helper()
	seen := map[users.RowID]bool{}
	for e, err := range store.Journal(t.Context(), imp, 0) {
		require.NoError(t, err)
		require.False(t, seen[e.Row], "row %d was done twice", e.Row)
		seen[e.Row] = true
	}
}

// requireTold: what the report of a broken commit calls written stands in the journal.
func requireTold(t tb, store users.Store, r *importer.Report) {
	t.Helper()
	require.NotNil(t, r, "a broken commit tells what was done so far")
	done := map[users.RowID]bool{}
	for e, err := range store.Journal(t.Context(), imp, 0) {
		require.NoError(t, err)
		done[e.Row] = true
	}
	for l := range r.Find(importer.OutcomeCreated, importer.OutcomeUpdated, importer.OutcomeDeleted) {
		require.True(t, done[l.Row], "row %d is reported as %s and was not written", l.Number, l.Outcome)
	}
}

// broken opens the scene's store so that, once armed, call number at of the
// operation fails, before it takes effect or after.
func broken(inner users.Store, op string, at int, after bool) (store *storetest.Faulty, arm func()) {
	store = storetest.NewFaulty(inner)
	base := -1
	fail := func(o string, n int) error {
		if base >= 0 && o == op && n == base+at {
			return errBroken
		}
		return nil
	}
	if after {
		store.After = fail
	} else {
		store.Before = fail
	}
	return store, func() { base = store.Calls(op) }
}

// killed opens a store that, once armed, writes nothing from call number at of Apply
// on, as if the process had been killed before it: what ends itself says so.
func killed(inner users.Store, at int) (store *storetest.Faulty, arm func()) {
	store = storetest.NewFaulty(inner)
	base := -1
	store.Before = func(o string, n int) error {
		if base >= 0 && o == storetest.OpApply && n >= base+at {
			return errBroken
		}
		return nil
	}
	return store, func() { base = store.Calls(storetest.OpApply) }
}

// A commit broken at any call of the store, before or after the call took
// effect, and called again with the same id, ends where a clean run ends.
func TestResume(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		opts := importer.CommitOptions{ID: imp, Batch: rapid.IntRange(1, 3).Draw(t, "batch"), Approve: []string{importer.BrakeMass, users.BrakeLeader}}
		clean := cleanRun(t, s, opts.Batch)
		op := pick(t, "op", storetest.OpApply, storetest.OpApply, storetest.OpApply, storetest.OpFind, storetest.OpJournal, storetest.OpList)
		after := chance(t, 50, "after the effect")
		for at := 1; at < 30; at++ {
			inner := s.store(t)
			store, arm := broken(inner, op, at, after)
			p := s.preview(t, store)
			arm()
			calls := store.Calls(op)
			r, err := p.Commit(t.Context(), &opts)
			hit := store.Calls(op) >= calls+at
			if err != nil {
				require.True(t, hit)
				require.ErrorIs(t, err, errBroken)
				requireTold(t, inner, r)
				r, err = p.Commit(t.Context(), &opts)
				require.NoError(t, err, "called again after call %d of %s failed", at, op)
			}
			clean.require(t, s, inner, r)
			if !hit {
				return
			}
		}
	})
}

// A process that died is followed by one that knows the file and the id alone.
func TestResumeFromAFreshPreview(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		opts := importer.CommitOptions{ID: imp, Batch: 1, Approve: []string{importer.BrakeMass, users.BrakeLeader}}
		clean := cleanRun(t, s, opts.Batch)
		after := chance(t, 50, "after the effect")
		at := rapid.IntRange(1, 6).Draw(t, "Apply")
		inner := s.store(t)
		store, arm := broken(inner, storetest.OpApply, at, after)
		p := s.preview(t, store)
		arm()
		if _, err := p.Commit(t.Context(), &opts); err == nil {
			return
		}
		later := *s
		if at > 1 || after { // else it never began
			later.resume = imp
		}
		r, err := later.previewIn(t, s.openAs(inner, "later")).Commit(t.Context(), &opts)
		require.NoError(t, err, "committed from a fresh preview after Apply %d failed", at)
		requireOnce(t, inner)
		require.Empty(t, cmp.Diff(clean.contents, contents(t, inner)), "the store (-clean +this)")
		require.Empty(t, cmp.Diff(clean.outcomes, outcomes(r)), "the outcomes (-clean +this)")
	})
}

// Cancelled after any batch, a commit says so, tells what it did, and can be called again.
func TestCancelAndResume(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		clean := cleanRun(t, s, 1)
		store := s.store(t)
		p := s.preview(t, store)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		stop := rapid.IntRange(0, 4).Draw(t, "batches")
		if stop == 0 {
			cancel()
		}
		batches := 0
		r, err := p.Commit(ctx, &importer.CommitOptions{ID: imp, Batch: 1, Approve: []string{importer.BrakeMass, users.BrakeLeader}, Progress: func(importer.Progress) {
			if batches++; batches == stop {
				cancel()
			}
		}})
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
			require.LessOrEqual(t, batches, stop+1, "it goes on for one batch at the most")
			requireTold(t, store, r)
			r, err = p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
			require.NoError(t, err)
		}
		clean.require(t, s, store, r)
	})
}

// Called again when all is done, a commit answers the same report and writes nothing.
func TestCommitTwice(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		p := s.preview(t, store)
		first, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
		require.NoError(t, err)
		before := everything(t, store)
		again, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(before, everything(t, store)), "the store (-once +twice)")
		require.Empty(t, cmp.Diff(reportJSON(t, first), reportJSON(t, again)), "the report (-once +twice)")
	})
}

// Two who commit one import at once, each from a preview of their own, end where one would have.
func TestTwoAtOnce(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		clean := cleanRun(t, s, 1)
		store := s.store(t)
		var wg sync.WaitGroup
		var reports [2]*importer.Report
		var errs [2]error
		previews := [2]*importer.Preview{s.previewIn(t, s.openAs(store, "one")), s.previewIn(t, s.openAs(store, "two"))}
		for i := range previews {
			wg.Go(func() {
				reports[i], errs[i] = previews[i].Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
			})
		}
		wg.Wait()
		require.True(t, errs[0] == nil || errs[1] == nil, "one of the two comes to the end: %v", errs)
		for i := range reports {
			if errs[i] != nil {
				require.ErrorIs(t, errs[i], importer.ErrRunning, "%v", errs[i])
				continue
			}
			require.Empty(t, cmp.Diff(clean.outcomes, outcomes(reports[i])), "outcomes (-clean +one of two)")
		}
		require.Empty(t, cmp.Diff(clean.contents, contents(t, store)), "the store (-clean +this)")
		requireOnce(t, store)
	})
}

// Another document under the same id is refused, and nothing is written.
func TestAnotherDocumentUnderTheSameID(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		_, err := s.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp})
		require.NoError(t, err)
		before := everything(t, store)
		other := s.with(s.clones())
		*other.sheets[0].cell(0, other.sheets[0].fields[1]) += "x"
		_, err = other.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp})
		require.ErrorIs(t, err, users.ErrDigest)
		require.Empty(t, cmp.Diff(before, everything(t, store)), "the store (-before +after)")
	})
}

// An import that was interrupted can be read, and says so.
func TestLoadReportOfABrokenImport(t *testing.T) {
	s := asHost(people(), nil, row("l1", "p1@x.com", "A"), row("l2", "p2@x.com", "B"), row("l3", "p3@x.com", "C"))
	inner := s.store(t)
	store, arm := killed(inner, 2)
	p := s.preview(t, store)
	arm()
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
	require.ErrorIs(t, err, errBroken)
	require.Equal(t, users.ImportRunning, r.State)
	back, err := importer.LoadReport(t.Context(), s.open(inner), imp)
	require.ErrorIs(t, err, importer.ErrUnfinished)
	require.Equal(t, users.ImportRunning, back.State)
	require.Equal(t, 1, back.Counts[importer.OutcomeCreated])

	_, err = importer.LoadReport(t.Context(), s.open(memstore.New()), imp)
	require.ErrorIs(t, err, users.ErrNotFound)
}
