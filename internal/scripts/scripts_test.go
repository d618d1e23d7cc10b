package scripts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/internal/scripts"
)

func TestMixed(t *testing.T) {
	for _, tt := range []struct {
		name, s string
		want    bool
	}{
		{"nothing", "", false},
		{"no letters", "42 +-", false},
		{"Latin", "Account Admin", false},
		{"Latin with marks", "Zoe\u0308 Núñez", false},
		{"Cyrillic with digits", "Отдел 7", false},
		{"a word that looks Latin", "сор", false},
		{"Cyrillic in Latin", "аdmin", true},
		{"Latin in Cyrillic", "Oтдел", true},
		{"Greek in Latin", "αdmin", true},
		{"Greek and Cyrillic", "αд", true},
		{"Japanese with Latin", "TV日本ひカ", false},
		{"Korean with Latin", "KT한국韓", false},
		{"Chinese with Latin", "A漢ㄅ", false},
		{"Hangul and kana", "한ひ", true},
		{"Cyrillic and Han", "д漢", true},
		{"Arabic", "مثال", false},
		{"not assigned", "a\u0378", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, scripts.Mixed(tt.s))
		})
	}
}

func TestLatin(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"admin", "admin"}, {"\u0430dmin", "admin"}, {"Us\u0435r", "User"}, {"\u0391gent", "Agent"}, {"Équipe", "Équipe"}, {"Жж", "Жж"}, {"", ""},
	} {
		require.Equal(t, tt.want, scripts.Latin(tt.text))
	}
}
