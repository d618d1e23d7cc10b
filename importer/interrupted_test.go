package importer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// An edit that was cancelled left nothing behind: done again, it is looked up again.
func TestCancelledEditIsLookedUpAgain(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l9", "n@x.com", "Zoe"))
	store := s.store(t)
	p := s.preview(t, store)
	before := show(p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Edit(ctx, importer.Set(users.RowAt(0, 2), "email", mail(0)))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, cmp.Diff(before, show(p)), "(-before +after)")

	sheets := s.clones()
	applyAll(t, p, sheets, set(2, "email", mail(0)))
	require.Equal(t, []string{"2 error !email.taken"}, briefs(show(p)))
	requireFresh(t, s.with(sheets), store, p)
}

// An edit whose look-up fails at any hop (the line, who holds it, who that is)
// can be done again, and comes to what a new preview comes to.
func TestEditFailsAtAnyHop(t *testing.T) {
	s := asHost(lines(false), []users.Record{person(0), person(1), line(3, 1)}, attach(0, 5))
	for at := 1; ; at++ {
		inner := s.store(t)
		store, arm := broken(inner, storetest.OpFind, at, false)
		p := s.preview(t, store)
		arm()
		sheets := s.clones()
		_, err := tryAll(t, p, sheets, set(2, "line", "3"))
		if err == nil {
			require.Greater(t, at, 2, "the edit looks further than the line")
			return
		}
		require.ErrorIs(t, err, errBroken)
		applyAll(t, p, sheets, set(2, "line", "3"))
		requireFresh(t, s.with(sheets), inner, p)
	}
}

// Once an import of all or nothing has told that it does nothing, it does
// nothing for ever, though what stood in its way has gone when it is resumed.
func TestAllOrNothingHoldsAfterACrash(t *testing.T) {
	const n = 2100 // more than are told in one batch
	var rows [][]string
	for i := range n {
		rows = append(rows, row(lan(i+10), mail(i+10), "Zoe"))
	}
	s := asHost(people(), []users.Record{person(0)}, rows...)
	inner := s.store(t)
	store, arm := broken(inner, storetest.OpApply, 2, false)
	p := s.preview(t, store)
	change(t, inner, "u0", profile(func(p *users.Profile) { p.Email = mail(n + 9) }))
	opts := importer.CommitOptions{ID: imp, Policy: importer.AllOrNothing}
	arm()
	_, err := p.Commit(t.Context(), &opts)
	require.ErrorIs(t, err, errBroken)
	change(t, inner, "u0", profile(func(p *users.Profile) { p.Email = mail(0) }))
	before := roll(t, inner)

	r, err := p.Commit(t.Context(), &opts)
	require.NoError(t, err)
	require.Zero(t, r.Counts[importer.OutcomeCreated], "%v", r.Counts)
	require.Len(t, r.Lines, n)
	require.Empty(t, cmp.Diff(before, roll(t, inner)), "the store (-before +after)")
}

// Two of three admins give up their rights, and the commit breaks between them:
// resumed, it does not count the first of them twice and take the second for the last.
func TestRightsAreCountedOnceOnResume(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		t.Run(fmt.Sprintf("from a new preview: %t", fresh), func(t *testing.T) {
			s := asHost(people(), []users.Record{person(0, admin), person(1, admin), person(2, admin)},
				row("l0", mail(0), "N0", "", "User"), row("l1", mail(1), "N1", "", "User")).as(users.Partner("pat"))
			inner := s.store(t)
			store, arm := broken(inner, storetest.OpApply, 2, false)
			p := s.preview(t, store)
			before := show(p)
			arm()
			opts := importer.CommitOptions{ID: imp, Batch: 1}
			_, err := p.Commit(t.Context(), &opts)
			require.ErrorIs(t, err, errBroken)
			require.Len(t, adminsOf(t, inner), 2, "one of the two is done")
			if fresh {
				s.resume = imp
				p = s.preview(t, inner)
				require.Empty(t, cmp.Diff(before, show(p)), "the preview (-before +resumed)")
			}
			r, err := p.Commit(t.Context(), &opts)
			require.NoError(t, err)
			require.Equal(t, map[importer.Outcome]int{importer.OutcomeUpdated: 2}, r.Counts)
			require.Equal(t, []users.ID{"u2"}, adminsOf(t, inner))
		})
	}
}

