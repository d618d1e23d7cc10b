package users_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

func imports(id users.ID, account users.AccountID, version uint64, imp users.Import) users.Write {
	return users.Write{ID: id, Version: version, Record: &users.Record{Head: users.Head{ID: id, Account: account}, Data: &imp}}
}

func human(id users.ID, account users.AccountID, roles ...string) *users.Record {
	return &users.Record{Head: users.Head{ID: id, Account: account}, Data: &users.Profile{Email: string(id) + "@example.com", DisplayName: string(id), Roles: roles}}
}

// past is a store in which "first" made acme's only admin, and other imports were done.
func past(t *testing.T) users.Store {
	t.Helper()
	s := memstore.New()
	require.NoError(t, s.Apply(t.Context(), users.Batch{Import: "first", Digest: "f", Rows: []users.RowNote{{Row: 1}}, Writes: []users.Write{
		{Row: 1, ID: "ada", Record: human("ada", "acme", users.RoleAdmin)},
		imports("first", "acme", 0, users.Import{Template: "t", Actor: "partner:pat", State: users.ImportDone, First: true, Digest: "f"}),
	}}))
	require.NoError(t, s.Apply(t.Context(), users.Batch{Import: "setup", Writes: []users.Write{
		imports("idle", "acme", 0, users.Import{Template: "t", Actor: "partner:pat", State: users.ImportDone, First: true, Once: true}),
		imports("far", "globex", 0, users.Import{Template: "t", Actor: "partner:pat", State: users.ImportDone, First: true}),
		imports("mine", "acme", 0, users.Import{Template: "t", Actor: "admin:ada", State: users.ImportDone}),
		imports("gone", "acme", 0, users.Import{Template: "t", Actor: "partner:pat", State: users.ImportUndone}),
	}}))
	return s
}

// What an undoing may do to the records of imports, and to the last admin, and what it may not.
func TestImportsThatUndo(t *testing.T) {
	pat, ada, scim := users.Partner("pat"), users.AccountAdmin("ada", "acme"), users.Sync(users.SCIM, "acme")
	undo := func(a users.Actor, of users.ID) users.Write {
		return imports("u", "acme", 0, users.Import{Template: "undo", Actor: a.String(), State: users.ImportRunning, Undoes: of})
	}
	demote := users.Write{Row: 1, ID: "ada", Version: 1, Record: human("ada", "acme")}
	mark := func(id users.ID, imp users.Import) users.Write {
		if imp.Actor == "" {
			imp.Template, imp.Actor = "t", "partner:pat"
		}
		return imports(id, "acme", 1, imp)
	}
	tests := []struct {
		name, reason string
		actor        users.Actor
		writes       []users.Write
		code         string
	}{
		{"the first admins go with the import that made them", "as it was before", pat, []users.Write{undo(pat, "first"), demote}, ""},
		{"in the name of another first import", "it did not make her one", pat, []users.Write{undo(pat, "idle"), demote}, "admin.last"},
		{"in the name of another account's", "nor did that", pat, []users.Write{undo(pat, "far"), demote}, "import.foreign"},
		{"in the name of none", "the rule stands", pat, []users.Write{undo(pat, ""), demote}, "admin.last"},
		{"marked as undone", "what an undoing does", ada, []users.Write{undo(ada, "idle"), mark("idle", users.Import{State: users.ImportUndone, UndoneBy: "u", First: true, Once: true})}, ""},
		{"its document let go of as well", "an undone import lets go by itself", ada, []users.Write{undo(ada, "idle"), mark("idle", users.Import{State: users.ImportUndone, UndoneBy: "u", First: true})}, "import.foreign"},
		{"in another undoing's name", "that one did not", ada, []users.Write{undo(ada, "idle"), mark("idle", users.Import{State: users.ImportUndone, UndoneBy: "mine", First: true, Once: true})}, "import.foreign"},
		{"to a state there is not", "it would be listed so", ada, []users.Write{undo(ada, "idle"), mark("idle", users.Import{State: "nonsense", First: true, Once: true})}, "import.foreign"},
		{"pruned on the way", "journals are the host's", ada, []users.Write{undo(ada, "idle"), mark("idle", users.Import{State: users.ImportUndone, UndoneBy: "u", First: true, Once: true, Pruned: true})}, "import.foreign"},
		{"another than it undoes", "whoever began that would wonder", ada, []users.Write{undo(ada, "idle"), mark("gone", users.Import{State: users.ImportDone})}, "import.foreign"},
		{"by a sync", "it writes what its source keeps, and nothing else", scim, []users.Write{undo(scim, "idle")}, "import.foreign"},
		{"one's own, pruned", "journals are the host's", ada, []users.Write{mark("mine", users.Import{Template: "t", Actor: "admin:ada", State: users.ImportDone, Pruned: true})}, "import.foreign"},
		{"one's own, undoing another afterwards", "it says for ever what it is", ada, []users.Write{mark("mine", users.Import{Template: "t", Actor: "admin:ada", State: users.ImportDone, Undoes: "idle"})}, "import.foreign"},
		{"one's own, running again", "what is done is done", ada, []users.Write{mark("mine", users.Import{Template: "t", Actor: "admin:ada", State: users.ImportRunning})}, "import.foreign"},
		{"the first where there is an admin", "it is not", pat, []users.Write{imports("u", "acme", 0, users.Import{Template: "t", Actor: "partner:pat", State: users.ImportRunning, First: true})}, "import.first"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := users.Batch{Import: "u", Rows: []users.RowNote{{Row: 1}}, Writes: tt.writes}
			if tt.writes[0].ID == "mine" {
				b.Import = "mine"
			}
			err := users.Open(past(t), tt.actor, nil).Apply(t.Context(), b)
			if tt.code == "" {
				require.NoError(t, err, tt.reason)
				return
			}
			var denied *users.Denied
			require.ErrorAs(t, err, &denied, tt.reason)
			require.Equal(t, tt.code, denied.Refusals[0].Problem.Code, tt.reason)
		})
	}
}

