package importer_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

func profile(edit func(*users.Profile)) func(users.Record) {
	return func(r users.Record) { edit(r.Data.(*users.Profile)) }
}

func give(holder int) func(users.Record) {
	return func(r users.Record) {
		r.Data.(*users.Line).Holder = ""
		if holder >= 0 {
			r.Data.(*users.Line).Holder = id(holder)
		}
	}
}

// What becomes of one row when somebody writes between the preview and the
// commit: what was shown to happen is what counts, not versions.
func TestStale(t *testing.T) {
	three := []users.Record{person(0), person(1), person(2)}
	lined := append(three[:3:3], line(0, 0), line(9, -1))
	rename := func() *scene { return asHost(people(), three, row("l0", "p0@x.com", "Ada")) }
	calls := func(one bool, r []string) func() *scene {
		return func() *scene { return asHost(lines(one), lined, r) }
	}
	tests := []struct {
		name      string
		scene     func() *scene
		meanwhile func(t *testing.T, store users.Store)
		want      importer.Outcome
		strict    importer.Outcome // if it differs
		amid      importer.Outcome // if it differs where the second writer comes after the row was decided again
		after     []string
	}{
		{
			name: "nothing", scene: rename, meanwhile: func(*testing.T, users.Store) {}, want: importer.OutcomeUpdated,
			after: []string{"u0 l0 p0@x.com Ada", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "another field of the person", scene: rename,
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u0", profile(func(p *users.Profile) { p.Mobile = "+33123456789" }))
			},
			want: importer.OutcomeUpdated, strict: importer.OutcomeConflict,
		},
		{
			name: "the same field", scene: rename,
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u0", profile(func(p *users.Profile) { p.DisplayName = "Countess" }))
			},
			want:  importer.OutcomeConflict,
			after: []string{"u0 l0 p0@x.com Countess", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "the same field, to the same value", scene: rename,
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u0", profile(func(p *users.Profile) { p.DisplayName = "Ada" }))
			},
			want: importer.OutcomeConflict,
		},
		{
			name: "the person is deleted", scene: rename,
			meanwhile: func(t *testing.T, s users.Store) { change(t, s, "u0", nil) },
			want:      importer.OutcomeConflict,
			after:     []string{"u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "the person is deleted, and another has their name", scene: rename,
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u0", nil)
				other := person(0)
				other.ID = "u7"
				put(t, s, other)
			},
			want:  importer.OutcomeConflict,
			after: []string{"u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2", "u7 l0 p0@x.com N0"},
		},
		{
			name:  "the new address is taken",
			scene: func() *scene { return asHost(people(), three, row("l0", "n0@x.com", "N0")) },
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u1", profile(func(p *users.Profile) { p.Email = "N0@x.com" }))
			},
			want:  importer.OutcomeConflict,
			after: []string{"u0 l0 p0@x.com N0", "u1 l1 N0@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "somebody new is made meanwhile",
			scene: func() *scene {
				return asHost(cloudlink.Users(), three, []string{"A", "B", "", "p7@x.com", ""})
			},
			meanwhile: func(t *testing.T, s users.Store) { put(t, s, person(7)) },
			want:      importer.OutcomeConflict,
			after:     []string{"u0 l0 p0@x.com N0", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2", "u7 l7 p7@x.com N7"},
		},
		{
			name: "an address taken before is free now, and what was not shown does not happen",
			scene: func() *scene {
				return asHost(people(), three, row("l0", "p1@x.com", "N0"))
			},
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u1", profile(func(p *users.Profile) { p.Email = "other@x.com" }))
			},
			want:  importer.OutcomeFailed,
			after: []string{"u0 l0 p0@x.com N0", "u1 l1 other@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name:  "the supervisor is deleted",
			scene: func() *scene { return asHost(people(), three, row("l0", "p0@x.com", "N0", "l1")) },
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u1", nil)
			},
			want:  importer.OutcomeConflict,
			after: []string{"u0 l0 p0@x.com N0", "u2 l2 p2@x.com N2"},
		},
		{
			name: "unchanged, and somebody changed it", scene: func() *scene { return asHost(people(), three, row("l0", "p0@x.com", "N0")) },
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u0", profile(func(p *users.Profile) { p.DisplayName = "Countess" }))
			},
			want:  importer.OutcomeConflict,
			amid:  importer.OutcomeUnchanged, // what was shown is what happens
			after: []string{"u0 l0 p0@x.com Countess", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "by force: the holder changes a field", scene: calls(false, force(1, 0)),
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u0", profile(func(p *users.Profile) { p.Mobile = "+33123456789" }))
			},
			want:  importer.OutcomeUpdated,
			after: []string{"u0 l0 p0@x.com N0", "u1 l1 p1@x.com N1 has 0", "u2 l2 p2@x.com N2"},
		},
		{
			name: "by force: another loses", scene: calls(false, force(1, 0)),
			meanwhile: func(t *testing.T, s users.Store) { change(t, s, "line0", give(2)) },
			want:      importer.OutcomeConflict,
			after:     []string{"u0 l0 p0@x.com N0", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2 has 0"},
		},
		{
			name: "by force: nobody loses", scene: calls(false, force(1, 0)),
			meanwhile: func(t *testing.T, s users.Store) { change(t, s, "line0", give(-1)) },
			want:      importer.OutcomeConflict,
		},
		{
			name: "a free line is taken", scene: calls(false, attach(1, 9)),
			meanwhile: func(t *testing.T, s users.Store) { change(t, s, "line9", give(2)) },
			want:      importer.OutcomeConflict,
			after:     []string{"u0 l0 p0@x.com N0 has 0", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2 has 9"},
		},
		{
			name: "a line that was not there is made and taken", scene: calls(false, attach(1, 5)),
			meanwhile: func(t *testing.T, s users.Store) { put(t, s, line(5, 2)) },
			want:      importer.OutcomeConflict,
		},
		{
			name: "a taken line is free", scene: calls(false, attach(1, 0)),
			meanwhile: func(t *testing.T, s users.Store) { change(t, s, "line0", give(-1)) },
			want:      importer.OutcomeFailed,
		},
		{
			name: "detach: they hold more", scene: calls(false, detach(0)),
			meanwhile: func(t *testing.T, s users.Store) { change(t, s, "line9", give(0)) },
			want:      importer.OutcomeConflict,
			amid:      importer.OutcomeUpdated, // what was shown is what happens
			after:     []string{"u0 l0 p0@x.com N0 has 0 has 9", "u1 l1 p1@x.com N1", "u2 l2 p2@x.com N2"},
		},
		{
			name: "one each: they hold another", scene: calls(true, attach(0, 5)),
			meanwhile: func(t *testing.T, s users.Store) { change(t, s, "line9", give(0)) },
			want:      importer.OutcomeConflict,
			amid:      importer.OutcomeUpdated, // what was shown is what happens
		},
		{
			name: "rights are lost", scene: func() *scene {
				return asHost(people(), []users.Record{person(0, admin), person(1, admin)}, row("l0", "p0@x.com", "N0", "", "User")).as(users.Partner("pat"))
			},
			meanwhile: func(t *testing.T, s users.Store) {
				change(t, s, "u1", profile(func(p *users.Profile) { p.Grant(users.RoleAdmin, false) }))
			},
			amid:  importer.OutcomeFailed, // by the directory, when the row is done
			want:  importer.OutcomeConflict,
			after: []string{"u0 l0 p0@x.com N0 admin", "u1 l1 p1@x.com N1"},
		},
	}
	for _, tt := range tests {
		for _, mode := range []string{"before the commit", "before a strict commit", "amid the commit"} {
			t.Run(tt.name+"/"+mode, func(t *testing.T) {
				s := tt.scene()
				inner := s.store(t)
				store := storetest.NewFaulty(inner)
				p := s.preview(t, store)
				opts := importer.CommitOptions{ID: imp, Strict: mode == "before a strict commit", Approve: []string{importer.BrakeMass, users.BrakeLeader}}
				want := tt.want
				if tt.name == "rights are lost" && mode == "amid the commit" {
					want = importer.OutcomeFailed // it is the directory that says so, after the row was decided
				}
				var before []string
				strike := func() { tt.meanwhile(t, inner); before = roll(t, inner) }
				switch {
				case mode != "amid the commit":
					strike()
					if opts.Strict && tt.strict != "" {
						want = tt.strict
					}
				default:
					store.Before = func(op string, n int) error {
						if op == storetest.OpApply && n == 1 {
							strike()
						}
						return nil
					}
					if tt.amid != "" {
						want = tt.amid
					}
				}
				r, err := p.Commit(t.Context(), &opts)
				require.NoError(t, err)
				require.Len(t, r.Lines, 1)
				require.Equal(t, want, r.Lines[0].Outcome, "%v", r.Lines[0].Findings)
				switch {
				case !want.Done():
					require.Empty(t, cmp.Diff(before, roll(t, inner)), "a row that did not happen changed the store (-before +after)")
				case tt.after != nil && want == tt.want:
					require.Empty(t, cmp.Diff(tt.after, roll(t, inner)), "the store (-want +got)")
				}
				if want == importer.OutcomeConflict {
					require.NotEmpty(t, r.Lines[0].Findings, "a conflict says why")
				}
			})
		}
	}
}

