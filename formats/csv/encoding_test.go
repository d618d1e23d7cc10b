package csv_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

const people = "Prénom,Nom\r\nJosé,Núñez\r\nZoë,O’Brien\r\n"

var peopleCells = [][]string{{"Prénom", "Nom"}, {"José", "Núñez"}, {"Zoë", "O’Brien"}}

// encode returns text in that encoding.
func encode(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

func TestEncodings(t *testing.T) {
	utf16 := func(e unicode.Endianness, b unicode.BOMPolicy) string { return encode(t, unicode.UTF16(e, b), people) }
	latin := encode(t, charmap.Windows1252, people)
	guessed := []string{"warning csv.encoding_guessed 0:0"}
	for _, tt := range []struct {
		name, in, named string
		want            string
		findings        []string
	}{
		{name: "UTF-8", in: people, want: "utf-8"},
		{name: "UTF-8 with BOM", in: "\ufeff" + people, want: "utf-8"},
		{name: "UTF-16LE with BOM", in: utf16(unicode.LittleEndian, unicode.UseBOM), want: "utf-16le"},
		{name: "UTF-16BE with BOM", in: utf16(unicode.BigEndian, unicode.UseBOM), want: "utf-16be"},
		{name: "UTF-16LE", in: utf16(unicode.LittleEndian, unicode.IgnoreBOM), want: "utf-16le"},
		{name: "UTF-16BE", in: utf16(unicode.BigEndian, unicode.IgnoreBOM), want: "utf-16be"},
		{name: "Windows-1252", in: latin, want: "windows-1252", findings: guessed},

		{name: "named", in: latin, named: "Latin1", want: "windows-1252"},
		{name: "named as Excel's CSV (MS-DOS)", in: encode(t, charmap.CodePage850, strings.ReplaceAll(people, "’", "'")), named: "ibm850", want: "ibm850"},
		{name: "named UTF-16", in: utf16(unicode.BigEndian, unicode.IgnoreBOM), named: "utf-16be", want: "utf-16be"},
		{name: "named, but the mark is stronger", in: "\ufeff" + people, named: "windows-1252", want: "utf-8"},
		{name: "named, but the mark of UTF-16 is stronger", in: utf16(unicode.LittleEndian, unicode.UseBOM), named: "utf-8", want: "utf-16le"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := open(tt.in, &csv.Options{Format: csv.Format{Encoding: tt.named}})
			require.NoError(t, err)
			want := peopleCells
			if tt.want == "ibm850" {
				want = [][]string{{"Prénom", "Nom"}, {"José", "Núñez"}, {"Zoë", "O'Brien"}}
			}
			if diff := cmp.Diff(want, cells(table)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			require.Equal(t, map[string]string{"format": "csv", "encoding": tt.want, "delimiter": ","}, table.Source)
			require.Equal(t, tt.findings, findings(table))
		})
	}
}

func TestEncodingGuessShowsASample(t *testing.T) {
	table, err := open("name,note\nBob,plain\nJos\xe9,Caf\xe9\n", nil)
	require.NoError(t, err)
	want := []formats.Finding{{Severity: formats.Warning, Code: "csv.encoding_guessed",
		Args: map[string]string{"encoding": "windows-1252", "sample": "José"}}}
	if diff := cmp.Diff(want, table.Findings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamedMultibyte(t *testing.T) {
	text := "名前,会社\r\n山田,表示\r\n"
	table, err := open(encode(t, japanese.ShiftJIS, text), &csv.Options{Format: csv.Format{Encoding: "shift_jis"}})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"名前", "会社"}, {"山田", "表示"}}, cells(table))
}

