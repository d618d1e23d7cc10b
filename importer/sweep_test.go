package importer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// long reports whether tests draw and sweep all they can, however long that takes.
func long() bool { return os.Getenv("USHER_LONG") != "" }

// errDisk is what a store answers whose disk is full.
var errDisk = fmt.Errorf("%w: %w", errBroken, syscall.ENOSPC)

// A fault is what happens at one call of a store.
type fault struct {
	name   string
	after  bool // the call has its effect
	sticky bool // and every call that follows fails as well
}

func faults() []fault {
	return []fault{{name: "before the effect"}, {name: "after the effect", after: true}, {name: "from then on", sticky: true}}
}

// counted is the store whose n-th call of all, whatever the operation, meets
// the fault. It answers how often the store was called, and mends it.
func (f fault) counted(inner users.Store, n int) (store *storetest.Faulty, calls func() int, mend func()) {
	var mu sync.Mutex
	all, mended := 0, false
	at := map[string]int{} // the number of a call among all, by operation and number among those
	store = storetest.NewFaulty(inner)
	meets := func(k int) error {
		if !mended && (k == n || f.sticky && k > n) {
			return errDisk
		}
		return nil
	}
	store.Before = func(op string, i int) error {
		mu.Lock()
		defer mu.Unlock()
		all++
		at[fmt.Sprint(op, i)] = all
		if f.after {
			return nil
		}
		return meets(all)
	}
	store.After = func(op string, i int) error {
		mu.Lock()
		defer mu.Unlock()
		if !f.after {
			return nil
		}
		return meets(at[fmt.Sprint(op, i)])
	}
	return store, func() int { mu.Lock(); defer mu.Unlock(); return all }, func() { mu.Lock(); defer mu.Unlock(); mended = true }
}

// options of the commits that are swept.
func (s richScene) options(batch int) *importer.CommitOptions {
	return &importer.CommitOptions{ID: imp, Batch: batch, Approve: []string{importer.BrakeMass, users.BrakeLeader}}
}

// clean is the scene's run that nothing disturbed.
func (s richScene) clean(t *testing.T, batch int) (invariant.State, invariant.Clean) {
	t.Helper()
	store := s.scene.store(t)
	before := invariant.Read(t, store)
	r, err := s.scene.preview(t, store).Commit(t.Context(), s.options(batch))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(s.want, r.Counts), "what becomes of the rows (-want +got)")
	return before, invariant.Take(t, before, store, r)
}

// again calls the import again: with the same preview, or, as a process that
// knows the file and the id alone, with a new one.
func (s richScene) again(t *testing.T, store users.Store, p *importer.Preview, begun bool, batch int) *importer.Report {
	t.Helper()
	if p == nil {
		later := *s.scene
		if begun {
			later.resume = imp
		}
		p = later.previewIn(t, later.openAs(store, "later"))
	}
	r, err := p.Commit(t.Context(), s.options(batch))
	require.NoError(t, err, "called again")
	return r
}

// Whichever call of the store fails, in whichever way, of a preview or of a
// commit: no row is half done, the report says what was done, and called again
// the import ends as if nothing had been. Every call is broken in every way; it
// is called again with the same preview or, after every other call, with a new
// one. With USHER_LONG=1 it is called again with both after each call, and the
// calls of previews are broken for both sizes of batches.
func TestSweepStoreFaults(t *testing.T) {
	for _, rich := range richScenes() {
		for _, f := range faults() {
			for _, batch := range []int{1, 3} {
				t.Run(fmt.Sprintf("%s/%s/%d", rich.name, f.name, batch), func(t *testing.T) {
					t.Setenv("TMPDIR", t.TempDir())
					leaks := invariant.Leaks(t)
					before, clean := rich.clean(t, batch)
					n := 1
					for rich.sweepCall(t, before, clean, f, n, batch) {
						n++
					}
					require.Greater(t, n, 12, "the scene asks the store more than a few times")
					leaks()
					invariant.RequireEmpty(t, os.Getenv("TMPDIR"))
				})
			}
		}
	}
}

