package importer_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/importstate"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

const undoID users.ID = "undo-1"

// butVersions compares records but for versions and times of writing.
func butVersions() cmp.Option { return cmpopts.IgnoreFields(users.Head{}, "Version", "Updated") }

// committed imports the scene's sheets under imp into store.
func committed(t tb, s *scene, store users.Store) *importer.Report {
	t.Helper()
	r, err := s.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 2, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
	require.NoError(t, err)
	return r
}

func undo(t tb, s *scene, store users.Store, id users.ID) *importer.Preview {
	t.Helper()
	p, err := importer.Undo(t.Context(), s.openAs(store, "undo"), id, nil)
	require.NoError(t, err)
	return p
}

func wrote(r *importer.Report) bool {
	return r.Counts[importer.OutcomeCreated]+r.Counts[importer.OutcomeUpdated]+r.Counts[importer.OutcomeDeleted] > 0
}

func stateOf(t tb, store users.Store, id users.ID) users.ImportState {
	t.Helper()
	recs, err := store.Find(t.Context(), []users.Key{users.ByID(id)})
	require.NoError(t, err)
	require.Len(t, recs, 1)
	return recs[0].Data.(*users.Import).State
}

// Undo of any import on a store that nobody touched gives the store before; undo of the undo gives the store after.
func TestUndoRestores(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		s.actor = users.Host("test")
		store := s.store(t)
		before := everything(t, store)
		first := committed(t, s, store)
		after := everything(t, store)
		if !wrote(first) {
			_, err := importer.Undo(t.Context(), s.open(store), imp, nil)
			require.ErrorIs(t, err, importer.ErrNothing)
			return
		}
		p := undo(t, s, store, imp)
		require.Zero(t, p.Summary().Errors, "%v", show(p).json())
		r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: undoID, Batch: rapid.IntRange(1, 3).Draw(t, "batch")})
		require.NoError(t, err)
		require.True(t, r.Done(), "%v", reportJSON(t, r))
		require.Empty(t, cmp.Diff(before, everything(t, store), butVersions()), "the store (-before +undone)")
		require.Equal(t, users.ImportUndone, stateOf(t, store, imp))

		_, err = importer.Undo(t.Context(), s.open(store), imp, nil)
		require.ErrorIs(t, err, importer.ErrUndone)

		r, err = undo(t, s, store, undoID).Commit(t.Context(), nil)
		require.NoError(t, err)
		require.True(t, r.Done(), "%v", reportJSON(t, r))
		require.Empty(t, cmp.Diff(after, everything(t, store), butVersions()), "the store (-imported +undo undone)")
		require.Equal(t, users.ImportDone, stateOf(t, store, imp))
		require.Equal(t, users.ImportUndone, stateOf(t, store, undoID))
	})
}

// fields are what a record says, field by field; nil for one that is not there.
func fields(r users.Record, there bool) map[string]string {
	if !there {
		return nil
	}
	out := map[string]string{}
	for _, f := range r.Fields() {
		out[f] = r.Field(f)
	}
	return out
}

