package rainbow_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/rainbow"
	"github.com/usher-go/usher/users"
)

// A line is one line however the account writes the id of its system now.
func TestOneSystemInTwoSpellings(t *testing.T) {
	store := newStore(t, "ada P3 1")
	opts := &rainbow.Options{PBXs: map[string]string{"PBX00000000000000000000000000000003": ""}}
	p := preview(t, store, users.Partner("pat"), opts, head+"attach;bob@x.com;P3;1;;\n")
	require.Empty(t, cmp.Diff([]string{"2 error bob !line.taken@pbx_short_number holder=ada"}, told(p)))
}

// What comes along with a line was shown; another number is another effect.
func TestWhatComesAlongIsStale(t *testing.T) {
	store := newStore(t, "- P1 1001 +331")
	p := preview(t, store, users.Partner("pat"), &rainbow.Options{PBXs: pbxs()}, head+"attach;ada@x.com;P1;1001;;\n")
	require.Empty(t, cmp.Diff([]string{"2 update ada +P1/1001 ++331 +g/1001"}, told(p)))

	recs, err := store.Find(t.Context(), []users.Key{users.ByID("line0")})
	require.NoError(t, err)
	r := recs[0].Clone()
	r.SetField("number", "+332")
	require.NoError(t, store.Apply(t.Context(), users.Batch{Import: "meanwhile", Writes: []users.Write{{ID: "line0", Version: r.Version, Record: &r}}}))

	report, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(map[importer.Outcome]int{importer.OutcomeConflict: 1}, report.Counts))
}

// A row that shows something else after an edit is among those to be drawn again.
func TestDeltaHasWhatNoLongerComesAlong(t *testing.T) {
	p := preview(t, newStore(t, "- P1 1 +331"), users.Partner("pat"), &rainbow.Options{PBXs: pbxs()},
		head+"attach;ada@x.com;P1;1;;\nattach;cyd@x.com;P1;7;;\n")
	before := told(p)
	var ids []users.RowID
	for r := range p.Rows() {
		ids = append(ids, r.ID)
	}
	d, err := p.Edit(t.Context(), importer.Set(ids[1], "number", "+331"))
	require.NoError(t, err)
	require.NotEqual(t, before[0], told(p)[0])
	require.Contains(t, d.Rows, ids[0])
}
