package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
)

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

// A database that cannot be written is read, and a write says why it fails. The
// tests may run as root, whom no file stops, so they open it as such a file is.
func TestReadOnlyStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.db")
	usher(t, statusOK, "users", "add", "--store", "sqlite:"+path, "--email", "ada@example.com", "--name", "Ada")
	for _, options := range []string{readOnly, immutable} {
		d, err := connect(path, options)
		require.NoError(t, err)
		found, err := d.Find(t.Context(), []users.Key{users.KeyOf(demo, users.SpaceEmail, "ada@example.com")})
		require.NoError(t, err)
		require.Len(t, found, 1)

		_, err = users.Open(d, users.Partner("usher"), nil).Add(t.Context(), demo, users.Profile{Email: "b@example.com", DisplayName: "B"})
		require.ErrorIs(t, err, fs.ErrPermission)
		require.ErrorContains(t, err, path)
		require.NoError(t, d.db.Close())
	}
}

// A full disk is called so.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.db")
	usher(t, statusOK, "users", "add", "--store", "sqlite:"+path, "--email", "ada@example.com", "--name", "Ada")
	d, err := openDatabase(t.Context(), path)
	require.NoError(t, err)
	defer d.db.Close()
	d.db.SetMaxOpenConns(1) // the limit is of a connection
	_, err = d.db.Exec("PRAGMA max_page_count = 1")
	require.NoError(t, err)

	custom := map[string]string{}
	for i := range 20 {
		custom[fmt.Sprint("field", i)] = strings.TrimSpace(strings.Repeat("long ", 400))
	}

	var problems bytes.Buffer
	c := newConsole(strings.NewReader(""), io.Discard, &problems)
	_, err = users.Open(d, users.Partner("usher"), nil).Add(t.Context(), demo, users.Profile{Email: "b@example.com", DisplayName: strings.Repeat("B", 200), Custom: custom})
	require.Equal(t, statusFound, c.tell(err))
	require.Equal(t, "usher: "+path+": The disk is full. Make room, then try again.\n", problems.String())
}
