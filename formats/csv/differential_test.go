package csv_test

import (
	stdcsv "encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

// readStandard reads text with encoding/csv. It returns the records as a table has
// them: without blank records, and without empty cells at the end.
func readStandard(text string, comment rune) (out [][]string, at []int, err error) {
	r := stdcsv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	r.Comment = comment
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, at, nil
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := r.FieldPos(0)
		for len(record) > 0 && record[len(record)-1] == "" {
			record = record[:len(record)-1]
		}
		if len(record) > 0 {
			out, at = append(out, slices.Clone(record)), append(at, line)
		}
	}
}

// TestDifferential: this package and encoding/csv agree on cells, lines, and quotes
// that are never closed. They differ by intent in three cases. A CR alone is a line
// end here. A CRLF inside quotes is kept here. A misplaced quote is a finding of one
// row here, and an error of the file there.
func TestDifferential(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "bc", " ", "é", "日", "😀", ",", ",", "\n", "\n", "\r\n", `"`, `"`, `""`, `"x,y"`, "\"p\nq\"", ";", "\t", "#", "'", "="})
	agreed := 0
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 1, 40).Draw(t, "text"), "")
		comment := rapid.SampledFrom([]rune{0, '#'}).Draw(t, "comment")
		want, lines, wantErr := readStandard(text, comment)
		got, err := open(text, &csv.Options{Format: csv.Format{Delimiter: ',', Comment: comment}})

		var refused *formats.Refusal
		switch {
		case errors.Is(wantErr, stdcsv.ErrBareQuote):
			return
		case wantErr != nil: // text after a closing quote, or a quote that is never closed
			if errors.As(err, &refused) && refused.Code == "csv.quote" {
				return
			}
			if err == nil {
				require.Contains(t, strings.Join(findings(got), "\n"), "error csv.quote")
			}
			return
		case errors.As(err, &refused):
			require.Equal(t, "file.empty", refused.Code)
			for _, r := range want {
				require.Empty(t, strings.TrimSpace(strings.Join(r, "")))
			}
			return
		}
		agreed++
		require.NoError(t, err)
		all, at := cells(got), []int(nil)
		for i, r := range all {
			for k := range r {
				r[k] = strings.ReplaceAll(r[k], "\r\n", "\n")
			}
			at = append(at, got.Row(i).Line())
		}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Fatalf("%q: cells (-encoding/csv +ours):\n%s", text, diff)
		}
		if diff := cmp.Diff(lines, at); diff != "" {
			t.Fatalf("%q: lines (-encoding/csv +ours):\n%s", text, diff)
		}
	})
	require.NotZero(t, agreed)
}