// Another's change of a field that the file leaves alone stays.
func TestUnrelatedChangeIsKept(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l0", "p0@x.com", "Ada"))
	store := s.store(t)
	p := s.preview(t, store)
	change(t, store, "u0", profile(func(p *users.Profile) { p.Mobile = "+33123456789" }))
	_, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	got := everything(t, store)["u0"]
	require.Equal(t, []string{"Ada", "+33123456789"}, []string{got.Field("name"), got.Field("mobile")})
}

// One row that went stale spoils those that need it and no others.
func TestStaleSpoilsWhatNeedsIt(t *testing.T) {
	s := asHost(people(), []users.Record{person(0), person(1), person(2)},
		row("l0", "n0@x.com", "N0"), row("l7", "p0@x.com", "Heir"), row("l8", "p8@x.com", "Report", "l7"), row("l2", "p2@x.com", "Ada"))
	store := s.store(t)
	p := s.preview(t, store)
	change(t, store, "u1", profile(func(p *users.Profile) { p.Email = "n0@x.com" }))
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	want := map[users.RowID]importer.Outcome{
		users.RowAt(0, 2): importer.OutcomeConflict, users.RowAt(0, 3): importer.OutcomeBlocked,
		users.RowAt(0, 4): importer.OutcomeBlocked, users.RowAt(0, 5): importer.OutcomeUpdated,
	}
	require.Empty(t, cmp.Diff(want, outcomes(r)), "(-want +got)")
	require.Empty(t, cmp.Diff([]string{"u0 l0 p0@x.com N0", "u1 l1 n0@x.com N1", "u2 l2 p2@x.com Ada"}, roll(t, store)), "(-want +got)")
}

