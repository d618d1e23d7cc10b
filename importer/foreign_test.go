package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/users"
)

// The id of another account's import opens nothing: it is not committed under,
// not resumed, not read; neither account changes, and no error tells of the other.
func TestAnotherAccountsImport(t *testing.T) {
	tests := []struct {
		name  string
		actor users.Actor
		reads bool // the actor reaches both accounts, one import apart
	}{
		{"an Account Admin", users.AccountAdmin("u0", acme), false},
		{"a sync", users.Sync(users.SCIM, acme), false},
		{"a partner", users.Partner("pat"), true},
		{"the host", users.Host("test"), true},
	}
	for _, done := range []bool{true, false} {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				s := asHost(people(), []users.Record{person(0, admin), person(1), elsewhere(person(2, admin))}, row("l1", mail(1), "Zoe"))
				store := s.store(t)
				theirs := users.Open(store, users.AccountAdmin("gu2", globex), nil)
				table := s.sheets[0].table("people")
				p, err := importer.New(theirs, people(), nil).Preview(t.Context(), table)
				require.NoError(t, err)
				_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Label: "secret label"})
				require.NoError(t, err)
				if !done {
					change(t, store, imp, func(r users.Record) { r.Data.(*users.Import).State = users.ImportRunning })
				}
				before := invariant.Read(t, store)
				was, err := theirs.Get(t.Context(), imp)
				require.NoError(t, err)

				s.as(tt.actor)
				dir := s.open(store)
				r, err := s.previewIn(t, dir).Commit(t.Context(), &importer.CommitOptions{ID: imp})
				require.Error(t, err)
				if tt.reads {
					require.ErrorIs(t, err, users.ErrNotFound)
				}
				require.NotContains(t, err.Error(), string(globex))
				require.NotContains(t, err.Error(), "secret")
				require.Empty(t, r.Lines)
				require.Empty(t, r.Label)
				require.NotEqual(t, globex, r.Account)
				if !tt.reads {
					s.resume = imp
					p, err := s.tryPreview(t, s.open(store))
					require.NoError(t, err, "an id of which nothing is known begins")
					_, err = p.Commit(t.Context(), nil)
					require.Error(t, err, "resumed")
					require.NotContains(t, err.Error(), string(globex))
					_, err = importer.LoadReport(t.Context(), dir, imp)
					require.ErrorIs(t, err, users.ErrNotFound, "read")
					for range dir.Journal(t.Context(), imp, 0) {
						require.Fail(t, "their journal was read")
					}
				}
				invariant.RequireEqual(t, "the store", before, invariant.Read(t, store))
				is, err := theirs.Get(t.Context(), imp)
				require.NoError(t, err)
				require.Empty(t, cmp.Diff(was, is), "their import (-before +after)")
				require.Len(t, invariant.Journal(t, store, imp), 1)
			})
		}
	}
}

// Nor does one who reaches both accounts go on in one with what was begun in the other.
func TestResumeInAnotherAccount(t *testing.T) {
	s := asHost(people(), []users.Record{person(0, admin), elsewhere(person(2, admin))}, row("l1", mail(1), "Zoe")).as(users.Partner("pat"))
	store := s.store(t)
	dir := s.open(store)
	p, err := importer.New(dir, people(), &importer.Options{Account: globex}).Preview(t.Context(), s.sheets[0].table("people"))
	require.NoError(t, err)
	_, err = p.Commit(t.Context(), &importer.CommitOptions{ID: imp})
	require.NoError(t, err)
	before := invariant.Read(t, store)
	s.resume = imp
	if p, err = s.tryPreview(t, dir); err == nil {
		_, err = p.Commit(t.Context(), nil)
	}
	require.ErrorIs(t, err, users.ErrNotFound)
	invariant.RequireEqual(t, "the store", before, invariant.Read(t, store))
}
