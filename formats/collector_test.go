package formats_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
)

// TestFindingsInOrder: a table orders its findings by row, column and code, for
// any number of findings and any order in which they were added.
func TestFindingsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := formats.NewBuilder("t", formats.Limits{})
		var want []formats.Finding
		find := func(f formats.Finding) {
			b.Find(f)
			want = append(want, f)
		}
		n := rapid.IntRange(1, 9).Draw(t, "rows")
		for row := 1; row <= n; row++ {
			for i := range rapid.SampledFrom([]int{0, 0, 0, 1, 3, 3, 20, 1030}).Draw(t, "findings") {
				find(formats.Finding{Severity: formats.Error, Code: fmt.Sprintf("a.b%d", i%2), Row: row, Column: 1 + (i*7)%5})
			}
			if rapid.IntRange(0, 5).Draw(t, "whole") == 0 {
				find(formats.Finding{Severity: formats.Warning, Code: "a.whole"})
			}
			if rapid.IntRange(0, 9).Draw(t, "late") == 0 {
				find(formats.Finding{Severity: formats.Warning, Code: "a.late", Row: 1 + row/2})
			}
			_, err := b.EndRow(row, row)
			require.NoError(t, err)
		}
		table := b.Table()
		slices.SortStableFunc(want, func(x, y formats.Finding) int {
			return cmp.Or(cmp.Compare(x.Row, y.Row), cmp.Compare(x.Column, y.Column), cmp.Compare(x.Code, y.Code))
		})
		require.Equal(t, want, table.Findings())
		inRow := map[int]bool{}
		for row := range table.Rows() {
			inRow[row.Number()] = true
			var own []formats.Finding
			for _, f := range want {
				if f.Row == row.Number() {
					own = append(own, f)
				}
			}
			require.Equal(t, own, row.Findings(), "row %d", row.Number())
		}
		stray := slices.DeleteFunc(want, func(f formats.Finding) bool { return inRow[f.Row] })
		if len(stray) == 0 {
			stray = nil
		}
		require.Equal(t, stray, table.Stray())
	})
}

// TestStray: Stray returns the findings of the file and of rows that are left out.
func TestStray(t *testing.T) {
	b := formats.NewBuilder("t", formats.Limits{})
	require.NoError(t, b.Cell([]byte("a")))
	_, err := b.EndRow(1, 1)
	require.NoError(t, err)
	b.Find(formats.Finding{Severity: formats.Warning, Code: "a.blank", Row: 2})
	kept, err := b.EndRow(2, 2)
	require.NoError(t, err)
	require.False(t, kept, "a warning keeps no row")
	b.Find(formats.Finding{Severity: formats.Error, Code: "a.wrong", Row: 3})
	kept, err = b.EndRow(3, 3)
	require.NoError(t, err)
	require.True(t, kept, "an error does")
	b.Find(formats.Finding{Severity: formats.Warning, Code: "a.whole"})
	table := b.Table()
	require.Equal(t, []formats.Finding{{Severity: formats.Warning, Code: "a.whole"}, {Severity: formats.Warning, Code: "a.blank", Row: 2}}, table.Stray())
}

// TestLimitFindings: EndRow refuses the file when its row exceeds the limit of findings.
func TestLimitFindings(t *testing.T) {
	b := formats.NewBuilder("t", formats.Limits{Findings: 2})
	for row := 1; row <= 3; row++ {
		b.Find(formats.Finding{Severity: formats.Error, Code: "a.b", Row: row})
		_, err := b.EndRow(row, row)
		if row < 3 {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, "formats: file refused: limit.findings max=2")
		require.Equal(t, 3, err.(*formats.Refusal).Row)
	}
}
