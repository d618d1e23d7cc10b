package xlsx_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

// TestWorstBooks: what a workbook costs is bounded by its unpacked size, also where every
// cell has a finding.
func TestWorstBooks(t *testing.T) {
	const rows = 10_000
	sheet := func(cell func(ref string, row int) string) string {
		var out strings.Builder
		for row := 1; row <= rows; row++ {
			fmt.Fprintf(&out, `<row r="%d">`, row)
			for _, column := range []string{"A", "B", "C", "D", "E"} {
				out.WriteString(cell(fmt.Sprint(column, row), row))
			}
			out.WriteString(`</row>`)
		}
		return out.String()
	}
	text := func(ref string, row int) string { return inline(ref, fmt.Sprintf("value %d", row)) }
	var overlapping, columns []string
	for i := range 20_000 {
		overlapping = append(overlapping, fmt.Sprintf("%c%d:E%d", "ABCDE"[i%5], 2+i%5000, rows))
	}
	for _, column := range []string{"A", "B", "C", "D"} {
		columns = append(columns, fmt.Sprintf("%s1:%s%d", column, column, rows))
	}

	for _, tt := range []struct {
		name, reason string
		book         book
		findings     int
	}{
		{"formulas", "each is told", oneSheet(sheet(func(ref string, row int) string {
			return fmt.Sprintf(`<c r="%s" t="str"><f>A1</f><v>value %d</v></c>`, ref, row)
		})), 5 * rows},
		{"long number formats", "they are not applied", oneSheet(sheet(func(ref string, row int) string {
			return fmt.Sprintf(`<c r="%s" s="1"><v>%d</v></c>`, ref, row)
		})).with("xl/styles.xml", stylesPart("&quot;"+strings.Repeat("x", 250)+"&quot;0", 0, 164)), 5 * rows},
		{"number formats of 126 bytes", "they are applied", oneSheet(sheet(func(ref string, row int) string {
			return fmt.Sprintf(`<c r="%s" s="1"><v>%d</v></c>`, ref, row)
		})).with("xl/styles.xml", stylesPart("&quot;"+strings.Repeat("x", 125)+"&quot;0", 0, 164)), 0},
		{"overlapping merges", "over values", merges(sheet(text), overlapping...), 5*rows - 6},
		{"merges over blanks", "of long texts", merges(sheet(func(ref string, row int) string {
			switch {
			case row == 1:
				return inline(ref, strings.Repeat("x", 30_000))
			case ref[0] == 'E':
				return inline(ref, "x")
			}
			return ""
		}), columns...), 4 * (rows - 1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			unpacked := len(tt.book["xl/worksheets/sheet1.xml"])
			data := tt.book.zip()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Limits: formats.Limits{Ratio: -1}})
			require.NoError(t, err)
			runtime.GC()
			runtime.ReadMemStats(&after)

			kept := int(after.HeapAlloc) - int(before.HeapAlloc)
			require.Less(t, kept, 3*unpacked+1<<20, tt.reason)
			n := 0
			for row := range table.Rows() {
				n += len(row.Findings())
			}
			require.Equal(t, tt.findings, n, tt.reason)
		})
	}
}
