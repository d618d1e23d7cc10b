package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
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