// TestEncodingIsDecidedOverTheWholeFile: a byte that is not ASCII decides the
// encoding at the end of a long file as well as at its start.
func TestEncodingIsDecidedOverTheWholeFile(t *testing.T) {
	for _, size := range []int{4 << 10, 64 << 10, 1 << 20} {
		for shift := range 5 {
			head := "a,b\n" + strings.Repeat(strings.Repeat("x", 1022)+",\n", size/1024)
			head = head[:size-shift-1] + "\n"
			for _, tt := range []struct{ name, last, cell string }{
				{"utf-8", "é😀,1\n", "é😀"},
				{"windows-1252", "\xe9\xe8,1\n", "éè"},
			} {
				table, err := open(head+tt.last, nil)
				require.NoError(t, err)
				require.Equal(t, tt.name, table.Source["encoding"], "%d-%d", size, shift)
				require.Equal(t, tt.cell, table.Row(table.Len()-1).Cell(0))
			}
		}
	}
}

// TestNULsFurtherOn: NULs after the start of a text do not make it UTF-16.
func TestNULsFurtherOn(t *testing.T) {
	table, err := open(strings.Repeat("a,b\n", 1<<14)+strings.Repeat("x\x00", 1<<13), nil)
	require.NoError(t, err)
	require.Equal(t, "utf-8", table.Source["encoding"])
	require.Len(t, findings(table), 1)
}

func TestDamagedText(t *testing.T) {
	for _, tt := range []struct{ name, reason, in, bad string }{
		{"one bad byte", "the other letters are UTF-8", "é,ü\nJos\xe9,x\nok,1\n", `error csv.encoding 2:1 Jos\xe9`},
		{"mixed encodings", "half the rows are Windows-1252", "é,ü\nJosé,x\nZo\xeb,Cafe\n", `error csv.encoding 3:1 Zo\xeb`},
		{"overlong", "as no encoder writes it", "a,b\n1,2\nUs\xc1\xa5r,x\n", `error csv.encoding 3:1 Us\xc1\xa5r`},
		{"CESU-8", "surrogates each by itself", "a,b\n\xed\xa0\xbd\xed\xb8\x80,x\n", `error csv.encoding 2:1 \xed\xa0\xbd\xed\xb8\x80`},
		{"cut at the end", "an upload broken off", "a,b\né,1\nJos\xc3", `error csv.encoding 3:1 Jos\xc3`},
		{"cut in a longer sequence", "two bytes of three are no letters of Windows-1252", "a,b\nx,\xe2\x82", `error csv.encoding 2:2 \xe2\x82`},
		{"cut UTF-16", "half a unit", "\xff\xfea\x00,\x00b\x00\n\x00c\x00,\x00d", "error csv.encoding 2:2 \ufffd"},
		{"lone surrogate", "half a pair", "\xfe\xff\x00a\x00\n\xd8\x3d\x00b", "error csv.encoding 2:1 \ufffdb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := open(tt.in, nil)
			require.NoError(t, err)
			require.Equal(t, []string{tt.bad}, findings(table), tt.reason)
			for _, row := range cells(table) {
				require.Equal(t, row, strings.Split(strings.ToValidUTF8(strings.Join(row, "\x00"), "?"), "\x00"), "cells are text")
			}
		})
	}
}

func TestEncodingsRefused(t *testing.T) {
	for _, tt := range []struct{ name, in, named string }{
		{"UTF-32LE with BOM", encode(t, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), people), ""},
		{"UTF-32BE with BOM", encode(t, utf32.UTF32(utf32.BigEndian, utf32.UseBOM), people), ""},
		{"UTF-32LE", encode(t, utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), people), ""},
		{"UTF-32BE", encode(t, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), people), ""},
		{"not in Windows-1252", "a,b\nJos\xe9,\x9d\n", ""},
		{"not in Windows-1252, named", "a,b\nJos\xe9,\x81\n", "windows-1252"},
		{"not in Windows-1252, hidden in a sequence", "a,b\n" + strings.Repeat("Jos\xe9,\n", 20) + "\xc3\x81,\n", ""},
		{"NULs and no UTF-8", "a\x00b,\xe9,\x01\n", ""},
		{"NULs", strings.Repeat("\x00", 999), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			requireRefused(t, tt.in, "csv.encoding", 0, &csv.Options{Format: csv.Format{Encoding: tt.named}})
		})
	}
}