// sweepCall breaks call n, and reports whether there was one.
func (s richScene) sweepCall(t *testing.T, before invariant.State, clean invariant.Clean, f fault, n, batch int) bool {
	t.Helper()
	ended := false
	ways := []bool{(n+batch/2)%2 == 0} // the calls after which one batch size gets a new preview are the others of the other
	if long() {
		ways = []bool{false, true}
	}
	for _, fresh := range ways {
		inner := s.scene.store(t)
		watch := &invariant.Watch{OneEach: true}
		store, calls, mend := f.counted(watch.On(inner), n)
		dir := s.scene.open(store)
		p, err := s.scene.tryPreview(t, dir)
		if err != nil { // nothing was to be written, and nothing was
			require.ErrorIs(t, err, syscall.ENOSPC, "call %d", n)
			if batch > 1 && !long() {
				break // no preview knows the size of batches: this was swept with batches of one row
			}
			invariant.RequireEqual(t, "after a broken preview", before, invariant.Read(t, inner))
			mend()
			clean.RequireEnd(t, before, inner, dir, s.again(t, store, nil, false, batch))
			break // there is no preview to call again with
		}
		r, err := p.Commit(t.Context(), s.options(batch))
		watch.Require(t)
		if err == nil {
			require.Less(t, calls(), n, "call %d failed, and the commit says nothing of it", n)
			ended = true
			break
		}
		require.ErrorIs(t, err, syscall.ENOSPC, "call %d", n)
		mend()
		clean.RequirePart(t, before, inner, imp, r, invariant.Told)
		begun := invariant.RequireUnfinished(t, dir, imp, r, invariant.Told)
		if fresh {
			p = nil
		}
		clean.RequireEnd(t, before, inner, dir, s.again(t, store, p, begun, batch))
	}
	return !ended
}

// All or nothing: whichever call fails, either everything was written or nothing.
func TestSweepAllOrNothing(t *testing.T) {
	rich := richStaff()
	rich.scene.sheets[0].rows = rich.scene.sheets[0].rows[:7] // those that happen
	rich.scene.sheets[1].rows = rich.scene.sheets[1].rows[:4]
	opts := importer.CommitOptions{ID: imp, Batch: 1, Approve: []string{importer.BrakeMass, users.BrakeLeader}, Policy: importer.AllOrNothing}
	store := rich.scene.store(t)
	before := invariant.Read(t, store)
	r, err := rich.scene.preview(t, store).Commit(t.Context(), &opts)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(map[importer.Outcome]int{importer.OutcomeCreated: 2, importer.OutcomeUpdated: 6, importer.OutcomeDeleted: 2, importer.OutcomeUnchanged: 1}, r.Counts), "(-want +got)")
	clean := invariant.Take(t, before, store, r)
	writers := 0
	for _, e := range invariant.Journal(t, store, imp) {
		writers += min(1, len(e.Images))
	}
	require.Greater(t, writers, 5)
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			broke := 0
			for n := 1; ; n++ {
				inner := rich.scene.store(t)
				store, _, mend := f.counted(inner, n)
				dir := rich.scene.open(store)
				p, err := rich.scene.tryPreview(t, dir)
				if err != nil {
					continue
				}
				if _, err = p.Commit(t.Context(), &opts); err == nil {
					break
				}
				broke++
				mend()
				wrote := 0
				for _, e := range invariant.Journal(t, inner, imp) {
					wrote += min(1, len(e.Images))
				}
				require.Contains(t, []int{0, writers}, wrote, "rows that wrote, after call %d failed", n)
				r, err := p.Commit(t.Context(), &opts)
				require.NoError(t, err)
				clean.RequireEnd(t, before, inner, dir, r)
			}
			require.Greater(t, broke, 5)
		})
	}
}

// asks is a context that ends once it was asked n times whether it has.
type asks struct {
	context.Context
	mu   sync.Mutex
	left int
	end  func()
}

func (a *asks) Err() error {
	a.mu.Lock()
	if a.left--; a.left == 0 {
		a.end()
	}
	a.mu.Unlock()
	return a.Context.Err()
}

// late is a context whose end is a deadline that passed.
type late struct{ context.Context }

func (l late) Err() error {
	if l.Context.Err() != nil {
		return context.DeadlineExceeded
	}
	return nil
}

// An ending is a way in which a context ends.
type ending struct {
	name string
	want error
	wrap func(context.Context) context.Context
}

func endings() []ending {
	return []ending{
		{"cancelled", context.Canceled, func(c context.Context) context.Context { return c }},
		{"deadline", context.DeadlineExceeded, func(c context.Context) context.Context { return late{c} }},
	}
}

