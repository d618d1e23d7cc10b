package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

// Showing a person shows the lines, which are separate records.
func TestShowLines(t *testing.T) {
	path := "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
	load(t, path, []users.User{{Head: users.Head{ID: "ada"}, Profile: users.Profile{Email: "ada@example.com", DisplayName: "Ada"}}})
	store, closeStore, err := openStore(t.Context(), path)
	require.NoError(t, err)
	host := users.Open(store, users.Host("test"), nil)
	line := func(id users.ID, l users.Line) users.Write {
		return users.Write{ID: id, Record: &users.Record{Head: users.Head{ID: id, Account: "acme"}, Data: &l}}
	}
	require.NoError(t, host.Apply(t.Context(), accountBatch(host, "acme",
		line("l2", users.Line{PBX: "PBX1", Short: "1002", Holder: "ada", Number: "+33155500102"}),
		line("l1", users.Line{PBX: "PBX1", Short: "1001", Holder: "ada"}),
		line("l3", users.Line{PBX: "PBX1", Short: "1003"}),
	)))
	require.NoError(t, closeStore())

	text := usher(t, statusOK, "users", "show", "--store", path, "--account", "acme", "ada@example.com")
	require.Regexp(t, `(?s)PBX1/1001.*PBX1/1002.*\+33155500102`, text)
	require.NotContains(t, text, "1003", "nobody holds that one")
	object := usher(t, statusOK, "users", "show", "--json", "--store", path, "--account", "acme", "ada")
	require.Contains(t, object, `"lines":[{"id":"l1","pbx":"PBX1","short":"1001","holder":"ada"},{"id":"l2",`)
}
