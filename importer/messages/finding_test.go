package messages_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/importer/messages"
)

func TestFinding(t *testing.T) {
	for _, tc := range []struct {
		name   string
		f      formats.Finding
		en, fr string
	}{
		{
			"a code of its own",
			formats.Finding{Code: "email.contested", Field: "email", Args: map[string]string{"rows": "3", "row": "7"}},
			"This e-mail address is used in 3 rows (also in row 7). Keep the address in one row only.",
			"Cette adresse e-mail est utilisée sur 3 lignes (aussi à la ligne 7). Gardez-la sur une seule ligne.",
		},
		{
			"narrowed by an argument",
			formats.Finding{Code: "email.form", Field: "email", Args: map[string]string{"reason": "no_at"}},
			"The e-mail address has no @. Write an address such as name@example.com.",
			"Il manque le signe @ dans l’adresse e-mail. Écrivez une adresse comme nom@example.com.",
		},
		{
			"an argument that narrows nothing",
			formats.Finding{Code: "email.form", Field: "email", Args: map[string]string{"reason": "moon"}},
			"This is not an e-mail address. Write an address such as name@example.com.",
			"Ce n’est pas une adresse e-mail. Écrivez une adresse comme nom@example.com.",
		},
		{
			"by the last part of the code",
			formats.Finding{Code: "lanid.taken", Field: "lan_id", Value: "ada", Args: map[string]string{"holder": "grace"}},
			"“LAN ID”: “ada” is already in use by grace.",
			"«\u00a0LAN ID\u00a0»\u00a0: «\u00a0ada\u00a0» est déjà utilisé par grace.",
		},
		{
			"no holder: one that the reader may not see",
			formats.Finding{Code: "number.taken", Value: "+33123456789"},
			"“Public number”: “+33123456789” is already in use.",
			"«\u00a0Numéro public\u00a0»\u00a0: «\u00a0+33123456789\u00a0» est déjà utilisé.",
		},
		{
			"no value: a sensitive column",
			formats.Finding{Code: "password.taken", Field: "password"},
			"“Password” is already in use.",
			"«\u00a0Password\u00a0»\u00a0: cette valeur est déjà utilisée.",
		},
		{
			"bytes of a sensitive cell that are no text: not the text about the whole file",
			formats.Finding{Code: "csv.encoding", Field: "password", Row: 3, Column: 2},
			"“Password” contains characters that cannot be read. Type the characters again.",
			"«\u00a0Password\u00a0»\u00a0: des caractères sont illisibles. Saisissez-les à nouveau.",
		},
		{
			"arguments without which no text of the code can be",
			formats.Finding{Code: "email.contested", Field: "email"},
			"This e-mail address is used in several rows. Keep the address in one row only.",
			"Cette adresse e-mail est utilisée sur plusieurs lignes. Gardez-la sur une seule ligne.",
		},
		{
			"a host's own code and field",
			formats.Finding{Code: "badge.expired", Field: "custom.badge_no"},
			"“Badge no”: please check this (badge.expired).",
			"«\u00a0Badge no\u00a0»\u00a0: à vérifier (badge.expired).",
		},
		{
			"a whole row",
			formats.Finding{Code: "odd.thing", Row: 3},
			"This row: please check this (odd.thing).",
			"Cette ligne\u00a0: à vérifier (odd.thing).",
		},
		{
			"a cell of no field, and a character that would reach the terminal",
			formats.Finding{Code: "cell.excel_error", Row: 3, Column: 2, Value: "\x1b[2J"},
			`This cell contains the error \x1b[2J. Type the value.`,
			"Cette cellule\u00a0: la cellule contient l’erreur \\x1b[2J. Saisissez la valeur.",
		},
		{
			"the whole file, one of a number",
			formats.Finding{Code: "xlsx.hidden_rows", Args: map[string]string{"count": "1"}},
			"1 hidden row was also read.",
			"1 ligne masquée a aussi été lue.",
		},
		{"no code", formats.Finding{}, "The file: please check this.", "Le fichier\u00a0: à vérifier."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.en, messages.For("en").Finding(tc.f))
			require.Equal(t, tc.fr, messages.For("fr").Finding(tc.f))
		})
	}
}

