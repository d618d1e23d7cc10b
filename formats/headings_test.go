package formats_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
)

func TestHeadings(t *testing.T) {
	known := formats.NewHeadings([]string{"E-Mail", "First name", "Prénom", "—", ""})
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"E-Mail", true}, {"EMAIL", true}, {"e mail *", true}, {"first_name", true}, {"PRÉNOM", true},
		{"Prenom", false}, {"E-Mails", false}, {"", false}, {"—", false}, {"  ", false},
	} {
		require.Equal(t, tt.want, known.Has(tt.text), "%q", tt.text)
	}
	require.Len(t, known, 3)
}
