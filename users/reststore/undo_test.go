package reststore_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// undone takes the import of with back as import id, and goes on with that if it
// has begun. It is done when there is nothing left to do.
func (r *rig) undone(t *testing.T, of, id users.ID) error {
	t.Helper()
	resume := users.ID("")
	recs, err := r.store.Find(t.Context(), []users.Key{users.ByID(id)})
	if err != nil {
		return err
	}
	if len(recs) > 0 {
		resume = id
	}
	p, err := importer.Undo(t.Context(), users.Open(r.store, users.Partner("pat"), &users.Options{Now: noon}), of, &importer.UndoOptions{Resume: resume})
	if err == nil {
		_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: id, Batch: 1})
	}
	return err
}

// profiles are the people as the service has them, whatever their versions.
func (r *rig) profiles(t *testing.T) map[users.ID]users.Data {
	t.Helper()
	page, err := r.api.people.List(t.Context(), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
	require.NoError(t, err)
	out := map[users.ID]users.Data{}
	for _, p := range page.Records {
		out[p.ID] = p.Data
	}
	return out
}

func (r *rig) states(t *testing.T, ids ...users.ID) map[users.ID]users.ImportState {
	t.Helper()
	out := map[users.ID]users.ImportState{}
	for _, f := range find(t, r.store, ids...) {
		out[f.ID] = f.Data.(*users.Import).State
	}
	return out
}

// Imports are taken back over a service too, and that again: the mark on the
// import is written with the first row, whatever fails.
func TestUndo(t *testing.T) {
	s := scenes()[1]
	for _, f := range []fault{{op: "none"}, {"http", false, false}, {"http", true, false}, {storetest.OpApply, false, false}, {storetest.OpApply, true, false}} {
		t.Run(f.String(), func(t *testing.T) {
			for at := 1; ; at++ {
				r := newRig(t, s)
				before := r.profiles(t)
				_, err := r.preview(t, s, "new", "").Commit(t.Context(), options())
				require.NoError(t, err)
				after := r.profiles(t)

				hit := r.arm(f, at)
				err = r.undone(t, imp, "back")
				r.disarm()
				_, over := hit()
				if err != nil {
					require.True(t, errors.Is(err, errFault) || f.op == "http", err)
					r.restart()
					require.NoError(t, r.undone(t, imp, "back"), "again after call %d", at)
				}
				require.Empty(t, cmp.Diff(before, r.profiles(t)), "call %d (-before +undone)", at)
				require.Equal(t, map[users.ID]users.ImportState{imp: users.ImportUndone, "back": users.ImportDone}, r.states(t, imp, "back"))

				require.NoError(t, r.undone(t, "back", "forth"))
				require.Empty(t, cmp.Diff(after, r.profiles(t)), "call %d (-imported +undone twice)", at)
				require.Equal(t, map[users.ID]users.ImportState{imp: users.ImportDone, "back": users.ImportUndone, "forth": users.ImportDone}, r.states(t, imp, "back", "forth"))
				r.requireSettled(t)
				if over {
					break
				}
			}
		})
	}
}

// The import that is marked may have been written by others before the row is
// entered: how far they brought it stays, and so does the mark. A document that
// another import has by then is not claimed again.
func TestMarkMovesOn(t *testing.T) {
	old := func(state users.ImportState, change func(*users.Import)) users.Record {
		rec := importing(nil)
		d := rec.Data.(*users.Import)
		rec.ID, d.State, d.Once = "old", state, true
		if change != nil {
			change(d)
		}
		return rec
	}
	for _, x := range []struct {
		name, reason string
		theirs       users.Record
		want         users.Record
	}{
		{"counted", "what it did stays counted, and its document is another's", old(users.ImportUndone, func(d *users.Import) { d.Counts = map[string]int{"failed": 1} }),
			old(users.ImportDone, func(d *users.Import) { d.Counts, d.Once = map[string]int{"failed": 1}, false })},
		{"pruned", "its journal is gone, and nobody may think that it did nothing", old(users.ImportUndone, func(d *users.Import) { d.Pruned = true }),
			old(users.ImportDone, func(d *users.Import) { d.Pruned = true })},
		{"marked", "another was first", old(users.ImportDone, func(d *users.Import) { d.Label, d.Once = "theirs", false }),
			old(users.ImportDone, func(d *users.Import) { d.Label, d.Once = "theirs", false })},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Log(x.reason)
			r := newRig(t, scene{})
			given(t, r.store, old(users.ImportUndone, nil))
			r.beside.Before = func(op string, n int) error {
				if op == storetest.OpApply && n == 4 { // given, asked, intended, and not entered
					return errFault
				}
				return nil
			}
			batch := row(1, put(person("ada", "ada@example.com"), 0), put(importing(nil), 0), put(old(users.ImportDone, nil), 1))
			require.ErrorIs(t, r.store.Apply(t.Context(), batch), errFault)
			other := old(users.ImportRunning, nil)
			other.ID = "other"
			given(t, r.inner, other)
			require.NoError(t, r.inner.Apply(t.Context(), users.Batch{Import: "old", Digest: "d", Writes: []users.Write{put(x.theirs, 1)}}))

			require.Len(t, entries(t, r.store), 1)
			require.Empty(t, cmp.Diff(x.want.Data, find(t, r.store, "old")[0].Data), "(-want +got)")
			r.requireSettled(t)
		})
	}
}