// spiteful panics wherever it can.
type spiteful struct{ *memstore.Store }

func (spiteful) Find(context.Context, []users.Key) ([]users.Record, error) { panic("boom") }
func (spiteful) List(context.Context, users.Query) (users.Page, error)     { panic("boom") }
func (spiteful) Apply(context.Context, users.Batch) error                  { panic("boom") }
func (spiteful) Amend(context.Context, users.ID, []users.Entry) error      { panic("boom") }
func (spiteful) Discard(context.Context, users.ID) error                   { panic("boom") }
func (spiteful) MaxWrites() int                                            { panic("boom") }

// untidy panics when its journal is left.
type untidy struct{ *memstore.Store }

func (untidy) Journal(context.Context, users.ID, users.RowID) iter.Seq2[users.Entry, error] {
	return func(yield func(users.Entry, error) bool) {
		defer func() { panic("the cursor is closed twice") }()
		_ = yield(users.Entry{Row: 1}, nil)
	}
}

// A panic inside a Store is an error; one of whoever ranges over a journal is theirs.
func TestStoresThatPanic(t *testing.T) {
	host := users.Open(spiteful{memstore.New()}, users.Host("h"), nil)
	_, err := host.Find(t.Context(), users.ByID("x"))
	require.ErrorIs(t, err, users.ErrPanic)
	_, err = host.List(t.Context(), users.Query{})
	require.ErrorIs(t, err, users.ErrPanic)
	require.ErrorIs(t, host.Apply(t.Context(), users.Batch{Import: "i"}), users.ErrPanic)
	require.ErrorIs(t, host.Amend(t.Context(), "i", nil), users.ErrPanic)
	require.ErrorIs(t, host.Discard(t.Context(), "i"), users.ErrPanic)
	require.Zero(t, host.MaxWrites())

	s := untidy{memstore.New()}
	require.NoError(t, s.Apply(t.Context(), users.Batch{Import: "i", Writes: []users.Write{imports("i", "acme", 0, users.Import{})}}))
	host = users.Open(s, users.Host("h"), nil)
	for range host.Journal(t.Context(), "i", 0) {
		break
	}
	var last error
	for _, err := range host.Journal(t.Context(), "i", 0) {
		last = err
	}
	require.ErrorIs(t, last, users.ErrPanic)
	require.NoError(t, s.Store.Apply(t.Context(), users.Batch{Import: "i", Rows: []users.RowNote{{Row: 1}}}))
	host = users.Open(s.Store, users.Host("h"), nil)
	require.PanicsWithValue(t, "mine", func() {
		for range host.Journal(t.Context(), "i", 0) {
			panic("mine")
		}
	})
}
