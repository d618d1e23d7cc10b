package xlsx_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/usher-go/usher/formats"
)

// A sheet to look at: what it is stands above the headings, and is not taken for a row.
func TestSheetOnPaper(t *testing.T) {
	s := formats.Sheet{
		Name: "It's a report", Title: "Import report", Filter: true, Print: true,
		Facts: []formats.SheetFact{{Name: "Description", Value: "New in May", InRows: true}, {Name: "By", Value: "ada"}, {Name: "When", Value: "_x0041_"}},
		Columns: []formats.SheetColumn{
			{Heading: "Row", Width: 40, Text: true},
			{Heading: "Outcome", Width: 40, Text: true, Tones: map[string]formats.Tone{"Done": formats.ToneGood, "Failed": formats.ToneBad, "Skipped": formats.ToneNeutral}},
			{Heading: "Findings", Width: 40, Text: true, Wrap: true},
		},
		Rows: formats.Rows([]string{"2", "Done"}, []string{"3", "Failed", "one\ntwo"}, []string{"4", "Skipped"}, []string{"5", "Other"}),
	}
	data := write(t, s)
	for range 20 {
		require.True(t, bytes.Equal(data, write(t, s)), "the same sheet is the same bytes")
	}

	table, err := read(t, data)
	require.NoError(t, err)
	require.Empty(t, table.Findings())
	want := map[int][]string{
		1: {"Import report"}, 2: {"Description\u2002\u2002New in May", "", "By\u2002\u2002ada"}, 3: {"When\u2002\u2002_x0041_"},
		5: {"Row", "Outcome", "Findings"}, 6: {"2", "Done"}, 7: {"3", "Failed", "one\ntwo"}, 8: {"4", "Skipped"}, 9: {"5", "Other"},
	}
	require.Empty(t, cmp.Diff(want, cells(table)), "(-want +got)")

	f, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	defer f.Close()
	panes, err := f.GetPanes(s.Name)
	require.NoError(t, err)
	require.Equal(t, 5, panes.YSplit, "frozen below the headings")
	layout, err := f.GetPageLayout(s.Name)
	require.NoError(t, err)
	require.Equal(t, "landscape", *layout.Orientation)
	require.Equal(t, 1, *layout.FitToWidth)
	require.Equal(t, 0, *layout.FitToHeight, "as many pages long as it takes")
	props, err := f.GetSheetProps(s.Name)
	require.NoError(t, err)
	require.True(t, *props.FitToPage)
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Name] = n.RefersTo
	}
	require.Empty(t, cmp.Diff(map[string]string{"_xlnm._FilterDatabase": "'It''s a report'!$A$5:$C$9", "_xlnm.Print_Titles": "'It''s a report'!$5:$5"}, names), "(-want +got)")

	style := func(cell string) *excelize.Style {
		id, err := f.GetCellStyle(s.Name, cell)
		require.NoError(t, err)
		style, err := f.GetStyle(id)
		require.NoError(t, err)
		return style
	}
	for cell, colour := range map[string]string{"B6": "C6EFCE", "B7": "FFC7CE", "B8": "FFEB9C"} {
		require.Equal(t, []string{colour}, style(cell).Fill.Color, cell)
		require.Equal(t, 49, style(cell).NumFmt, cell)
	}
	require.Empty(t, style("B9").Fill.Color)
	require.True(t, style("C7").Alignment.WrapText)
	require.Equal(t, "top", style("A7").Alignment.Vertical)
	require.False(t, style("A7").Alignment.WrapText)
	runs, err := f.GetCellRichText(s.Name, "A2")
	require.NoError(t, err)
	require.True(t, runs[0].Font.Bold, "the name of a fact")
}

// A narrow sheet has one fact in a row, and a sheet without columns has its facts.
func TestFactsOfNarrowSheets(t *testing.T) {
	facts := []formats.SheetFact{{Name: "By", Value: "ada"}, {Name: "When", Value: "today"}}
	for _, columns := range [][]formats.SheetColumn{nil, {{Heading: "A"}}, {{Heading: "A"}, {Heading: "B"}}} {
		table, err := read(t, write(t, formats.Sheet{Facts: facts, Columns: columns, Filter: true, Print: true}))
		require.NoError(t, err)
		got := cells(table)
		require.Equal(t, []string{"By\u2002\u2002ada"}, got[1])
		require.Equal(t, []string{"When\u2002\u2002today"}, got[2])
	}
}

// A fact that needs more than half of the width has a row of its own, and rows are as
// high as their wrapped text.
func TestRoomForText(t *testing.T) {
	long := strings.Repeat("long ", 20)
	s := formats.Sheet{
		Facts:   []formats.SheetFact{{Name: "A", Value: long}, {Name: "B", Value: "b"}, {Name: "C", Value: "c"}},
		Columns: []formats.SheetColumn{{Heading: "x", Width: 50}, {Heading: "y", Width: 50, Wrap: true}}, Print: true,
		Rows: formats.Rows([]string{long + long, "short"}, []string{"", long}, []string{"", "one\ntwo\nthree"}, []string{"", strings.Repeat("x", 101)}),
	}
	data := write(t, s)
	table, err := read(t, data)
	require.NoError(t, err)
	got := cells(table)
	require.Equal(t, []string{"A\u2002\u2002" + long}, got[1])
	require.Equal(t, []string{"B\u2002\u2002b", "C\u2002\u2002c"}, got[2])

	f, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	defer f.Close()
	var heights []float64
	for row := 5; row <= 8; row++ {
		h, err := f.GetRowHeight("Sheet1", row)
		require.NoError(t, err)
		heights = append(heights, h)
	}
	require.Empty(t, cmp.Diff([]float64{15, 30, 45, 45}, heights), "(-want +got)")
}
