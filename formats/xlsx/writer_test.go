package xlsx_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

func write(t require.TestingT, s formats.Sheet) []byte {
	var out bytes.Buffer
	require.NoError(t, xlsx.Writer{}.WriteSheet(&out, s))
	return out.Bytes()
}

// TestWriteRead: any text reads the same after it was written.
func TestWriteRead(t *testing.T) {
	text := rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.RuneFrom([]rune("_x0041FDd8\r\n\t <&>\"'=+-@,;é😀"))),
		rapid.SampledFrom([]string{"", "", "=1+1", "+33612345678", "0042", "_x0041_", "_x005F_", "_x0041_x0042_", "_xD800_", "__x000D__", "_x_x_x0041_", " a ", "#N/A", "TRUE", "1e5"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "columns")
		s := formats.Sheet{Name: "People", Preamble: rapid.SliceOfN(text, 0, 2).Draw(t, "preamble")}
		want := map[int][]string{}
		add := func(number int, row []string) {
			shown := make([]string, len(row))
			for i := range row {
				shown[i] = storable(row[i])
			}
			if shown = trimmed(shown); len(shown) > 0 {
				want[number] = shown
			}
		}
		for i, line := range s.Preamble {
			add(i+1, []string{line})
		}
		headings := make([]string, width)
		for i := range width {
			headings[i] = text.Draw(t, "heading")
			s.Columns = append(s.Columns, formats.SheetColumn{Heading: headings[i], Text: rapid.Bool().Draw(t, "text")})
		}
		add(len(s.Preamble)+1, headings)
		rows := rapid.SliceOfN(rapid.SliceOfN(text, 0, width), 0, 5).Draw(t, "rows")
		for i, row := range rows {
			add(len(s.Preamble)+2+i, row)
		}
		s.Rows = formats.Rows(rows...)
		data := write(t, s)
		table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), nil)
		require.NoError(t, err)
		if diff := cmp.Diff(want, cells(table)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		require.Empty(t, table.Findings())
		require.Equal(t, "People", table.Name)
		require.True(t, bytes.Equal(data, write(t, s)), "the same sheet is the same bytes")
	})
}

// storable returns s as a workbook can store it: with the characters that XML does not
// allow as text.
func storable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			fmt.Fprintf(&b, "_x%04X_", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// TestForbiddenCharacters: a person sees them in the workbook, and they are not lost.
func TestForbiddenCharacters(t *testing.T) {
	data := write(t, formats.Sheet{Columns: []formats.SheetColumn{{Heading: "a"}}, Rows: formats.Rows([]string{"Ada\x01\x1b[31m\xff\uffff_x0001_\n"})})
	table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), nil)
	require.NoError(t, err)
	require.Equal(t, "Ada_x0001__x001B_[31m\ufffd_xFFFF__x0001_\n", table.Row(1).Cell(0))

	for n, want := range map[int]string{32_767 / 7: "_x0001_", 32_767/7 + 1: "\ufffd"} {
		data := write(t, formats.Sheet{Columns: []formats.SheetColumn{{Heading: "a"}}, Rows: formats.Rows([]string{strings.Repeat("\x01", n)})})
		table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), nil)
		require.NoError(t, err)
		require.Equal(t, strings.Repeat(want, n), table.Row(1).Cell(0), "%d characters", n)
	}
}