// With edits in between, exactly those survive: every field somebody wrote
// since, every record somebody made or deleted since; all else is as before, but
// what a row says it could not do.
func TestUndoSparesWhatWasEditedSince(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		s.actor = users.Host("test")
		store := s.store(t)
		before := everything(t, store)
		if !wrote(committed(t, s, store)) {
			return
		}
		after := everything(t, store)
		tamper(t, s, store, maps.Clone(after))
		edited := everything(t, store)

		p := undo(t, s, store, imp)
		shownBefore := show(p)
		r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: undoID, Batch: 1})
		require.NoError(t, err)
		require.Zero(t, r.Counts[importer.OutcomeConflict], "nothing changed since it was shown: %s", reportJSON(t, r))
		now := everything(t, store)
		told := map[string]bool{} // whose rows say that they do not do all
		for _, v := range shownBefore.Rows {
			told[v.Who] = told[v.Who] || len(v.Findings) > 0
		}
		says := func(recs ...users.Record) bool {
			return slices.ContainsFunc(recs, func(r users.Record) bool { return r.Data != nil && told[called(r)] })
		}
		for _, id := range sortedIDs(union(before, after, edited, now)) {
			b, inB := before[id]
			a, inA := after[id]
			e, inE := edited[id]
			n, inN := now[id]
			B, A, E, N := fields(b, inB), fields(a, inA), fields(e, inE), fields(n, inN)
			switch {
			case !cmp.Equal(A, E) && (A == nil || E == nil): // made or deleted since
				require.Empty(t, cmp.Diff(E, N), "%s was made or deleted since (-since +now)", id)
			case B == nil && A != nil && !cmp.Equal(A, E):
				require.Empty(t, cmp.Diff(E, N), "%s was made by the import and edited since (-since +now)", id)
			case B != nil && A != nil:
				for f := range merge(B, A, E, N) {
					if A[f] != E[f] {
						require.Equal(t, E[f], N[f], "%s of %s was edited since", f, id)
					} else if N[f] != B[f] {
						left := f == "holder" || f == "supervisor" // whom it named is gone
						require.True(t, A[f] == N[f] || left && N[f] == "", "%s of %s is neither as before nor as imported: %q", f, id, N[f])
						require.True(t, says(b, a, e), "%s of %s was not restored, and its row does not say so", f, id)
					}
				}
			case B != nil && N != nil: // deleted, and made again
				for f := range merge(B, N) {
					if B[f] != N[f] {
						require.Empty(t, N[f], "%s of %s is not as before", f, id)
						require.True(t, says(b, a, e), "%s of %s was not restored, and its row does not say so", f, id)
					}
				}
			default:
				if !cmp.Equal(B, N) {
					require.Empty(t, cmp.Diff(A, N), "%s is neither as before nor as imported (-imported +now)", id)
					require.True(t, says(b, a, e), "%s was not restored, and its row does not say so", id)
				}
			}
		}
	})
}

// called is how a row names a record.
func called(r users.Record) string {
	switch d := r.Data.(type) {
	case *users.Profile:
		switch {
		case d.Email != "":
			return d.Email
		case d.ContactCentre != nil && d.ContactCentre.LANID != "":
			return d.ContactCentre.LANID
		}
		return d.Name()
	case *users.Line:
		return keyvalue.Line(d.PBX, d.Short)
	}
	return string(r.ID)
}

func union(maps ...map[users.ID]users.Record) map[users.ID]users.Record {
	out := map[users.ID]users.Record{}
	for _, m := range maps {
		for id, r := range m {
			out[id] = r
		}
	}
	return out
}

func merge(maps ...map[string]string) map[string]bool {
	out := map[string]bool{}
	for _, m := range maps {
		for f := range m {
			out[f] = true
		}
	}
	return out
}

// tamper is a second writer who does a few things to what there is.
func tamper(t *rapid.T, s *scene, store users.Store, there map[users.ID]users.Record) {
	ids := sortedIDs(there)
	for range rapid.IntRange(1, 3).Draw(t, "edits since") {
		if len(ids) == 0 {
			return
		}
		id := pick(t, "edited", ids...)
		what := pick(t, "edit", "mobile", "name", "supervisor", "email", "holder", "delete", "line")
		var next []users.ID
		for _, other := range ids {
			if there[other].Kind() == users.KindUser && other != id {
				next = append(next, other)
			}
		}
		var other users.ID
		if len(next) > 0 {
			other = pick(t, "other", next...)
		}
		rec := there[id]
		switch {
		case what == "line" && rec.Kind() == users.KindUser:
			l := line(70+rapid.IntRange(0, 9).Draw(t, "short"), -1)
			l.ID = users.ID(fmt.Sprintf("late-%s", l.Field("short")))
			l.Data.(*users.Line).Holder = id
			if len(everything(t, store)) == len(union(everything(t, store), map[users.ID]users.Record{l.ID: l})) {
				continue
			}
			put(t, store, l)
			continue
		case what == "delete":
			if rec.Kind() == users.KindUser && held(t, store, id) {
				continue
			}
			change(t, store, id, nil)
			delete(there, id)
			ids = sortedIDs(there)
			continue
		case what == "holder" != (rec.Kind() == users.KindLine):
			continue
		case (what == "holder" || what == "supervisor") && other == "":
			continue
		}
		value := map[string]string{"mobile": "+33612345678", "name": "Zoe", "supervisor": string(other), "email": fmt.Sprintf("late%d@x.com", rapid.IntRange(0, 99).Draw(t, "late")), "holder": string(other)}[what]
		if what == "email" {
			taken, err := store.Find(t.Context(), []users.Key{users.KeyOf(rec.Account, users.SpaceEmail, value)})
			require.NoError(t, err)
			if len(taken) > 0 {
				continue
			}
		}
		if rec.Account != acme && (what == "supervisor" || what == "holder") {
			continue
		}
		change(t, store, id, func(r users.Record) { r.SetField(what, value) })
	}
}

