package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// What an import did not do can be previewed again alone: the same rows, ids and
// corrections, decided on the store as it is now.
func TestRest(t *testing.T) {
	s := asHost(people(), []users.Record{person(0), person(1)},
		row("l0", mail(0), "Ada"), row("l1", mail(1), "Bob"), row("l2", "bad", "Cyd"), row("l3", mail(3), "Dan"), row("l4", mail(4), "Eve"))
	store := s.store(t)
	p := s.preview(t, store)
	added, err := p.Edit(t.Context(), importer.Set(users.RowAt(0, 4), "name", "Cyd C."), importer.Remove(users.RowAt(0, 6)), importer.Add(0, map[string]string{"lan_id": "l9", "email": "worse"}))
	require.NoError(t, err)
	change(t, store, "u0", profile(func(p *users.Profile) { p.DisplayName = "Countess" }))
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeConflict: 1, importer.OutcomeUpdated: 1, importer.OutcomeFailed: 2, importer.OutcomeCreated: 1, importer.OutcomeSkipped: 1}, r.Counts)

	rest, err := p.Remaining(t.Context(), r)
	require.NoError(t, err)
	want := []string{"2 update p0@x.com name:Countess>Ada", "4 error !email.form", "7 error !email.form"}
	require.Equal(t, want, briefs(show(rest)))
	_, err = rest.Row(users.RowAt(0, 3))
	require.ErrorIs(t, err, importer.ErrRow)

	again := reopened(t, s, store, saved(t, rest))
	require.Equal(t, want, briefs(show(again)), "as a document")
	require.Equal(t, saved(t, rest), saved(t, again))
	_, err = again.Edit(t.Context(), importer.Set(users.RowAt(0, 4), "email", mail(2)), importer.Set(added.Added[0], "email", mail(9)))
	require.NoError(t, err)
	r, err = again.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeUpdated: 1, importer.OutcomeCreated: 2}, r.Counts)
	row, err := again.Row(users.RowAt(0, 4))
	require.NoError(t, err)
	require.Equal(t, "Cyd C.", row.Cells["name"], "corrections stay")
	_, err = again.Remaining(t.Context(), r)
	require.ErrorIs(t, err, importer.ErrNothing)
}

// The rest of any import is what a fresh preview of those rows alone would be.
func TestRestIsAFreshPreview(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		p := s.preview(t, store)
		sheets := s.clones()
		applyAll(t, p, sheets, m.edits(t, w, sheets)...)
		r, err := p.Commit(t.Context(), &importer.CommitOptions{Approve: []string{importer.BrakeMass, users.BrakeLeader}})
		require.NoError(t, err)
		done := map[users.RowID]bool{}
		for _, l := range r.Lines {
			done[l.Row] = l.Outcome.Done() || l.Outcome == importer.OutcomeSkipped
		}
		rest, err := p.Remaining(t.Context(), r)
		var ids []users.RowID
		for i, sh := range sheets {
			var left []sheetRow
			for _, row := range sh.rows {
				if !done[users.RowAt(i, row.number)] {
					left, ids = append(left, row), append(ids, users.RowAt(i, row.number))
				}
			}
			sheets[i] = &sheet{fields: sh.fields, heads: sh.heads, rows: left}
		}
		if len(ids) == 0 {
			require.ErrorIs(t, err, importer.ErrNothing)
			return
		}
		require.NoError(t, err)
		fresh, err := s.with(sheets).tryPreview(t, s.open(store))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(show(fresh), show(rest)), "(-fresh +rest)")
	})
}
