package reststore_test

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/reststore"
	"github.com/usher-go/usher/users/storetest"
)

// again commits until it succeeds. A row that is settled while the commit is
// under way looks like somebody else's work to it.
func again(t *testing.T, p *importer.Preview) *importer.Report {
	t.Helper()
	for range 4 {
		report, err := p.Commit(t.Context(), options())
		if err == nil {
			return report
		}
		require.ErrorIs(t, err, importer.ErrRunning)
	}
	require.FailNow(t, "it does not come to an end")
	return nil
}

// A request that was given up arrives later: while the commit is called again,
// before any request of it, or after all is over. It ends where a clean one ends.
// Each request arrives before every other request of the second commit, the odd
// ones after an odd request and the even ones after an even one; with USHER_LONG=1
// each arrives before all of them.
func TestLateCall(t *testing.T) {
	step := 2
	if os.Getenv("USHER_LONG") != "" {
		step = 1
	}
	s := scenes()[1]
	want := clean(t, s)
	for at, over := 1, false; !over; at++ {
		for then := 1 + (at+1)%step; ; then += step {
			r := newRig(t, s)
			p := r.preview(t, s, "new", "")
			base := r.api.requests()
			r.api.told(func() { r.api.late = func(n int) bool { return n == base+at } })
			_, err := p.Commit(t.Context(), options())
			land := r.api.arrival()
			if over = land == nil; over {
				require.NoError(t, err)
				break
			}
			require.Error(t, err)
			r.api.disarm()
			second := r.api.requests()
			var landed atomic.Bool
			r.api.told(func() {
				r.api.meanwhile = func(n int) {
					if n == second+then {
						landed.Store(true)
						land()
					}
				}
			})
			report := again(t, p)
			r.api.disarm()
			if !landed.Load() {
				land()
			}
			require.Empty(t, cmp.Diff(want, r.end(t, report)), "request %d arrives before %d (-clean +this)", at, then)
			if !landed.Load() {
				break
			}
		}
	}
}

// Cancelled in any request, a commit can be called again.
func TestCancelledInACall(t *testing.T) {
	s := scenes()[1]
	want := clean(t, s)
	for at := 1; ; at++ {
		r := newRig(t, s)
		p := r.preview(t, s, "new", "")
		ctx, cancel := context.WithCancel(t.Context())
		base := r.api.requests()
		r.api.told(func() {
			r.api.after = func(n int) bool { // it takes effect, and nobody hears
				if n == base+at {
					cancel()
					return true
				}
				return false
			}
		})
		report, err := p.Commit(ctx, options())
		cancel()
		r.api.disarm()
		if err == nil {
			require.Greater(t, at, 10)
			require.Empty(t, cmp.Diff(want, r.end(t, report)))
			return
		}
		report = again(t, p) // what was cancelled may still be under way
		require.Empty(t, cmp.Diff(want, r.end(t, report)), "cancelled in request %d (-clean +this)", at)
	}
}

// Two who commit one import at once, in one process or in two, end where one
// would: one of them comes to the end, or either does when it is called again.
func TestTwoAtOnce(t *testing.T) {
	for _, s := range scenes() {
		want := clean(t, s)
		for _, processes := range []int{1, 2} {
			for range 10 {
				r := newRig(t, s)
				previews := []*importer.Preview{r.preview(t, s, "one", "")}
				if processes == 2 {
					r.restart()
				}
				previews = append(previews, r.preview(t, s, "two", ""))
				errs := make([]error, 2)
				var wg sync.WaitGroup
				for i, p := range previews {
					wg.Go(func() { _, errs[i] = p.Commit(t.Context(), options()) })
				}
				wg.Wait()
				for _, err := range errs {
					if err != nil {
						require.ErrorIs(t, err, importer.ErrRunning)
					}
				}
				require.Empty(t, cmp.Diff(want, r.end(t, again(t, previews[1]))), "%s in %d processes (-clean +this)", s.name, processes)
			}
		}
	}
}

