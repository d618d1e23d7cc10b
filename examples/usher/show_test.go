package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A terminal shows 1,000 findings and says how many more there are. A pipe gets all.
func TestTerminalShowsSome(t *testing.T) {
	path := listOf(t, 2400, 2)
	for _, tty := range []bool{true, false} {
		var out, problems bytes.Buffer
		c := newConsole(strings.NewReader(""), &out, &problems)
		c.outTTY = tty
		err := dispatch(t.Context(), c, []string{"check", "--template", "cloudlink", "--store", "memory:", path})
		require.ErrorIs(t, err, errFound)
		require.NoError(t, c.out.Flush())
		shown, more := 1200, 0
		if tty {
			shown, more = 1000, 1
		}
		require.Equal(t, shown, strings.Count(out.String(), "[email.form]"), "on a terminal: %t", tty)
		require.Equal(t, more, strings.Count(out.String(), "… and 200 more findings"), "on a terminal: %t", tty)
		require.Contains(t, out.String(), "2,400 rows: Create 1200, Error 1200", "the counts are of all rows")
	}
}
