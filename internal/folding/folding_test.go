package folding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/internal/folding"
)

func TestHeading(t *testing.T) {
	for _, tt := range []struct {
		want     string
		headings []string
	}{
		{"firstname", []string{"First Name", "FIRST_NAME", "first-name", "firstName", "\ufeffFirst\u00a0Name ", "First Name*", "First\nName :"}},
		{"prenom", []string{"PRÉNOM ", "Prenom", "pre\u0301nom"}},
		{"action", []string{"__action__", "Action", "ACTION"}},
		{"email", []string{"E-mail", "e‑mail", "EMAIL", "É-Mail"}},
		{"nomd'usage", []string{"Nom d’usage", "NOM D'USAGE"}},
		{"", []string{"", "  ", "*", "_"}},
	} {
		for _, heading := range tt.headings {
			require.Equal(t, tt.want, folding.Heading(heading), "%q", heading)
		}
	}
	require.NotEqual(t, folding.Heading("NOM"), folding.Heading("NOME"), "languages stay apart")
}