// person is a user of acme.
func person(id users.ID, email string) users.Record {
	return users.Record{Head: users.Head{ID: id, Account: acme, Created: noon(), Updated: noon()}, Data: &users.Profile{Email: email}}
}

func importing(counts map[string]int) users.Record {
	return users.Record{Head: users.Head{ID: imp, Account: acme, Created: noon(), Updated: noon()},
		Data: &users.Import{Template: "t", State: users.ImportRunning, Digest: "d", Counts: counts}}
}

// row is a batch that does row n of the import.
func row(n int, writes ...users.Write) users.Batch {
	id := users.RowAt(0, n)
	for i := range writes {
		if writes[i].ID != imp && (writes[i].Record == nil || writes[i].Record.Kind() != users.KindImport) {
			writes[i].Row = id
		}
	}
	return users.Batch{Import: imp, Digest: "d", Rows: []users.RowNote{{Row: id, Note: []byte(`"note"`)}}, Writes: writes}
}

func put(r users.Record, version uint64) users.Write {
	return users.Write{ID: r.ID, Version: version, Record: &r}
}

func find(t *testing.T, s users.Store, ids ...users.ID) []users.Record {
	t.Helper()
	var keys []users.Key
	for _, id := range ids {
		keys = append(keys, users.ByID(id))
	}
	recs, err := s.Find(t.Context(), keys)
	require.NoError(t, err)
	return recs
}

func entries(t *testing.T, s users.Store) []users.Entry {
	t.Helper()
	var out []users.Entry
	for e, err := range s.Journal(t.Context(), imp, 0) {
		require.NoError(t, err)
		out = append(out, e)
	}
	return out
}

