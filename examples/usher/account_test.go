package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

// A listing can be loaded into a fresh store and lists the same there: all pages,
// with any profile.
func TestListIsLoaded(t *testing.T) {
	dir := t.TempDir()
	store := func(name string) string { return "sqlite:" + filepath.Join(dir, name) }
	var all []users.User
	for i := range 1050 {
		all = append(all, users.User{Head: users.Head{ID: users.ID(fmt.Sprint("u", i))}, Profile: users.Profile{
			Email: fmt.Sprintf("p%04d@example.com", i), DisplayName: fmt.Sprintf("\"P\" <%d> & Söhne 🙂", i), Source: users.Local}})
	}
	all[0].Roles = []string{"partner", users.RoleAdmin}
	all[1].ContactCentre = &users.ContactCentre{LANID: "ada", Supervisor: "u2"}
	all[2].Custom = map[string]string{"b": "2", "a": "1"}
	all[3].Source, all[3].Inactive, all[3].ExternalID = users.PBXSync, true, "x3"
	all[4].Email = ""
	load(t, store("first.db"), all)
	first := usher(t, statusOK, "users", "list", "--json", "--store", store("first.db"), "--account", "acme")
	require.Equal(t, len(all), strings.Count(first, "\n"))

	var again []users.User
	for line := range strings.Lines(first) {
		var u users.User
		require.NoError(t, json.Unmarshal([]byte(line), &u))
		again = append(again, u)
	}
	load(t, store("second.db"), again)
	second := usher(t, statusOK, "users", "list", "--json", "--store", store("second.db"), "--account", "acme")
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

func load(t *testing.T, store string, people []users.User) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"id": "acme", "users": people})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "acme.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	usher(t, statusOK, "account", "load", "--store", store, path)
}
