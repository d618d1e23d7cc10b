package spreadsheet_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/internal/spreadsheet"
)

func TestMisread(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"one letter", "RenÃ©", "René"},
		{"a sign of three bytes", "Oâ€™Neal", "O’Neal"},
		{"twice", "FranÃƒÂ§ois", "François"},
		{"beyond Latin-1", "MaÅ‚gorzata", "Małgorzata"},
		{"Cyrillic", "Ð˜Ð²Ð°Ð½", "Иван"},
		{"Greek", "Î‘Î½Î½Î±", "Αννα"},
		{"Chinese", "ææ˜Ž", ""},
		{"beside a right letter", "MÃ¼ller-Słowik", "Müller-Słowik"},
		{"a capital before a consonant", "Ãngela", ""},
		{"two accents apart", "São João", ""},
		{"right names", "Łukasz Œuvrard Ñáñez Gómez", ""},
		{"an apostrophe after a capital", "CAFÉ’S", ""},
		{"neighbouring accents", "Zoëé Ñuñez Åäö ÄÖÜ", ""},
		{"ASCII", "Ada", ""},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			right, misread := spreadsheet.Misread(tt.text)
			if tt.want == "" {
				require.False(t, misread, "%q is read as %q", tt.text, right)
				require.Equal(t, tt.text, right)
				return
			}
			require.True(t, misread)
			require.Equal(t, tt.want, right)
		})
	}
}

// A text of letters that is misread once is repaired, and the repaired text is right.
func TestMisreadIsUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Z][a-zéèêëàâçôöüïîñáíóúß]{1,8}[éèçü][a-z]{1,3}`).Draw(t, "name")
		_, misread := spreadsheet.Misread(name)
		require.False(t, misread)

		spoilt, err := charmap.Windows1252.NewDecoder().String(name)
		require.NoError(t, err)
		right, misread := spreadsheet.Misread(spoilt)
		require.True(t, misread, "%q", spoilt)
		require.Equal(t, name, right)
	})
}

func TestMisreadAllocatesNothingForASCII(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() { spreadsheet.Misread("Ada Lovelace") }))
}