func held(t tb, store users.Store, id users.ID) bool {
	for _, r := range everything(t, store) {
		if r.Field("holder") == string(id) || r.Field("supervisor") == string(id) {
			return true
		}
	}
	return false
}

// An undoing broken at any call of the store, and called again, ends like a clean one.
func TestUndoResumes(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		s.actor = users.Host("test")
		after := chance(t, 50, "after the effect")
		op := pick(t, "op", storetest.OpApply, storetest.OpApply, storetest.OpFind, storetest.OpJournal)
		fresh := chance(t, 50, "from a new preview")
		for at := 1; at < 30; at++ {
			inner := s.store(t)
			before := everything(t, inner)
			if !wrote(committed(t, s, inner)) {
				return
			}
			store, arm := broken(inner, op, at, after)
			p := undo(t, s, store, imp)
			arm()
			calls := store.Calls(op)
			opts := importer.CommitOptions{ID: undoID, Batch: 1}
			r, err := p.Commit(t.Context(), &opts)
			hit := store.Calls(op) >= calls+at
			if err != nil {
				require.ErrorIs(t, err, errBroken)
				if fresh {
					var o importer.UndoOptions
					if recs, err := inner.Find(t.Context(), []users.Key{users.ByID(undoID)}); err == nil && len(recs) > 0 {
						o.Resume = undoID
					}
					p, err = importer.Undo(t.Context(), s.openAs(inner, "later"), imp, &o)
					require.NoError(t, err)
				}
				r, err = p.Commit(t.Context(), &opts)
				require.NoError(t, err)
			}
			require.True(t, r.Done(), "%s", reportJSON(t, r))
			require.Empty(t, cmp.Diff(before, everything(t, inner), butVersions()), "the store (-before +undone)")
			if !hit {
				return
			}
		}
	})
}

// Hand-checked: what an undoing says, row by row.
func TestUndoShows(t *testing.T) {
	tests := []struct {
		name  string
		scene *scene
		since func(t *testing.T, store users.Store)
		want  []string
	}{
		{
			name:  "one who was made is deleted",
			scene: asHost(people(), nil, row("l1", "p1@x.com", "Ada")),
			want:  []string{"2 delete p1@x.com"},
		},
		{
			name:  "one who was made and edited since stays, and is named",
			scene: asHost(people(), nil, row("l1", "p1@x.com", "Ada")),
			since: func(t *testing.T, store users.Store) {
				change(t, store, "new-0001", profile(func(p *users.Profile) { p.Mobile = "+33612345678" }))
			},
			want: []string{"2 skip ?undo.edited"},
		},
		{
			name:  "one who was made and has a line since stays",
			scene: asHost(people(), nil, row("l1", "p1@x.com", "Ada")),
			since: func(t *testing.T, store users.Store) {
				l := line(1, -1)
				l.Data.(*users.Line).Holder = "new-0001"
				put(t, store, l)
			},
			want: []string{"2 error !undo.used"},
		},
		{
			name:  "one who was made and deleted since is gone",
			scene: asHost(people(), nil, row("l1", "p1@x.com", "Ada")),
			since: func(t *testing.T, store users.Store) { change(t, store, "new-0001", nil) },
			want:  []string{"2 skip ?undo.gone"},
		},
		{
			name:  "an address that somebody has since",
			scene: asHost(people(), []users.Record{person(0)}, row("l0", "new@x.com", "")),
			since: func(t *testing.T, store users.Store) {
				put(t, store, users.Record{Head: users.Head{ID: "zoe", Account: acme}, Data: &users.Profile{Email: "P0@x.com"}})
			},
			want: []string{"2 error !email.taken"},
		},
		{
			name:  "a line moved on since",
			scene: asHost(lines(false), []users.Record{person(0), person(1), person(2), line(0, 0)}, force(1, 0)),
			since: func(t *testing.T, store users.Store) { change(t, store, "line0", give(2)) },
			want:  []string{"2 unchanged ?undo.edited"},
		},
		{
			name:  "one who was deleted comes back with the line",
			scene: asHost(staff(), []users.Record{person(0), line(0, 0)}, []string{lan(0), "", "", "", "yes"}).and(),
			want:  []string{"2 update x/0 holder:>p0@x.com", "3 create p0@x.com email:>p0@x.com name:>N0 lan_id:>l0"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := tt.scene.store(t)
			r, err := tt.scene.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp})
			require.NoError(t, err)
			require.True(t, r.Done(), reportJSON(t, r))
			if tt.since != nil {
				tt.since(t, store)
			}
			require.Equal(t, tt.want, briefs(show(undo(t, tt.scene, store, imp))))
		})
	}
}

