package xlsx_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
)

const benchRows = 20_000

// people returns a workbook as Excel writes it: shared strings, spans, five text
// columns.
func people(rows int) []byte {
	var sheet, shared strings.Builder
	sheet.WriteString(`<worksheet xmlns="` + mainNS + `" xmlns:x14ac="x"><sheetData>`)
	n := 0
	row := func(r int, cells ...string) {
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:%d" x14ac:dyDescent="0.25">`, r, len(cells))
		for c, text := range cells {
			fmt.Fprintf(&shared, `<si><t>%s</t></si>`, text)
			fmt.Fprintf(&sheet, `<c r="%s" s="1" t="s"><v>%d</v></c>`, formats.CellName(c+1, r), n)
			n++
		}
		sheet.WriteString(`</row>`)
	}
	row(1, "FIRST NAME", "LAST NAME", "NAME", "EMAIL", "ROLE")
	for i := range rows {
		first, last := fmt.Sprintf("Ada%d", i*7919%rows), fmt.Sprintf("Lovelace%d", i*104729%rows)
		row(i+2, first, last, first+" "+last, fmt.Sprintf("ada.%d@example.com", i), "User")
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	return book{
		"xl/worksheets/sheet1.xml": sheet.String(),
		"xl/sharedStrings.xml":     `<sst xmlns="` + mainNS + `">` + shared.String() + `</sst>`,
		"xl/styles.xml":            stylesPart("", 0, 0),
	}.zip()
}

// BenchmarkRead compares the reader, with and without its shortcuts, with inflating
// the same parts only, and with the row iterator of excelize.
func BenchmarkRead(b *testing.B) {
	data := people(benchRows)
	b.Run("usher", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			table, err := xlsx.Open(b.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Limits: formats.Limits{Rows: -1}})
			require.NoError(b, err)
			require.Equal(b, benchRows+1, table.Len())
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
	})
	b.Run("tokenizer", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			table, err := xlsx.Slow().Read(b.Context(), source(data), formats.Limits{Rows: -1})
			require.NoError(b, err)
			require.Equal(b, benchRows+1, table.Len())
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
	})
	b.Run("inflate", func(b *testing.B) {
		for b.Loop() {
			z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
			require.NoError(b, err)
			z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
			for _, f := range z.File {
				r, err := f.Open()
				require.NoError(b, err)
				_, err = io.Copy(io.Discard, r)
				require.NoError(b, err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(data))
			require.NoError(b, err)
			rows, err := f.Rows("Sheet1")
			require.NoError(b, err)
			n := 0
			for rows.Next() {
				_, err := rows.Columns()
				require.NoError(b, err)
				n++
			}
			require.NoError(b, rows.Error())
			require.NoError(b, rows.Close())
			require.NoError(b, f.Close())
			require.Equal(b, benchRows+1, n)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
	})
}
