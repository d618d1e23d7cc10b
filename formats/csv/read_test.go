package csv_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, in, code string
		row            int
		limits         formats.Limits
	}{
		{name: "no bytes", in: "", code: "file.empty"},
		{name: "byte order mark alone", in: "\ufeff", code: "file.empty"},
		{name: "byte order mark alone, UTF-16", in: "\xff\xfe", code: "file.empty"},
		{name: "blank", in: " \r\n\t\r\n  ", code: "file.empty"},
		{name: "delimiters alone", in: ",,\n,,\n", code: "file.empty"},
		{name: "sep line alone", in: "sep=;\n", code: "file.empty"},
		{name: "Ctrl-Z alone", in: "\x1a", code: "file.empty"},

		{name: "gzip", in: "\x1f\x8b\x08\x00\x00", code: "file.type"},
		{name: "workbook", in: "PK\x03\x04\x14\x00", code: "file.type"},
		{name: "PDF", in: "%PDF-1.7\n", code: "file.type"},
		{name: "web page", in: "\ufeff <HTML><body>", code: "file.type"},
		{name: "JSON", in: `[{"name":"Ada"}]`, code: "file.type"},

		{name: "open quote", in: "a,b\n\n1,\"2\n3,4\n", code: "csv.quote", row: 3},
		{name: "open quote after a doubled one", in: "a,b\n1,\"2\"\"\n", code: "csv.quote", row: 2},
		{name: "open quote closed by another's", in: "a,b\n1,2\n\"Bob,3\nAnn,\"4\"\nEve,5\n", code: "csv.quote", row: 3},
		{name: "rows", in: "a\n1\n\n2\n", code: "limit.rows", row: 4, limits: formats.Limits{Rows: 1}},
		{name: "columns", in: "a,b\n\n1,2,3\n", code: "limit.columns", row: 3, limits: formats.Limits{Columns: 2}},
		{name: "cells", in: "a,b\n1,2\n", code: "limit.cells", row: 2, limits: formats.Limits{Cells: 3}},
		{name: "cell", in: "a,b\n1,éééé\n", code: "limit.cell", row: 2, limits: formats.Limits{CellChars: 3}},
		{name: "cell as Excel counts", in: "a,b\n1,😀\n", code: "limit.cell", row: 2, limits: formats.Limits{CellChars: 1}},
		{name: "record", in: "a,b\n1,2345\n", code: "limit.record", row: 2, limits: formats.Limits{RecordBytes: 5}},
		{name: "upload", in: "a,b\n", code: "limit.upload", limits: formats.Limits{UploadBytes: 3}},

		{name: "2 MB of quotes", in: strings.Repeat(`"`, 2<<20), code: "limit.record", row: 1},
		{name: "1 MB of quotes", in: strings.Repeat(`"`, 1<<20), code: "limit.cell", row: 1},
		{name: "2 MB of commas", in: strings.Repeat(`,`, 2<<20), code: "limit.record", row: 1},
		{name: "1 MB of commas", in: "a,b\n" + strings.Repeat(`,`, 1<<20), code: "limit.columns", row: 2},
		{name: "2 MB of line feeds", in: strings.Repeat("\n", 2<<20), code: "file.empty"},
		{name: "2 MB of carriage returns", in: strings.Repeat("\r", 2<<20), code: "file.empty"},
		{name: "2 MB cell", in: "a,b\n" + strings.Repeat("x", 2<<20), code: "limit.record", row: 2},
		{name: "19 MB after an open quote", in: "a,b\n\"" + strings.Repeat("x\"\"\n", 19<<18), code: "limit.record", row: 2},
		{name: "19 MB of bare quotes", in: strings.Repeat("x\"\n", 19<<18), code: "limit.rows", row: 100_002},
		{name: "20,000 columns", in: strings.Repeat("c,", 20_000), code: "limit.columns", row: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			requireRefused(t, tt.in, tt.code, tt.row, &csv.Options{Limits: tt.limits})
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20))
		})
	}
}

func TestOpenQuoteNamesItsLine(t *testing.T) {
	for _, tt := range []struct {
		in   string
		row  int
		line string
	}{
		{"a,b\n1,\"2\n3,4\n", 2, "2"},
		{"a,b\n\"x\ny\",\"2\n3,4\n", 2, "3"},
		{"a,b\n\"x\r\ny\r\nz\",1\r\n\"", 3, "5"},
		{"a,b\n\"x\ny\",\"2\n3,\"4\"\n", 2, "3"},
	} {
		refused := requireRefused(t, tt.in, "csv.quote", tt.row, nil)
		require.Equal(t, map[string]string{"line": tt.line}, refused.Args, "%q", tt.in)
	}
}

func TestAtTheLimit(t *testing.T) {
	table, err := open("a,bcd\n1,234\n", &csv.Options{Limits: formats.Limits{
		UploadBytes: 12, Rows: 1, Columns: 2, Cells: 4, CellChars: 3, RecordBytes: 5,
	}})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"a", "bcd"}, {"1", "234"}}, cells(table))
}

func TestMatch(t *testing.T) {
	f := csv.Format{}
	require.Equal(t, "csv", f.Name())
	require.True(t, f.Match("people.xlsx", []byte("a,b\n")), "the name does not matter")
	require.True(t, f.Match("people.csv", []byte("\xff\xfea\x00")))
	require.False(t, f.Match("people.csv", []byte("PK\x03\x04")))
}

