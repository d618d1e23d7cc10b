package csv_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats/csv"
)

type entry struct {
	Row    int       `csv:"row"`
	Phone  string    `csv:"phone"`
	At     time.Time `csv:"at"`
	Note   *string   `csv:"note"`
	Hidden string    `csv:"-"`
}

func TestMarshal(t *testing.T) {
	note := "=1,2"
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	rows := []entry{{1, "+33123456789", at, &note, "x"}, {2, "", at, nil, "x"}}
	want := "\ufeffrow,phone,at,note\r\n1,'+33123456789,2026-03-04T05:06:07Z,\"'=1,2\"\r\n2,,2026-03-04T05:06:07Z,\r\n"

	var out bytes.Buffer
	require.NoError(t, csv.Marshal(&out, rows))
	require.Equal(t, want, out.String())

	out.Reset()
	require.NoError(t, csv.Marshal(&out, []*entry{&rows[0], &rows[1]}))
	require.Equal(t, want, out.String())

	out.Reset()
	require.NoError(t, csv.Marshal(&out, []entry(nil)))
	require.Equal(t, "\ufeffrow,phone,at,note\r\n", out.String(), "headings without rows")
}

func TestMarshalRefuses(t *testing.T) {
	for _, rows := range []any{nil, 1, entry{}, []string{"a"}, map[string]entry{}} {
		require.ErrorContains(t, csv.Marshal(new(bytes.Buffer), rows), "csv: marshal: ", "%T", rows)
	}
}

func TestMarshalFails(t *testing.T) {
	cause := errors.New("disk full")
	require.ErrorIs(t, csv.Marshal(&full{0, cause}, []entry{{}}), cause)
	require.ErrorIs(t, csv.Marshal(&full{0, cause}, make([]entry, 10_000)), cause)
}
