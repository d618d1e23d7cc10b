package invariant

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// Runs is how often a crowd is let loose: a hundred times with USHER_LONG.
func Runs() int {
	switch {
	case os.Getenv("USHER_LONG") != "":
		return 100
	case testing.Short():
		return 3
	}
	return 10
}

// patience is how long a crowd may take before it counts as waiting for ever.
const patience = time.Minute

// Crowd commits all the previews at once, which were made before any of them
// was committed, over stores of the watch that show what is in store. Nobody
// waits for ever; whatever is said to be done is done and nothing else; the
// store is as it would be had they come one row after the other; every line has
// one owner at every moment; nothing is claimed by two reports; and whoever came
// too late for something is told who has it. before is the state beforehand.
func Crowd(t TB, w *Watch, before State, store users.Store, previews []*importer.Preview) []*importer.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	stop := w.While(ctx, store)
	reports, errs := make([]*importer.Report, len(previews)), make([]error, len(previews))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for g, p := range previews {
		wg.Go(func() {
			<-start
			reports[g], errs[g] = p.Commit(ctx, &importer.CommitOptions{ID: users.ID(fmt.Sprint("import-", g)), Batch: 1 + g%3, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
		})
	}
	close(start)
	wg.Wait()
	stop()
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("%v", err)
	}
	w.Require(t)
	var imports []users.ID
	claims := map[importer.Gain]int{} // by which import
	for g, r := range reports {
		if r.State != users.ImportDone {
			t.Fatalf("import %d is %s", g, r.State)
		}
		RequireJournaled(t, store, r)
		RequireNamed(t, r)
		imports = append(imports, r.ID)
		for l := range r.Find(importer.OutcomeCreated, importer.OutcomeUpdated) {
			for _, x := range l.Gains {
				x.Value = x.Space.Fold(x.Value)
				if other, ok := claims[x]; ok {
					t.Fatalf("imports %d and %d both say that they gave %s %s to somebody", other, g, x.Space, x.Value)
				}
				claims[x] = g
			}
		}
	}
	for g, r := range reports {
		for l := range r.Find(importer.OutcomeConflict) {
			requireToldWho(t, g, l, claims)
		}
	}
	RequireSerial(t, before, store, imports...)
	return reports
}

// requireToldWho: a row that comes too late for a line is told who has it.
func requireToldWho(t TB, g int, l importer.ReportLine, claims map[importer.Gain]int) {
	t.Helper()
	late := false
	for _, x := range l.Gains {
		_, taken := claims[x]
		late = late || taken && x.Space == users.SpaceLine
	}
	for _, f := range l.Findings {
		late = late && f.Args["holder"] == ""
	}
	if late {
		t.Fatalf("row %d of import %d would have given %s %v, which somebody has now, and is not told who: %+v", l.Number, g, l.Who, l.Gains, l.Findings)
	}
}

// DoubleClick commits two previews of one file at once, under one id: one comes
// to the end, and whoever is sent away is told the same when asking again. It
// answers both reports, and how many were sent away.
func DoubleClick(t TB, previews [2]*importer.Preview, opts importer.CommitOptions) (reports [2]*importer.Report, sent int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var errs [2]error
	var wg sync.WaitGroup
	for i, p := range previews {
		wg.Go(func() { reports[i], errs[i] = p.Commit(ctx, &opts) })
	}
	wg.Wait()
	if errs[0] != nil && errs[1] != nil {
		t.Fatalf("nobody came to the end: %v", errs)
	}
	for i, err := range errs {
		if err == nil {
			continue
		}
		if !errors.Is(err, importer.ErrRunning) {
			t.Fatalf("%v", err)
		}
		sent++
		if reports[i], err = previews[i].Commit(ctx, &opts); err != nil {
			t.Fatalf("asking again: %v", err)
		}
	}
	return reports, sent
}