// Two imports that force one line to two people: the first moves it, the second
// is told who has it now.
func TestTwoImportsOfOneLine(t *testing.T) {
	recs := []users.Record{person(0), person(1), person(2), line(0, 0)}
	s := asHost(lines(false), recs, force(1, 0))
	store := s.store(t)
	first, second := s.preview(t, store), asHost(lines(false), recs, force(2, 0)).preview(t, store)
	_, err := first.Commit(t.Context(), &importer.CommitOptions{ID: "one"})
	require.NoError(t, err)
	r, err := second.Commit(t.Context(), &importer.CommitOptions{ID: "two"})
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeConflict: 1}, r.Counts)
	require.Empty(t, cmp.Diff([]string{"u0 l0 p0@x.com N0", "u1 l1 p1@x.com N1 has 0", "u2 l2 p2@x.com N2"}, roll(t, store)))
	var told []string
	for _, l := range r.Lines[0].Losses {
		told = append(told, l.Who)
	}
	for _, f := range r.Lines[0].Findings {
		told = append(told, f.Args["holder"])
	}
	require.Contains(t, told, "p1@x.com", "the loser is told who has it")
}

// Whatever a second writer does between the preview and the first batch, even
// after the rows were decided again, a row that ends as done did what was shown,
// any other did nothing, and what the second writer wrote is still there.
func TestSecondWriter(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		inner := s.store(t)
		store := storetest.NewFaulty(inner)
		p := s.preview(t, store)
		was := show(p)
		before := everything(t, inner)
		meddlings := make([]func(), rapid.IntRange(1, 3).Draw(t, "writes"))
		for i := range meddlings {
			meddlings[i] = meddle(t, w, inner)
		}
		strike := func() {
			for _, m := range meddlings {
				m()
			}
			before = everything(t, inner)
		}
		opts := importer.CommitOptions{ID: imp, Batch: rapid.IntRange(1, 4).Draw(t, "batch"), Approve: []string{importer.BrakeMass, users.BrakeLeader}}
		if chance(t, 30, "all or nothing") {
			opts.Policy = importer.AllOrNothing
		}
		if chance(t, 50, "amid the commit") {
			store.Before = func(op string, n int) error {
				if op == storetest.OpApply && n == 1 {
					strike()
				}
				return nil
			}
		} else {
			strike()
		}
		r, err := p.Commit(t.Context(), &opts)
		require.NoError(t, err)
		require.Equal(t, users.ImportDone, r.State)
		require.Len(t, r.Lines, len(was.Rows))
		done := was
		done.Rows = nil
		got := outcomes(r)
		wrote, fell := 0, 0
		for _, v := range was.Rows {
			want := outcomeOf[v.Action]
			writes := want.Done() && want != importer.OutcomeUnchanged
			switch o := got[v.ID]; {
			case o == want:
				if o.Done() {
					done.Rows = append(done.Rows, v)
				} else if want != importer.OutcomeSkipped {
					fell++
				}
				if writes {
					wrote++
				}
			case o == importer.OutcomeConflict, o == importer.OutcomeBlocked, o == importer.OutcomeFailed:
				require.True(t, want.Done(), "row %d, shown as %s, ends as %s", v.Number, v.Action, o)
				fell++
			case o == importer.OutcomeSkipped && opts.Policy == importer.AllOrNothing && writes:
			default:
				require.Fail(t, "outcome", "row %d, shown as %s, ends as %s", v.Number, v.Action, o)
			}
		}
		requireShownChanges(t, done, r, before, everything(t, inner))
		requireOnce(t, inner)
		if opts.Policy == importer.AllOrNothing {
			require.False(t, wrote > 0 && fell > 0, "all or nothing: %d rows were written, %d will not happen", wrote, fell)
		}
	})
}

