package importer_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// A narrow store writes so many records at once, records of imports aside.
type narrow struct {
	users.Store
	max int
}

var _ users.Limited = narrow{}

func (n narrow) MaxWrites() int { return n.max }

func (n narrow) Apply(ctx context.Context, b users.Batch) error {
	writes := 0
	for _, w := range b.Writes {
		if w.Row != 0 {
			writes++
		}
	}
	if writes > n.max {
		return fmt.Errorf("narrow: %d writes, at most %d", writes, n.max)
	}
	return n.Store.Apply(ctx, b)
}

// A store that writes one record at a time does everything but what must be done
// together, and the preview says what that is.
func TestOneRecordAtATime(t *testing.T) {
	tests := []struct {
		name  string
		scene *scene
		found int
		want  map[importer.Outcome]int
	}{
		{"people, some new", asHost(people(), []users.Record{person(0), person(1)}, row("l0", "n@x.com", "Ada"), row("l2", mail(0), "Cyd", "l0")), 0,
			map[importer.Outcome]int{importer.OutcomeUpdated: 1, importer.OutcomeCreated: 1}},
		{"a chain of lines", asHost(lines(true), []users.Record{person(0), person(1), person(2), line(0, 0), line(1, 1)}, attach(2, 0), detach(0)), 0,
			map[importer.Outcome]int{importer.OutcomeUpdated: 2}},
		{"a swap of addresses", asHost(people(), []users.Record{person(0), person(1)}, row("l0", mail(1), "A"), row("l1", mail(0), "B"), row("l2", mail(2), "C")), 1,
			map[importer.Outcome]int{importer.OutcomeFailed: 2, importer.OutcomeCreated: 1}},
		{"one who goes with a line", asHost(staff(), []users.Record{person(0), person(1), line(0, 0)}, []string{"l0", "", "", "", "yes"}, row("l1", "n@x.com", "A")).and(), 1,
			map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeUpdated: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := narrow{tt.scene.store(t), 1}
			p := tt.scene.preview(t, store)
			require.Equal(t, tt.found, p.Summary().Codes["batch.too_large"])
			r, err := p.Commit(t.Context(), nil)
			require.NoError(t, err)
			require.Equal(t, tt.want, r.Counts, "%s", reportJSON(t, r))
			for l := range r.Find(importer.OutcomeFailed) {
				require.Equal(t, "batch.too_large", l.Findings[len(l.Findings)-1].Code)
			}
		})
	}
	s := tests[0].scene
	_, err := s.preview(t, narrow{s.store(t), 1}).Commit(t.Context(), &importer.CommitOptions{Policy: importer.AllOrNothing})
	require.ErrorIs(t, err, importer.ErrBatch)
}

// What a commit on a narrow store says it did is what is there, for any file and any width.
func TestNarrowStores(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		inner := s.store(t)
		store := narrow{inner, rapid.IntRange(1, 3).Draw(t, "width")}
		p := s.preview(t, store)
		large := p.Summary().Codes["batch.too_large"]
		r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
		require.NoError(t, err)
		if large == 0 {
			clean := cleanRun(t, s, 500)
			require.Equal(t, clean.contents, contents(t, inner))
			require.Equal(t, clean.outcomes, outcomes(r))
		} else {
			require.NotZero(t, r.Counts[importer.OutcomeFailed], "%s", reportJSON(t, r))
		}
		requireTold(t, inner, r)
	})
}

// An edit that takes the swap apart takes the finding away.
func TestTooLargeFollowsEdits(t *testing.T) {
	s := asHost(people(), []users.Record{person(0), person(1)}, row("l0", mail(1), "A"), row("l1", mail(0), "B"))
	p := s.preview(t, narrow{s.store(t), 1})
	require.Equal(t, 1, p.Summary().Codes["batch.too_large"])
	d, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 3), "email", "n@x.com"))
	require.NoError(t, err)
	require.Zero(t, d.Summary.Codes["batch.too_large"])
	require.Zero(t, d.Summary.Errors)
}

// A store that panics over one record fails the row that wants it, and no other;
// a panic in a look-up is an error, and the commit can be called again.
func TestStoreThatPanics(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after its effect: %t", after), func(t *testing.T) {
			s := asHost(people(), []users.Record{person(0)}, row("l1", mail(1), "A"), row("l2", mail(2), "Boom"), row("l0", mail(0), "C"), row("l3", mail(3), "D", "l2"))
			inner := s.store(t)
			p := s.preview(t, panicking{inner, after})
			r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
			require.NoError(t, err)
			want := map[importer.Outcome]int{importer.OutcomeCreated: 1, importer.OutcomeFailed: 1, importer.OutcomeUpdated: 1, importer.OutcomeBlocked: 1}
			if after {
				want = map[importer.Outcome]int{importer.OutcomeCreated: 3, importer.OutcomeUpdated: 1}
			}
			require.Equal(t, want, r.Counts, "%s", reportJSON(t, r))
			for l := range r.Find(importer.OutcomeFailed) {
				require.Equal(t, 3, l.Number)
				require.Equal(t, "internal.panic", l.Findings[0].Code)
			}
			requireTold(t, inner, r)
			back, err := importer.LoadReport(t.Context(), s.open(inner), imp)
			require.NoError(t, err)
			require.Equal(t, reportJSON(t, r), reportJSON(t, back))
		})
	}
	s := asHost(people(), nil, row("l1", mail(1), "A"))
	_, err := s.tryPreview(t, s.open(panicking{nil, false}))
	require.ErrorIs(t, err, users.ErrPanic)
}

type panicking struct {
	users.Store
	after bool
}

func (p panicking) Apply(ctx context.Context, b users.Batch) error {
	boom := false
	for _, w := range b.Writes {
		boom = boom || w.Record != nil && w.Record.Field("name") == "Boom"
	}
	if !boom {
		return p.Store.Apply(ctx, b)
	}
	if p.after {
		if err := p.Store.Apply(ctx, b); err != nil {
			return errors.Join(errBroken, err)
		}
	}
	panic("boom")
}
