package importer_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/users"
)

// crowdRuns is how often a crowd is let loose.
func crowdRuns() int {
	switch {
	case os.Getenv("USHER_LONG") != "":
		return 100
	case testing.Short():
		return 3
	}
	return 10
}

// office is what a crowd works on: twelve people, each with a line, and two lines of nobody.
func office() []users.Record {
	recs := []users.Record{line(12, -1), line(13, -1)}
	for i := range 12 {
		recs = append(recs, person(i), line(i, i))
	}
	recs[2] = person(0, admin)
	return recs
}

// wish is the file of number g of a crowd. It wants what the others want, in an
// order of its own: to make the same people, to name the same, to swap the same
// addresses, to take the same lines for others, and that somebody leaves.
func wish(g int) *scene {
	by := fmt.Sprint("By ", g)
	pair := 3 + g%2*2
	people := [][]string{
		row("l20", mail(20), by), row("l21", mail(21), by, "l20"), row(lan(100+g), mail(100+g), by, "l21"),
		row(lan(200+g), mail(200+g), by), row("l0", mail(0), by),
		row(lan(pair), mail(pair+1), "Swap"), row(lan(pair+1), mail(pair), "Swap"),
	}
	calls := [][]string{force(8+g%4, 12), attach(g%2, 13), force(2, 1-g%2), attach(20, 94)}
	if g%2 == 0 { // one field of a person, or another
		people = append(people, row("l2", "", by))
	} else {
		people = append(people, row("l2", "", "", "l1"))
	}
	if g%4 == 3 {
		people = append(people, []string{"l7", "", "", "", "yes"})
	} else {
		calls = append(calls, force(7, 10))
	}
	turn := func(rows [][]string) [][]string {
		n := g % len(rows)
		return append(slices.Clone(rows[n:]), rows[:n]...)
	}
	return asHost(staff(), office(), turn(people)...).and(turn(calls)...).as(users.Partner("pat"))
}

// Two, and eight, who import over the same people and lines at once: nobody
// waits for ever, whatever is said to be done is done and nothing else, and the
// store is as it would be had they come one row after the other.
func TestCrowd(t *testing.T) {
	for _, n := range []int{2, 8} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			leaks := invariant.Leaks(t)
			totals := map[importer.Outcome]int{}
			for range crowdRuns() {
				crowd(t, n, totals)
			}
			leaks()
			t.Log(totals)
			require.Positive(t, totals[importer.Conflict], "they are in each other's way")
		})
	}
}

func crowd(t *testing.T, n int, totals map[importer.Outcome]int) {
	t.Helper()
	store := wish(0).store(t)
	before := invariant.Read(t, store)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	previews := make([]*importer.Preview, n)
	for g := range previews {
		previews[g] = wish(g).previewIn(t, wish(g).openAs(store, fmt.Sprint("by-", g)))
	}
	reports, errs := make([]*importer.Report, n), make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for g, p := range previews {
		wg.Go(func() {
			<-start
			reports[g], errs[g] = p.Commit(ctx, &importer.CommitOptions{ID: users.ID(fmt.Sprint("import-", g)), Batch: 1 + g%3, Approve: []string{importer.BrakeMass}})
		})
	}
	close(start)
	wg.Wait()
	var imports []users.ID
	made := map[string]int{}
	for g, r := range reports {
		require.NoError(t, errs[g], "import %d", g)
		require.Equal(t, users.ImportDone, r.State)
		invariant.RequireJournaled(t, store, r)
		invariant.RequireNamed(t, r)
		imports = append(imports, r.ID)
		for o, n := range r.Counts {
			totals[o] += n
		}
		for l := range r.Find(importer.Created) {
			made[l.Who]++
		}
	}
	invariant.RequireSerial(t, before, store, imports...)
	for who, n := range made {
		require.Equal(t, 1, n, "%s was made once", who)
	}
	require.Contains(t, made, "l20", "somebody made whom all want to make")
}

// A double click: the import is done once, whoever comes first, and the one who
// is sent away, asking again, is told the same.
func TestDoubleClick(t *testing.T) {
	totals := [2]int{}
	for range crowdRuns() {
		rich := richStaff()
		before, clean := rich.clean(t, 1)
		store := rich.scene.store(t)
		dirs := [2]*users.Directory{rich.scene.openAs(store, "one"), rich.scene.openAs(store, "two")}
		previews := [2]*importer.Preview{rich.scene.previewIn(t, dirs[0]), rich.scene.previewIn(t, dirs[1])}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var reports [2]*importer.Report
		var errs [2]error
		var wg sync.WaitGroup
		for i, p := range previews {
			wg.Go(func() { reports[i], errs[i] = p.Commit(ctx, rich.options(1)) })
		}
		wg.Wait()
		require.True(t, errs[0] == nil || errs[1] == nil, "one of the two comes to the end: %v", errs)
		for i, err := range errs {
			if err != nil {
				require.ErrorIs(t, err, importer.ErrRunning)
				totals[i]++
				again, err := previews[i].Commit(ctx, rich.options(1))
				require.NoError(t, err)
				reports[i] = again
			}
			clean.RequireEnd(t, before, store, dirs[i], reports[i])
		}
		require.Equal(t, reportJSON(t, reports[0]), reportJSON(t, reports[1]))
	}
	t.Logf("sent away: %v", totals)
}
