package integration_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
	"github.com/usher-go/usher/users/storetest"
)

// A desk is a small file in which there is everything that a large one has.
type desk struct {
	name   string
	stored []users.Record
	file   office.File
	want   map[importer.Outcome]int
}

func desks() []desk {
	stored, moves := office.Moves()
	return []desk{{"people and lines", office.People(9), office.File{Template: office.Staff(), Rows: [][][]string{{
		{office.LAN(1), office.Mail(2), "", "", ""}, {office.LAN(2), office.Mail(1), "", "", ""}, // swap
		{office.LAN(3), "", "", "", "yes"},                                              // leaves
		{"n1", office.Mail(3), "Heir", "n2", ""}, {"n2", "n2@x.com", "Above", "l0", ""}, // made
		{office.LAN(4), office.Mail(4), "Renamed", "", ""},
		{"n3", "bad", "Zoe", "", ""}, {"n4", "n4@x.com", "Zoe", "n3", ""}, // in error, and blocked
		{office.LAN(0), office.Mail(0), "N0", "", ""}, // as it is
	}, {
		{"attach", "n2@x.com", "3"},                                      // of who leaves
		{"attach", office.Mail(5), "6"}, {"attach", office.Mail(6), "5"}, // swap
		{"force_attach", office.Mail(7), "8"}, // taken
		{"attach", office.Mail(4), "8"},       // contested
	}}}, map[importer.Outcome]int{importer.OutcomeCreated: 2, importer.OutcomeUpdated: 6, importer.OutcomeDeleted: 1, importer.OutcomeUnchanged: 1, importer.OutcomeFailed: 3, importer.OutcomeBlocked: 1}},
		{"lines", stored, moves, office.Moved()}}
}

// A swept file is committed to one new database after the other.
type swept struct {
	file   office.File
	batch  int
	folder string // of the database before
	before invariant.State
	clean  invariant.Clean
}

func newSwept(t *testing.T, d desk, batch int) *swept {
	t.Helper()
	s := &swept{file: d.file, batch: batch, folder: t.TempDir()}
	db, err := sql.Open("sqlite", source(s.folder))
	require.NoError(t, err)
	store := migrated(t, db, nil)
	put(t, store, d.stored)
	s.before = invariant.Read(t, store)
	require.NoError(t, db.Close())
	s.on(t, func(db *sql.DB) {
		store := sqlstore.New(db, nil)
		r, err := s.preview(t, store, "").Commit(t.Context(), options(batch))
		require.NoError(t, err)
		require.Equal(t, d.want, r.Counts)
		s.clean = invariant.Take(t, s.before, store, r)
	})
	return s
}

// on opens a copy of the database as it was before, and sees that nothing of it
// stays in use: no connection, and no lock on the file.
func (s *swept) on(t *testing.T, do func(*sql.DB)) {
	t.Helper()
	folder := t.TempDir()
	data, err := os.ReadFile(filepath.Join(s.folder, "people.db"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "people.db"), data, 0o600))
	db, err := sql.Open("sqlite", source(folder)+"&_pragma=synchronous(off)")
	require.NoError(t, err)
	do(db)
	require.Zero(t, db.Stats().InUse, "connections in use")
	require.NoError(t, db.Close())
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(folder, "people.db")}, left, "who closes the last connection takes the log away")
}

func (s *swept) preview(t *testing.T, store users.Store, resume users.ID) *importer.Preview {
	t.Helper()
	p, err := s.file.Preview(t.Context(), pat(store, &users.Options{Now: noon}), resume)
	require.NoError(t, err)
	return p
}

// broken: what a commit that came back with an error has left, and what comes of it called again.
func (s *swept) broken(t *testing.T, db *sql.DB, p *importer.Preview, r *importer.Report, hidden invariant.Hidden) {
	t.Helper()
	store := sqlstore.New(db, nil)
	dir := pat(store, &users.Options{Now: noon})
	s.clean.RequirePart(t, s.before, store, imp, r, hidden)
	begun := invariant.RequireUnfinished(t, dir, imp, r, hidden)
	s.unlocked(t, db)
	if p == nil {
		resume := users.ID("")
		if begun {
			resume = imp
		}
		p = s.preview(t, store, resume)
	}
	r, err := p.Commit(t.Context(), options(s.batch))
	require.NoError(t, err, "called again")
	s.clean.RequireEnd(t, s.before, store, dir, r)
}

// unlocked: another writer need not wait, or only as long as database/sql takes
// to roll back, which it does on its own once a context has ended.
func (s *swept) unlocked(t *testing.T, db *sql.DB) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	for _, q := range []string{"PRAGMA busy_timeout = 2000", "BEGIN IMMEDIATE", "ROLLBACK", "PRAGMA busy_timeout = 10000"} {
		_, err := conn.ExecContext(t.Context(), q)
		require.NoError(t, err, q)
	}
}

// Whichever call of the store fails, before its effect or after: see the test of that name in package importer.
func TestSweepStoreFaults(t *testing.T) {
	batches := []int{1, 4}
	if testing.Short() {
		batches = batches[1:]
	}
	for _, d := range desks() {
		for _, batch := range batches {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/batch %d, after %t", d.name, batch, after), func(t *testing.T) {
					temp := t.TempDir()
					t.Setenv("TMPDIR", temp)
					leaks := invariant.Leaks(t)
					s := newSwept(t, d, batch)
					for n := 1; s.sweepCall(t, n, after); n++ {
					}
					leaks()
				})
			}
		}
	}
}