// Rows of an undoing can be removed and nothing else: what it does stands in the journal.
func TestUndoIsFixed(t *testing.T) {
	s := asHost(people(), nil, row("l1", "p1@x.com", "Ada"), row("l2", "p2@x.com", "Bob"))
	store := s.store(t)
	committed(t, s, store)
	p := undo(t, s, store, imp)
	for _, e := range []importer.Edit{importer.Set(users.RowAt(0, 2), "number", "2"), importer.Clear(users.RowAt(0, 2), "kind"), importer.Add(0, map[string]string{"number": "1"})} {
		_, err := p.Edit(t.Context(), e)
		require.ErrorIs(t, err, importer.ErrFixed)
	}
	_, err := p.Edit(t.Context(), importer.Remove(users.RowAt(0, 2)))
	require.NoError(t, err)
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeSkipped: 1, importer.OutcomeDeleted: 1}, r.Counts)
	require.Equal(t, []users.ID{"new-0001"}, sortedIDs(everything(t, store)))
}

// Of two who undo one import one wins.
func TestUndoTwiceAtOnce(t *testing.T) {
	s := asHost(people(), nil, row("l1", "p1@x.com", "Ada"), row("l2", "p2@x.com", "Bob"))
	store := s.store(t)
	committed(t, s, store)
	one, two := undo(t, s, store, imp), undo(t, s, store, imp)
	_, err := one.Commit(t.Context(), &importer.CommitOptions{ID: "u-1"})
	require.NoError(t, err)
	_, err = two.Commit(t.Context(), &importer.CommitOptions{ID: "u-2"})
	require.ErrorIs(t, err, importer.ErrUndone)
	require.Empty(t, everything(t, store))
}

// An import that was interrupted can be taken back, and then goes on no more.
func TestUndoOfAnInterruptedImport(t *testing.T) {
	s := asHost(people(), nil, row("l1", "p1@x.com", "Ada"), row("l2", "p2@x.com", "Bob"))
	inner := s.store(t)
	store, arm := killed(inner, 2)
	p := s.preview(t, store)
	arm()
	_, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1})
	require.ErrorIs(t, err, errBroken)

	_, err = importer.Undo(t.Context(), s.open(inner), imp, nil)
	require.ErrorIs(t, err, importer.ErrRunning, "nothing has been heard of it for less than a lease")

	dir := users.Open(inner, s.actor, &users.Options{Now: func() time.Time { return noon().Add(importstate.Lease + time.Millisecond) }})
	u, err := importer.Undo(t.Context(), dir, imp, nil)
	require.NoError(t, err)
	_, err = u.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, everything(t, inner))
	_, err = p.Commit(context.Background(), &importer.CommitOptions{ID: imp})
	require.ErrorIs(t, err, importer.ErrUndone)
}

// Whoever undoes an import that made an account's first admins may leave it
// without, as it was; any other last admin stays.
func TestUndoOfTheFirstAdmins(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l1", mail(1), "Ada", "", "Admin"), row("l0", mail(0), "Bob", "", "Admin")).as(users.Partner("pat"))
	store := s.store(t)
	before := everything(t, store)
	committed(t, s, store)
	p := undo(t, s, store, imp)
	require.Zero(t, p.Summary().Errors, show(p).json())
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, r.Done(), reportJSON(t, r))
	require.Empty(t, cmp.Diff(before, everything(t, store), butVersions()))

	s.sheets[0] = newSheet(s.template.Tables[0], row("l2", mail(2), "Cyd", "", "Admin"))
	s.records = append(s.records, person(3, admin))
	store = s.store(t)
	committed(t, s, store)
	change(t, store, "u3", profile(func(p *users.Profile) { p.Grant(users.RoleAdmin, false) }))
	require.Equal(t, []string{"2 error !admin.last"}, briefs(show(undo(t, s, store, imp))), "there was an admin before")
}

