package importer_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// The zero Actor reaches nothing: no preview, no commit, no report.
func TestNobodyReachesNothing(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		before := everything(t, store)
		s.actor = users.Actor{}
		_, err := s.tryPreview(t, s.open(store))
		require.ErrorIs(t, err, users.ErrActor)
		require.Empty(t, cmp.Diff(before, everything(t, store)))
	})
}

// An actor who reaches one account imports into no other, and reads no report of it.
func TestAnotherAccount(t *testing.T) {
	s := asHost(people(), nil, row("l1", "p1@x.com", "A"))
	store := s.store(t)
	_, err := s.preview(t, store).Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)

	s.as(users.AccountAdmin("gu1", globex))
	_, err = s.tryPreview(t, s.open(store))
	require.Error(t, err, "acme is not theirs")
	_, err = importer.LoadReport(t.Context(), s.open(store), imp)
	require.ErrorIs(t, err, users.ErrNotFound)

	dir := users.Open(store, users.Partner("pat"), nil)
	_, err = importer.New(dir, people(), nil).Preview(t.Context(), s.sheets[0].table("t"))
	require.ErrorIs(t, err, importer.ErrAccount, "a partner says where the rows go")
}

// What an Account Admin is shown, and what is reported to them, does not depend
// on what other accounts hold.
func TestOtherAccountsAreInvisible(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		s.actor = pick(t, "admin", users.AccountAdmin("u0", acme), users.AccountAdmin("u0", acme).Granting(), users.Sync(users.SCIM, acme))
		alone := *s
		alone.records = slices.DeleteFunc(slices.Clone(s.records), func(r users.Record) bool { return r.Account == globex })
		crowded := *s
		for i := range w.people + 2 { // everybody the file names, and more, is somebody else's as well
			if r := elsewhere(person(i)); !slices.ContainsFunc(s.records, func(o users.Record) bool { return o.ID == r.ID }) {
				crowded.records = append(slices.Clip(crowded.records), r)
			}
			if r := elsewhere(line(i, i)); !slices.ContainsFunc(s.records, func(o users.Record) bool { return o.ID == r.ID }) {
				crowded.records = append(slices.Clip(crowded.records), r)
			}
		}
		var shows, reports []string
		for _, sc := range []*scene{&alone, s, &crowded} {
			store := sc.store(t)
			p := sc.preview(t, store)
			shows = append(shows, show(p).json())
			others := foreign(t, store)
			r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: 2, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
			require.NoError(t, err)
			reports = append(reports, reportJSON(t, r))
			require.Empty(t, cmp.Diff(others, foreign(t, store)), "other accounts (-before +after)")
		}
		for i := range shows {
			require.Empty(t, cmp.Diff(shows[0], shows[i]), "the preview (-alone +among others)")
			require.Empty(t, cmp.Diff(reports[0], reports[i]), "the report (-alone +among others)")
		}
	})
}

func foreign(t *rapid.T, store users.Store) map[users.ID]users.Record {
	out := everything(t, store)
	for id, r := range out {
		if r.Account == acme {
			delete(out, id)
		}
	}
	return out
}

// numbers gives people public numbers, which are unique over all accounts.
func numbers() *importer.Template {
	t := lines(false)
	draft := t.Tables[0].Draft
	t.Tables[0].Columns = append(t.Tables[0].Columns, importer.Column{Field: "number", Headings: en("NUMBER")})
	t.Tables[0].Draft = func(r importer.Row, d *importer.Draft) {
		draft(r, d)
		d.Claim(users.SpaceNumber, r.Value("number"))
		d.Want("line.number", r.Value("number"))
	}
	return t
}

// Of a value that is unique over all accounts an Account Admin learns that it
// is in use, and nothing more.
func TestValueHeldElsewhereIsNameless(t *testing.T) {
	held := elsewhere(line(7, 7))
	held.Data.(*users.Line).Number = "+33123456789"
	s := asHost(numbers(), []users.Record{person(0, admin), elsewhere(person(7)), held}, []string{"attach", mail(0), "1", "+33123456789"})
	s.as(users.AccountAdmin("u0", acme))
	got := show(s.preview(t, s.store(t)))
	require.Equal(t, importer.ActionError, got.Rows[0].Action)
	require.Len(t, got.Rows[0].Findings, 1)
	require.Equal(t, "number.taken", got.Rows[0].Findings[0].Code)
	for _, secret := range []string{"gu7", "p7@x.com", "N7", "globex", "gline7"} {
		require.NotContains(t, got.json(), secret)
	}
	s.as(users.Host("test"))
	require.Contains(t, show(s.preview(t, s.store(t))).json(), "globex", "who reaches the holder is told where")
}

