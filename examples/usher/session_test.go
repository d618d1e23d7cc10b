package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

// usher runs the program within the test, and returns what it printed.
func usher(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	got := run(t.Context(), args, strings.NewReader(""), &out, &problems)
	require.Equal(t, want, got, "usher %s\n%s%s", strings.Join(args, " "), out.String(), problems.String())
	return out.String()
}

// listOf writes a file of n people, of whom every bad-th has no address.
func listOf(t *testing.T, n, bad int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("NAME,EMAIL\n")
	for i := range n {
		at := "@"
		if bad > 0 && i%bad == 0 {
			at = ""
		}
		fmt.Fprintf(&b, "P%d,p%04d%sexample.com\n", i, i, at)
	}
	path := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// What is listed can be loaded into a fresh store, and lists the same there:
// all pages of it, whatever the profiles hold.
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

// A terminal shows 1,000 findings and says how many more there are. A pipe gets all.
func TestTerminalShowsSome(t *testing.T) {
	path := listOf(t, 2400, 2)
	for _, tty := range []bool{true, false} {
		var out, problems bytes.Buffer
		c := newConsole(strings.NewReader(""), &out, &problems)
		c.outTTY = tty
		err := dispatch(t.Context(), c, []string{"check", "--template", "cloudlink", "--store", "memory:", path})
		require.ErrorIs(t, err, errFound)
		require.NoError(t, c.out.Flush())
		shown, more := 1200, 0
		if tty {
			shown, more = 1000, 1
		}
		require.Equal(t, shown, strings.Count(out.String(), "[email.form]"), "on a terminal: %t", tty)
		require.Equal(t, more, strings.Count(out.String(), "… and 200 more findings"), "on a terminal: %t", tty)
		require.Contains(t, out.String(), "2,400 rows: Create 1200, Error 1200", "the counts are of all rows")
	}
}

// stopping cancels as soon as something is written to it.
type stopping struct{ cancel func() }

func (s stopping) Write(p []byte) (int, error) {
	s.cancel()
	return len(p), nil
}

// Ctrl-C between two batches ends the import: what was done is told, with the id.
func TestInterrupted(t *testing.T) {
	store := "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	c := newConsole(strings.NewReader(""), &out, stopping{cancel})
	c.errTTY = true // the first sign of progress presses Ctrl-C
	err := dispatch(ctx, c, []string{"import", "--template", "cloudlink", "--yes", "--store", store, listOf(t, 1200, 0)})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, c.out.Flush())
	require.Regexp(t, `Import interrupted: 500 created`, out.String())
	id := regexp.MustCompile(`(?m)^Import ([a-z2-7]{26})$`).FindStringSubmatch(out.String())
	require.Len(t, id, 2)
	require.Contains(t, usher(t, statusFound, "report", "--store", store, id[1]), "500 created", "an unfinished report is one, too")
	require.Contains(t, usher(t, statusOK, "users", "list", "--store", store), "500 people")
}

// Ctrl-C at the question writes nothing, though nobody answers it.
func TestInterruptedQuestion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.db")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	in, never := io.Pipe()
	defer never.Close()
	var out bytes.Buffer
	c := newConsole(in, &out, stopping{cancel})
	c.inTTY = true
	err := dispatch(ctx, c, []string{"import", "--template", "cloudlink", "--store", "sqlite:" + path, listOf(t, 3, 0)})
	require.ErrorIs(t, err, context.Canceled)
	require.NoFileExists(t, path)
}

// A database may have any name.
func TestStoreNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%20é.db")
	usher(t, statusOK, "users", "add", "--store", "sqlite:"+path, "--email", "ada@example.com", "--name", "Ada")
	require.FileExists(t, path)
	require.Contains(t, usher(t, statusOK, "users", "list", "--store", "sqlite:"+path), "1 person")
}

// A database that another program began, or that was left half made, is as good as none.
func TestStoreWithoutTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.db")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.Contains(t, usher(t, statusOK, "users", "list", "--store", "sqlite:"+path), "0 people")
	usher(t, statusOK, "users", "add", "--store", "sqlite:"+path, "--email", "ada@example.com", "--name", "Ada")
}

// Showing somebody shows their lines, which are records of their own.
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
