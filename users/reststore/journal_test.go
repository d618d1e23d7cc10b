package reststore_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

// besides is all that the store beside has of records of kind user and of
// imports, and the journal, as text.
func (r *rig) besides(t *testing.T) string {
	t.Helper()
	var all []any
	for _, kind := range []users.Kind{users.KindUser, users.KindImport} {
		page, err := r.inner.List(t.Context(), users.Query{Kind: kind, Scope: users.Scope{All: true}})
		require.NoError(t, err)
		for _, rec := range page.Records {
			all = append(all, rec)
		}
	}
	for e, err := range r.inner.Journal(t.Context(), imp, 0) {
		require.NoError(t, err)
		e, err := unwrapped(e)
		require.NoError(t, err)
		all = append(all, e)
	}
	text, err := json.Marshal(all)
	require.NoError(t, err)
	return string(text)
}

// unwrapped is the entry with the bytes of a wrapped note as text.
func unwrapped(e users.Entry) (any, error) {
	var w struct {
		Reststore struct {
			Note   []byte            `json:"note"`
			Images []json.RawMessage `json:"images"`
		} `json:"reststore"`
	}
	err := json.Unmarshal(e.Note, &w)
	return []any{string(w.Reststore.Note), string(e.Note), w.Reststore.Images, e.Images}, err
}

// Discard leaves nothing of a person beside, also of one whose row is unfinished.
func TestDiscardLeavesNobody(t *testing.T) {
	r := newRig(t, scene{})
	require.NoError(t, r.store.Apply(t.Context(), row(1, put(person("bob", "known@example.com"), 0), put(importing(nil), 0))))
	land := r.lose(t, row(2, put(person("eve", "secret@example.com"), 0), put(importing(nil), 1)))
	require.Contains(t, r.besides(t), "known@example.com")
	require.Contains(t, r.besides(t), "secret@example.com")
	require.NoError(t, r.store.Discard(t.Context(), imp))
	require.NotContains(t, r.besides(t), "@example.com")
	land()
	require.Empty(t, entries(t, r.store), "who is made later is in no journal")
	require.NotContains(t, r.besides(t), "@example.com")
	require.Len(t, find(t, r.store, imp), 1)
}

// Amend leaves nothing of a person beside who was in a row that was done, also
// where an older call of that row may still arrive; what is unfinished of other
// rows stays.
func TestAmendLeavesNobody(t *testing.T) {
	r := newRig(t, scene{})
	secret := func(id users.ID) users.Record {
		rec := nameless(id)
		rec.Data.(*users.Profile).DisplayName = "Secret"
		return rec
	}
	r.lose(t, row(1, put(secret("a1"), 0), put(importing(nil), 0)))
	r.lose(t, row(2, put(person("eve", "eve@example.com"), 0), put(importing(nil), 0)))
	require.NoError(t, r.store.Apply(t.Context(), row(1, put(secret("a2"), 0), put(importing(nil), 0))))
	require.Contains(t, r.besides(t), "Secret")
	require.Error(t, r.store.Amend(t.Context(), imp, []users.Entry{{Row: users.RowAt(0, 1)}, {Row: users.RowAt(0, 2)}}), "row 2 is not done")
	require.Contains(t, r.besides(t), "Secret")
	require.NoError(t, r.store.Amend(t.Context(), imp, []users.Entry{{Row: users.RowAt(0, 1), Note: json.RawMessage("{}")}}))
	require.NotContains(t, r.besides(t), "Secret")
	require.Contains(t, r.besides(t), "eve@example.com")
	require.Len(t, entries(t, r.store), 1)
}
