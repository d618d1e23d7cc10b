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

// TestBrokenOff: a source with fewer bytes than its size is refused, wherever it ends.
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

// TestCut: text does not declare its length. A file that was cut before the upload is
// refused if the cut is inside quotes or leaves nothing. Otherwise it has the rows up
// to the cut, and the last row is the beginning of the original one.
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
		require.False(t, inside, "cut at %d, inside quotes, and no error", n)
		require.NoError(t, checkBeginning(whole, short), "cut at %d", n)
		rows := 1
		for _, shown := range []string{"Lovelace", "Zoë", "x\""} { // before this text the row is blank
			if n > strings.Index(quotedPeople, shown) {
				rows++
			}
		}
		require.Equal(t, rows, short.Len(), "cut at %d", n)
	}
	require.Greater(t, refused, 30, "or the loop tests nothing")
}

// comma returns options with a fixed delimiter.
func comma() *csv.Options { return &csv.Options{Format: csv.Format{Delimiter: ','}} }

func isRefusal(err error) bool { return errors.As(err, new(*formats.Refusal)) }

// checkBeginning returns an error if short is not the beginning of whole. The last
// row of short may be cut.
func checkBeginning(whole, short *formats.Table) error {
	if short.Len() > whole.Len() {
		return errors.New("there are more rows")
	}
	for i := range short.Len() {
		a, b := whole.Row(i), short.Row(i)
		if a.Number() != b.Number() || a.Line() != b.Line() {
			return errors.New("a row has another position")
		}
		last := i == short.Len()-1
		if b.Len() > a.Len() || !last && b.Len() != a.Len() {
			return errors.New("a row has another length")
		}
		for c := range b.Len() {
			if b.Cell(c) != a.Cell(c) && !(last && strings.HasPrefix(a.Cell(c), strings.TrimRight(b.Cell(c), "\ufffd\r"))) {
				return errors.New("a cell is another") // not only cut inside a letter or line end
			}
		}
	}
	return nil
}
