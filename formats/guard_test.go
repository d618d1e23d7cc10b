package formats_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
)

func TestGuard(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"Ada", "Ada"},
		{"0042", "0042"},
		{"O'Brien", "O'Brien"},
		{"'tis", "'tis"},
		{"'", "'"},
		{"a=b", "a=b"},
		{"  ", "  "},
		{"é+", "é+"},
		{"#1", "#1"},

		{"=1+1", "'=1+1"},
		{"+33123456789", "'+33123456789"},
		{"-5", "'-5"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
		{"|x", "'|x"},
		{"%0A=1", "'%0A=1"},
		{"＝1", "'＝1"}, {"＋1", "'＋1"}, {"－1", "'－1"}, {"＠x", "'＠x"},
		{"\tx", "'\tx"}, {"\rx", "'\rx"}, {"\nx", "'\nx"},
		{" =1", "' =1"}, {"\u00a0=1", "'\u00a0=1"}, {"\u200b\ufeff=1", "'\u200b\ufeff=1"}, {"\x1b=1", "'\x1b=1"},
		{"'=1", "''=1"}, {"''=1", "'''=1"}, {"' =1", "'' =1"},
		{"sep=;", "'sep=;"}, {"SEP=", "'SEP="},
	} {
		require.Equal(t, tt.want, formats.Guard(tt.in), "%q", tt.in)
		require.Equal(t, tt.in, formats.Unguard(tt.want), "%q", tt.want)
	}
}

func TestUnguardLeavesAlone(t *testing.T) {
	for _, s := range []string{"", "'", "''", "'tis", "'0042", "=1", "+33", "Ada", " '=1"} {
		require.Equal(t, s, formats.Unguard(s))
	}
}

// requireGuard checks that Unguard reverses Guard, and that the guarded text is inert.
func requireGuard(t require.TestingT, s string) {
	guarded := formats.Guard(s)
	require.Equal(t, s, formats.Unguard(guarded), "%q", s)
	require.True(t, guarded == s || guarded == "'"+s, "%q", s)
	require.False(t, strings.IndexAny(guarded, "\t\r\n") == 0, "%q", s)
	require.False(t, strings.IndexAny(strings.TrimSpace(guarded), "=+-@|%") == 0, "%q", s)
}

func TestGuardLaw(t *testing.T) {
	piece := rapid.SampledFrom([]string{"'", "=", "+", " ", "\t", "a", "＠", "\u00a0", "\x00", "sep=", "\xff", "%"})
	rapid.Check(t, func(t *rapid.T) {
		requireGuard(t, strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "s"), ""))
	})
}

func FuzzGuard(f *testing.F) {
	for _, s := range []string{"", "Ada", "=1", "'=1", " +", "＝", "sep=;", "\ufeff=", "\xff="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { requireGuard(t, s) })
}
