//go:build unix

// A process is killed with a signal that only Unix knows; CI runs there.

package integration_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
	"github.com/usher-go/usher/users/storetest"
)

// What a child is told.
const (
	childDB    = "USHER_CHILD_DB"    // the data source; a process that has it is a child
	childRows  = "USHER_CHILD_ROWS"  // the size of its file
	childBatch = "USHER_CHILD_BATCH" // and of its batches
	childExit  = "USHER_CHILD_EXIT"  // "before" or "after", and the Apply at which it exits: "before 3"
)

func TestMain(m *testing.M) {
	if os.Getenv(childDB) != "" {
		if err := child(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child commits the file, as a host would: with the time and ids of its own.
func child(ctx context.Context) error {
	rows, err1 := strconv.Atoi(os.Getenv(childRows))
	batch, err2 := strconv.Atoi(os.Getenv(childBatch))
	db, err3 := sql.Open("sqlite", os.Getenv(childDB))
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	defer db.Close()
	store := storetest.NewFaulty(sqlstore.New(db, nil))
	_, file := move(rows)
	p, err := file.Preview(ctx, pat(store, nil), "")
	if err != nil {
		return err
	}
	if when := os.Getenv(childExit); when != "" {
		var at int
		var word string
		if _, err := fmt.Sscan(when, &word, &at); err != nil {
			return err
		}
		exit := func(op string, n int) error {
			if op == storetest.OpApply && n == at {
				os.Exit(137)
			}
			return nil
		}
		if word == "before" {
			store.Before = exit
		} else {
			store.After = exit
		}
	}
	_, err = p.Commit(ctx, options(batch))
	return err
}

// A crash is a file that processes begin to commit, and what one of them made
// of it that nobody disturbed.
type crash struct {
	folder      string // of the database before
	rows, batch int
	file        office.File
	before      invariant.State
	clean       invariant.Clean
	took        time.Duration
}

func newCrash(t *testing.T, rows, batch int) *crash {
	t.Helper()
	c := &crash{folder: t.TempDir(), rows: rows, batch: batch}
	var recs []users.Record
	recs, c.file = move(rows)
	db, err := sql.Open("sqlite", source(c.folder))
	require.NoError(t, err)
	store := migrated(t, db, nil)
	put(t, store, recs)
	c.before = invariant.Read(t, store)
	require.NoError(t, db.Close()) // so that all of it is in one file

	folder := c.copy(t)
	began := time.Now()
	out, err := c.command(t, folder, "").CombinedOutput()
	c.took = time.Since(began)
	require.NoError(t, err, "%s", out)
	c.open(t, folder, func(store *sqlstore.Store) {
		r, err := importer.LoadReport(t.Context(), pat(store, nil), imp)
		require.NoError(t, err)
		for _, o := range []importer.Outcome{importer.OutcomeCreated, importer.OutcomeUpdated, importer.OutcomeDeleted, importer.OutcomeUnchanged, importer.OutcomeFailed, importer.OutcomeBlocked} {
			require.Positive(t, r.Counts[o], "the file has everything: %v", r.Counts)
		}
		c.clean = invariant.Take(t, c.before, store, r)
	})
	return c
}

// copy is a folder with the database as it was before.
func (c *crash) copy(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	data, err := os.ReadFile(filepath.Join(c.folder, "people.db"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "people.db"), data, 0o600))
	return folder
}

func (c *crash) command(t *testing.T, folder, exit string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childDB+"="+source(folder), childRows+"="+strconv.Itoa(c.rows), childBatch+"="+strconv.Itoa(c.batch), childExit+"="+exit)
	return cmd
}

// open opens the database, and closes it when do is done with it.
func (c *crash) open(t *testing.T, folder string, do func(*sqlstore.Store)) {
	t.Helper()
	db, err := sql.Open("sqlite", source(folder))
	require.NoError(t, err)
	do(sqlstore.New(db, nil))
	require.Zero(t, db.Stats().InUse)
	require.NoError(t, db.Close())
}

// survive looks at what a process that died has left, goes on with it as one
// that knows the file and the id alone, and answers how many rows were done.
func (c *crash) survive(t *testing.T, folder string) (done int) {
	t.Helper()
	c.open(t, folder, func(store *sqlstore.Store) {
		var now atomic.Int64
		dir := pat(store, &users.Options{Now: func() time.Time { return time.UnixMilli(now.Load()) }})
		now.Store(time.Now().UnixMilli())

		begun := c.history(t, dir, func(at time.Time) { now.Store(at.UnixMilli()) })
		var r *importer.Report
		if begun {
			var err error
			r, err = importer.LoadReport(t.Context(), dir, imp)
			if r == nil || r.State != users.ImportDone {
				require.ErrorIs(t, err, importer.ErrUnfinished)
			}
			done = len(r.Lines)
			require.Positive(t, done, "an import begins with its first rows")
		} else {
			_, err := importer.LoadReport(t.Context(), dir, imp)
			require.ErrorIs(t, err, users.ErrNotFound)
			invariant.RequireEqual(t, "the store of an import that has not begun", c.before, invariant.Read(t, store))
		}
		c.clean.RequirePart(t, c.before, store, imp, r, invariant.Told)

		resume := users.ID("")
		if begun {
			resume = imp
		}
		p, err := c.file.Preview(t.Context(), dir, resume)
		require.NoError(t, err)
		r, err = p.Commit(t.Context(), options(c.batch))
		require.NoError(t, err)
		c.clean.RequireEnd(t, c.before, store, dir, r)
	})
	return done
}

// history: the import stands in the history once, running for the length of the
// lease and interrupted after it, or done; it answers whether it stands there.
func (c *crash) history(t *testing.T, dir *users.Directory, set func(time.Time)) bool {
	t.Helper()
	page, err := dir.List(t.Context(), users.Query{Kind: users.KindImport})
	require.NoError(t, err)
	if len(page.Records) == 0 {
		return false
	}
	require.Len(t, page.Records, 1)
	rec := page.Records[0]
	require.Equal(t, imp, rec.ID)
	set(rec.Updated.Add(importstate.Lease))
	if importstate.At(rec, dir.Now()) == users.ImportDone {
		return true
	}
	require.Equal(t, users.ImportRunning, importstate.At(rec, dir.Now()))
	set(rec.Updated.Add(importstate.Lease + time.Millisecond))
	require.Equal(t, users.ImportInterrupted, importstate.At(rec, dir.Now()))
	return true
}

// A process is killed at any moment of a commit. Whatever it left can be told,
// row by row, and another process goes on from there to where it would have come.
// The moments are random, one in each of 8 equal parts of the time that the commit
// takes; with USHER_LONG=1 in each of 200.
func TestKilled(t *testing.T) {
	runs, rows := 8, 1200
	switch {
	case os.Getenv("USHER_LONG") != "":
		runs = 200
	case testing.Short():
		runs, rows = 4, 200
	}
	c := newCrash(t, rows, 25)
	random, seed := seeded(t)
	t.Logf("USHER_SEED=%d; %d rows, and nobody killed took %s", seed, c.clean.Rows(), c.took)
	var none, some, all int
	part := c.took / time.Duration(runs)
	for run := range runs {
		folder := c.copy(t)
		cmd := c.command(t, folder, "")
		after := part*time.Duration(run) + time.Duration(random.Int64N(int64(part)+1)) // from its start, in which it does not commit yet
		t.Logf("killed after %s", after)
		require.NoError(t, cmd.Start())
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // fails if it has ended
		err := cmd.Wait()
		timer.Stop()
		var exit *exec.ExitError
		if err != nil {
			require.ErrorAs(t, err, &exit)
			require.Equal(t, -1, exit.ExitCode(), "it was killed, and did not fail")
		}
		switch done := c.survive(t, folder); done {
		case 0:
			none++
		case c.clean.Rows():
			all++
		default:
			some++
		}
	}
	t.Logf("killed before the first batch: %d, amid: %d, after the last: %d", none, some, all)
}

// A process exits at each of its batches, just before it is applied and just after.
func TestExitsAtEveryBatch(t *testing.T) {
	c := newCrash(t, 50, 12)
	for _, word := range []string{"before", "after"} {
		var done []int
		for at := 1; ; at++ {
			folder := c.copy(t)
			out, err := c.command(t, folder, fmt.Sprint(word, " ", at)).CombinedOutput()
			if err == nil { // it came to its end
				require.Greater(t, at, 6, "batches")
				break
			}
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			require.Equal(t, 137, exit.ExitCode(), "%s", out)
			done = append(done, c.survive(t, folder))
		}
		require.IsIncreasing(t, done, "rows done")
		t.Logf("rows done, exiting %s each batch: %v", word, done)
	}
}