func TestUnknownEncoding(t *testing.T) {
	for _, name := range []string{"klingon", "utf-32", "iso-2022-kr", "utf-7"} {
		_, err := open(people, &csv.Options{Format: csv.Format{Encoding: name}})
		require.ErrorContains(t, err, `csv: unknown encoding "`+name+`"`)
		require.False(t, errors.As(err, new(*formats.Refusal)), "the file is not at fault")
	}
}

// TestTornUTF16: a missing byte hides the following line ends, so that rows would be
// read as one cell. Such a file is refused.
func TestTornUTF16(t *testing.T) {
	text := encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "name;email\r\n"+strings.Repeat("Ann;a@example.com\r\n", 9))
	row := len(text) / 10
	for _, torn := range []string{text[:3*row] + text[3*row+1:], text[:3*row] + text[3*row+1:6*row] + text[6*row+1:]} {
		refused := requireRefused(t, torn, "csv.encoding", 4, nil)
		require.Equal(t, "shifted", refused.Args["found"])
	}
}

// requireRefused checks that reading text is refused with that code and row.
func requireRefused(t *testing.T, text, code string, row int, o *csv.Options) *formats.Refusal {
	t.Helper()
	table, err := csv.Open(t.Context(), bytes.NewReader([]byte(text)), int64(len(text)), o)
	require.Nil(t, table)
	var refused *formats.Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, code, refused.Code)
	require.Equal(t, row, refused.Row)
	return refused
}

// TestEveryBadCellHasAFinding: a row with two bad cells is still in error after one of
// them is corrected, so each cell needs a finding of its own.
func TestEveryBadCellHasAFinding(t *testing.T) {
	for _, tt := range []struct{ name, in, code string }{
		{"bytes", "é,ü,a,b\nJos\xe9,x,Zo\xeb,Caf\xe9\n", "csv.encoding"},
		{"the last bytes cut off", "é,ü,a,b\nJos\xc3,x,Zo\xc3,Caf\xc3", "csv.encoding"},
		{"half pairs", "\xfe\xff\x00a\x00,\x00b\x00,\x00c\x00,\x00d\x00\n\xd8\x3d\x00,\x00x\x00,\xd8\x3d\x00,\xd8\x3d", "csv.encoding"},
		{"NULs", "a,b,c,d\nA\x00,x,B\x00,\x00\n", "text.control"},
		{"text after quotes", "a,b,c,d\n\"A\"1,x,\"B\"2,\"C\"3\n", "csv.quote"},
		{"blanks before quotes", "a,b,c,d\n \"A\",x, \"B\", \"C\"\n", "csv.quote"},
		{"open typographic quotes", "a,b,c,d\n“A,x,“B,“C\n", "csv.quote"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := open(tt.in, &csv.Options{Format: csv.Format{Delimiter: ','}})
			require.NoError(t, err)
			var columns []int
			for _, f := range table.Row(1).Findings() {
				require.Equal(t, formats.Error, f.Severity)
				require.Equal(t, tt.code, f.Code)
				columns = append(columns, f.Column)
			}
			require.Equal(t, []int{1, 3, 4}, columns)
		})
	}
}

// TestQuoteFaultsOfARow: an error in one cell does not hide the warning in another, and
// each cell has its own fix.
func TestQuoteFaultsOfARow(t *testing.T) {
	table, err := open("a,b,c,d\n1\"2, \"x\",y,\t\"z\"\n", &csv.Options{Format: csv.Format{Delimiter: ','}})
	require.NoError(t, err)
	x, z := "x", "z"
	want := []formats.Finding{
		{Severity: formats.Warning, Code: "csv.quote", Row: 2, Line: 2, Column: 1, Value: `1"2`},
		{Severity: formats.Error, Code: "csv.quote", Row: 2, Line: 2, Column: 2, Value: ` "x"`, Fix: &x},
		{Severity: formats.Error, Code: "csv.quote", Row: 2, Line: 2, Column: 4, Value: `\t"z"`, Fix: &z},
	}
	if diff := cmp.Diff(want, table.Findings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
