package reststore_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/reststore"
)

// Notes come back byte for byte, those too that look like this Store's own, with
// images of people or without.
func TestNotes(t *testing.T) {
	beside := memstore.New()
	store := reststore.New(newAPI(t).client(), beside, nil)
	texts := []string{``, `null`, ` { "a" : 1.0 } `, `{"reststore":{}}`, `{"reststore":{"note":"bm8=","images":[[null,null]]}}`, `{"reststore":{`, "\"\xff\""}
	var want []users.Entry
	for i, s := range texts {
		for j, r := range []users.Record{person(users.ID(rune('a'+i)), ""), line(users.ID("l" + string(rune('0'+i))))} {
			b := row(2*i+j+1, put(r, 0))
			b.Rows[0].Note = json.RawMessage(s)
			require.NoError(t, store.Apply(t.Context(), b))
			r.Version = 1
			want = append(want, users.Entry{Row: b.Rows[0].Row, Note: json.RawMessage(s), Images: []users.Image{{After: &r}}})
		}
	}
	require.Empty(t, cmp.Diff(want, entries(t, store), cmpopts.EquateEmpty()), "the journal (-want +got)")
	require.NoError(t, store.Amend(t.Context(), imp, want))
	require.Empty(t, cmp.Diff(want, entries(t, store), cmpopts.EquateEmpty()), "the journal, amended with itself (-want +got)")

	// An entry of before, which this Store did not write, is read as it is.
	require.NoError(t, beside.Discard(t.Context(), imp))
	require.NoError(t, beside.Apply(t.Context(), row(1)))
	require.Equal(t, `"note"`, string(entries(t, store)[0].Note))
}

// A note that only looks like one of this Store's, and was written around it, is an error.
func TestSpoiltNote(t *testing.T) {
	beside := memstore.New()
	b := row(1)
	b.Rows[0].Note = json.RawMessage(`{"reststore":{"images":[[{"kind":"nonsense"},null]]}}`)
	require.NoError(t, beside.Apply(t.Context(), b))
	n := 0
	for _, err := range reststore.New(newAPI(t).client(), beside, nil).Journal(t.Context(), imp, 0) {
		require.ErrorContains(t, err, "reststore: journal: row 1: ")
		n++
	}
	require.Equal(t, 1, n)
}
