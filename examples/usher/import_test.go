package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stopping cancels as soon as something is written to it.
type stopping struct{ cancel func() }

func (s stopping) Write(p []byte) (int, error) {
	s.cancel()
	return len(p), nil
}

// Ctrl-C between two batches ends the import and prints the result and the id.
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

// Ctrl-C at the question writes nothing.
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
