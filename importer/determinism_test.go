package importer_test

import (
	"runtime"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// The same bytes, options and store give the same preview and report, byte for byte.
func TestDeterministic(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		batch := rapid.IntRange(1, 4).Draw(t, "batch")
		once := func(procs int) []string {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			store := s.store(t)
			p := s.preview(t, store)
			preview := show(p).json()
			r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: batch, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
			require.NoError(t, err)
			return append([]string{preview, reportJSON(t, r)}, contents(t, store)...)
		}
		first := once(1)
		require.Empty(t, cmp.Diff(first, once(2)), "(-one processor +two)")
		require.Empty(t, cmp.Diff(first, once(1)), "(-first +again)")
	})
}

// No cell makes the engine panic, loop or lose a row, whatever it holds.
func TestGarbage(t *testing.T) {
	cell := rapid.OneOf(
		rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("@., \t\n\r\u00a0\u200b\u202e\u2066\ufeff'\"=+-%;/\\<>aA1\u0430ﬁ\u0301\U0001f600\x00"))),
		rapid.SampledFrom([]string{"#N/A", "4.42E+11", "2024-01-02", "=cmd|' /C calc'!A0", "\xff\xfe", "p0@x.com", "l0", "attach", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"}),
		rapid.StringN(0, -1, 3000), rapid.StringMatching(`[a-z0-9]{50,300}`), rapid.StringMatching(`[a-z]{1,64}@[a-z]{1,63}\.com`),
	)
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		draw := func(n int) []string {
			cells := []string{"?"}
			for range n - 1 {
				cells = append(cells, cell.Draw(t, "cell"))
			}
			return rapid.Permutation(cells).Draw(t, "cells")
		}
		for _, sh := range s.sheets {
			for range rapid.IntRange(0, 3).Draw(t, "garbage") {
				last := sh.rows[len(sh.rows)-1].number
				sh.rows = append(sh.rows, sheetRow{last + 1, last + 1, draw(len(sh.fields))})
			}
		}
		began := time.Now()
		store := s.store(t)
		p := s.preview(t, store)
		sheets := s.clones()
		for range rapid.IntRange(0, 3).Draw(t, "edits") {
			e := m.edit(t, w, sheets)
			if e.what == "set" || e.what == "copy" {
				e.value = "?" + cell.Draw(t, "value")
			}
			applyAll(t, p, sheets, e)
		}
		requireFresh(t, s.with(sheets), store, p)
		was := show(p)
		requireData(t, sheets, was)
		r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
		require.NoError(t, err)
		removed := len(r.Lines) - len(was.Rows)
		require.GreaterOrEqual(t, removed, 0)
		requireCounts(t, r)
		require.Less(t, time.Since(began), time.Minute, "work without end")
	})
}

func requireCounts(t tb, r *importer.Report) {
	t.Helper()
	n := 0
	for _, c := range r.Counts {
		n += c
	}
	require.Equal(t, len(r.Lines), n, "lines of the report")
}

// requireData: a finding says how bad, what, and where, and nothing of it is
// text for the eye or longer than may be shown.
func requireData(t tb, sheets []*sheet, s shown) {
	t.Helper()
	for _, r := range s.Rows {
		last := 0
		for _, f := range r.Findings {
			require.Contains(t, []formats.Severity{formats.Warning, formats.Brake, formats.Error}, f.Severity)
			require.NotEqual(t, "internal.panic", f.Code, "nothing here panics but the engine")
			require.Regexp(t, `^[a-z_0-9]+\.[a-z_0-9]+$`, f.Code)
			require.Equal(t, r.Number, f.Row, f.Code)
			require.Equal(t, r.Line, f.Line, f.Code)
			require.Equal(t, r.Table, f.Table, f.Code)
			if f.Field != "" {
				require.Equal(t, f.Column, slices.Index(sheets[r.ID.Table()].fields, f.Field)+1, "%s of field %s", f.Code, f.Field)
			}
			if f.Fix != nil {
				require.NotEmpty(t, f.Field, "a fix is for a cell: %s", f.Code)
			}
			require.GreaterOrEqual(t, f.Column, last, "findings are in order of columns")
			last = f.Column
			require.LessOrEqual(t, utf8.RuneCountInString(f.Value), 10*formats.MaxShown+1, "%s: 80 characters, escaped, and an ellipsis", f.Code)
			require.True(t, utf8.ValidString(f.Value))
			for k, a := range f.Args {
				require.LessOrEqual(t, utf8.RuneCountInString(a), 10*formats.MaxShown+1, "%s of %s", k, f.Code)
			}
		}
	}
}

// Every finding is data, and a Fix that is applied removes its finding.
func TestFindingsAreData(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		store := s.store(t)
		p := s.preview(t, store)
		was := show(p)
		requireData(t, s.sheets, was)
		for _, r := range was.Rows {
			for _, f := range r.Findings {
				if f.Fix == nil {
					continue
				}
				p := s.preview(t, store)
				_, err := p.Edit(t.Context(), importer.Set(r.ID, f.Field, *f.Fix))
				require.NoError(t, err)
				now, err := p.Row(r.ID)
				require.NoError(t, err)
				for _, g := range now.Findings {
					require.False(t, g.Code == f.Code && g.Field == f.Field, "row %d: %s is still there with its fix %q", r.Number, f.Code, *f.Fix)
				}
			}
		}
	})
}