// Cancelled at any batch, or by a deadline that passes there, a commit returns
// within one more, tells what was done, and can be called again.
func TestSweepCancelAtProgress(t *testing.T) {
	for _, rich := range richScenes() {
		for _, e := range endings() {
			t.Run(rich.name+"/"+e.name, func(t *testing.T) {
				leaks := invariant.Leaks(t)
				before, clean := rich.clean(t, 1)
				for stop := 0; ; stop++ {
					store := rich.scene.store(t)
					dir := rich.scene.open(store)
					p := rich.scene.previewIn(t, dir)
					ctx, cancel := context.WithCancel(t.Context())
					if stop == 0 {
						cancel()
					}
					batches := 0
					opts := rich.options(1)
					opts.Progress = func(importer.Progress) {
						if batches++; batches == stop {
							cancel()
						}
					}
					r, err := p.Commit(e.wrap(ctx), opts)
					cancel()
					if batches <= stop && err == nil { // it was not stopped before its end
						require.Greater(t, stop, 3)
						clean.RequireEnd(t, before, store, dir, r)
						break
					}
					require.ErrorIs(t, err, e.want, "stopped at batch %d", stop)
					require.LessOrEqual(t, batches, stop+1, "it goes on for one batch at the most")
					requireStopped(t, rich, before, clean, store, dir, p, r, stop%2 == 1, 1)
				}
				leaks()
			})
		}
	}
}

// requireStopped: what a commit whose context ended has left, and what comes of it called again.
func requireStopped(t *testing.T, rich richScene, before invariant.State, clean invariant.Clean, store users.Store, dir *users.Directory, p *importer.Preview, r *importer.Report, fresh bool, batch int) {
	t.Helper()
	require.NotNil(t, r, "a commit that was stopped tells what was done")
	clean.RequirePart(t, before, store, imp, r, invariant.Told)
	begun := invariant.RequireUnfinished(t, dir, imp, r, invariant.Told)
	if fresh {
		p = nil
	}
	clean.RequireEnd(t, before, store, dir, rich.again(t, store, p, begun, batch))
}

// A context that ends at any of the moments at which anybody asks it.
func TestSweepCancelWhereverAsked(t *testing.T) {
	for _, rich := range richScenes() {
		for _, e := range endings() {
			t.Run(rich.name+"/"+e.name, func(t *testing.T) {
				leaks := invariant.Leaks(t)
				const batch = 3
				before, clean := rich.clean(t, batch)
				for n := 1; ; n++ {
					store := rich.scene.store(t)
					dir := rich.scene.open(store)
					p := rich.scene.previewIn(t, dir)
					inner, cancel := context.WithCancel(t.Context())
					ctx := &asks{Context: e.wrap(inner), left: n, end: cancel}
					r, err := p.Commit(ctx, rich.options(batch))
					ended := inner.Err() != nil
					cancel()
					if err == nil { // the last to ask may have been the last who could be stopped
						clean.RequireEnd(t, before, store, dir, r)
						if !ended {
							require.Greater(t, n, 10)
							break
						}
						continue
					}
					require.ErrorIs(t, err, e.want, "ended when asked for time %d", n)
					requireStopped(t, rich, before, clean, store, dir, p, r, n%2 == 1, batch)
				}
				leaks()
			})
		}
	}
}

// A context that has ended already does nothing at all.
func TestEndedBefore(t *testing.T) {
	rich := richStaff()
	for _, e := range endings() {
		t.Run(e.name, func(t *testing.T) {
			inner := rich.scene.store(t)
			before := invariant.Read(t, inner)
			store := storetest.NewFaulty(inner)
			p := rich.scene.preview(t, store)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			store.Before = func(op string, n int) error { return fmt.Errorf("%s was called", op) }
			r, err := p.Commit(e.wrap(ctx), rich.options(1))
			require.ErrorIs(t, err, e.want)
			require.Empty(t, r.Lines)
			_, err = rich.scene.previewUnder(e.wrap(ctx), rich.scene.open(inner))
			require.ErrorIs(t, err, e.want, "a preview")
			invariant.RequireEqual(t, "the store", before, invariant.Read(t, inner))
			_, err = importer.LoadReport(t.Context(), rich.scene.open(inner), imp)
			require.True(t, errors.Is(err, users.ErrNotFound), "%v", err)
		})
	}
}
