package integration_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
)

// Two, and eight, who import over the same people and lines at once, into one
// file, each with a pool of its own: see [invariant.Crowd].
func TestCrowd(t *testing.T) {
	for _, c := range office.Crowds() {
		for _, n := range []int{2, 8} {
			t.Run(fmt.Sprint(c.Name, "/", n), func(t *testing.T) {
				leaks := invariant.Leaks(t)
				totals := map[importer.Outcome]int{}
				for run := range invariant.Runs() {
					t.Run(fmt.Sprint(run), func(t *testing.T) { crowd(t, c, n, totals) })
				}
				leaks()
				t.Log(totals)
				require.Positive(t, totals[importer.OutcomeUpdated])
				require.Positive(t, totals[importer.OutcomeConflict], "they are in each other's way")
			})
		}
	}
}

func crowd(t *testing.T, c office.Crowd, n int, totals map[importer.Outcome]int) {
	src := source(t.TempDir()) + "&_pragma=synchronous(off)"
	store := migrated(t, open(t, src), nil)
	put(t, store, c.Stored)
	before := invariant.Read(t, store)
	watch := &invariant.Watch{OneEach: true}
	var previews []*importer.Preview
	for g := range n {
		p, err := c.Wish(g).Preview(t.Context(), pat(watch.On(migrated(t, open(t, src), nil)), nil), "")
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

// A double click, each from a process of its own: the import is done once.
func TestDoubleClick(t *testing.T) {
	sent := 0
	for run := range invariant.Runs() {
		t.Run(fmt.Sprint(run), func(t *testing.T) {
			s := newSwept(t, desks()[0], 1)
			src := source(s.folder) + "&_pragma=synchronous(off)"
			store := migrated(t, open(t, src), nil)
			var previews [2]*importer.Preview
			for i := range previews {
				previews[i] = s.preview(t, migrated(t, open(t, src), nil), "")
			}
			reports, n := invariant.DoubleClick(t, previews, *options(1))
			sent += n
			for _, r := range reports {
				s.clean.RequireEnd(t, s.before, store, pat(store, nil), r)
			}
		})
	}
	t.Logf("sent away: %d", sent)
}
