package importer_test

import (
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

func TestRowsAreFiltered(t *testing.T) {
	table, err := csv.Read(t.Context(), strings.NewReader("NAME,EMAIL,ROLE\n"+
		"Zoë Büro,zoe@example.com,User\nBob,bob@example,User\nCyd, cyd@example.com,Root\nDan,dan@example.com\u00a0,User\n"), nil)
	require.NoError(t, err)
	p, err := importer.New(users.Open(memstore.New(), users.AccountAdmin("pat", "acme"), nil), cloudlink.Users(), nil).Preview(t.Context(), table)
	require.NoError(t, err)
	for _, tt := range []struct {
		name    string
		filters []importer.RowFilter
		want    []int
	}{
		{"none: all", nil, []int{2, 3, 4, 5}},
		{"with findings, warnings too", []importer.RowFilter{importer.WithFindings}, []int{3, 4, 5}},
		{"with errors", []importer.RowFilter{importer.WithErrors}, []int{3, 4}},
		{"by action", []importer.RowFilter{importer.WithAction(importer.ActionCreate)}, []int{2, 5}},
		{"by code", []importer.RowFilter{importer.WithCode("role.unknown")}, []int{4}},
		{"by text, case and accents aside", []importer.RowFilter{importer.WithText("BURO")}, []int{2}},
		{"by text of any cell", []importer.RowFilter{importer.WithText("dan@")}, []int{5}},
		{"by several at once", []importer.RowFilter{importer.WithErrors, importer.WithText("bob")}, []int{3}},
		{"by text nobody has", []importer.RowFilter{importer.WithText("zed")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []int
			for r := range p.Rows(tt.filters...) {
				got = append(got, r.Number)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
