package e164

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIsItself looks at what guards the law that a result is read as itself. No
// valid number of the present metadata needs it.
func TestIsItself(t *testing.T) {
	require.True(t, isItself("+33123456789"))
	require.True(t, isItself("+390236618300"), "a zero of the number")
	require.False(t, isItself("+330123456789"), "a zero that reading takes off")
	require.False(t, isItself("+33"))
	require.False(t, isItself("+334021"))
}

func TestRegion(t *testing.T) {
	for _, tc := range []struct{ code, want string }{
		{"FR", "FR"}, {"fr", "FR"}, {"", ""}, {"ZZ", ""}, {"001", ""}, {"UN001", ""}, {"France", ""}, {"\xff\xff", ""},
	} {
		require.Equal(t, tc.want, Region(tc.code), "%q", tc.code)
	}
}
