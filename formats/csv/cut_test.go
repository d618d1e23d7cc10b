package csv_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

const quotedPeople = "\ufeffNAME,EMAIL,NOTE\r\n" +
	"\"Lovelace, Ada\",ada@example.com,\"She said\r\n\"\"hello\"\"\"\r\n" +
	"Zoë,zoe@example.com,\r\n" +
	"\"\",,\"x\"\r\n"

// TestBrokenOff: a source that holds less than it said is refused, wherever it ends.
func TestBrokenOff(t *testing.T) {
	_, err := open(quotedPeople, nil)
	require.NoError(t, err)
	for n := range quotedPeople {
		table, err := csv.Open(t.Context(), strings.NewReader(quotedPeople[:n]), int64(len(quotedPeople)), nil)
		require.Nil(t, table, "cut at %d", n)
		var refused *formats.Refusal
		require.ErrorAs(t, err, &refused, "cut at %d", n)
		require.Equal(t, "upload.truncated", refused.Code, "cut at %d", n)
	}
}

// TestCut: text itself does not say where it ends. A file that was cut before
// it was sent is refused if the cut is inside of quotes or leaves nothing; else
// it has the rows up to the cut, all as they were but the last, which is their beginning.
func TestCut(t *testing.T) {
	whole, err := open(quotedPeople, comma())
	require.NoError(t, err)
	refused := 0
	for n := range quotedPeople {
		short, err := open(quotedPeople[:n], comma())
		inside := strings.Count(quotedPeople[:n], `"`)%2 == 1
		if err != nil {
			require.True(t, isRefusal(err))
			require.True(t, inside || n <= len("\ufeff"), "cut at %d: %v", n, err)
			refused++
			continue
		}
		require.False(t, inside, "cut at %d, inside of quotes, and no error", n)
		require.NoError(t, begins(whole, short), "cut at %d", n)
		rows := 1
		for _, shown := range []string{"Lovelace", "Zoë", "x\""} { // before that a row is blank
			if n > strings.Index(quotedPeople, shown) {
				rows++
			}
		}
		require.Equal(t, rows, short.Len(), "cut at %d", n)
	}
	require.Greater(t, refused, 30, "or the loop tests nothing")
}

func comma() *csv.Options { return &csv.Options{Format: csv.Format{Delimiter: ','}} }

func isRefusal(err error) bool { return errors.As(err, new(*formats.Refusal)) }

// begins says why a table is not the beginning of another, where its last row
// may be cut.
func begins(whole, short *formats.Table) error {
	if short.Len() > whole.Len() {
		return errors.New("there are more rows")
	}
	for i := range short.Len() {
		a, b := whole.Row(i), short.Row(i)
		if a.Number() != b.Number() || a.Line() != b.Line() {
			return errors.New("a row stands elsewhere")
		}
		last := i == short.Len()-1
		if b.Len() > a.Len() || !last && b.Len() != a.Len() {
			return errors.New("a row has another length")
		}
		for c := range b.Len() {
			if b.Cell(c) != a.Cell(c) && !(last && strings.HasPrefix(a.Cell(c), strings.TrimRight(b.Cell(c), "\ufffd\r"))) {
				return errors.New("a cell is another") // and no letter or line end that was cut
			}
		}
	}
	return nil
}
