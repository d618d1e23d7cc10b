package integration_test

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

// wish is the file of number g of a crowd over twelve people: it wants what the
// others want, in an order of its own. See the file of that name in package importer.
func wish(g int) tables {
	by := fmt.Sprint("By ", g)
	pair := 3 + g%2*2
	var f tables
	add := func(cells ...string) { f.people = append(f.people, append(cells, make([]string, 5-len(cells))...)) }
	force := func(i, l int) { f.lines = append(f.lines, []string{"force_attach", mail(i), fmt.Sprint(l)}) }
	add("n20", "n20@x.com", by)
	add("n21", "n21@x.com", by, "n20")
	add(fmt.Sprint("n", 100+g), fmt.Sprintf("n%d@x.com", 100+g), by, "n21")
	add(fmt.Sprint("n", 200+g), fmt.Sprintf("n%d@x.com", 200+g), by)
	add(lan(0), mail(0), by)
	add(lan(pair), mail(pair+1), "Swap")
	add(lan(pair+1), mail(pair), "Swap")
	if g%2 == 0 { // one field of a person, or another
		add(lan(2), "", by)
	} else {
		add(lan(2), "", "", "l1")
	}
	force(8+g%4, 12)
	force(g%2, 13)
	force(2, 1-g%2)
	if g%4 == 3 {
		add(lan(7), "", "", "", "yes")
	} else {
		force(7, 10)
	}
	turn := func(rows [][]string) [][]string {
		n := g % len(rows)
		return append(slices.Clone(rows[n:]), rows[:n]...)
	}
	f.people, f.lines = turn(f.people), turn(f.lines)
	return f
}

// Two, and eight, who import over the same people and lines at once, into one
// file, each with a pool of its own: see the test of that name in package importer.
func TestCrowd(t *testing.T) {
	for _, n := range []int{2, 8} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			leaks := invariant.Leaks(t)
			totals := map[importer.Outcome]int{}
			for run := range crowdRuns() {
				t.Run(fmt.Sprint(run), func(t *testing.T) { crowd(t, n, totals) })
			}
			leaks()
			t.Log(totals)
			require.Positive(t, totals[importer.Conflict], "they are in each other's way")
		})
	}
}

func crowd(t *testing.T, n int, totals map[importer.Outcome]int) {
	src := source(t.TempDir()) + "&_pragma=synchronous(off)"
	store := migrated(t, open(t, src), nil)
	put(t, store, append(people(12), users.Record{Head: users.Head{ID: "line12", Account: acme}, Data: &users.Line{PBX: "x", Short: "12"}}))
	before := invariant.Read(t, store)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	previews := make([]*importer.Preview, n)
	for g := range previews {
		p, err := wish(g).preview(ctx, pat(migrated(t, open(t, src), nil), nil), "")
		require.NoError(t, err)
		previews[g] = p
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
	require.Contains(t, made, "n20", "somebody made whom all want to make")
}

// A double click, each from a process of its own: the import is done once, and
// the one who is sent away, asking again, is told the same.
func TestDoubleClick(t *testing.T) {
	sent := 0
	for run := range crowdRuns() {
		t.Run(fmt.Sprint(run), func(t *testing.T) {
			s := newSwept(t, 1)
			src := source(s.folder) + "&_pragma=synchronous(off)"
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var previews [2]*importer.Preview
			var reports [2]*importer.Report
			var errs [2]error
			store := migrated(t, open(t, src), nil)
			for i := range previews {
				previews[i] = s.preview(t, migrated(t, open(t, src), nil), "")
			}
			var wg sync.WaitGroup
			for i, p := range previews {
				wg.Go(func() { reports[i], errs[i] = p.Commit(ctx, options(1)) })
			}
			wg.Wait()
			require.True(t, errs[0] == nil || errs[1] == nil, "one of the two comes to the end: %v", errs)
			for i, err := range errs {
				if err != nil {
					require.ErrorIs(t, err, importer.ErrRunning)
					sent++
					reports[i], err = previews[i].Commit(ctx, options(1))
					require.NoError(t, err)
				}
				s.clean.RequireEnd(t, s.before, store, pat(store, nil), reports[i])
			}
		})
	}
	t.Logf("sent away: %d", sent)
}
