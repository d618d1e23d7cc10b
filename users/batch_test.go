package users_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

func TestABatchThatContradictsItselfIsRefused(t *testing.T) {
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
		{"no text", "a key must be text in every store", users.Batch{Import: "i", Writes: []users.Write{{ID: "ada", Record: &users.Record{Head: users.Head{ID: "ada"}, Data: &users.Profile{ExternalID: "a\xff"}}}}}},
		{"nothing", "neither made, changed nor deleted", users.Batch{Import: "i", Writes: []users.Write{{ID: "ada"}}}},
	} {
		t.Run(x.name, func(t *testing.T) {
			require.Error(t, x.batch.Check(), x.reason)
		})
	}
}
