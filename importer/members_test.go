package importer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// Rows about one person add up: what goes into a set of theirs and what goes
// out of it is each row's own, also where somebody else changes the set
// meanwhile, and after it was taken back.
func TestMembersAddUp(t *testing.T) {
	s := asHost(grants(), []users.Record{person(0, has("Night"), has("Old"))},
		[]string{"l0", "Desk", "", ""}, []string{"l0", "Billing", "Night", ""}, []string{"l0", "", "", "Zoe"}, []string{"l9", "Desk", "", "New"}, []string{"l9", "Night", "", ""})
	s.mode = importer.ModeUpsert
	store := s.store(t)
	p := s.preview(t, store)
	require.Equal(t, []string{
		"2 update p0@x.com roles:>Desk", "3 update p0@x.com roles:Night>Billing", "4 update p0@x.com name:N0>Zoe",
		"5 create l9 lan_id:>l9 name:>New roles:>Desk", "6 update l9 roles:>Night"}, briefs(show(p)))
	change(t, store, id(0), func(r users.Record) { recordedit.SetMember(r, "roles", "Other", true) })
	r, err := p.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, r.Done())
	roles := func(who users.ID) string { return everything(t, store)[who].Field("roles") }
	require.Equal(t, "Billing,Desk,Old,Other", roles(id(0)))
	made := r.Lines[3].User
	require.Equal(t, "Desk,Night", roles(made))

	undo, err := importer.Undo(t.Context(), s.openAs(store, "undo"), r.ID, nil)
	require.NoError(t, err)
	r, err = undo.Commit(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, r.Done())
	require.Equal(t, "Night,Old,Other", roles(id(0)))
	require.NotContains(t, everything(t, store), made)
}
