package importer_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// Rows yields the rows of the moment it began. One row added for each row that
// it yields does not keep it going, and the next call of Rows yields those too.
func TestRowsEndsAlthoughRowsAreAdded(t *testing.T) {
	ctx := context.Background()
	dir := users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil)
	table, err := csv.Read(ctx, strings.NewReader("NAME,EMAIL\nAda,ada@example.com\nBob,bob@example.com\n"), nil)
	require.NoError(t, err)
	preview, err := importer.New(dir, cloudlink.Users(), nil).Preview(ctx, table)
	require.NoError(t, err)

	numbers := func(add bool) []int {
		var out []int
		for row := range preview.Rows() {
			out = append(out, row.Number)
			require.LessOrEqual(t, len(out), 4, "rows yielded")
			if add {
				_, err := preview.Edit(ctx, importer.Add(0, map[string]string{"name": "Cyd"}))
				require.NoError(t, err)
			}
		}
		return out
	}

	require.Empty(t, cmp.Diff([]int{2, 3}, numbers(true)), "(-want +got) while rows are added")
	require.Empty(t, cmp.Diff([]int{2, 3, 4, 5}, numbers(false)), "(-want +got) afterwards")
}