// What became of a call that was lost is told by how the person stands.
func TestSettling(t *testing.T) {
	type step func(t *testing.T, r *rig)
	others := func(writes ...users.Write) step {
		return func(t *testing.T, r *rig) {
			require.NoError(t, r.api.people.Apply(t.Context(), users.Batch{Import: "others", Writes: writes}))
		}
	}
	for _, x := range []struct {
		name, reason string
		write        users.Write
		effect       bool // of the call that is lost
		then         step // before anybody looks
		done         bool
		again        error // of the same batch, applied again
	}{
		{"changed", "the reply was lost, the change is there", put(person("ada", "new@example.com"), 1), true, nil, true, &users.Conflict{}},
		{"not changed", "the request was lost", put(person("ada", "new@example.com"), 1), false, nil, false, nil},
		{"made", "the reply was lost, the person is there", put(person("eve", "eve@example.com"), 0), true, nil, true, &users.Conflict{}},
		{"not made", "the request was lost", put(person("eve", "eve@example.com"), 0), false, nil, false, nil},
		{"deleted", "the reply was lost, the person is gone", users.Write{ID: "ada", Version: 1}, true, nil, true, &users.Conflict{}},
		{"not deleted", "the request was lost", users.Write{ID: "ada", Version: 1}, false, nil, false, nil},
		{"made and changed since", "nobody else makes that id", put(person("eve", "eve@example.com"), 0), true,
			others(put(person("eve", "other@example.com"), 1)), true, &users.Conflict{}},
		{"not changed, but by others", "what others wrote is not overwritten", put(person("ada", "new@example.com"), 1), false,
			others(put(person("ada", "theirs@example.com"), 1)), false, &users.Conflict{}},
		{"changed, and by others since", "it cannot be told whether it was done, and nothing is overwritten", put(person("ada", "new@example.com"), 1), true,
			others(put(person("ada", "theirs@example.com"), 2)), false, &users.Conflict{}},
		{"not changed, and the same by others later", "at that version it was not this import's doing", put(person("ada", "new@example.com"), 1), false,
			func(t *testing.T, r *rig) {
				others(put(person("ada", "theirs@example.com"), 1))(t, r)
				others(put(person("ada", "new@example.com"), 2))(t, r)
			}, false, &users.Conflict{}},
		{"not made, and the address taken", "the person is somebody else", put(person("eve", "eve@example.com"), 0), false,
			others(put(person("ann", "eve@example.com"), 0)), false, &users.Conflict{}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Log(x.reason)
			r := newRig(t, scene{})
			require.NoError(t, r.store.Apply(t.Context(), users.Batch{Import: "seed", Writes: []users.Write{put(person("ada", "ada@example.com"), 0)}}))
			batch := func() users.Batch { return row(1, x.write, put(importing(map[string]int{"written": 1}), 0)) }
			cut := func(n int) bool { return n == 3 } // the seed's two, then the look
			base := r.api.requests()
			hit := func(n int) bool { return cut(n - base + 1) }
			r.api.told(func() {
				if r.api.before = hit; x.effect {
					r.api.before, r.api.after = nil, hit
				}
			})
			require.Error(t, r.store.Apply(t.Context(), batch()))
			r.api.disarm()
			if x.then != nil {
				x.then(t, r)
			}
			there := r.api.people
			before := find(t, there, "ada", "eve", "ann")

			r.restart()
			version := uint64(0)
			if x.done {
				version = 1
			}
			imports := find(t, r.store, imp)
			require.Len(t, imports, 1, "the import has begun")
			require.Equal(t, version, imports[0].Version)
			done := entries(t, r.store)
			require.Equal(t, x.done, len(done) == 1)
			if x.done {
				require.Equal(t, `"note"`, string(done[0].Note))
				require.Len(t, done[0].Images, 1)
				require.Equal(t, map[string]int{"written": 1}, imports[0].Data.(*users.Import).Counts)
			} else {
				require.Empty(t, imports[0].Data.(*users.Import).Counts)
			}
			require.Empty(t, cmp.Diff(before, find(t, there, "ada", "eve", "ann")), "looking changes nobody")

			err := r.store.Apply(t.Context(), batch())
			conflict := new(users.Conflict)
			if x.again == nil {
				require.NoError(t, err)
				require.Len(t, entries(t, r.store), 1)
				return
			}
			require.ErrorAs(t, err, &conflict)
			require.Equal(t, x.done, len(conflict.Done) == 1)
			require.Empty(t, cmp.Diff(before, find(t, there, "ada", "eve", "ann")), "applying again overwrites nobody")
		})
	}
}

// The import's record may have been written by others before the row is
// entered: what the row counts is added to what they left.
func TestSettlingAddsToWhatOthersWrote(t *testing.T) {
	r := newRig(t, scene{})
	require.NoError(t, r.store.Apply(t.Context(), row(1, put(person("ada", "ada@example.com"), 0), put(importing(map[string]int{"created": 1}), 0))))
	base := r.beside.Calls(storetest.OpApply)
	r.beside.Before = func(op string, n int) error {
		if op == storetest.OpApply && n == base+3 { // asked, intended, and not entered
			return errFault
		}
		return nil
	}
	err := r.store.Apply(t.Context(), row(2, put(person("bob", "bob@example.com"), 0), put(importing(map[string]int{"created": 2}), 1)))
	require.ErrorIs(t, err, errFault)
	theirs := importing(map[string]int{"created": 1, "failed": 4})
	theirs.Data.(*users.Import).Label = "theirs"
	require.NoError(t, r.inner.Apply(t.Context(), users.Batch{Import: imp, Digest: "d", Writes: []users.Write{put(theirs, 1)}}))

	got := find(t, r.store, imp)
	require.Len(t, got, 1)
	require.Equal(t, uint64(3), got[0].Version)
	require.Equal(t, "theirs", got[0].Data.(*users.Import).Label)
	require.Equal(t, map[string]int{"created": 2, "failed": 4}, got[0].Data.(*users.Import).Counts)
	require.Len(t, entries(t, r.store), 2)
}

