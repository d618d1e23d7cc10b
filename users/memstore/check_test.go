package memstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

func TestApplyRefusesContradictions(t *testing.T) {
	ada := &users.Record{Head: users.Head{ID: "ada"}, Data: &users.Profile{}}
	rows := []users.RowNote{{Row: 1}}
	for _, x := range []struct {
		name, reason string
		batch        users.Batch
	}{
		{"no import", "rows would be done under no name", users.Batch{Rows: rows}},
		{"row 0", "it stands for bookkeeping", users.Batch{Import: "i", Rows: []users.RowNote{{Row: 0}}}},
		{"row twice", "a row is done once", users.Batch{Import: "i", Rows: []users.RowNote{{Row: 1}, {Row: 1}}}},
		{"record twice", "its end would depend on the order", users.Batch{Import: "i", Writes: []users.Write{{ID: "ada", Record: ada}, {ID: "ada", Version: 1}}}},
		{"unknown row", "its image would be lost", users.Batch{Import: "i", Rows: rows, Writes: []users.Write{{Row: 2, ID: "ada", Record: ada}}}},
		{"no id", "nothing could find it", users.Batch{Import: "i", Writes: []users.Write{{Record: &users.Record{Data: &users.Profile{}}}}}},
		{"another id", "a write is about one record", users.Batch{Import: "i", Writes: []users.Write{{ID: "bob", Record: ada}}}},
		{"no data", "a record says something", users.Batch{Import: "i", Writes: []users.Write{{ID: "ada", Record: &users.Record{Head: users.Head{ID: "ada"}}}}}},
		{"nothing", "neither made, changed nor deleted", users.Batch{Import: "i", Writes: []users.Write{{ID: "ada"}}}},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := memstore.New()
			require.ErrorContains(t, s.Apply(t.Context(), x.batch), "memstore: apply: ", x.reason)
			found, err := s.Find(t.Context(), []users.Key{users.ByID("ada"), users.ByID("bob")})
			require.NoError(t, err)
			require.Empty(t, found)
		})
	}
}

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

func TestJournalRefusesARowNotDone(t *testing.T) {
	n := 0
	for _, err := range memstore.New().Journal(t.Context(), "i1", 7) {
		require.EqualError(t, err, "memstore: journal: import i1 did not do row 7")
		n++
	}
	require.Equal(t, 1, n)
}
