package importer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// Each stage reads its rows again instead of keeping a draft of each. The runs
// of a template's Draft function are counted for one row, so that they cannot
// creep up unseen.
func TestDraftRuns(t *testing.T) {
	const rows = 600 // more than a batch

	tests := []struct {
		name   string
		stored bool // the people exist, under other names
		want   map[string]int
	}{
		{"people who are new", false, map[string]int{"preview": 3, "rows": 1, "commit": 9, "edit of one row": 3}},
		{"people who exist", true, map[string]int{"preview": 4, "rows": 1, "commit": 9, "edit of one row": 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			runs := 0
			tpl := people()
			draft := tpl.Tables[0].Draft
			tpl.Tables[0].Draft = func(r importer.Row, d *importer.Draft) {
				runs++
				draft(r, d)
			}
			store := memstore.New()
			dir := users.Open(store, users.Partner("pat"), nil)
			var cells [][]string
			for i := range rows {
				cells = append(cells, row(fmt.Sprintf("l%d", i), fmt.Sprintf("p%d@x.com", i), fmt.Sprintf("N%d", i)))
				if tt.stored {
					_, err := dir.Add(t.Context(), acme, users.Profile{DisplayName: "Before", Email: fmt.Sprintf("p%d@x.com", i), ContactCentre: &users.ContactCentre{LANID: fmt.Sprintf("l%d", i)}})
					require.NoError(t, err)
				}
			}
			table := newSheet(tpl.Tables[0], cells...).table("people")

			got := map[string]int{}
			count := func(stage string, of int, do func(context.Context) error) {
				runs = 0
				require.NoError(t, do(t.Context()))
				require.Zero(t, runs%of, "every row is read as often as the others")
				got[stage] = runs / of
			}
			var p *importer.Preview
			count("preview", rows, func(ctx context.Context) (err error) {
				p, err = importer.New(dir, tpl, &importer.Options{Account: acme, Mode: importer.ModeUpsert}).Preview(ctx, table)
				return err
			})
			count("rows", rows, func(context.Context) error {
				for range p.Rows() {
				}
				return nil
			})
			count("edit of one row", 1, func(ctx context.Context) error {
				_, err := p.Edit(ctx, importer.Set(users.RowAt(0, 2), "name", "Changed"))
				return err
			})
			count("commit", rows, func(ctx context.Context) error {
				r, err := p.Commit(ctx, nil)
				if err == nil && r.Counts[importer.OutcomeFailed] > 0 {
					err = fmt.Errorf("rows failed: %v", r.Counts)
				}
				return err
			})
			require.Empty(t, cmp.Diff(tt.want, got), "runs of Draft for one row (-want +got)")
		})
	}
}
