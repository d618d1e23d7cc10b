package csv_test

import (
	"bytes"
	"context"
	stdcsv "encoding/csv"
	"fmt"
	"io"
	"testing"

	"github.com/gocarina/gocsv"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

const benchRows = 20_000

func benchFile() []byte {
	var b bytes.Buffer
	b.WriteString("FIRST NAME,LAST NAME,NAME,EMAIL,ROLE\n")
	for i := range benchRows {
		fmt.Fprintf(&b, "Ada%d,Lovelace,\"Lovelace, Ada %d\",ada.lovelace%d@example.com,User\n", i, i, i)
	}
	return b.Bytes()
}

// BenchmarkRead reads one file with this package and with other readers. This
// package also detects the encoding and the delimiter, and keeps every cell.
func BenchmarkRead(b *testing.B) {
	data := benchFile()
	b.Run("usher", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			t, err := csv.Open(context.Background(), bytes.NewReader(data), int64(len(data)), &csv.Options{Limits: formats.Limits{Rows: -1}})
			require.NoError(b, err)
			require.Equal(b, benchRows+1, t.Len())
		}
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			r := stdcsv.NewReader(bytes.NewReader(data))
			r.ReuseRecord = true
			n := 0
			for ; ; n++ {
				if _, err := r.Read(); err == io.EOF {
					break
				}
			}
			require.Equal(b, benchRows+1, n)
		}
	})
	b.Run("gocsv", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var rows []struct {
				First string `csv:"FIRST NAME"`
				Last  string `csv:"LAST NAME"`
				Name  string `csv:"NAME"`
				Email string `csv:"EMAIL"`
				Role  string `csv:"ROLE"`
			}
			require.NoError(b, gocsv.UnmarshalBytes(data, &rows))
			require.Len(b, rows, benchRows)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	data := benchFile()
	t, err := csv.Open(context.Background(), bytes.NewReader(data), int64(len(data)), nil)
	require.NoError(b, err)
	var rows [][]string
	for r := range t.Rows() {
		rows = append(rows, r.Cells())
	}
	b.Run("usher", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			require.NoError(b, csv.Writer{}.WriteSheet(io.Discard, formats.Sheet{Columns: make([]formats.SheetColumn, 5), Rows: formats.Rows(rows...)}))
		}
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			require.NoError(b, stdcsv.NewWriter(io.Discard).WriteAll(rows))
		}
	})
}
