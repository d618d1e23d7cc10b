package importer_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// unread is people with addresses that the template lets pass, so that it is the directory that denies them.
func unread() *importer.Template {
	tpl := people()
	tpl.Tables[0].Columns[1].Parse = nil
	return tpl
}

// What the directory denies fails alone and says why. Those who refer to the
// person are done, who is stored whatever becomes of the row; so is everybody else.
func TestDenialStaysWithItsRow(t *testing.T) {
	s := asHost(unread(), []users.Record{person(0)},
		row("l0", "nonsense", "Boss"), row("l9", mail(9), "New", "l0"), row("l8", mail(8), "Zoe")).as(users.Partner("pat"))
	store := s.store(t)
	r, err := s.preview(t, store).Commit(t.Context(), nil)
	require.NoError(t, err)
	want := map[users.RowID]importer.Outcome{users.RowAt(0, 2): importer.OutcomeFailed, users.RowAt(0, 3): importer.OutcomeCreated, users.RowAt(0, 4): importer.OutcomeCreated}
	require.Empty(t, cmp.Diff(want, outcomes(r)), "(-want +got)")
	require.Len(t, r.Lines[0].Findings, 1)
	require.Equal(t, "email.form", r.Lines[0].Findings[0].Code)
	require.Empty(t, cmp.Diff([]string{"- l9 p9@x.com New under l0", "- l8 p8@x.com Zoe", "u0 l0 p0@x.com N0"}, roll(t, store)), "(-want +got)")
}

// However many rows are denied, each is told why, and the good ones between them are done.
func TestManyDenials(t *testing.T) {
	const n = 300
	var rows [][]string
	for i := range n {
		address := mail(i)
		if i%3 > 0 {
			address = fmt.Sprint("nonsense ", i)
		}
		rows = append(rows, row(lan(i), address, "R"))
	}
	tests := []struct {
		name    string
		opts    importer.CommitOptions
		counts  map[importer.Outcome]int
		created int
	}{
		{"in one batch", importer.CommitOptions{}, map[importer.Outcome]int{importer.OutcomeCreated: n / 3, importer.OutcomeFailed: n - n/3}, n / 3},
		{"in many", importer.CommitOptions{Batch: 7}, map[importer.Outcome]int{importer.OutcomeCreated: n / 3, importer.OutcomeFailed: n - n/3}, n / 3},
		{"all or nothing", importer.CommitOptions{Policy: importer.AllOrNothing}, map[importer.Outcome]int{importer.OutcomeSkipped: n / 3, importer.OutcomeFailed: n - n/3}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := asHost(unread(), nil, rows...).as(users.Partner("pat"))
			store := s.store(t)
			r, err := s.preview(t, store).Commit(t.Context(), &tt.opts)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.counts, r.Counts), "(-want +got)")
			for l := range r.Find(importer.OutcomeFailed) {
				require.NotEmpty(t, l.Findings, "row %d", l.Number)
				require.Equal(t, "email.form", l.Findings[0].Code)
			}
			require.Len(t, everything(t, store), tt.created)
		})
	}
}

// Many admins go and many come, and those who come are under somebody in error:
// nobody goes; once the error is mended everybody does.
func TestManySuccessors(t *testing.T) {
	const n = 30
	var recs []users.Record
	rows := [][]string{row("boss", "boss@x.com", "Boss", "", "root")}
	for i := range n {
		recs = append(recs, person(i, admin))
		rows = append(rows, row(lan(i), mail(i), name(i), "", "User"), row(lan(i+n), mail(i+n), "New", "boss", "Admin"))
	}
	s := asHost(people(), recs, rows...).as(users.Partner("pat"))
	store := s.store(t)
	p := s.preview(t, store)
	require.Equal(t, map[string]int{"error": 1, "blocked": 2 * n}, p.Summary().Actions)
	sheets := s.clones()
	applyAll(t, p, sheets, set(2, "role", "User"))
	require.Equal(t, map[string]int{"create": n + 1, "update": n}, p.Summary().Actions)
	requireFresh(t, s.with(sheets), store, p)
}

// The host is bound by no rule about people: it takes the last admin's rights.
func TestHostTakesTheLastAdminsRights(t *testing.T) {
	s := asHost(people(), []users.Record{person(0, admin)}, row("l0", mail(0), "N0", "", "User"))
	store := s.store(t)
	p := s.preview(t, store)
	require.Equal(t, []string{"2 update p0@x.com role:account_admin>user"}, briefs(show(p)))
	_, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, adminsOf(t, store))
}

// Strict holds to the end: a newer version is a conflict also where it comes
// after the row was decided again, and it is kept.
func TestStrictAmidTheCommit(t *testing.T) {
	for _, strict := range []bool{false, true} {
		t.Run(fmt.Sprint(strict), func(t *testing.T) {
			s := asHost(people(), []users.Record{person(0)}, row("l0", mail(0), "Zoe"))
			inner := s.store(t)
			store := storetest.NewFaulty(inner)
			p := s.preview(t, store)
			store.Before = func(op string, n int) error {
				if op == storetest.OpApply && n == 1 {
					change(t, inner, "u0", profile(func(p *users.Profile) { p.Mobile = "+33123456789" }))
				}
				return nil
			}
			r, err := p.Commit(t.Context(), &importer.CommitOptions{Strict: strict})
			require.NoError(t, err)
			want, kept := importer.OutcomeUpdated, "Zoe"
			if strict {
				want, kept = importer.OutcomeConflict, "N0"
			}
			require.Equal(t, want, r.Lines[0].Outcome)
			got := everything(t, inner)["u0"]
			require.Equal(t, []string{kept, "+33123456789"}, []string{got.Field("name"), got.Field("mobile")})
		})
	}
}

// A row that is blocked by one that went stale names it in the report.
func TestBlockedInTheReportSaysByWhom(t *testing.T) {
	s := asHost(people(), []users.Record{person(0), person(1)}, row("l0", "n0@x.com", "N0"), row("l7", mail(0), "Heir"))
	store := s.store(t)
	p := s.preview(t, store)
	change(t, store, "u1", profile(func(p *users.Profile) { p.Email = "n0@x.com" }))
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, importer.OutcomeBlocked, r.Lines[1].Outcome)
	require.Len(t, r.Lines[1].Findings, 1)
	require.Equal(t, "row.blocked", r.Lines[1].Findings[0].Code)
	require.Equal(t, map[string]string{"row": "2"}, r.Lines[1].Findings[0].Args)
}
