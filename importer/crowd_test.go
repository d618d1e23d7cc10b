package importer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// Two, and eight, who import over the same people and lines at once: see [invariant.Crowd].
func TestCrowd(t *testing.T) {
	for _, c := range office.Crowds() {
		for _, n := range []int{2, 8} {
			t.Run(fmt.Sprint(c.Name, "/", n), func(t *testing.T) {
				leaks := invariant.Leaks(t)
				totals := map[importer.Outcome]int{}
				for range invariant.Runs() {
					store := memstore.New()
					put(t, store, c.Stored...)
					before := invariant.Read(t, store)
					watch := &invariant.Watch{OneEach: true}
					var previews []*importer.Preview
					for g := range n {
						ids := 0
						dir := users.Open(watch.On(store), users.Partner("pat"), &users.Options{Now: noon, NewID: func() users.ID {
							ids++
							return users.ID(fmt.Sprintf("by-%d-%04d", g, ids))
						}})
						p, err := c.Wish(g).Preview(t.Context(), dir, "")
						require.NoError(t, err)
						previews = append(previews, p)
					}
					for _, r := range invariant.Crowd(t, watch, before, store, previews) {
						for o, n := range r.Counts {
							totals[o] += n
						}
					}
					got, err := store.Find(t.Context(), []users.Key{c.Sure})
					require.NoError(t, err)
					require.Len(t, got, 1, "somebody gets what all want")
				}
				leaks()
				t.Log(totals)
				require.Positive(t, totals[importer.OutcomeUpdated])
				require.Positive(t, totals[importer.OutcomeConflict], "they are in each other's way")
			})
		}
	}
}

// A double click: the import is done once, whoever comes first.
func TestDoubleClick(t *testing.T) {
	sent := 0
	for range invariant.Runs() {
		rich := richStaff()
		before, clean := rich.clean(t, 1)
		store := rich.scene.store(t)
		dirs := [2]*users.Directory{rich.scene.openAs(store, "one"), rich.scene.openAs(store, "two")}
		reports, n := invariant.DoubleClick(t, [2]*importer.Preview{rich.scene.previewIn(t, dirs[0]), rich.scene.previewIn(t, dirs[1])}, *rich.options(1))
		sent += n
		for i, r := range reports {
			clean.RequireEnd(t, before, store, dirs[i], r)
		}
		require.Equal(t, reportJSON(t, reports[0]), reportJSON(t, reports[1]))
	}
	t.Logf("sent away: %d", sent)
}