// What an undoing shows to an actor bound by rules is what it does.
func TestUndoPredictsRules(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		if !wrote(committed(t, s, store)) {
			return
		}
		by := s.actor.String()
		s.actor = pick(t, "who undoes", users.Partner("pat"), users.AccountAdmin("u0", acme), users.AccountAdmin("u1", acme).Granting(), users.Sync(users.SCIM, acme))
		p, err := importer.Undo(t.Context(), s.openAs(store, "undo"), imp, nil)
		if s.actor.Source() != users.Local && s.actor.String() != by {
			var denied *users.Denied
			require.ErrorAs(t, err, &denied)
			return
		}
		require.NoError(t, err)
		before := show(p)
		r, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: 1})
		require.NoError(t, err)
		want := map[users.RowID]importer.Action{}
		for _, v := range before.Rows {
			want[v.ID] = v.Action
		}
		for _, l := range r.Lines {
			if o := map[importer.Action]importer.Outcome{importer.ActionCreate: importer.OutcomeCreated, importer.ActionUpdate: importer.OutcomeUpdated, importer.ActionDelete: importer.OutcomeDeleted,
				importer.ActionUnchanged: importer.OutcomeUnchanged, importer.ActionSkip: importer.OutcomeSkipped, importer.ActionBlocked: importer.OutcomeBlocked, importer.ActionError: importer.OutcomeFailed}[want[l.Row]]; o != l.Outcome {
				t.Fatalf("row %d was shown as %s and ended %s: %s", l.Number, want[l.Row], l.Outcome, reportJSON(t, r))
			}
		}
	})
}

// What an undoing could not do is undone later, by its rest: when the address is free again.
func TestUndoRest(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l0", "new@x.com", "Ada"), row("l1", mail(1), "Bob"))
	store := s.store(t)
	before := everything(t, store)
	committed(t, s, store)
	put(t, store, users.Record{Head: users.Head{ID: "zoe", Account: acme}, Data: &users.Profile{Email: "P0@x.com"}})
	p := undo(t, s, store, imp)
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: undoID})
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeDeleted: 1}, r.Counts)
	change(t, store, "zoe", nil)

	rest, err := p.Remaining(t.Context(), r)
	require.NoError(t, err)
	rest = func() *importer.Preview {
		q, err := importer.Reopen(t.Context(), s.openAs(store, "replica"), strings.NewReader(saved(t, rest)))
		require.NoError(t, err)
		require.Equal(t, briefs(show(rest)), briefs(show(q)))
		return q
	}()
	again, err := rest.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, again.Done(), reportJSON(t, again))
	require.Empty(t, cmp.Diff(before, everything(t, store), butVersions()))
	require.Equal(t, users.ImportUndone, stateOf(t, store, imp))

	// Its own undoing brings back what it took, and not the import.
	u, err := importer.Undo(t.Context(), s.openAs(store, "back"), again.ID, nil)
	require.NoError(t, err)
	_, err = u.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "new@x.com", everything(t, store)["u0"].Field("email"))
	require.Equal(t, users.ImportUndone, stateOf(t, store, imp))

	_, err = rest.Commit(t.Context(), &importer.CommitOptions{ID: "another"})
	require.ErrorIs(t, err, importer.ErrRunning, "much has happened to the import since this was made")
}

// Two imports at once make an account's first admins: both are done, and the
// second does not call itself the first.
func TestTwoFirsts(t *testing.T) {
	one := asHost(people(), nil, row("l1", mail(1), "Ada", "", "Admin")).as(users.Partner("pat"))
	two := asHost(people(), nil, row("l2", mail(2), "Bob", "", "Admin")).as(users.Partner("pat"))
	inner := one.store(t)
	store := storetest.NewFaulty(inner)
	p := two.previewIn(t, two.openAs(store, "two"))
	store.Before = func(op string, n int) error {
		if op == storetest.OpJournal && n == 1 { // asked of an import that is new, after the commit looked for admins
			_, err := one.previewIn(t, one.openAs(inner, "one")).Commit(t.Context(), &importer.CommitOptions{ID: "first"})
			require.NoError(t, err)
		}
		return nil
	}
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: "second"})
	require.NoError(t, err)
	require.True(t, r.Done())
	for id, want := range map[users.ID]bool{"first": true, "second": false} {
		recs, err := inner.Find(t.Context(), []users.Key{users.ByID(id)})
		require.NoError(t, err)
		require.Equal(t, want, recs[0].Data.(*users.Import).First, "%s", id)
	}
}

