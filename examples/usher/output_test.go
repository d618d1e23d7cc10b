package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A failed write leaves the old file, and no other file.
func TestWriteFileWholly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.csv")
	require.NoError(t, os.WriteFile(path, []byte("before"), 0o640))
	full := errors.New("disk full")
	err := writeFile(path, func(w io.Writer) error {
		io.WriteString(w, "half")
		return full
	})
	require.ErrorIs(t, err, full)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "before", string(text))

	require.NoError(t, writeFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, "after")
		return err
	}))
	text, err = os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "after", string(text))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm(), "permissions are kept")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// A file that is not regular is written to and never replaced.
func TestWriteFileToDevice(t *testing.T) {
	require.NoError(t, writeFile(os.DevNull, func(w io.Writer) error {
		_, err := io.WriteString(w, "gone")
		return err
	}))
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.False(t, info.Mode().IsRegular())
}