// A file grants no role that its actor may not grant, neither when it is shown nor when it is done.
func TestNoRoleIsGrantedThatMayNotBe(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		s.actor = pick(t, "actor", users.AccountAdmin("u0", acme).Granting(), users.Sync(users.SCIM, acme))
		store := s.store(t)
		p := s.preview(t, store)
		for r := range p.Rows() {
			for _, c := range r.Changes {
				if c.Field == "role" && r.Action != importer.ActionError && r.Action != importer.ActionBlocked {
					require.False(t, (c.Old == users.RoleAdmin) != (c.New == users.RoleAdmin), "row %d: %v", r.Number, c)
				}
			}
		}
		before := everything(t, store)
		_, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
		require.NoError(t, err)
		for id, r := range everything(t, store) {
			if u, ok := r.User(); ok {
				was, _ := before[id].User()
				require.Equal(t, was.Admin(), u.Admin(), "%s", id)
			}
		}
	})
}

// Permission is the directory's word when the row is done: rights taken away
// between preview and commit count.
func TestPermissionIsAskedAtCommit(t *testing.T) {
	s := asHost(people(), []users.Record{person(0, admin), person(1)}, row("l1", "p1@x.com", "N1", "", "Admin"), row("l2", "p2@x.com", "New", "", "Admin"), row("l3", "p3@x.com", "New"))
	s.as(users.Partner("pat"))
	store := s.store(t)
	p := s.preview(t, store)
	change(t, store, "u1", profile(func(p *users.Profile) { p.Source = users.Local; p.Roles = []string{users.RolePartner} }))
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	require.Equal(t, importer.OutcomeCreated, r.Lines[1].Outcome)
	require.Equal(t, importer.OutcomeCreated, r.Lines[2].Outcome)
}

// What the directory will refuse the preview says: nothing that is shown to
// happen fails on a store that nobody touches (TestCommitDoesWhatWasShown), and each rule has its code.
func TestRulesArePredicted(t *testing.T) {
	admins := []users.Record{person(0, admin), person(1, admin), person(2), person(3, from(users.SCIM)), person(4, from(users.PBXSync))}
	me := users.AccountAdmin("u0", acme)
	user := func(first, email, role string) []string { return []string{first, "", "", email, role} }
	leave := func(i int) []string { return []string{lan(i), "", "", "", "yes"} }
	tests := []struct {
		name string
		s    *scene
		want string
	}{
		{"a role that may not be granted", asHost(people(), admins, row("l2", mail(2), "N2", "", "Admin")).as(me.Granting()), "2 error !role.forbidden"},
		{"nor given to somebody new", asHost(cloudlink.Users(), admins, user("A", "new@x.com", "Account Admin")).as(me.Granting()), "2 error !role.forbidden"},
		{"one's own rights", asHost(people(), admins, row("l0", mail(0), "N0", "", "User")).as(me), "2 error !self.demote"},
		{"a field that the source keeps", asHost(people(), admins, row("l3", mail(3), "Other")).as(me), "2 error !field.locked"},
		{"a field that the sync does not own", asHost(people(), admins, row("l2", mail(2), "Other")).as(users.Sync(users.SCIM, acme)), "2 error !source.foreign"},
		{"oneself", asHost(staff(), admins, leave(0)).and(detach(9)).as(me), "people 2 error !self.delete"},
		{"the last admin", asHost(staff(), admins[:1], leave(0)).and(detach(9)).as(users.Partner("pat")), "people 2 error !admin.last"},
		{"a partner", asHost(staff(), []users.Record{person(0, func(p *users.Profile) { p.Grant(users.RolePartner, true) })}, leave(0)).and(detach(9)).as(me), "people 2 error !delete.partner"},
		{"somebody of MiCloud Connect", asHost(staff(), []users.Record{person(1, from(users.MiCloud))}, leave(1)).and(detach(9)).as(me), "people 2 error !delete.source"},
		{"a person needs a name, whatever the template says of it", asHost(people(), nil, row("l7", mail(7))).as(me), "2 error !name.missing"},
		{"both of two admins", asHost(people(), admins[:2], row("l0", mail(0), "N0", "", "User"), row("l1", mail(1), "N1", "", "User")).as(users.Partner("pat")), "2 error !admin.last"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := tt.s.store(t)
			p := tt.s.preview(t, store)
			require.Equal(t, tt.want, briefs(show(p))[0])
			before := roll(t, store)
			_, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
			require.NoError(t, err)
			require.Equal(t, before, roll(t, store))
		})
	}
}