func (s *swept) sweepCall(t *testing.T, n int, after bool) (broke bool) {
	s.on(t, func(db *sql.DB) {
		watch := &invariant.Watch{OneEach: true}
		store := storetest.NewFaulty(watch.On(sqlstore.New(db, nil)))
		p := s.preview(t, store, "")
		var calls, at atomic.Int64
		store.Before = func(string, int) error {
			at.Store(calls.Add(1))
			if !after && calls.Load() == int64(n) {
				return syscall.ENOSPC
			}
			return nil
		}
		store.After = func(string, int) error {
			if after && at.Load() == int64(n) {
				return syscall.ENOSPC
			}
			return nil
		}
		r, err := p.Commit(t.Context(), options(s.batch))
		watch.Require(t)
		if err == nil {
			require.Less(t, calls.Load(), int64(n), "call %d failed, and the commit says nothing of it", n)
			require.Greater(t, n, 12)
			return
		}
		broke = true
		require.ErrorIs(t, err, syscall.ENOSPC)
		store.Before, store.After = nil, nil
		if n%2 == 0 {
			p = nil // a process that knows the file and the id alone
		}
		s.broken(t, db, p, r, invariant.Told)
	})
	return broke
}

// The same where the context ends just before a call of the store, or just after.
func TestSweepCancelAtCalls(t *testing.T) {
	for _, d := range desks() {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after %t", d.name, after), func(t *testing.T) {
				leaks := invariant.Leaks(t)
				s := newSwept(t, d, 4)
				for n := 1; s.cancelCall(t, n, after); n++ {
				}
				leaks()
			})
		}
	}
}

func (s *swept) cancelCall(t *testing.T, n int, after bool) (more bool) {
	s.on(t, func(db *sql.DB) {
		store := storetest.NewFaulty(sqlstore.New(db, nil))
		p := s.preview(t, store, "")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var calls atomic.Int64
		store.Before = func(string, int) error {
			if calls.Add(1) == int64(n) && !after {
				cancel()
			}
			return nil
		}
		store.After = func(string, int) error {
			if calls.Load() == int64(n) && after {
				cancel()
			}
			return nil
		}
		r, err := p.Commit(ctx, options(s.batch))
		if more = calls.Load() >= int64(n); !more {
			require.NoError(t, err)
			require.Greater(t, n, 12)
			return
		}
		store.Before, store.After = nil, nil
		if err == nil { // it was the last call of all
			s.clean.RequireEnd(t, s.before, store, pat(store, nil), r)
			return
		}
		require.ErrorIs(t, err, context.Canceled, "ended at call %d", n)
		if n%2 == 0 {
			p = nil
		}
		s.broken(t, db, p, r, invariant.Told)
	})
	return more
}

// The same where it ends at a random moment, amid a transaction too.
func TestSweepCancelAnytime(t *testing.T) {
	runs := 40
	switch {
	case os.Getenv("USHER_LONG") != "":
		runs = 1000
	case testing.Short():
		runs = 10
	}
	leaks := invariant.Leaks(t)
	s := newSwept(t, desks()[0], 1)
	random, seed := seeded(t)
	began := time.Now()
	s.on(t, func(db *sql.DB) {
		_, err := s.preview(t, sqlstore.New(db, nil), "").Commit(t.Context(), options(s.batch))
		require.NoError(t, err)
	})
	took := time.Since(began)
	stopped := 0
	for range runs {
		s.on(t, func(db *sql.DB) {
			p := s.preview(t, sqlstore.New(db, nil), "")
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.Int64N(int64(took))))
			defer cancel()
			r, err := p.Commit(ctx, options(s.batch))
			if err == nil {
				return
			}
			stopped++
			require.Error(t, ctx.Err(), "nothing else stopped it: %v", err)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			s.broken(t, db, nil, r, invariant.Unsaid) // the database may answer an error to what it has done
		})
	}
	leaks()
	t.Logf("USHER_SEED=%d: %d of %d were stopped", seed, stopped, runs)
	require.Positive(t, stopped)
}

// Cancelled at any batch, a commit returns within one more.
func TestSweepCancelAtProgress(t *testing.T) {
	for _, d := range desks() {
		t.Run(d.name, func(t *testing.T) {
			leaks := invariant.Leaks(t)
			s := newSwept(t, d, 1)
			for stop := 0; s.cancelProgress(t, stop); stop++ {
			}
			leaks()
		})
	}
}

func (s *swept) cancelProgress(t *testing.T, stop int) (more bool) {
	s.on(t, func(db *sql.DB) {
		p := s.preview(t, sqlstore.New(db, nil), "")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if stop == 0 {
			cancel()
		}
		batches := 0
		opts := options(1)
		opts.Progress = func(importer.Progress) {
			if batches++; batches == stop {
				cancel()
			}
		}
		r, err := p.Commit(ctx, opts)
		if more = err != nil; !more {
			require.Greater(t, stop, 6)
			return
		}
		require.ErrorIs(t, err, context.Canceled, "stopped at batch %d", stop)
		require.LessOrEqual(t, batches, stop+1)
		s.broken(t, db, nil, r, invariant.Told)
	})
	return more
}