// TestChunking: the sizes of the reads do not change the table.
func TestChunking(t *testing.T) {
	for _, text := range []string{
		"\ufeffa,b\r\n\"x\r\ny\",é\r\r\n1,2,3\n",
		"\xff\xfea\x00,\x00\xe9\x00\r\x00\n\x001\x00",
		"Jos\xe9;1\r2;\"3\"",
	} {
		want, err := open(text, nil)
		require.NoError(t, err)
		for _, r := range []io.Reader{
			strings.NewReader(text),
			iotest.OneByteReader(strings.NewReader(text)),
			iotest.HalfReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text)),
		} {
			got, err := csv.Read(t.Context(), r, nil)
			require.NoError(t, err)
			requireSame(t, want, got)
		}
	}
}

// requireSame checks that two tables are equal.
func requireSame(t *testing.T, want, got *formats.Table) {
	t.Helper()
	require.Empty(t, cmp.Diff(cells(want), cells(got)))
	require.Empty(t, cmp.Diff(positions(want), positions(got)))
	require.Empty(t, cmp.Diff(want.Findings(), got.Findings()))
	require.Empty(t, cmp.Diff(want.Source, got.Source))
}

func TestUploadBrokenOff(t *testing.T) {
	cause := errors.New("connection reset")
	for n := range len(people) {
		_, err := csv.Read(t.Context(), io.MultiReader(strings.NewReader(people[:n]), iotest.ErrReader(cause)), nil)
		var refused *formats.Refusal
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "upload.truncated", refused.Code)
		require.ErrorIs(t, err, cause)
	}
	_, err := csv.Open(t.Context(), strings.NewReader("a,b\n"), 10, nil)
	var refused *formats.Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "upload.truncated", refused.Code)
}

func TestReadStopsAtTheUploadLimit(t *testing.T) {
	endless := iotest.OneByteReader(repeat('x'))
	_, err := csv.Read(t.Context(), endless, &csv.Options{Limits: formats.Limits{UploadBytes: 1000}})
	require.ErrorContains(t, err, "limit.upload max=1000")
}

type repeat byte

func (r repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

// failing is a source that fails from an offset on.
type failing struct {
	text string
	from int64
	err  error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from && f.from < int64(len(f.text)) {
		return 0, f.err
	}
	return strings.NewReader(f.text).ReadAt(p, off)
}

func TestSourceFails(t *testing.T) {
	cause := errors.New("bad sector")
	text := "a,b\n" + strings.Repeat("1,2\n", 1<<15)
	for _, from := range []int64{0, 100, 1 << 16, int64(len(text)) - 1} {
		table, err := csv.Open(t.Context(), failing{text, from, cause}, int64(len(text)), nil)
		require.Nil(t, table)
		require.ErrorIs(t, err, cause, "%d", from)
		require.False(t, errors.As(err, new(*formats.Refusal)), "the file is not at fault")
	}
}

// shrinking is a source that ends early after a number of calls.
type shrinking struct {
	text  string
	to    int64
	after int // calls
	err   error
}

func (s *shrinking) ReadAt(p []byte, off int64) (int, error) {
	if s.after--; s.after < 0 && off+int64(len(p)) > s.to {
		return copy(p, s.text[min(off, s.to):s.to]), s.err
	}
	return strings.NewReader(s.text).ReadAt(p, off)
}

// TestSourceShrinks: a file is read more than once. If it was cut in between, it is
// refused, and not read as a shorter file.
func TestSourceShrinks(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 1<<15)
	for _, err := range []error{io.EOF, io.ErrUnexpectedEOF} {
		read := 0
		for after := range 20 {
			table, got := csv.Open(t.Context(), &shrinking{text, 1 << 16, after, err}, int64(len(text)), nil)
			if got == nil {
				require.Equal(t, 1<<15+1, table.Len(), "after %d reads", after)
				read++
				continue
			}
			require.Nil(t, table)
			var refused *formats.Refusal
			require.ErrorAs(t, got, &refused, "after %d reads", after)
			require.Equal(t, "upload.truncated", refused.Code, "after %d reads", after)
		}
		require.Less(t, read, 20)
		require.NotZero(t, read)
	}
}

// counting is a context that is cancelled after n calls of Err.
type counting struct {
	context.Context
	n int
}

func (c *counting) Err() error {
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

func TestCancelled(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 1000)
	for n := range 4 {
		table, err := csv.Open(&counting{t.Context(), n}, strings.NewReader(text), int64(len(text)), nil)
		require.Nil(t, table)
		require.ErrorIs(t, err, context.Canceled)
		require.False(t, errors.As(err, new(*formats.Refusal)))
	}
	_, err := csv.Open(&counting{t.Context(), 6}, strings.NewReader(text), int64(len(text)), nil)
	require.NoError(t, err, "1001 records ask once every 256")
}

func TestAllocations(t *testing.T) {
	text := "a,b,c\n" + strings.Repeat("Ada,\"Love,lace\",\"x\"\"y\"\n", 50_000)
	n := testing.AllocsPerRun(1, func() {
		_, err := open(text, nil)
		require.NoError(t, err)
	})
	require.Less(t, n, 500.0, "0.01 a row")
}
