package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/office"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// What a second writer does between or amid batches concerns rows that follow:
// nothing of theirs is overwritten, and nothing names who is not there.
func TestSecondWriterBetweenBatches(t *testing.T) {
	three := []users.Record{person(0, admin), person(1, admin), person(2, admin)}
	tests := []struct {
		name, reason string
		scene        *scene
		amid         bool // the first batch, else after it
		meanwhile    func(t *testing.T, store users.Store)
		want         []importer.Outcome
		after        []string
	}{
		{
			"facts learnt for one row concern the next", "the second row would undo what the second writer did, as it was shown on older facts",
			asHost(people(), []users.Record{person(0), person(1)}, row("l1", mail(1), "Ann", "l0"), row("l0", mail(0), "Zoe")), true,
			func(t *testing.T, s users.Store) {
				change(t, s, "u1", profile(func(p *users.Profile) { p.Mobile = "+33123456789" }))
				change(t, s, "u0", profile(func(p *users.Profile) { p.DisplayName = "Meddled" }))
			},
			[]importer.Outcome{importer.OutcomeUpdated, importer.OutcomeConflict},
			[]string{"u0 l0 p0@x.com Meddled", "u1 l1 p1@x.com Ann under l0"},
		},
		{
			"rights are counted once", "an admin who was demoted in an earlier batch is not demoted again",
			asHost(people(), three, row("l0", mail(0), "N0", "", "User"), row("l1", mail(1), "N1", "", "User")).as(users.Partner("pat")), false,
			func(t *testing.T, s users.Store) {
				change(t, s, "u1", profile(func(p *users.Profile) { p.Mobile = "+33123456789" }))
			},
			[]importer.Outcome{importer.OutcomeUpdated, importer.OutcomeUpdated},
			[]string{"u0 l0 p0@x.com N0", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2 admin"},
		},
		{
			"who was made in an earlier batch is deleted", "a line is not given to who is not there",
			asHost(staff(), []users.Record{person(0)}, row("l9", mail(9), "New")).and(attach(9, 5)), false,
			func(t *testing.T, s users.Store) {
				for id := range everything(t, s) {
					if id != "u0" {
						change(t, s, id, nil)
					}
				}
			},
			[]importer.Outcome{importer.OutcomeCreated, importer.OutcomeConflict},
			[]string{"u0 l0 p0@x.com N0"},
		},
		{
			"a stored supervisor is deleted", "nobody is put under who is not there",
			asHost(people(), []users.Record{person(0), person(1)}, row("l9", mail(9), "New", "l0")), true,
			func(t *testing.T, s users.Store) { change(t, s, "u0", nil) },
			[]importer.Outcome{importer.OutcomeConflict},
			[]string{"u1 l1 p1@x.com N1"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Log(tt.reason)
			inner := tt.scene.store(t)
			store := storetest.NewFaulty(inner)
			p := tt.scene.preview(t, store)
			at := 2
			if tt.amid {
				at = 1
			}
			store.Before = func(op string, n int) error {
				if op == storetest.OpApply && n == at {
					tt.meanwhile(t, inner)
				}
				return nil
			}
			r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1})
			require.NoError(t, err)
			var got []importer.Outcome
			for _, l := range r.Lines {
				got = append(got, l.Outcome)
			}
			require.Empty(t, cmp.Diff(tt.want, got), "outcomes (-want +got)")
			require.Empty(t, cmp.Diff(tt.after, roll(t, inner)), "the store (-want +got)")
			for id, rec := range everything(t, inner) {
				require.NotEqual(t, users.KindLine, rec.Kind(), "line %s was made for nobody", id)
			}
		})
	}
}

// What a second writer does to lines between the decision and the write: a row
// does what was shown, or says that it cannot.
func TestLinesMeanwhile(t *testing.T) {
	line := func(edit func(*users.Line)) func(users.Record) {
		return func(r users.Record) { edit(r.Data.(*users.Line)) }
	}
	for _, tt := range []struct {
		name, reason string
		rows         [][]string
		meanwhile    func(t *testing.T, s users.Store)
		want         []importer.Outcome
		number       users.ID // the line that has the number of line 2 afterwards
	}{
		{
			"a number is somebody's by now, whom a later row detaches", "what a row newly needs is not done before it, and may never be",
			[][]string{office.Plug("attach", 1, 1, "", office.DDI(2)), office.Unplug(0)},
			func(t *testing.T, s users.Store) {
				change(t, s, "line2", line(func(l *users.Line) { l.Holder = "u0" }))
			},
			[]importer.Outcome{importer.OutcomeConflict, importer.OutcomeUpdated}, "line2", // who is detached loses what was shown
		},
		{
			"the number that comes along with a line is another", "it was shown",
			[][]string{office.Plug("attach", 1, 2)},
			func(t *testing.T, s users.Store) {
				change(t, s, "line2", line(func(l *users.Line) { l.Number = office.DDI(9) }))
			},
			[]importer.Outcome{importer.OutcomeConflict}, "",
		},
		{
			"the person has another line by now, and gives that up", "nobody else is said to have what the row would take",
			[][]string{office.Plug("attach", 1, 2)},
			func(t *testing.T, s users.Store) {
				change(t, s, "line1", line(func(l *users.Line) { l.Holder = "" }))
				change(t, s, "line3", line(func(l *users.Line) { l.Holder = "u1" }))
			},
			[]importer.Outcome{importer.OutcomeConflict}, "line2",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Log(tt.reason)
			s := asHost(office.Lines(), office.Phones(2), tt.rows...)
			inner := s.store(t)
			store := storetest.NewFaulty(inner)
			p := s.preview(t, store)
			store.Before = func(op string, n int) error {
				if op == storetest.OpApply && n == 1 {
					tt.meanwhile(t, inner)
				}
				return nil
			}
			r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1})
			require.NoError(t, err)
			var got []importer.Outcome
			for _, l := range r.Lines {
				got = append(got, l.Outcome)
				for _, f := range l.Findings {
					require.False(t, f.Code == "row.stale" && f.Args["holder"] != "", "nobody has what the row itself gives up: %v", f.Args)
				}
			}
			require.Empty(t, cmp.Diff(tt.want, got), "outcomes (-want +got)")
			found, err := inner.Find(t.Context(), []users.Key{users.KeyOf("", users.SpaceNumber, office.DDI(2))})
			require.NoError(t, err)
			if tt.number == "" {
				require.Empty(t, found)
			} else {
				require.Equal(t, tt.number, found[0].ID)
			}
		})
	}
}
