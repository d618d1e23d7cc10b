package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// In the report of several tables every row names its table, those that were removed included.
func TestReportNamesTables(t *testing.T) {
	s := asHost(staff(), nil, row("l1", mail(1), "A"), row("l2", mail(2), "B")).and(attach(1, 3))
	p := s.preview(t, s.store(t))
	applyAll(t, p, s.clones(), remove(3))
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	var got []string
	for _, l := range r.Lines {
		got = append(got, l.Table+" "+number(l.Number)+" "+string(l.Outcome))
	}
	require.Empty(t, cmp.Diff([]string{"people 2 created", "people 3 skipped", "lines 2 updated"}, got), "(-want +got)")
}

// An edit by hand is an import of one row: its report says what was done, to whom, and that it is done.
func TestReportOfAnEditByHand(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)})
	store := s.store(t)
	dir := s.open(store)
	added, err := dir.Add(t.Context(), acme, users.Profile{Email: "a@x.com", DisplayName: "A"})
	require.NoError(t, err)
	page, err := dir.List(t.Context(), users.Query{Kind: users.KindImport})
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
	r, err := importer.LoadReport(t.Context(), dir, page.Records[0].ID)
	require.NoError(t, err)
	require.True(t, r.Done())
	require.Equal(t, map[importer.Outcome]int{importer.OutcomeCreated: 1}, r.Counts)
	require.Len(t, r.Lines, 1)
	require.Equal(t, added.ID, r.Lines[0].User)
}
