package formats_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
)

// build returns a table of these rows. Their numbers count from 1, and each row has two lines.
func build(t require.TestingT, rows ...[]string) *formats.Table {
	b := formats.NewBuilder("t", formats.Limits{Rows: -1, Cells: -1})
	for i, row := range rows {
		for _, cell := range row {
			require.NoError(t, b.Cell([]byte(cell)))
		}
		kept, err := b.EndRow(i+1, 2*i+1)
		require.NoError(t, err)
		require.Equal(t, len(trim(row)) > 0, kept)
	}
	return b.Table()
}

// trim returns row without the empty cells at its end.
func trim(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

func TestTable(t *testing.T) {
	table := build(t, []string{"a", "", "c", ""}, nil, []string{"", ""}, []string{"", "é"})
	require.Equal(t, "t", table.Name)
	require.Equal(t, 2, table.Len())
	require.Equal(t, 3, table.Columns())

	first, second := table.Row(0), table.Row(1)
	require.Equal(t, []string{"a", "", "c"}, first.Cells())
	require.Equal(t, []string{"", "é"}, second.Cells())
	require.Equal(t, []int{1, 1, 3}, []int{first.Number(), first.Line(), first.Len()})
	require.Equal(t, []int{4, 7, 2}, []int{second.Number(), second.Line(), second.Len()})

	for _, c := range []int{-1, 3, 1 << 40} {
		require.Empty(t, first.Cell(c), "a column the row does not have is empty")
	}
	require.Panics(t, func() { table.Row(2).Number() })
}

func TestZeroRow(t *testing.T) {
	var r formats.Row
	require.Zero(t, r.Len())
	require.Empty(t, r.Cell(0))
	require.Empty(t, r.Cells())
	require.Empty(t, r.Findings())
}

func TestEmptyTable(t *testing.T) {
	table := build(t)
	require.Zero(t, table.Len())
	require.Zero(t, table.Columns())
	require.Empty(t, slices.Collect(table.Rows()))
	require.Empty(t, table.Findings())
}

func TestRowsStop(t *testing.T) {
	n := 0
	for range build(t, []string{"a"}, []string{"b"}).Rows() {
		n++
		break
	}
	require.Equal(t, 1, n)
}

// TestTableKeepsEverything: a table returns the cells that were added, wherever
// its chunks of text end.
func TestTableKeepsEverything(t *testing.T) {
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", "", "a", "é", "\x00"}),
		rapid.Map(rapid.IntRange(1, 30_000), func(n int) string { return strings.Repeat("x", n) + "|" }),
	)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 0, 12), 0, 24).Draw(t, "rows")
		table := build(t, rows...)
		i := 0
		for n, row := range rows {
			if row = trim(row); len(row) == 0 {
				continue
			}
			got := table.Row(i)
			require.Equal(t, n+1, got.Number())
			require.Equal(t, 2*n+1, got.Line())
			require.True(t, slices.Equal(row, got.Cells()), "row %d", n+1)
			i++
		}
		require.Equal(t, i, table.Len())
	})
}

func TestBuilderLimits(t *testing.T) {
	for _, tt := range []struct {
		name, code string
		limits     formats.Limits
		rows       [][]string
	}{
		{"rows after the first", "limit.rows", formats.Limits{Rows: 1}, [][]string{{"a"}, {"b"}, {""}, {"c"}}},
		{"columns", "limit.columns", formats.Limits{Columns: 2}, [][]string{{"a", "b", "", "d"}}},
		{"cells, empty ones between others too", "limit.cells", formats.Limits{Cells: 4}, [][]string{{"a", "", "c"}, {"a", "b"}}},
		{"characters of a cell", "limit.cell", formats.Limits{CellChars: 2}, [][]string{{"éé", "abc"}}},
		{"characters as Excel counts", "limit.cell", formats.Limits{CellChars: 1}, [][]string{{"😀"}}},
		{"characters that are none", "limit.cell", formats.Limits{CellChars: 2}, [][]string{{"\xff\xff\xff"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var err error
			b := formats.NewBuilder("", tt.limits)
			for n, row := range tt.rows {
				for _, c := range row {
					require.NoError(t, err, "only the last cell is too much")
					err = b.Cell([]byte(c))
				}
				if err == nil {
					_, err = b.EndRow(n+1, n+1)
				}
			}
			var refused *formats.Refusal
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tt.code, refused.Code)
		})
	}
}

func TestBuilderTakesAnyNumberOfEmptyCells(t *testing.T) {
	b := formats.NewBuilder("", formats.Limits{Columns: 2, Cells: 3})
	for range 3 {
		require.NoError(t, b.Cell([]byte("a")))
		for range 2 * formats.HardColumns {
			require.NoError(t, b.Cell(nil))
		}
		kept, err := b.EndRow(b.Rows()+1, 0)
		require.NoError(t, err)
		require.True(t, kept)
	}
	require.Equal(t, 3, b.Rows())
	require.Equal(t, 1, b.Table().Columns())
}

