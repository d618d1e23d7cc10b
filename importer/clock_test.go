package importer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// A clock that runs backwards, or jumps about, changes nothing but times: what
// was done stands in the journal in the order it was done, and a broken import
// is resumed by a clock that is behind the one it was begun by.
func TestClockJumpsBack(t *testing.T) {
	clocks := map[string]func(n int) time.Time{
		"backwards": func(n int) time.Time { return noon().Add(-time.Duration(n) * time.Hour) },
		"about":     func(n int) time.Time { return noon().Add(time.Duration(n%3-1) * 24 * time.Hour) },
		"no time":   func(int) time.Time { return time.Time{} },
	}
	for name, clock := range clocks {
		for _, rich := range richScenes() {
			t.Run(name+"/"+rich.name, func(t *testing.T) {
				open := func(store users.Store, prefix string) *users.Directory {
					n, m := 0, 0
					return users.Open(store, rich.scene.actor, &users.Options{
						Now:   func() time.Time { m++; return clock(m) },
						NewID: func() users.ID { n++; return users.ID(fmt.Sprintf("%s-%04d", prefix, n)) },
					})
				}
				before, clean := rich.clean(t, 1)
				steady := rich.scene.store(t)
				_, err := rich.scene.preview(t, steady).Commit(t.Context(), rich.options(1))
				require.NoError(t, err)
				for at := 1; at <= 5; at++ {
					inner := rich.scene.store(t)
					store, arm := broken(inner, storetest.OpApply, at, false)
					p := rich.scene.previewIn(t, open(store, "new"))
					arm()
					r, err := p.Commit(t.Context(), rich.options(1))
					require.ErrorIs(t, err, errBroken)
					clean.RequirePart(t, before, inner, imp, r, invariant.Told)
					later := open(inner, "later")
					resumed := *rich.scene
					if at > 1 {
						resumed.resume = imp
					}
					r, err = resumed.previewIn(t, later).Commit(t.Context(), rich.options(1))
					require.NoError(t, err)
					clean.RequireEnd(t, before, inner, later, r)
					require.Empty(t, cmp.Diff(doneInOrder(t, steady), doneInOrder(t, inner)), "rows in order of the journal (-steady clock +this)")
				}
			})
		}
	}
}

func doneInOrder(t *testing.T, store users.Store) []users.RowID {
	t.Helper()
	var out []users.RowID
	for _, e := range invariant.Journal(t, store, imp) {
		out = append(out, e.Row)
	}
	return out
}

// A clock behind the import's last batch calls it running, not interrupted.
func TestLeaseByAClockThatIsBehind(t *testing.T) {
	r := users.Record{Head: users.Head{Updated: noon()}, Data: &users.Import{State: users.ImportRunning}}
	for after, want := range map[time.Duration]users.ImportState{
		-time.Hour: users.ImportRunning, 0: users.ImportRunning,
		importstate.Lease: users.ImportRunning, importstate.Lease + time.Millisecond: users.ImportInterrupted,
	} {
		require.Equal(t, want, importstate.At(r, noon().Add(after)), "%s after its last batch", after)
	}
}

// Ids that repeat, or are somebody's already, overwrite nobody and make nobody
// twice: the import says so, and with good ids it comes to its end.
func TestIDsRepeat(t *testing.T) {
	seqs := map[string]func(n int) users.ID{
		"a stored person's": func(int) users.ID { return "u3" },
		"always the same":   func(int) users.ID { return "same-1" },
		"each twice":        func(n int) users.ID { return users.ID(fmt.Sprint("twice-", n/2)) },
		"the import's own":  func(int) users.ID { return imp },
		"empty":             func(int) users.ID { return "" },
		"a neighbour's first, then not": func(n int) users.ID {
			if n == 1 {
				return "gu3"
			}
			return users.ID(fmt.Sprint("good-", n))
		},
	}
	for name, seq := range seqs {
		for _, batch := range []int{1, 500} {
			t.Run(fmt.Sprintf("%s/%d", name, batch), func(t *testing.T) {
				rich := richPeople()
				before, _ := rich.clean(t, batch)
				store := rich.scene.store(t)
				n := 0
				dir := users.Open(store, rich.scene.actor, &users.Options{Now: noon, NewID: func() users.ID { n++; return seq(n) }})
				r, err := rich.scene.previewIn(t, dir).Commit(t.Context(), rich.options(batch))
				require.NotNil(t, r)
				now := invariant.Read(t, store)
				invariant.RequireSound(t, now)
				invariant.RequireSerial(t, before, store, imp)
				for id, rec := range before {
					require.Equal(t, rec.Kind(), now[id].Kind())
					require.Equal(t, rec.Account, now[id].Account)
				}
				if err != nil {
					begun := invariant.RequireUnfinished(t, dir, imp, r, invariant.Told)
					r = rich.again(t, store, nil, begun, batch)
				}
				invariant.RequireJournaled(t, store, r)
				invariant.RequireNamed(t, r)
				invariant.RequireSerial(t, before, store, imp)
				require.Equal(t, users.ImportDone, r.State)
				t.Logf("%v: %v", err, r.Counts)
			})
		}
	}
}

// An import whose own id is taken by something else is refused, and nothing is written.
func TestImportIDIsTaken(t *testing.T) {
	rich := richPeople()
	for _, id := range []users.ID{"u3", "line7", "gu3"} {
		store := rich.scene.store(t)
		before := invariant.Read(t, store)
		_, err := rich.scene.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: id})
		require.Error(t, err, "%s", id)
		invariant.RequireEqual(t, "the store", before, invariant.Read(t, store))
	}
}
