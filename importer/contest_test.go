package importer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// Two imports give one line to different people. Whichever comes first, and
// whether the other learns of it before its batch or by its batch, the line has
// one owner, and the report of who came second says so, and names the person who has it.
func TestLineTakenByAnotherImport(t *testing.T) {
	recs := []users.Record{person(0), person(1), person(2), line(5, 0), line(6, -1)}
	for _, line := range []int{5, 6} { // held by person 0, and by nobody
		for _, how := range []struct {
			name string
			row  func(i, l int) []string
		}{{"force_attach", force}, {"attach", attach}} {
			if line == 5 && how.name == "attach" {
				continue // shown as taken, and stays so
			}
			for _, amid := range []bool{false, true} {
				t.Run(fmt.Sprintf("line %d, %s, amid %t", line, how.name, amid), func(t *testing.T) {
					one := asHost(lines(true), recs, how.row(1, line)).as(users.Partner("pat"))
					two := asHost(lines(true), recs, how.row(2, line)).as(users.AccountAdmin("u0", acme))
					inner := one.store(t)
					before := invariant.Read(t, inner)
					first := one.previewIn(t, one.openAs(inner, "one"))
					store := storetest.NewFaulty(inner)
					second := two.previewIn(t, two.openAs(store, "two"))
					win := func() {
						r, err := first.Commit(t.Context(), &importer.CommitOptions{ID: "first"})
						require.NoError(t, err)
						require.Equal(t, map[importer.Outcome]int{importer.OutcomeUpdated: 1}, r.Counts)
					}
					if amid {
						store.Before = func(op string, n int) error {
							if op == storetest.OpApply && n == 1 {
								win()
							}
							return nil
						}
					} else {
						win()
					}
					r, err := second.Commit(t.Context(), &importer.CommitOptions{ID: "second"})
					require.NoError(t, err)
					require.Len(t, r.Lines, 1)
					lost := r.Lines[0]
					require.Equal(t, importer.OutcomeConflict, lost.Outcome)
					require.Empty(t, lost.Gains)
					named := false
					for _, f := range lost.Findings {
						require.Equal(t, 2, f.Row)
						named = named || f.Args["holder"] == mail(1)
					}
					require.NotEmpty(t, lost.Findings)
					require.True(t, named, "who has the line is named: %+v", lost.Findings)
					invariant.RequireSerial(t, before, inner, "first", "second")
					require.Equal(t, id(1), everything(t, inner)[users.ID(fmt.Sprint("line", line))].Holder())
				})
			}
		}
	}
}
