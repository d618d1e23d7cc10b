package importer_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/keyvalue"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// Any sequence of edits leaves the preview equal to a fresh preview of the edited table.
// A change of the engine that wakes a row too few shows in few scenes.
func TestEditEqualsFreshPreview(t *testing.T) {
	forEachKindInFull(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		p := s.preview(t, store)
		sheets := s.clones()
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			before := show(p)
			edits := m.edits(t, w, sheets)
			d := applyAll(t, p, sheets, edits...)
			fresh := s.with(sheets).preview(t, store)
			if diff := cmp.Diff(show(fresh), show(p)); diff != "" {
				t.Fatalf("after %+v the preview is not the fresh one (-fresh +edited):\n%s", edits, diff)
			}
			for _, k := range keysOf(w) {
				if diff := cmp.Diff(fresh.Group(k.Space, k.Value), p.Group(k.Space, k.Value)); diff != "" {
					t.Fatalf("after %+v the group of %s is not the fresh one (-fresh +edited):\n%s", edits, k, diff)
				}
			}
			checkDelta(t, d, edits, before, show(p))
		}
	})
}

// keysOf are the keys that rows of the world's files may meet at.
func keysOf(w *world) []users.Key {
	var out []users.Key
	for i := range w.people + 1 {
		out = append(out, users.KeyOf("", users.SpaceLANID, lan(i)), users.KeyOf("", users.SpaceEmail, mail(i)),
			users.KeyOf("", users.SpaceLine, keyvalue.Line("x", number(i))))
	}
	return out
}

// checkDelta: the delta names the rows edited or added, and all those that look
// different now, in order.
func checkDelta(t *rapid.T, d importer.Delta, edits []edit, before, after shown) {
	must := map[users.RowID]bool{}
	for _, e := range edits {
		if e.what != "add" {
			must[e.row()] = true
		}
	}
	for _, id := range d.Added {
		must[id] = true
	}
	was := map[users.RowID]importer.RowView{}
	for _, r := range before.Rows {
		was[r.ID] = r
	}
	for _, r := range after.Rows {
		if !cmp.Equal(uncounted(was[r.ID]), uncounted(r)) {
			must[r.ID] = true
		}
	}
	for _, id := range d.Removed {
		delete(must, id)
	}
	for id := range must {
		if !slices.Contains(d.Rows, id) {
			t.Fatalf("after %+v row %d is not in the delta, which has %v", edits, id, d.Rows)
		}
	}
	if !slices.IsSorted(d.Rows) {
		t.Fatalf("the rows of the delta are not in order: %v", d.Rows)
	}
	if diff := cmp.Diff(after.Summary, d.Summary); diff != "" {
		t.Fatalf("the delta's summary is not the preview's (-preview +delta):\n%s", diff)
	}
}

// uncounted is the row without how many rows share a key and which is the first
// of them, which a finding tells when it is shown.
func uncounted(r importer.RowView) importer.RowView {
	r.Findings = slices.Clone(r.Findings)
	for i, f := range r.Findings {
		if f.Args["rows"] == "" {
			continue
		}
		args := map[string]string{}
		for k, v := range f.Args {
			if k != "rows" && k != "row" && k != "table" {
				args[k] = v
			}
		}
		r.Findings[i].Args = args
	}
	return r
}

// requireFresh: the preview is what a fresh one of the scene's sheets would be.
func requireFresh(t tb, s *scene, store users.Store, p *importer.Preview) {
	t.Helper()
	diff := cmp.Diff(show(s.preview(t, store)), show(p))
	require.Empty(t, diff, "the edited preview is not the fresh one (-fresh +edited)")
}

// If a look-up fails, nothing is edited; when the store is back, the same edit works.
func TestEditFailsWholly(t *testing.T) {
	forAnyKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		broken := false
		store := storetest.NewFaulty(s.store(t))
		fail := func(string, int) error {
			if broken {
				return errBroken
			}
			return nil
		}
		if chance(t, 50, "fails after") {
			store.After = fail
		} else {
			store.Before = fail
		}
		p := s.preview(t, store)
		sheets := s.clones()
		for range rapid.IntRange(1, 3).Draw(t, "edits") {
			before := show(p)
			edits := m.edits(t, w, sheets)
			broken = true
			_, err := tryAll(t, p, sheets, edits...)
			broken = false
			if err != nil { // else it had nothing to look up
				require.ErrorIs(t, err, errBroken)
				require.Empty(t, cmp.Diff(before, show(p)), "a failed edit changed the preview (-before +after)")
				applyAll(t, p, sheets, edits...)
			}
			requireFresh(t, s.with(sheets), store, p)
		}
	})
}

// An edit that names what is not there edits nothing, also where others of its batch are good.
func TestEditRefuses(t *testing.T) {
	s := asHost(people(), nil, row("l1", "p1@x.com", "A"), row("l2", "p2@x.com", "B"))
	p := s.preview(t, s.store(t))
	_, err := p.Edit(t.Context(), importer.Remove(users.RowAt(0, 3)))
	require.NoError(t, err)
	before := show(p)
	good := importer.Set(users.RowAt(0, 2), "name", "Zoe")
	for _, tt := range []struct {
		name string
		edit importer.Edit
		want error
	}{
		{"a row there never was", importer.Set(users.RowAt(0, 9), "name", "x"), importer.ErrRow},
		{"a row of another table", importer.Remove(users.RowAt(1, 2)), importer.ErrRow},
		{"a row that was removed", importer.Clear(users.RowAt(0, 3), "name"), importer.ErrRow},
		{"the heading", importer.Set(users.RowAt(0, 1), "name", "x"), importer.ErrRow},
		{"a field there is not", importer.Set(users.RowAt(0, 2), "shoe_size", "x"), importer.ErrField},
		{"a field of a new row", importer.Add(0, map[string]string{"shoe_size": "x"}), importer.ErrField},
		{"a table there is not", importer.Add(1, nil), importer.ErrTables},
		{"a negative table", importer.Add(-1, nil), importer.ErrTables},
	} {
		_, err := p.Edit(t.Context(), good, importer.Add(0, map[string]string{"lan_id": "l3"}), tt.edit)
		require.ErrorIs(t, err, tt.want, tt.name)
		require.Empty(t, cmp.Diff(before, show(p)), tt.name)
	}
}

// The id of a row names that row for ever, though it is removed, or was added last.
func TestRowsKeepTheirIDs(t *testing.T) {
	s := asHost(people(), nil, row("l1", "p1@x.com", "A"), row("l2", "p2@x.com", "B"))
	p := s.preview(t, s.store(t))
	sheets := s.clones()
	first := applyAll(t, p, sheets, add("l3", "p3@x.com", "C")).Added[0]
	require.Equal(t, users.RowAt(0, 4), first, "the next record number")
	applyAll(t, p, sheets, remove(4), remove(2))
	second := applyAll(t, p, sheets, add("l4", "p4@x.com", "D")).Added[0]
	require.NotEqual(t, first, second)
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	want := map[users.RowID]importer.Outcome{users.RowAt(0, 2): importer.OutcomeSkipped, users.RowAt(0, 3): importer.OutcomeCreated, first: importer.OutcomeSkipped, second: importer.OutcomeCreated}
	require.Empty(t, cmp.Diff(want, outcomes(r)), "(-want +got)")
}
