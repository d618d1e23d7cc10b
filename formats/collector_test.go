package formats_test

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
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

// TestFindingsAreKeptWhole: every field of a finding comes back, although the table keeps
// the usual ones in a short form.
func TestFindingsAreKeptWhole(t *testing.T) {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "", "a", "#N/A", strings.Repeat("😀", 80)}), rapid.StringN(0, 20, 100))
	fix := "fix"
	rapid.Check(t, func(t *rapid.T) {
		b := formats.NewBuilder("t", formats.Limits{})
		var want []formats.Finding
		n := rapid.IntRange(1, 40).Draw(t, "findings")
		codes := rapid.SampledFrom([]int{3, 400}).Draw(t, "codes")
		for i := range n {
			f := formats.Finding{
				Severity: rapid.SampledFrom([]formats.Severity{formats.Warning, formats.Error}).Draw(t, "severity"),
				Code:     fmt.Sprintf("a.b%03d", rapid.IntRange(0, codes).Draw(t, "code")),
				Row:      i + 1, Line: rapid.SampledFrom([]int{0, i + 1, 7_000_000_000}).Draw(t, "line"), Column: rapid.IntRange(0, 9).Draw(t, "column"),
				Value: text.Draw(t, "value"),
				Field: rapid.SampledFrom([]string{"", "", "", "email"}).Draw(t, "field"),
				Table: rapid.SampledFrom([]string{"", "", "", "Users"}).Draw(t, "table"),
			}
			f.Cell = rapid.SampledFrom([]string{"", formats.CellName(f.Column, f.Row), "Z9"}).Draw(t, "cell")
			if rapid.Bool().Draw(t, "fixed") {
				f.Fix, f.Args = &fix, map[string]string{"max": "3"}
			}
			b.Find(f)
			f.Value = formats.Show(f.Value)
			want = append(want, f)
			_, err := b.EndRow(i+1, i+1)
			require.NoError(t, err)
		}
		require.Equal(t, want, b.Table().Findings())
	})
}

// TestFindingsAreKeptInLittle: half a million findings of the usual kind take a bounded
// number of bytes each, and values that repeat none.
func TestFindingsAreKeptInLittle(t *testing.T) {
	const n = 100_000
	cost := func(value func(i int) string) float64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		b := formats.NewBuilder("t", formats.Limits{})
		for row := 1; row <= n; row++ {
			b.Find(formats.Finding{Severity: formats.Error, Code: "cell.merged", Row: row, Line: row, Column: 2, Cell: formats.CellName(2, row), Value: value(row)})
			_, err := b.EndRow(row, row)
			require.NoError(t, err)
		}
		table := b.Table()
		runtime.GC()
		runtime.ReadMemStats(&after)
		require.Len(t, table.Row(n-1).Findings(), 1)
		return float64(after.HeapAlloc-before.HeapAlloc) / n
	}
	long := strings.Repeat("x", 70)
	require.Less(t, cost(func(int) string { return long }), 75.0, "one value; a row takes 20 bytes")
	require.Less(t, cost(func(i int) string { return fmt.Sprintf("%070d", i) }), 150.0, "values of 70 bytes")
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