func TestFindingsByRow(t *testing.T) {
	b := formats.NewBuilder("", formats.Limits{})
	b.Find(formats.Finding{Code: "late", Row: 9, Value: strings.Repeat("x", 100)})
	for n := 1; n <= 9; n += 4 {
		require.NoError(t, b.Cell([]byte("a")))
		b.Find(formats.Finding{Code: "z", Row: n, Column: 2})
		b.Find(formats.Finding{Code: "y", Row: n, Column: 1})
		_, err := b.EndRow(n, n)
		require.NoError(t, err)
	}
	b.Find(formats.Finding{Code: "file"})
	b.Find(formats.Finding{Code: "a", Row: 5, Column: 2})
	table := b.Table()

	codes := func(found []formats.Finding) (out []string) {
		for _, f := range found {
			out = append(out, f.Code)
		}
		return out
	}
	require.Equal(t, []string{"file", "y", "z", "y", "a", "z", "late", "y", "z"}, codes(table.Findings()))
	require.Equal(t, []string{"y", "z"}, codes(table.Row(0).Findings()))
	require.Equal(t, []string{"y", "a", "z"}, codes(table.Row(1).Findings()))
	require.Equal(t, []string{"late", "y", "z"}, codes(table.Row(2).Findings()))
	require.Equal(t, formats.Show(strings.Repeat("x", 100)), table.Row(2).Findings()[0].Value)

	// A caller that changes its findings does not change the table.
	table.Findings()[0].Code = "changed"
	_ = append(table.Row(0).Findings(), formats.Finding{Code: "changed"})
	require.Equal(t, []string{"file", "y", "z", "y", "a", "z", "late", "y", "z"}, codes(table.Findings()))
}

func TestNoAllocationPerRow(t *testing.T) {
	cells := [][]byte{[]byte("Ada"), []byte("Lovelace"), nil, []byte("ada@example.com")}
	const rows = 20_000
	n := testing.AllocsPerRun(1, func() {
		b := formats.NewBuilder("", formats.Limits{})
		for i := range rows {
			for _, c := range cells {
				require.NoError(t, b.Cell(c))
			}
			if _, err := b.EndRow(i+1, i+1); err != nil {
				t.Error(err)
			}
		}
		table, length := b.Table(), 0
		for row := range table.Rows() {
			for c := range row.Len() {
				length += len(row.Cell(c))
			}
		}
		require.Equal(t, rows*26, length)
	})
	require.Less(t, n, rows*0.01)
}

func TestRowsOfASheet(t *testing.T) {
	want := [][]string{{"a"}, {"b", "c"}}
	require.Empty(t, cmp.Diff(want, slices.Collect(formats.Rows(want...))))
	for row := range formats.Rows(want...) {
		require.Equal(t, want[0], row)
		break
	}
}

// TestBuilderKeepsAFailedRow: a row without text is kept if it has an error. A
// formula whose value was never stored must not be read as a blank line.
func TestBuilderKeepsAFailedRow(t *testing.T) {
	b := formats.NewBuilder("t", formats.Limits{})
	require.NoError(t, b.Cell([]byte("NAME")))
	_, err := b.EndRow(1, 1)
	require.NoError(t, err)
	require.NoError(t, b.Cell(nil))
	b.Find(formats.Finding{Severity: formats.Error, Code: "cell.formula_no_value", Row: 2, Column: 1})
	kept, err := b.EndRow(2, 2)
	require.NoError(t, err)
	require.True(t, kept)
	b.Find(formats.Finding{Severity: formats.Warning, Code: "cell.format", Row: 3, Column: 1})
	kept, err = b.EndRow(3, 3)
	require.NoError(t, err)
	require.False(t, kept)
	table := b.Table()
	require.Equal(t, 2, table.Len())
	require.Equal(t, 2, table.Row(1).Number())
	require.Empty(t, table.Row(1).Cells())
	require.Len(t, table.Row(1).Findings(), 1)
}

// TestBuilderText: the builder returns the text of the rows that it has kept, wherever
// their chunk is.
func TestBuilderText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := formats.NewBuilder("t", formats.Limits{})
		want := map[int][]string{}
		for number := 1; number <= rapid.IntRange(1, 8).Draw(t, "rows"); number++ {
			cells := rapid.SliceOfN(rapid.SampledFrom([]string{"", "", "a", "bcd", strings.Repeat("é", 12_000)}), 0, 12).Draw(t, "cells")
			for _, c := range cells {
				require.NoError(t, b.Cell([]byte(c)))
			}
			kept, err := b.EndRow(number*2, number*2)
			require.NoError(t, err)
			if kept {
				want[number*2] = cells
			}
		}
		for number := range 20 {
			_, ok := b.Text(number, 1)
			require.Equal(t, want[number] != nil, ok)
			for column := range 14 {
				text := ""
				if column > 0 && column <= len(want[number]) {
					text = want[number][column-1]
				}
				got, _ := b.Text(number, column)
				require.Equal(t, text, got, "row %d, column %d", number, column)
			}
		}
	})
}
