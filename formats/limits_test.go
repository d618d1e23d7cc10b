package formats_test

import (
	"os"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
)

func TestLimitsDefaults(t *testing.T) {
	want := formats.Limits{
		UploadBytes: 20 << 20, Rows: 100_000, Columns: 256, Cells: 5_000_000, CellChars: 32_767, RecordBytes: 1 << 20,
		Findings: 500_000, Merged: 131_072, Styles: 65_536, XMLNamespaces: 64,
		Entries: 1000, PartBytes: 100 << 20, UnpackedBytes: 200 << 20, Ratio: 100,
		SharedStrings: 1_000_000, SharedBytes: 64 << 20, XMLDepth: 64, XMLAttributes: 256, XMLToken: 1 << 20,
	}
	if diff := cmp.Diff(want, formats.Limits{}.WithDefaults()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	require.Equal(t, want, want.WithDefaults(), "a second time changes nothing")
}

// TestLimitsAreListed: doc.go lists every limit.
func TestLimitsAreListed(t *testing.T) {
	page, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	for f := range reflect.TypeFor[formats.Limits]().Fields() {
		require.Regexp(t, `limit\.\w+ +`+f.Name+`\b`, string(page))
	}
}

func TestLimitsHard(t *testing.T) {
	none, most := formats.Limits{}, formats.Limits{}
	for _, l := range []struct {
		of    *formats.Limits
		value int64
	}{{&none, -1}, {&most, 1<<63 - 1}} {
		v := reflect.ValueOf(l.of).Elem()
		for i := range v.NumField() {
			v.Field(i).SetInt(l.value)
		}
	}
	none, most = none.WithDefaults(), most.WithDefaults()
	require.Equal(t, none, most, "values above the hard bound become the hard bound")
	require.Equal(t, formats.HardRows, none.Rows)
	require.Equal(t, formats.HardColumns, none.Columns)
	require.Equal(t, formats.HardCellChars, none.CellChars)
	v := reflect.ValueOf(none)
	for i := range v.NumField() {
		require.Positive(t, v.Field(i).Int(), v.Type().Field(i).Name)
	}
}

func TestLimitsAsSet(t *testing.T) {
	got := formats.Limits{Rows: 7, Columns: 300}.WithDefaults()
	require.Equal(t, 7, got.Rows)
	require.Equal(t, 300, got.Columns)
}

func TestOverLimit(t *testing.T) {
	refused := formats.OverLimit("upload", int64(20<<20))
	require.Equal(t, "limit.upload", refused.Code)
	require.Equal(t, map[string]string{"max": "20971520"}, refused.Args)
	require.EqualError(t, refused, "formats: file refused: limit.upload max=20971520")
}
