package integration_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/internal/invariant"
	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

// The database may grow by so many pages and no more, as on a disk that is
// full: whatever fits is whole, and once there is room the import goes on.
func TestDiskFull(t *testing.T) {
	s := newSwept(t, desks()[0], 2)
	begun := 0
	for room := 0; ; room++ {
		full := false
		s.on(t, func(db *sql.DB) {
			var path string
			var pages int
			require.NoError(t, db.QueryRow("SELECT file FROM pragma_database_list").Scan(&path))
			require.NoError(t, db.QueryRow("PRAGMA page_count").Scan(&pages))
			tight, err := sql.Open("sqlite", source(filepath.Dir(path))+fmt.Sprintf("&_pragma=max_page_count(%d)", pages+room))
			require.NoError(t, err)
			defer tight.Close()
			p := s.preview(t, sqlstore.New(tight, nil), "")
			r, err := p.Commit(t.Context(), options(s.batch))
			if err == nil {
				s.clean.RequireEnd(t, s.before, sqlstore.New(db, nil), pat(sqlstore.New(db, nil), nil), r)
				return
			}
			full = true
			require.ErrorContains(t, err, "full")
			begun += min(1, len(r.Lines))
			s.broken(t, db, nil, r, invariant.Told)
		})
		if !full {
			require.Positive(t, begun, "one of them was full amid the import")
			return
		}
	}
}

// A database that may not be written to says so before anything is committed,
// and a preview does not mind.
func TestReadOnly(t *testing.T) {
	s := newSwept(t, desks()[0], 1)
	s.on(t, func(db *sql.DB) {
		var path string
		require.NoError(t, db.QueryRow("SELECT file FROM pragma_database_list").Scan(&path))
		readOnly, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
		require.NoError(t, err)
		defer readOnly.Close()
		p := s.preview(t, sqlstore.New(readOnly, nil), "")
		r, err := p.Commit(t.Context(), options(s.batch))
		require.ErrorContains(t, err, "readonly")
		require.Empty(t, r.Lines)
		invariant.RequireEqual(t, "the store", s.before, invariant.Read(t, sqlstore.New(db, nil)))
		_, err = importer.LoadReport(t.Context(), pat(sqlstore.New(db, nil), nil), imp)
		require.ErrorIs(t, err, users.ErrNotFound)
	})
}