// While the first row is unfinished the import goes on with its own document only.
func TestUnfinishedFirstRowKeepsItsDocument(t *testing.T) {
	r := newRig(t, scene{})
	r.api.told(func() { r.api.before = func(n int) bool { return n == 2 } })
	require.Error(t, r.store.Apply(t.Context(), row(1, put(person("ada", "ada@example.com"), 0), put(importing(nil), 0))))
	r.api.disarm()
	other := row(1, put(person("bob", "bob@example.com"), 0), put(importing(nil), 0))
	other.Digest = "another"
	require.ErrorIs(t, r.store.Apply(t.Context(), other), users.ErrDigest)
	require.Empty(t, find(t, r.store, "bob"))
	require.NoError(t, r.store.Apply(t.Context(), row(1, put(person("ada", "ada@example.com"), 0), put(importing(nil), 0))))
}

// An import that ends waits for nothing that is unfinished.
func TestTheEndLeavesNothingUnfinished(t *testing.T) {
	r := newRig(t, scene{})
	r.api.told(func() { r.api.before = func(n int) bool { return n == 2 } })
	require.Error(t, r.store.Apply(t.Context(), row(1, put(person("ada", "ada@example.com"), 0), put(importing(nil), 0))))
	r.api.disarm()
	require.NotEmpty(t, r.plans(t)[0].Data.(*users.Profile).Custom)
	ended := importing(nil)
	ended.Data.(*users.Import).State = users.ImportDone
	require.NoError(t, r.store.Apply(t.Context(), row(1, put(ended, 0))))
	require.Empty(t, r.plans(t)[0].Data.(*users.Profile).Custom)
}

// Another process writes to the import after the batch was judged: the person
// is not written, and the Conflict is about the import.
func TestImportMovesAsTheIntentIsStored(t *testing.T) {
	r := newRig(t, scene{})
	require.NoError(t, r.store.Apply(t.Context(), row(1, put(importing(nil), 0))))
	base := r.beside.Calls(storetest.OpApply)
	r.beside.Before = func(op string, n int) error {
		if op == storetest.OpApply && n == base+2 {
			return r.inner.Apply(t.Context(), row(9, put(importing(nil), 1)))
		}
		return nil
	}
	conflict := new(users.Conflict)
	require.ErrorAs(t, r.store.Apply(t.Context(), row(2, put(person("ada", "ada@example.com"), 0), put(importing(nil), 1))), &conflict)
	require.Empty(t, cmp.Diff(&users.Conflict{Stale: []users.ID{imp}}, conflict, cmpopts.EquateEmpty()), "(-want +got)")
	require.Empty(t, find(t, r.store, "ada"))
}

// A watched context tells when somebody waits for its end.
type watched struct {
	context.Context
	waits func()
}

func (w watched) Done() <-chan struct{} {
	w.waits()
	return w.Context.Done()
}

// Who waits for another batch of the import minds the context.
func TestWaitingEndsWithTheContext(t *testing.T) {
	a := newAPI(t)
	store := reststore.New(a.client(), memstore.New(), nil)
	inside, leave := make(chan struct{}), make(chan struct{})
	a.told(func() {
		a.meanwhile = func(n int) {
			if n == 1 {
				close(inside)
				<-leave
			}
		}
	})
	var wg sync.WaitGroup
	var err error
	wg.Go(func() { err = store.Apply(t.Context(), row(1, put(person("ada", "ada@example.com"), 0))) })
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() { waiting <- store.Apply(watched{ctx, cancel}, row(2, put(person("bob", "bob@example.com"), 0))) }()
	select {
	case err := <-waiting:
		require.ErrorIs(t, err, context.Canceled)
	case <-time.After(10 * time.Second):
		t.Error("it waits though its context is done")
	}
	close(leave)
	wg.Wait()
	require.NoError(t, err)
	require.Len(t, find(t, store, "ada", "bob"), 1)
}