// Ten of 51 people are no mass. That some of them have left already when the
// import is resumed does not make the ten a larger share.
func TestBrakeIsNotPulledByResuming(t *testing.T) {
	var recs []users.Record
	var rows [][]string
	for i := range 51 {
		recs = append(recs, person(i))
		if i < 10 {
			rows = append(rows, []string{lan(i), "", "", "", "yes"})
		}
	}
	s := asHost(staff(), recs, rows...).and()
	inner := s.store(t)
	store, arm := broken(inner, storetest.OpApply, 3, false)
	p := s.preview(t, store)
	require.Empty(t, brakes(p))
	before := show(p)
	arm()
	opts := importer.CommitOptions{ID: imp, Batch: 2}
	_, err := p.Commit(t.Context(), &opts)
	require.ErrorIs(t, err, errBroken)
	require.Len(t, everything(t, inner), 47, "four have left")

	s.resume = imp
	p = s.preview(t, inner)
	require.Empty(t, cmp.Diff(before, show(p)), "the preview (-before +resumed)")
	r, err := p.Commit(t.Context(), &opts)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeDeleted: 10}, r.Counts)
	require.Len(t, everything(t, inner), 41)
}

// What is resumed is an import of one's own, in the account, under its own id;
// anything else is refused, and nothing is written.
func TestResumeRefuses(t *testing.T) {
	theirs := users.Record{Head: users.Head{ID: "theirs", Account: globex},
		Data: &users.Import{Digest: "q", Actor: "host:test", State: users.ImportDone}}
	begun := func(t *testing.T) (*scene, users.Store) {
		s := asHost(people(), []users.Record{person(0)}, row("l1", mail(1), "A"), row("l2", mail(2), "B")).as(users.Partner("pat"))
		inner := s.store(t)
		put(t, inner, theirs)
		store, arm := broken(inner, storetest.OpApply, 2, false)
		p := s.preview(t, store)
		arm()
		_, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 1})
		require.ErrorIs(t, err, errBroken)
		return s, inner
	}
	tests := []struct {
		name   string
		actor  users.Actor
		resume users.ID // of the preview
		id     users.ID // of the commit; empty where the preview is refused
		want   error    // nil where the directory denies it
	}{
		{"what is no import", users.Partner("pat"), "u0", "", users.ErrNotFound},
		{"an import of an account out of reach", users.AccountAdmin("u0", acme), "theirs", "theirs", users.ErrNotFound},
		{"under another id", users.Partner("pat"), imp, "import-2", users.ErrDigest},
		{"by somebody else", users.Partner("rob"), imp, imp, nil},
		{"an id that another account has used", users.AccountAdmin("u0", acme), "", "theirs", users.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, store := begun(t)
			before := everything(t, store)
			s.actor, s.resume = tt.actor, tt.resume
			p, err := s.tryPreview(t, s.openAs(store, "later"))
			if tt.id != "" {
				require.NoError(t, err)
				_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: tt.id})
			}
			var denied *users.Denied
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
			} else {
				require.ErrorAs(t, err, &denied)
			}
			require.Empty(t, cmp.Diff(before, everything(t, store)), "the store (-before +after)")
		})
	}
}

// An import of which nothing was written yet begins when it is resumed: whoever
// pressed Ctrl-C during the first batch has an id, and no import.
func TestResumeOfNothingBegins(t *testing.T) {
	s := asHost(people(), nil, row("l1", mail(1), "Ada"))
	store := s.store(t)
	s.resume = "import-9"
	p := s.preview(t, store)
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, users.ID("import-9"), r.ID)
	require.Equal(t, 1, r.Counts[importer.OutcomeCreated])
}

// A commit that ends before its import says so at once, whatever ended it: the
// history does not wait for a minute, and the import can be undone or go on.
func TestInterruptedAtOnce(t *testing.T) {
	tests := []struct {
		name string
		end  func(cancel context.CancelFunc, done int)
		at   int // the call of Apply that fails; 0 is none
	}{
		{"the context is cancelled", func(cancel context.CancelFunc, done int) { cancel() }, 0},
		{"the store fails once", func(context.CancelFunc, int) {}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(people(), nil, row("l1", mail(1), "Ada"), row("l2", mail(2), "Bob"), row("l3", mail(3), "Cyd"))
			inner := s.store(t)
			store, arm := broken(inner, storetest.OpApply, tt.at, false)
			p := s.preview(t, store)
			arm()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := p.Commit(ctx, &importer.CommitOptions{ID: imp, Batch: 1, Progress: func(at importer.Progress) { tt.end(cancel, at.Done) }})
			require.Error(t, err)

			r, err := importer.LoadReport(t.Context(), s.open(inner), imp)
			require.ErrorIs(t, err, importer.ErrUnfinished)
			require.Equal(t, users.ImportInterrupted, r.State)
			_, err = importer.Undo(t.Context(), s.open(inner), imp, nil)
			require.NoError(t, err, "no one waits for a lease")

			s.resume = imp
			r, err = s.preview(t, inner).Commit(t.Context(), nil)
			require.NoError(t, err)
			require.Equal(t, 3, r.Counts[importer.OutcomeCreated])
			require.Equal(t, users.ImportDone, r.State)
		})
	}
}
