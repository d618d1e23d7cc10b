package csv_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

// FuzzRead checks these laws for any bytes. A file is read or refused. The sizes of
// the reads change nothing. Positions ascend, and every finding has the position of a
// row. The table reads the same after it was written.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "\ufeff\ufeffa;b\r\n\"x\r\ny\";2\r\r\n3\r4", "sep=|\na|b", "a,\"b", "\"a\"b,c\n d\"", " \"a\",b\n1,2,3",
		"\xff\xfea\x00,\x00b\x00\n\x00", "\x00a\x00,\x00b\x00\n", "Jos\xe9,1", "é,\xe9", "a\x00,b\x1a", "#c\na,b", "\"\"\"\"\"", "\r\r\r\n\r",
	} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(7))
	}
	f.Fuzz(func(t *testing.T, data []byte, options uint8) {
		o := &csv.Options{
			Format: csv.Format{
				Delimiter: []rune{0, ',', '→', '\t'}[options&3],
				Comment:   []rune{0, '#'}[options>>2&1],
				Encoding:  []string{"", "windows-1252", "utf-16le", "gb18030"}[options>>3&3],
				Headings:  []string{"a", "b", "c"}[:options>>5&3],
			},
			Limits: formats.Limits{Rows: 1000, Columns: 50, RecordBytes: 5000},
		}
		table, err := csv.Open(context.Background(), bytes.NewReader(data), int64(len(data)), o)
		again, errAgain := csv.Read(context.Background(), iotest.OneByteReader(bytes.NewReader(data)), o)
		if err != nil {
			require.True(t, errors.As(err, new(*formats.Refusal)), "%v", err)
			require.EqualError(t, errAgain, err.Error())
			return
		}
		require.NoError(t, errAgain)
		requireSame(t, table, again)

		require.LessOrEqual(t, table.Len(), o.Limits.Rows+1)
		require.LessOrEqual(t, table.Columns(), o.Limits.Columns)
		at := map[position]bool{{}: true}
		last := position{}
		for _, p := range positions(table) {
			require.Greater(t, p.Row, last.Row)
			require.Greater(t, p.Line, last.Line)
			at[p], last = true, p
		}
		for _, found := range table.Findings() {
			require.True(t, at[position{found.Row, found.Line}], "%+v", found)
		}

		rows := cells(table)
		for i, r := range rows {
			for k := range r {
				require.True(t, len(r[k]) == len(bytes.ToValidUTF8([]byte(r[k]), []byte("??"))), "%q is not valid text", r[k])
				r[k] = string(bytes.ReplaceAll([]byte(r[k]), []byte{0}, []byte("\ufffd")))
			}
			rows[i] = append(r, make([]string, table.Columns()-len(r))...)
		}
		requireRoundTrip(t, csv.Writer{}, rows, 0)
	})
}

// FuzzCut: text that is cut after its first line is refused, or has exactly the rows
// up to the cut, at the same positions.
func FuzzCut(f *testing.F) {
	for _, s := range []string{quotedPeople, "a,b\r\r\n\"x\"\"\",y\r\n\n,,\n1,2\x1a", "a\n\"b\"c,d\n \"e\"\n\xff,\x00\n"} {
		f.Add([]byte(s), uint16(20))
		f.Add([]byte(s), uint16(len(s)-1))
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		o := &csv.Options{Format: csv.Format{Delimiter: ',', Encoding: "utf-8"}, Limits: formats.Limits{Rows: 1000, Columns: 50, RecordBytes: 5000}}
		first := bytes.IndexAny(data, "\r\n")
		n := int(cut) % (len(data) + 1)
		if first < 0 || n <= first || bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
			return // a cut "sep=" line or byte order mark is an ordinary cell; UTF-16 has units of two bytes
		}
		whole, err := csv.Open(t.Context(), bytes.NewReader(data), int64(len(data)), o)
		if err != nil {
			return
		}
		short, err := csv.Open(t.Context(), bytes.NewReader(data[:n]), int64(n), o)
		if err != nil {
			require.True(t, isRefusal(err), "%v", err)
			return
		}
		require.NoError(t, checkBeginning(whole, short), "cut at %d", n)
	})
}
