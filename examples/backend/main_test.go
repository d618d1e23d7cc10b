package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The whole program: it prints its address and the tokens, and ends when it is
// stopped. A second run finds the data of the first.
func TestRun(t *testing.T) {
	db := filepath.Join(t.TempDir(), "backend.db")
	for _, imports := range []int{0, 1} {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		out, in := io.Pipe()
		ended := make(chan error, 1)
		go func() {
			err := run(ctx, []string{"-addr", "127.0.0.1:0", "-db", db}, in, io.Discard)
			ended <- err
			in.CloseWithError(err)
		}()
		said := ""
		for lines := bufio.NewScanner(out); lines.Scan(); said += lines.Text() + "\n" {
			if strings.HasPrefix(lines.Text(), "  curl ") {
				said += lines.Text()
				break
			}
		}
		go io.Copy(io.Discard, out)
		url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(said)
		token := regexp.MustCompile(`TOKEN=(\w+)`).FindStringSubmatch(said)
		require.Len(t, token, 2, said)
		ada := &client{&service{t, nil, url, &lockedBuffer{}}, token[1]}
		require.Len(t, read[shownHistory](ada, http.StatusOK, ada.do("GET", "/imports", nil)).Imports, imports)
		v := ada.upload("EMAIL,NAME\nkatherine@acme.example,Katherine\n")
		read[shownResult](ada, http.StatusOK, ada.do("POST", "/previews/"+v.ID+"/commit", nil))
		stop()
		require.NoError(t, <-ended)
	}
	require.Error(t, run(t.Context(), []string{"-nonsense"}, io.Discard, io.Discard))
	require.Error(t, run(t.Context(), []string{"-addr", "nowhere:none", "-db", db}, io.Discard, io.Discard))
}