// meddle draws one write of a second writer; one that the store refuses is
// none. What is drawn may be done where nothing can be drawn any more.
func meddle(t *rapid.T, w *world, store users.Store) func() {
	i := rapid.IntRange(0, w.people).Draw(t, "meddle with")
	which := rapid.IntRange(0, 1).Draw(t, "record")
	field := rapid.IntRange(0, 4).Draw(t, "field")
	address := pick(t, "address", mail(w.people), "n1@x.com", "q@x.com")
	holder := users.ID("")
	if chance(t, 70, "held") {
		holder = id(w.some(t))
	}
	return func() {
		recs, err := store.Find(t.Context(), []users.Key{users.ByID(id(i)), users.ByID(users.ID("line" + number(i)))})
		require.NoError(t, err)
		b := users.Batch{Import: "other-" + users.NewID()}
		if len(recs) == 0 {
			r := person(i)
			r.ID = users.ID(fmt.Sprintf("v%d%s", i, b.Import[len(b.Import)-4:])) // an id is never used again
			b.Writes = []users.Write{{ID: r.ID, Record: &r}}
		} else {
			was := recs[which%len(recs)]
			r := was.Clone()
			b.Writes = []users.Write{{ID: r.ID, Version: was.Version, Record: &r}}
			switch d := r.Data.(type) {
			case *users.Profile:
				switch field {
				case 0:
					d.Mobile = "+33123456789"
				case 1:
					d.DisplayName = "Meddled"
				case 2:
					d.Email = address
				case 3:
					d.Grant(users.RoleAdmin, !d.Admin())
				case 4:
					b.Writes[0].Record = nil
				}
			case *users.Line:
				d.Holder = holder
			}
		}
		t.Logf("a second writer: %s %v: %v", b.Writes[0].ID, b.Writes[0].Record, store.Apply(t.Context(), b))
	}
}
