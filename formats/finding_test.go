package formats_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
)

func TestSeverity(t *testing.T) {
	for name, s := range map[string]formats.Severity{"warning": formats.Warning, "brake": formats.Brake, "error": formats.Error} {
		require.Equal(t, name, s.String())
		text, err := s.MarshalText()
		require.NoError(t, err)
		require.Equal(t, name, string(text))
		var back formats.Severity
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, s, back)
	}
	require.Less(t, formats.Warning, formats.Brake)
	require.Less(t, formats.Brake, formats.Error)
}

func TestSeverityWithoutName(t *testing.T) {
	for _, s := range []formats.Severity{0, formats.Error + 1, 255} {
		_, err := s.MarshalText()
		require.Error(t, err)
		require.Contains(t, s.String(), "Severity(")
	}
	for _, text := range []string{"", "Error", "fatal"} {
		require.Error(t, new(formats.Severity).UnmarshalText([]byte(text)))
	}
}

func TestFindingAsJSON(t *testing.T) {
	fix := "2"
	for _, tt := range []struct {
		finding formats.Finding
		want    string
	}{
		{formats.Finding{Severity: formats.Warning, Code: "csv.encoding_guessed"}, `{"severity":"warning","code":"csv.encoding_guessed"}`},
		{formats.Finding{Severity: formats.Error, Code: "csv.quote", Row: 3, Line: 4, Column: 2, Value: "x", Fix: &fix},
			`{"severity":"error","code":"csv.quote","row":3,"line":4,"column":2,"value":"x","fix":"2"}`},
		{formats.Finding{Severity: formats.Error, Code: "cell.date", Table: "t", Row: 3, Cell: "B3", Column: 2, Field: "email", Args: map[string]string{"b": "2", "a": "1"}},
			`{"severity":"error","code":"cell.date","table":"t","row":3,"column":2,"cell":"B3","field":"email","args":{"a":"1","b":"2"}}`},
	} {
		got, err := json.Marshal(tt.finding)
		require.NoError(t, err)
		require.Equal(t, tt.want, string(got))
		var back formats.Finding
		require.NoError(t, json.Unmarshal(got, &back))
		require.Empty(t, cmp.Diff(tt.finding, back))
	}
}

func TestShow(t *testing.T) {
	long := strings.Repeat("x", formats.MaxShown)
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Ada Lovelace", "Ada Lovelace"},
		{"letters", "José 日本 😀", "José 日本 😀"},
		{"controls", "a\x00b\tc\x1b[31m\x7f", `a\x00b\tc\x1b[31m\x7f`},
		{"bidi", "\u202egnp.exe", `\u202egnp.exe`},
		{"invisible", "a\u200bb\ufeff\u00a0", `a\u200bb\ufeff\u00a0`},
		{"not UTF-8", "Jos\xe9", `Jos\xe9`},
		{"replacement character", "Jos\ufffd", "Jos\ufffd"},
		{"at the limit", long, long},
		{"past it", long + "y", long[1:] + "…"},
		{"counted in characters", strings.Repeat("é", formats.MaxShown), strings.Repeat("é", formats.MaxShown)},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, formats.Show(tt.in)) })
	}
}

func TestShowIsFitToBeShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		out := formats.Show(in)
		require.True(t, utf8.ValidString(out))
		require.Less(t, strings.IndexFunc(out, func(r rune) bool { return !unicode.IsPrint(r) }), 0, "%q", out)
		require.LessOrEqual(t, utf8.RuneCountInString(out), formats.MaxShown*len(`\U0010ffff`)+1)
	})
}

func TestCellName(t *testing.T) {
	for _, tt := range []struct {
		column, row int
		want        string
	}{
		{1, 1, "A1"}, {2, 3, "B3"}, {26, 9, "Z9"}, {27, 10, "AA10"}, {702, 1, "ZZ1"}, {703, 1, "AAA1"},
		{formats.HardColumns, formats.HardRows, "XFD1048576"},
	} {
		require.Equal(t, tt.want, formats.CellName(tt.column, tt.row))
	}
	require.Regexp(t, `^[A-Z]{14}1$`, formats.CellName(math.MaxInt64, 1))
}
