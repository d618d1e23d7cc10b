package importer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestMarkForm: a mark is read as it was written, and any text is read as a mark or not.
func TestMarkForm(t *testing.T) {
	text := rapid.StringN(0, 8, -1)
	shownText := rapid.StringMatching(`[ -~é]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		m := rowMark{id: rapid.SampledFrom([]string{"7", "2/7"}).Draw(t, "id"), errors: shortSum("e")}
		if rapid.Bool().Draw(t, "failing") {
			m.check, m.sum, m.rows = shortSum("c"), shortSum("s"), rapid.IntRange(1, 1000).Draw(t, "rows")
		}
		for range rapid.IntRange(0, 3).Draw(t, "faults") {
			f := markFault{code: "cell." + rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "code"), column: "x" + text.Draw(t, "column"), sum: shortSum("t")}
			if rapid.Bool().Draw(t, "with arguments") {
				f.args = map[string]string{"a": shownText.Draw(t, "a"), shownText.Draw(t, "name"): "b"}
			}
			if rapid.Bool().Draw(t, "with a fix") {
				fix := text.Draw(t, "fix")
				f.fix = &fix
			}
			m.faults = append(m.faults, f)
		}
		got, ok := parseMark(" " + m.String() + "\n")
		require.True(t, ok, "%s", m)
		require.Equal(t, m, got, "%s", m)

		parts := rapid.SliceOf(rapid.SampledFrom([]string{"7", "~", "abcdef", ":", "@", "%", ".", "csv.quote", "=", "&", "é", "\x00"})).Draw(t, "any")
		if got, ok := parseMark(strings.Join(parts, "")); ok {
			again, ok := parseMark(got.String())
			require.True(t, ok)
			require.Equal(t, got, again)
		}
	})
}

// TestMarkIsBounded: a row with a fault in every cell of a wide file has a mark that fits
// into a cell.
func TestMarkIsBounded(t *testing.T) {
	m := rowMark{id: "7", errors: shortSum("e")}
	for range 16_000 {
		m.faults = append(m.faults, markFault{code: "csv.encoding", column: "?" + shortSum("h"), sum: shortSum("t")})
	}
	require.Less(t, len(m.String()), maxMark+100)
	got, ok := parseMark(m.String())
	require.True(t, ok)
	require.NotEmpty(t, got.faults)
}

// TestMarkHasNoOtherCode: a mark cannot put any other code than that of a fault of a file
// into a preview.
func TestMarkHasNoOtherCode(t *testing.T) {
	for text, want := range map[string]int{
		"7~~~abcdef~csv.quote@name:abcdef:":        1,
		"7~~~abcdef~admin.last@name:abcdef:":       0,
		"7~~~abcdef~internal.panic@name:abcdef:":   0,
		"7~~~abcdef~csv.quote@:abcdef:":            0,
		"7~~~abcdef~csv%0A.quote@name:abcdef:":     0,
		"7~~~abcdef~csv.quote@name:abc:":           0,
		"7~~~abcdef~text%1B.quote@name:abcdef:a=b": 0,
	} {
		m, ok := parseMark(text)
		require.True(t, ok, text)
		require.Len(t, m.faults, want, text)
	}
}
