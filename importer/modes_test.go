package importer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
)

// What a row may do about somebody known and somebody unknown, by mode.
func TestModes(t *testing.T) {
	known := []users.Record{person(0), person(1)}
	user := func(name, email string) []string { return []string{"", "", name, email, ""} }
	tests := []struct {
		name                   string
		scene                  func() *scene
		create, update, upsert string
	}{
		{
			"somebody new", func() *scene { return asHost(people(), known, row("l7", "p7@x.com", "New")) },
			"2 create l7 lan_id:>l7 email:>p7@x.com name:>New", "2 error !lanid.unknown", "2 create l7 lan_id:>l7 email:>p7@x.com name:>New",
		},
		{
			"somebody known, in every column as they are", func() *scene { return asHost(people(), known, row("l0", "p0@x.com", "N0")) },
			"2 unchanged", "2 unchanged", "2 unchanged",
		},
		{
			"somebody known, with other values", func() *scene { return asHost(people(), known, row("l0", "p0@x.com", "Ada")) },
			"2 error !lanid.taken", "2 update p0@x.com name:N0>Ada", "2 update p0@x.com name:N0>Ada",
		},
		{
			"somebody new with an address that is taken", func() *scene { return asHost(people(), known, row("l7", "P1@x.com", "New")) },
			"2 error !email.taken", "2 error !lanid.unknown !email.taken", "2 error !email.taken",
		},
		{
			"a blank cell keeps", func() *scene { return asHost(cloudlink.Users(), known, user("", "p0@x.com")) },
			"2 unchanged", "2 unchanged", "2 unchanged",
		},
		{
			"a blank cell clears where the column says so", func() *scene { return asHost(people(), known, row("l0", "p0@x.com", "", "l1")) },
			"2 error !lanid.taken", "2 update p0@x.com name:N0> supervisor:>l1", "2 update p0@x.com name:N0> supervisor:>l1",
		},
		{
			"an address known in another case", func() *scene { return asHost(cloudlink.Users(), known, user("Ada", "P0@X.com")) },
			"2 error !email.taken", "2 update p0@x.com name:N0>Ada", "2 update p0@x.com name:N0>Ada",
		},
		{
			"somebody new without a name", func() *scene { return asHost(cloudlink.Users(), known, user("", "p7@x.com")) },
			"2 error !name.missing", "2 error !email.unknown", "2 error !name.missing",
		},
	}
	for _, tt := range tests {
		for mode, want := range map[importer.Mode]string{importer.ModeCreate: tt.create, importer.ModeUpdate: tt.update, importer.ModeUpsert: tt.upsert} {
			t.Run(tt.name+"/"+string(mode), func(t *testing.T) {
				s := tt.scene().in(mode)
				store := s.store(t)
				p := s.preview(t, store)
				require.Equal(t, []string{want}, briefs(show(p)))
				was := show(p)
				r, err := p.Commit(t.Context(), nil)
				require.NoError(t, err)
				requireOutcomes(t, was, nil, r, outcomeOf)
			})
		}
	}
	s := asHost(lines(true), known, attach(0, 1)).in(importer.ModeCreate)
	_, err := s.tryPreview(t, s.open(s.store(t)))
	require.ErrorIs(t, err, importer.ErrMode)
}

// A column whose blank cells clear says nothing where the file does not have it.
func TestAColumnThatIsNotThereClearsNothing(t *testing.T) {
	s := asHost(people(), []users.Record{person(0)}, row("l0", "new@x.com"))
	s.sheets[0].heads, s.sheets[0].rows[0].cells = s.sheets[0].heads[:2], s.sheets[0].rows[0].cells[:2]
	p := s.preview(t, s.store(t))
	require.Equal(t, []string{"2 update p0@x.com email:p0@x.com>new@x.com"}, briefs(show(p)))
	_, err := p.Edit(t.Context(), importer.Clear(users.RowAt(0, 2), "name"))
	require.NoError(t, err)
	require.Equal(t, []string{"2 update p0@x.com email:p0@x.com>new@x.com name:N0>"}, briefs(show(p)), "unless somebody clears it")
}

// A template that lists no modes has all of them, written by hand or as a struct.
func TestModesOfATemplateThatSaysNone(t *testing.T) {
	byHand := people()
	byHand.Modes = nil
	tagged, err := importer.TemplateOf[taggedPeople]("people")
	require.NoError(t, err)
	for _, tpl := range []*importer.Template{byHand, tagged} {
		s := asHost(tpl, []users.Record{person(0)}, row("l0", "p0@x.com", "Ada"), row("l7", "p7@x.com", "New"))
		store := s.store(t)
		require.Equal(t, map[string]int{"update": 1, "create": 1}, s.preview(t, store).Summary().Actions)
		for _, m := range []importer.Mode{importer.ModeCreate, importer.ModeUpdate, importer.ModeUpsert} {
			_, err := s.in(m).tryPreview(t, s.open(store))
			require.NoError(t, err, m)
		}
		_, err := s.in("mirror").tryPreview(t, s.open(store))
		require.ErrorIs(t, err, importer.ErrMode)
	}
}