// Who would make an account's first admin, and whose only row somebody else was
// quicker to write, has a conflict, and is not the first either.
func TestNotTheFirst(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada", "", "Admin")).as(users.Partner("pat"))
	inner := s.store(t)
	store := storetest.NewFaulty(inner)
	p := s.previewIn(t, s.openAs(store, "one"))
	store.Before = func(op string, n int) error {
		if op == storetest.OpApply && n == 1 {
			quick := person(1)
			quick.Data.(*users.Profile).Grant(users.RoleAdmin, true)
			require.NoError(t, inner.Apply(t.Context(), users.Batch{Import: "other", Writes: []users.Write{{ID: quick.ID, Record: &quick}}}))
		}
		return nil
	}
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeConflict: 1}, r.Counts)
	recs, err := inner.Find(t.Context(), []users.Key{users.ByID(imp)})
	require.NoError(t, err)
	require.False(t, recs[0].Data.(*users.Import).First)
}

// Who held a line before it was given to somebody new may be gone by the time
// that is undone: nobody holds it then, or who was made could not go again.
func TestUndoOfWhatNobodyTakesBack(t *testing.T) {
	s := asHost(staff(), []users.Record{person(3), line(3, 3)}, row(lan(0), mail(0), "New")).and([]string{"attach", mail(0), "3"}, []string{"detach", mail(3), ""})
	store := s.store(t)
	require.Equal(t, 3, len(committed(t, s, store).Lines))
	change(t, store, "u3", nil)
	p := undo(t, s, store, imp)
	require.Equal(t, []string{"2 delete p0@x.com", "3 update x/3 holder:p0@x.com> -x/3 ?undo.reference"}, briefs(show(p)))
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeDeleted: 1, importer.OutcomeUpdated: 1}, r.Counts)
	require.Empty(t, everything(t, store)["line3"].Holder())
}

// A document of an undoing in somebody's hands can leave rows out, and nothing else.
func TestUndoDocumentForged(t *testing.T) {
	s := asHost(staff(), []users.Record{person(0), person(1)}, []string{lan(0), "", "", "", "yes"}, []string{lan(1), "", "", "", "yes"}).and()
	store := s.store(t)
	committed(t, s, store)
	p := undo(t, s, store, imp)
	_, err := p.Edit(t.Context(), importer.Remove(users.RowAt(0, 3)))
	require.NoError(t, err)
	document := saved(t, p)
	for _, edits := range []string{
		`{"edits":{"removed":[3],"set":[{"row":2,"field":"number","value":"2"}]}}`,
		`{"edits":{"removed":[3],"added":[0]}}`,
	} {
		forged := strings.Replace(document, `{"edits":{"removed":[3]}}`, edits, 1)
		require.NotEqual(t, document, forged)
		_, err := importer.Reopen(t.Context(), s.openAs(store, "replica"), strings.NewReader(forged))
		require.ErrorContains(t, err, "document.form")
	}
	q, err := importer.Reopen(t.Context(), s.openAs(store, "replica"), strings.NewReader(document))
	require.NoError(t, err)
	r, err := q.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeCreated: 1, importer.OutcomeSkipped: 1}, r.Counts)
	require.Equal(t, mail(0), everything(t, store)["u0"].Field("email"))
}