func TestWriter(t *testing.T) {
	long := make([]string, 100)
	for i := range long {
		long[i] = fmt.Sprintf("Value %d", i)
	}
	s := formats.Sheet{
		Name: "Users",
		Columns: []formats.SheetColumn{
			{Heading: "NAME", Width: 30},
			{Heading: "PHONE", Text: true},
			{Heading: "ROLE", Values: []string{"User", "Admin & \"co\""}, Strict: true, Comment: "What she may do."},
			{Heading: "SITE", Values: long},
			{Heading: "UNIT", Values: []string{"Sales, North", "=x"}},
		},
		Preamble: []string{"# made for you"},
		Rows:     formats.Rows([]string{"Ada", "+33612345678"}, nil, []string{"Bob", "", "User"}),
	}
	data := write(t, s)
	f, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	defer f.Close()

	dimension, err := f.GetSheetDimension("Users")
	require.NoError(t, err)
	require.Equal(t, "A1:E5", dimension, "other readers believe it")
	panes, err := f.GetPanes("Users")
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	require.Equal(t, 2, panes.YSplit, "frozen below the headings")
	style := func(cell string) *excelize.Style {
		id, err := f.GetCellStyle("Users", cell)
		require.NoError(t, err)
		style, err := f.GetStyle(id)
		require.NoError(t, err)
		return style
	}
	require.True(t, style("A2").Font.Bold)
	require.Equal(t, 49, style("B3").NumFmt, "a phone stays text when it is edited")
	column, err := f.GetColStyle("Users", "B")
	require.NoError(t, err)
	require.NotZero(t, column, "and in rows added later")
	width, err := f.GetColWidth("Users", "A")
	require.NoError(t, err)
	require.InDelta(t, 30, width, 0.01)
	kind, err := f.GetCellType("Users", "B3")
	require.NoError(t, err)
	require.Equal(t, excelize.CellTypeInlineString, kind)

	comments, err := f.GetComments("Users")
	require.NoError(t, err)
	require.Len(t, comments, 1)
	require.Equal(t, "C2", comments[0].Cell)
	require.Contains(t, comments[0].Paragraph[0].Text, "What she may do.")

	validations, err := f.GetDataValidations("Users")
	require.NoError(t, err)
	require.Len(t, validations, 3)
	require.Equal(t, "C3:C1048576", validations[0].Sqref)
	require.Equal(t, `"User,Admin & "co""`, validations[0].Formula1)
	require.True(t, validations[0].ShowErrorMessage, "strict")
	require.False(t, validations[1].ShowErrorMessage)
	require.Equal(t, "Lists!$D$1:$D$100", validations[1].Formula1, "more than 255 characters")
	require.Equal(t, "Lists!$E$1:$E$2", validations[2].Formula1, "commas would part the list")
	visible, err := f.GetSheetVisible("Lists")
	require.NoError(t, err)
	require.False(t, visible)
	value, err := f.GetCellValue("Lists", "D100")
	require.NoError(t, err)
	require.Equal(t, "Value 99", value)

	table, err := read(t, data)
	require.NoError(t, err)
	require.Equal(t, "Users", table.Name)
	require.Empty(t, table.Findings())
	want := map[int][]string{1: {"# made for you"}, 2: {"NAME", "PHONE", "ROLE", "SITE", "UNIT"}, 3: {"Ada", "+33612345678"}, 5: {"Bob", "", "User"}}
	if diff := cmp.Diff(want, cells(table)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWriterRefuses(t *testing.T) {
	columns := []formats.SheetColumn{{Heading: "A"}}
	tests := []struct {
		name  string
		sheet formats.Sheet
		want  string
	}{
		{"a row longer than the headings", formats.Sheet{Columns: columns, Rows: formats.Rows([]string{"1", "2"})}, "row 2 has 2 cells for 1 columns"},
		{"a long text", formats.Sheet{Columns: columns, Rows: formats.Rows([]string{strings.Repeat("😀", 16_384)})}, "cell A2: more than 32767 characters"},
		{"a long heading", formats.Sheet{Columns: []formats.SheetColumn{{Heading: strings.Repeat("a", 32_768)}}}, "cell A1: more than"},
		{"a name Excel does not take", formats.Sheet{Name: "a/b", Columns: columns}, "can not contain"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.ErrorContains(t, xlsx.Writer{}.WriteSheet(io.Discard, test.sheet), test.want)
		})
	}
	require.NoError(t, xlsx.Writer{}.WriteSheet(io.Discard, formats.Sheet{Columns: columns, Rows: formats.Rows([]string{strings.Repeat("é", 32_767)})}))
	require.Equal(t, ".xlsx", xlsx.Writer{}.Ext())
}

// failing is a writer that accepts n bytes and then fails.
type failing struct{ n int }

var errFull = errors.New("disk full")

func (w *failing) Write(p []byte) (int, error) {
	if w.n -= len(p); w.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriterFails(t *testing.T) {
	s := formats.Sheet{Columns: []formats.SheetColumn{{Heading: "A"}}}
	size := len(write(t, s))
	for n := 0; n < size; n += 97 {
		require.ErrorIs(t, xlsx.Writer{}.WriteSheet(&failing{n}, s), errFull)
	}
	require.NoError(t, xlsx.Writer{}.WriteSheet(&failing{size}, s))
}
