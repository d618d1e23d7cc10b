package memstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

func TestFindRefusesTooManyKeys(t *testing.T) {
	_, err := memstore.New().Find(t.Context(), make([]users.Key, users.MaxFind+1))
	require.EqualError(t, err, "memstore: find: 501 keys, at most 500")
}

func TestListRefusesWhatNoPageAnswered(t *testing.T) {
	for _, after := range []string{"?", "bm90aGluZw", "AA"} {
		_, err := memstore.New().List(t.Context(), users.Query{After: after})
		require.EqualError(t, err, "memstore: list: after: not the end of a page")
	}
}

func TestAmendRefusesARowNotDone(t *testing.T) {
	err := memstore.New().Amend(t.Context(), "i1", []users.Entry{{Row: 7}})
	require.EqualError(t, err, "memstore: amend: import i1 did not do row 7")
}

func TestJournalRefusesARowNotDone(t *testing.T) {
	n := 0
	for _, err := range memstore.New().Journal(t.Context(), "i1", 7) {
		require.EqualError(t, err, "memstore: journal: import i1 did not do row 7")
		n++
	}
	require.Equal(t, 1, n)
}