// An import that goes on between the preview of its undoing and the commit is not undone by halves.
func TestUndoOfAnImportThatWentOn(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada"), row("l2", mail(2), "Bob"))
	inner := s.store(t)
	store, arm := broken(inner, storetest.OpApply, 2, false)
	p := s.preview(t, store)
	arm()
	_, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1})
	require.ErrorIs(t, err, errBroken)
	later := users.Open(inner, s.actor, &users.Options{Now: func() time.Time { return noon().Add(time.Hour) }})
	u, err := importer.Undo(t.Context(), later, imp, nil)
	require.NoError(t, err)
	_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	_, err = u.Commit(t.Context(), nil)
	require.ErrorIs(t, err, importer.ErrRunning)
	require.Len(t, everything(t, inner), 2, "nothing was undone")
	u, err = importer.Undo(t.Context(), later, imp, nil)
	require.NoError(t, err)
	_, err = u.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, everything(t, inner))
}

// What a column keeps to itself an undoing does not tell either.
func TestUndoKeepsSecrets(t *testing.T) {
	s := asHost(pinned(), []users.Record{person(0), person(1)}, []string{"l0", mail(0), "Ada", "", "", "s3cr3t"}, []string{"l1", mail(1), "Bob", "", "", "hush"})
	store := s.store(t)
	committed(t, s, store)
	change(t, store, "u1", func(r users.Record) { r.SetField("custom.pin", "sesame") })
	p := undo(t, s, store, imp)
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: undoID})
	require.NoError(t, err)
	again := undo(t, s, store, undoID)
	for _, text := range []string{show(p).json(), reportJSON(t, r), show(again).json(), saved(t, again)} {
		for _, secret := range []string{"s3cr3t", "hush", "sesame"} {
			require.NotContains(t, text, secret)
		}
	}
	require.Equal(t, "sesame", everything(t, store)["u1"].Field("custom.pin"))
	require.Empty(t, everything(t, store)["u0"].Field("custom.pin"))
}

// What is made again is what was shown, or a conflict.
func TestUndoMakesWhatWasShown(t *testing.T) {
	boss := users.Record{Head: users.Head{ID: "boss", Account: acme}, Data: &users.Profile{Email: "boss@x.com"}}
	led := person(0)
	led.SetField("supervisor", "boss")
	s := asHost(staff(), []users.Record{boss, led}, []string{lan(0), "", "", "", "yes"}).and()
	store := s.store(t)
	committed(t, s, store)
	p := undo(t, s, store, imp)
	change(t, store, "boss", nil)
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeConflict: 1}, r.Counts)
	rest, err := p.Remaining(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, []string{"2 create p0@x.com email:>p0@x.com name:>N0 lan_id:>l0 ?undo.reference"}, briefs(show(rest)))
}

// A second click on an undoing that had nothing to write is the same undoing;
// the undoing of an edit by hand can be undone.
func TestUndoCornersOfState(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l0", "new@x.com", ""))
	store := s.store(t)
	committed(t, s, store)
	change(t, store, "u0", profile(func(p *users.Profile) { p.Email = mail(0); p.DisplayName = "N0" }))
	p := undo(t, s, store, imp)
	first, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeUnchanged: 1}, first.Counts)
	second, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, reportJSON(t, first), reportJSON(t, second))

	dir := s.openAs(store, "hand")
	u, err := dir.Add(t.Context(), acme, users.Profile{Email: "hand@x.com", FirstName: "Hand"})
	require.NoError(t, err)
	past, err := importer.History(t.Context(), dir, &importer.HistoryOptions{Template: users.TemplateHand})
	require.NoError(t, err)
	require.Empty(t, past.Imports)
	past, err = importer.History(t.Context(), dir, &importer.HistoryOptions{Template: users.TemplateHand, ByHand: true})
	require.NoError(t, err)
	hand := past.Imports[0].ID
	r, err := undo(t, s, store, hand).Commit(t.Context(), &importer.CommitOptions{ID: "back"})
	require.NoError(t, err)
	require.True(t, r.Done())
	require.NotContains(t, everything(t, store), u.ID)
	r, err = undo(t, s, store, "back").Commit(t.Context(), &importer.CommitOptions{ID: "again"})
	require.NoError(t, err)
	require.True(t, r.Done())
	require.Contains(t, everything(t, store), u.ID)
	require.Equal(t, users.ImportDone, stateOf(t, store, hand))
}