func TestWhere(t *testing.T) {
	for _, tc := range []struct {
		f      formats.Finding
		en, fr string
	}{
		{formats.Finding{}, "The file", "Le fichier"},
		{formats.Finding{Row: 3}, "Row 3", "Ligne 3"},
		{formats.Finding{Row: 3, Line: 3, Column: 1, Cell: "A3", Field: "first_name"}, "Row 3, First name (A3)", "Ligne 3, Prénom (A3)"},
		{formats.Finding{Row: 3, Line: 5, Column: 2}, "Row 3 (line 5), column 2", "Ligne 3 (ligne 5 du fichier), colonne 2"},
		{formats.Finding{Table: "UserDetails", Row: 3, Column: 9, Field: "role"}, "UserDetails, Row 3, Role", "UserDetails, Ligne 3, Rôle"},
	} {
		require.Equal(t, tc.en, messages.For("en").Where(tc.f))
		require.Equal(t, tc.fr, messages.For("fr").Where(tc.f))
	}
}

func TestSuggestion(t *testing.T) {
	fix, none := "ada@example.com\n", ""
	require.Equal(t, `Did you mean “ada@example.com\n”?`, messages.For("en").Suggestion(formats.Finding{Fix: &fix}))
	require.Empty(t, messages.For("en").Suggestion(formats.Finding{Fix: &none}))
	require.Empty(t, messages.For("en").Suggestion(formats.Finding{}))
}

func TestRefusal(t *testing.T) {
	for _, tc := range []struct {
		name   string
		r      *formats.Refusal
		en, fr string
	}{
		{
			"what the file is", formats.Unreadable(formats.KindPDF),
			"This is a PDF document. Save the list as an Excel workbook (.xlsx) or as CSV and choose the new file.",
			"Ce fichier est un document PDF. Enregistrez la liste en classeur Excel (.xlsx) ou en CSV, puis choisissez le nouveau fichier.",
		},
		{
			"a limit in bytes", formats.OverLimit("upload", 20<<20),
			"The file is larger than 20 MiB. Split the file into smaller files.",
			"Le fichier dépasse 20 Mio. Répartissez-le en plusieurs fichiers.",
		},
		{
			"a limit of many", formats.OverLimit("rows", 100_000),
			"The file has more than 100,000 rows. Split the file into smaller files.",
			"Le fichier a plus de 100\u00a0000 lignes. Répartissez-le en plusieurs fichiers.",
		},
		{
			"with its row", &formats.Refusal{Code: "csv.quote", Row: 4, Args: map[string]string{"line": "6"}},
			"Row 4: The quotation mark opened on line 6 is never closed. Close the quotation mark.",
			"Ligne 4\u00a0: Le guillemet ouvert à la ligne 6 du fichier n’est jamais fermé. Fermez-le.",
		},
		{
			"a code nobody knows", formats.Refuse("wk4.header"),
			"The file cannot be read (wk4.header). Save the list as an Excel workbook (.xlsx) or as CSV and choose the new file.",
			"Le fichier est illisible (wk4.header). Enregistrez la liste en classeur Excel (.xlsx) ou en CSV, puis choisissez le nouveau fichier.",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.en, messages.For("en").Refusal(tc.r))
			require.Equal(t, tc.fr, messages.For("fr").Refusal(tc.r))
		})
	}
}

func TestCodes(t *testing.T) {
	codes := messages.Codes()
	require.True(t, slices.IsSorted(codes))
	require.Contains(t, codes, "email.form")
	require.Contains(t, codes, "*.taken")
	require.NotContains(t, codes, "email.form.no_at", "a reason is no code")
}

func BenchmarkFinding(b *testing.B) {
	f := formats.Finding{Code: "email.contested", Field: "email", Args: map[string]string{"rows": "3000", "row": "7"}}
	l := messages.For("fr")
	for b.Loop() {
		l.Finding(f)
	}
}
