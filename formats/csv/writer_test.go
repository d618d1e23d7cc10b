package csv_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

// sheet returns a sheet whose headings are the first row.
func sheet(rows ...[]string) formats.Sheet {
	s := formats.Sheet{Rows: formats.Rows(rows[1:]...)}
	for _, h := range rows[0] {
		s.Columns = append(s.Columns, formats.SheetColumn{Heading: h})
	}
	return s
}

// asRead returns the sheet as one of cells that were read.
func asRead(s formats.Sheet) formats.Sheet {
	s.AsRead = true
	return s
}

// TestWriterAsRead: a table that is written as it was read stays the same, however often
// that happens, and the text behind each guard is the same from the start.
func TestWriterAsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		live := rapid.StringMatching(`'{0,3}[=+@|%a-]?[0-9a-z]{0,2}`)
		in := rapid.SliceOfN(live, 2, 2).Draw(t, "cells")
		cells := in
		for range 3 {
			var out bytes.Buffer
			require.NoError(t, csv.Writer{}.WriteSheet(&out, asRead(sheet([]string{"a", "b", "c"}, []string{cells[0], cells[1], "x"}))))
			table, err := csv.Open(context.Background(), bytes.NewReader(out.Bytes()), int64(out.Len()), nil)
			require.NoError(t, err)
			got := table.Row(1).Cells()[:2]
			for i := range got {
				require.Equal(t, formats.Guard(formats.Unguard(in[i])), got[i])
				require.Equal(t, formats.Unguard(in[i]), formats.Unguard(got[i]))
			}
			cells = got
		}
	})
}

func TestWriter(t *testing.T) {
	bare := csv.Writer{NoBOM: true, LF: true}
	for _, tt := range []struct {
		name, reason string
		writer       csv.Writer
		sheet        formats.Sheet
		want         string
	}{
		{name: "zero", reason: "what Excel opens right", sheet: sheet([]string{"a", "b"}, []string{"é", "2"}), want: "\ufeffa,b\r\né,2\r\n"},
		{name: "semicolon", writer: csv.Writer{Delimiter: ';', NoBOM: true}, sheet: sheet([]string{"a", "b"}), want: "a;b\r\n"},
		{name: "delimiter outside ASCII", writer: csv.Writer{Delimiter: '→', NoBOM: true, LF: true}, sheet: sheet([]string{"a→", "b"}), want: "\"a→\"→b\n"},
		{name: "short rows", reason: "filled up", writer: bare, sheet: sheet([]string{"a", "b", "c"}, []string{"1", "2", "3"}, []string{"4"}), want: "a,b,c\n1,2,3\n4,,\n"},
		{name: "quotes", writer: bare, sheet: sheet([]string{"a"}, []string{`x"y`}, []string{"x,y"}, []string{"x\ny"}, []string{"x\ry"}), want: "a\n\"x\"\"y\"\n\"x,y\"\n\"x\ny\"\n\"x\ry\"\n"},
		{name: "other delimiters", reason: "no reader is to split at them", writer: bare, sheet: sheet([]string{"a"}, []string{"x;y"}, []string{"x|y"}), want: "a\n\"x;y\"\n\"x|y\"\n"},
		{name: "blanks at the ends", reason: "readers trim bare cells", writer: bare, sheet: sheet([]string{"a"}, []string{" x"}, []string{"x "}), want: "a\n\" x\"\n\"x \"\n"},
		{name: "delimiter of the sheet", writer: bare, sheet: formats.Sheet{Delimiter: ';', Columns: []formats.SheetColumn{{Heading: "a"}, {Heading: "b"}}}, want: "a;b\n"},
		{name: "delimiter of the writer", writer: csv.Writer{Delimiter: '|', NoBOM: true, LF: true}, sheet: formats.Sheet{Delimiter: ';', Columns: []formats.SheetColumn{{Heading: "a"}, {Heading: "b"}}}, want: "a|b\n"},
		{name: "guarded", writer: bare, sheet: sheet([]string{"a", "b"}, []string{"+33", "'=1"}, []string{"=1,2", "-"}), want: "a,b\n'+33,''=1\n\"'=1,2\",'-\n"},
		{name: "as read", reason: "guarded once", writer: bare, want: "'=h,b\n'+33,'=1\n''=1,'''=1\n'tis,'0042\n",
			sheet: asRead(sheet([]string{"'=h", "b"}, []string{"+33", "'=1"}, []string{"''=1", "'''=1"}, []string{"'tis", "'0042"}))},
		{name: "headings are guarded too", writer: bare, sheet: sheet([]string{"=a", "sep=;"}), want: "'=a,\"'sep=;\"\n"},
		{name: "NUL and no UTF-8", writer: bare, sheet: sheet([]string{"a"}, []string{"x\x00y"}, []string{"x\xffy"}), want: "a\nx\ufffdy\nx\ufffdy\n"},
		{name: "a cell like a comment", reason: "a reader with a comment sign must not lose it", writer: bare, sheet: sheet([]string{"a", "b"}, []string{"#1", "#2"}), want: "a,b\n\"#1\",\"#2\"\n"},
		{name: "a record like a comment", writer: csv.Writer{NoBOM: true, LF: true, Comment: 'x'}, sheet: sheet([]string{"a", "b"}, []string{"x1", "x2"}), want: "a,b\n\"x1\",x2\n"},
		{name: "like another kind of file", reason: "text in quotes is only text", writer: bare, sheet: sheet([]string{"<html>"}), want: "\"<html>\"\n"},
		{name: "facts", reason: "the headings come first, so the facts are in the rows", writer: bare,
			sheet: formats.Sheet{Title: "Report", Facts: []formats.SheetFact{{Name: "By", Value: "=ada", InRows: true}, {Name: "Counts", Value: "2"}, {Name: "When", Value: "now", InRows: true}},
				Columns: []formats.SheetColumn{{Heading: "a"}, {Heading: "b"}}, Rows: formats.Rows([]string{"1", "2"}, []string{"3"})},
			want: "a,b,By,When\n1,2,'=ada,now\n3,,'=ada,now\n"},
		{name: "wrapped text", reason: "a record is one line", writer: bare,
			sheet: formats.Sheet{Columns: []formats.SheetColumn{{Heading: "a", Wrap: true}, {Heading: "b"}}, Rows: formats.Rows([]string{"1;\n2", "3\n4"})},
			want:  "a,b\n\"1; 2\",\"3\n4\"\n"},
		{name: "no columns", writer: bare, sheet: formats.Sheet{Preamble: []string{"x"}}, want: "x\n"},
		{name: "preamble", writer: bare,
			sheet: formats.Sheet{Preamble: []string{"# mind, the \"gap\"\nplease", "# a,=1", "# a; \"=1\"", "a, title"}, Columns: []formats.SheetColumn{{Heading: "a"}}},
			want:  "# mind, the \"gap\" please\n\"# a,=1\"\n\"# a; \"\"=1\"\"\"\n\"a, title\"\na\n"},
		{name: "preamble with a sign that may be live", reason: "harmless before a blank, and not before 0A=", writer: csv.Writer{NoBOM: true, LF: true, Delimiter: ';', Comment: '%'},
			sheet: formats.Sheet{Preamble: []string{"% a; b", "%0A=1", "% =1"}, Columns: []formats.SheetColumn{{Heading: "%a"}}},
			want:  "% a; b\n'%0A=1\n'% =1\n'%a\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, tt.writer.WriteSheet(&out, tt.sheet))
			require.Equal(t, tt.want, out.String(), tt.reason)
		})
	}
	require.Equal(t, ".csv", bare.Ext())
}