// What one undoing could not do the next one does, whoever comes: until nothing is left.
func TestUndoAgain(t *testing.T) {
	s := asHost(people(), []users.Record{person(0, admin), person(1)}, row("l1", mail(1), "N1", "", "Admin"), row("l2", mail(2), "Cyd")).as(users.Partner("pat"))
	store := s.store(t)
	before := everything(t, store)
	committed(t, s, store)
	s.actor = users.AccountAdmin("u0", acme).Granting()
	r, err := undo(t, s, store, imp).Commit(t.Context(), &importer.CommitOptions{ID: "u-1"})
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeFailed: 1, importer.OutcomeDeleted: 1}, r.Counts)

	p := undo(t, s, store, imp)
	require.Equal(t, []string{"2 error !role.forbidden"}, briefs(show(p)), "the rest")
	_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: "u-2"})
	require.NoError(t, err)
	s.actor = users.Partner("pat")
	_, err = undo(t, s, store, imp).Commit(t.Context(), &importer.CommitOptions{ID: "u-3"})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(before, everything(t, store), butVersions()))
	_, err = importer.Undo(t.Context(), s.open(store), imp, nil)
	require.ErrorIs(t, err, importer.ErrUndone, "nothing is left")

	// Taken back themselves, one after the other, they leave the import as it was.
	for _, id := range []users.ID{"u-3", "u-1"} {
		_, err = undo(t, s, store, id).Commit(t.Context(), &importer.CommitOptions{ID: "back-" + id})
		require.NoError(t, err)
	}
	require.Contains(t, briefsOf(everything(t, store)), "u1 admin")
}

func briefsOf(recs map[users.ID]users.Record) []string {
	var out []string
	for id, r := range recs {
		if users.Leads(r) {
			out = append(out, string(id)+" admin")
		}
	}
	return out
}

// Two undoings of one import, and undoings of those: the import is undone as
// long as one of them stands.
func TestUndoneBy(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada"))
	store := s.store(t)
	committed(t, s, store)
	do := func(of, id users.ID) {
		t.Helper()
		p, err := importer.Undo(t.Context(), s.openAs(store, string(id)), of, nil)
		require.NoError(t, err, id)
		_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: id})
		require.NoError(t, err, id)
	}
	do(imp, "u-1")
	do("u-1", "v-1")
	require.Equal(t, users.ImportDone, stateOf(t, store, imp))
	do(imp, "u-2")
	do("v-1", "w-1") // nobody is there to be deleted
	require.Empty(t, everything(t, store))
	require.Equal(t, users.ImportUndone, stateOf(t, store, imp), "u-2 stands")
	do("u-2", "v-2")
	require.Len(t, everything(t, store), 1)
	require.Equal(t, users.ImportDone, stateOf(t, store, imp))
}

// Nobody is deleted from under a line or a team that was given to them between
// the decision and the write.
func TestNobodyIsDeletedFromUnder(t *testing.T) {
	for name, meanwhile := range map[string]func(t *testing.T, store users.Store, id users.ID){
		"a line": func(t *testing.T, store users.Store, id users.ID) {
			change(t, store, "line5", func(r users.Record) { r.Data.(*users.Line).Holder = id })
		},
		"a team": func(t *testing.T, store users.Store, id users.ID) {
			change(t, store, "u0", func(r users.Record) { r.SetField("supervisor", string(id)) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := asHost(people(), []users.Record{person(0), line(5, -1)}, row("l1", mail(1), "Ada")).as(users.Partner("pat"))
			inner := s.store(t)
			committed(t, s, inner)
			store := storetest.NewFaulty(inner)
			p := undo(t, s, store, imp)
			store.Before = func(op string, n int) error {
				if op == storetest.OpApply && n == 1 {
					meanwhile(t, inner, "new-0001")
				}
				return nil
			}
			r, err := p.Commit(t.Context(), nil)
			require.NoError(t, err)
			require.Equal(t, map[importer.Outcome]int{importer.OutcomeConflict: 1}, r.Counts, reportJSON(t, r))
			require.Contains(t, everything(t, inner), users.ID("new-0001"))
		})
	}
	s := asHost(staff(), []users.Record{person(0), line(5, -1)}, []string{lan(0), "", "", "", "yes"}).and()
	inner := s.store(t)
	store := storetest.NewFaulty(inner)
	p := s.preview(t, store)
	store.Before = func(op string, n int) error {
		if op == storetest.OpApply && n == 1 {
			change(t, inner, "line5", give(0))
		}
		return nil
	}
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeConflict: 1}, r.Counts, reportJSON(t, r))
}
