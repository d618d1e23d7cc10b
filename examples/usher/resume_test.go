package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats/csv"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/cloudlink"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/storetest"
)

// An import that broke after its first batch is finished by --resume and the
// same file, each person once; another file is refused.
func TestResume(t *testing.T) {
	file := listOf(t, 30, 10)
	path := filepath.Join(t.TempDir(), "people.db")
	place := []string{"--store", "sqlite:" + path}
	db, err := openDatabase(t.Context(), path)
	require.NoError(t, err)
	store := storetest.NewFaulty(db)
	full := errors.New("disk full")
	store.Before = func(op string, n int) error {
		if op == storetest.OpApply && n == 2 {
			return full
		}
		return nil
	}
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	table, err := csv.Read(t.Context(), f, nil)
	require.NoError(t, err)
	dir := users.Open(store, users.Partner("usher"), nil)
	p, err := importer.New(dir, cloudlink.Users(), &importer.Options{Account: demo}).Preview(t.Context(), table)
	require.NoError(t, err)
	r, err := p.Commit(t.Context(), &importer.CommitOptions{Batch: 10, Label: "broken"})
	require.ErrorIs(t, err, full)
	require.NoError(t, db.db.Close())

	out := usher(t, statusFound, append([]string{"report", string(r.ID)}, place...)...)
	require.Contains(t, out, "10 created so far")
	require.Contains(t, usher(t, statusOK, append([]string{"history"}, place...)...), "Interrupted ")
	args := append([]string{"import", "--template", "cloudlink", "--yes", "--resume", string(r.ID)}, place...)
	require.Empty(t, usher(t, statusRefused, append(args, listOf(t, 30, 0))...))
	out = usher(t, statusFound, append(args, file)...)
	require.Contains(t, out, "27 created, 3 failed")
	require.Contains(t, out, "Import "+string(r.ID))
	require.Equal(t, 27, strings.Count(usher(t, statusOK, append([]string{"users", "list", "--json"}, place...)...), "\n"))
	require.Contains(t, usher(t, statusOK, append([]string{"history", "--json"}, place...)...), `"label":"broken","template":"cloudlink","actor":"partner:usher"`)
	out = usher(t, statusFound, append(args, file)...)
	require.Contains(t, out, "27 created, 3 failed", "a second time is the same import")
	usher(t, statusFound, append([]string{"import", "--template", "cloudlink", "--yes", "--resume", "nothing", file}, place...)...)
}