func TestWriterRefuses(t *testing.T) {
	err := csv.Writer{}.WriteSheet(new(bytes.Buffer), sheet([]string{"a"}, []string{"1"}, []string{"1", "2"}))
	require.EqualError(t, err, "csv: write: row 2 has 2 cells, the sheet 1 columns")
	err = csv.Writer{Delimiter: '"'}.WriteSheet(new(bytes.Buffer), sheet([]string{"a"}))
	require.ErrorContains(t, err, "cannot be a delimiter")
}

// full is a writer that accepts n bytes and then fails.
type full struct {
	n   int
	err error
}

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func TestWriterFails(t *testing.T) {
	cause := errors.New("disk full")
	for _, n := range []int{0, 40 << 10, 100 << 10} {
		yielded := 0
		s := sheet([]string{"a"})
		s.Rows = func(yield func([]string) bool) {
			for ; yielded < 20_000 && yield([]string{"some text"}); yielded++ {
			}
		}
		require.ErrorIs(t, csv.Writer{}.WriteSheet(&full{n, cause}, s), cause)
		require.Less(t, yielded, 20_000, "no more rows are read after the writer fails")
	}
}

// TestWrittenIsRead: the reader detects everything about a written file, without a
// finding.
func TestWrittenIsRead(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "é", "日", " ", "'", "=", "+33", "-", ",", ";", "\t", "|", "\n", "\r", "\r\n", `"`, `""`, "#", "“", "sep=", "\ufeff", "\x1a", "<html>", "{", "1,5"})
	cell := rapid.Map(rapid.SliceOfN(piece, 0, 5), func(p []string) string { return strings.Join(p, "") })
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 4).Draw(t, "columns")
		row := rapid.SliceOfN(cell, columns, columns)
		rows := append([][]string{rapid.SliceOfN(rapid.SampledFrom([]string{"Name", "=E-mail", "a;b", "#x", "“x"}), columns, columns).Draw(t, "headings")},
			rapid.SliceOfN(row, 0, 8).Draw(t, "rows")...)
		requireRoundTrip(t, csv.Writer{
			Delimiter: rapid.SampledFrom([]rune{0, ';', '\t', '|'}).Draw(t, "delimiter"),
			NoBOM:     rapid.Bool().Draw(t, "no BOM"), LF: rapid.Bool().Draw(t, "LF"),
		}, rows, rapid.SampledFrom([]rune{0, '#'}).Draw(t, "comment"))
	})
}

// requireRoundTrip checks that rows are the same after they were written, the first
// of them as headings, and read. Blank records and empty cells at the end do not
// count.
func requireRoundTrip(t require.TestingT, w csv.Writer, rows [][]string, comment rune) {
	var out bytes.Buffer
	require.NoError(t, w.WriteSheet(&out, sheet(rows...)))
	table, err := open(out.String(), &csv.Options{Format: csv.Format{Comment: comment}, Limits: formats.Limits{Rows: -1, Cells: -1, UploadBytes: -1, RecordBytes: -1}})
	require.NoError(t, err, "%q", out.String())
	require.Empty(t, table.Findings(), "%q", out.String())
	var want [][]string
	for _, r := range rows {
		for len(r) > 0 && r[len(r)-1] == "" {
			r = r[:len(r)-1]
		}
		if len(r) > 0 {
			want = append(want, r)
		}
	}
	got := cells(table)
	for _, r := range got {
		for i := range r {
			r[i] = formats.Unguard(r[i])
		}
	}
	require.Equal(t, want, got, "%q", out.String())
}
