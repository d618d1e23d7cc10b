package importer_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/users"
)

// Shuffling the rows of a file changes positions and nothing else: the same
// things happen, for the same reasons, to the same people. Of requests that are
// the same another may be the one that acts.
func TestShuffle(t *testing.T) {
	forEachKind(t, func(t *rapid.T, m maker, w *world, s *scene) {
		other := s.with(s.clones())
		for _, sh := range other.sheets {
			var cells [][]string
			for _, r := range sh.rows {
				cells = append(cells, r.cells)
			}
			for i, c := range rapid.Permutation(cells).Draw(t, "shuffled") {
				sh.rows[i].cells = c
			}
		}
		batch := rapid.IntRange(1, 4).Draw(t, "batch")
		was, wasStore := happenings(t, s, batch)
		is, isStore := happenings(t, other, batch)
		require.Empty(t, cmp.Diff(was, is), "what happens (-file +shuffled), shuffled:\n%s", other)
		require.Empty(t, cmp.Diff(wasStore, isStore), "the store (-file +shuffled), shuffled:\n%s", other)
	})
}

// happenings are the rows of the preview and their outcomes, sorted, without
// positions, and what the store holds afterwards.
func happenings(t *rapid.T, s *scene, batch int) (rows, store []string) {
	st := s.store(t)
	p := s.preview(t, st)
	shown := slices.Collect(p.Rows())
	r, err := p.Commit(t.Context(), &importer.CommitOptions{ID: imp, Batch: batch, Approve: []string{importer.BrakeMass, users.BrakeLeader}})
	require.NoError(t, err)
	became := outcomes(r)
	for _, v := range shown {
		b, err := json.Marshal(placeless(v))
		require.NoError(t, err)
		rows = append(rows, string(became[v.ID])+" "+string(b))
	}
	slices.Sort(rows)
	return rows, contents(t, st)
}

// placeless is a row without its position and those of the rows it names, and
// without the letter case and the outer blanks of what was typed: requests that
// are the same may differ in those.
func placeless(v importer.RowView) importer.RowView {
	v.Number, v.Line, v.Who = 0, 0, strings.ToLower(v.Who)
	v.Findings = slices.DeleteFunc(slices.Clone(v.Findings), func(f formats.Finding) bool { return f.Code == "text.trimmed" })
	for i, f := range v.Findings {
		f.Row, f.Line, f.Cell, f.Value = 0, 0, "", strings.ToLower(strings.TrimSpace(strings.ReplaceAll(f.Value, `\u00a0`, "")))
		args := map[string]string{}
		for k, a := range f.Args {
			switch {
			case k == "row" || k == "table":
			case k == "name" && f.Value == "": // a default that the same request may have typed
				f.Value = strings.ToLower(a[strings.LastIndexByte(a, '/')+1:])
			case k == "cycle": // its members, wherever they stand
				args[k] = strings.Repeat(",", strings.Count(a, ","))
			default:
				args[k] = strings.ToLower(a)
			}
		}
		f.Args = args
		v.Findings[i] = f
	}
	slices.SortStableFunc(v.Findings, func(a, b formats.Finding) int { return strings.Compare(a.Code+a.Field, b.Code+b.Field) })
	return v
}
