package messages_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer/messages"
)

func TestFor(t *testing.T) {
	for _, tc := range []struct{ lang, want, reason string }{
		{"en", "en", "as it is"},
		{"fr", "fr", "as it is"},
		{"fr-CA", "fr", "a region has the texts of its language"},
		{"fr_FR", "fr", "underscores are common"},
		{"FR", "fr", "letter case does not count"},
		{"en-GB", "en", "a region"},
		{"fr-CA,fr;q=0.9,en;q=0.8", "fr", "what a browser sends"},
		{"de;q=0.9, fr;q=0.5, en;q=0.1", "fr", "the best of those there are"},
		{"de, en;q=0.5, fr;q=0.4", "en", "preference counts, not the order of the tables"},
		{"ja", "en", "a language without texts"},
		{"", "en", "nobody said"},
		{"*", "en", "any"},
		{"no language at all!", "en", "what cannot be read"},
		{"\x00;;q=9", "en", "what cannot be read"},
	} {
		require.Equal(t, tc.want, messages.For(tc.lang).String(), "%q: %s", tc.lang, tc.reason)
	}
	require.Empty(t, cmp.Diff([]string{"en", "fr"}, messages.Languages()))
	require.Equal(t, messages.For("en").NoErrors(), messages.Language{}.NoErrors(), "the zero Language is English")
}

func BenchmarkFor(b *testing.B) {
	for b.Loop() {
		messages.For("fr")
	}
}
