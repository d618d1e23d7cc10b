package messages_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/importer"
	"github.com/usher-go/usher/importer/messages"
	"github.com/usher-go/usher/users"
)

// TestPlurals: in French nought is one of the singular.
func TestPlurals(t *testing.T) {
	en, fr := messages.For("en"), messages.For("fr")
	for _, tc := range []struct {
		n      int
		en, fr string
	}{
		{0, "0 rows", "0 ligne"},
		{1, "1 row", "1 ligne"},
		{2, "2 rows", "2 lignes"},
		{5, "5 rows", "5 lignes"},
		{1000, "1,000 rows", "1\u00a0000 lignes"},
		{1234567, "1,234,567 rows", "1\u00a0234\u00a0567 lignes"},
	} {
		require.Equal(t, tc.en, en.Rows(tc.n))
		require.Equal(t, tc.fr, fr.Rows(tc.n))
	}
	require.Equal(t, []string{"1 person", "2 people", "0 errors", "1 warning"}, []string{en.People(1), en.People(2), en.Errors(0), en.Warnings(1)})
	require.Equal(t, []string{"1 utilisateur", "2 utilisateurs", "0 erreur", "1 avertissement"}, []string{fr.People(1), fr.People(2), fr.Errors(0), fr.Warnings(1)})
}

// Rows of several tables may be about one person, and are not counted as people.
func TestTablesRecap(t *testing.T) {
	s := importer.Summary{Actions: map[string]int{"create": 2, "update": 3, "error": 1}}
	require.Equal(t, []string{"2 people will be created.", "3 rows will change the data of a person.", "1 row has errors and will not be imported."}, messages.For("en").TablesRecap(s))
	require.Equal(t, []string{"Nothing to import."}, messages.For("en").TablesRecap(importer.Summary{}))
}

func TestRecap(t *testing.T) {
	s := importer.Summary{Actions: map[string]int{}}
	require.Equal(t, []string{"Nothing to import."}, messages.For("en").Recap(s))
	for i, a := range importer.Actions() {
		s.Actions[a.String()] = i + 1
	}
	want := []string{
		"1 person will be created.", "2 people will be changed.", "3 people will be deleted.", "4 rows change nothing.",
		"5 rows are skipped.", "6 rows need other rows that cannot be imported.", "7 rows have errors and will not be imported.",
	}
	require.Empty(t, cmp.Diff(want, messages.For("en").Recap(s)))
	want = []string{
		"1 utilisateur sera créé.", "2 utilisateurs seront modifiés.", "3 utilisateurs seront supprimés.", "4 lignes ne changent rien.",
		"5 lignes seront ignorées.", "6 lignes dépendent d’autres lignes qui ne peuvent pas être importées.",
		"7 lignes contiennent des erreurs et ne seront pas importées.",
	}
	require.Empty(t, cmp.Diff(want, messages.For("fr").Recap(s)))
}

func TestResult(t *testing.T) {
	r := &importer.Report{State: users.ImportDone, Counts: map[importer.Outcome]int{importer.OutcomeCreated: 1200, importer.OutcomeSkipped: 0, importer.OutcomeFailed: 1}}
	require.Equal(t, "Import finished: 1,200 created, 1 failed.", messages.For("en").Result(r))
	require.Equal(t, "Importation terminée\u00a0: 1\u00a0200 créés, 1 échec.", messages.For("fr").Result(r))
	r.State = users.ImportRunning
	require.Equal(t, "Import running: 1,200 created, 1 failed so far.", messages.For("en").Result(r))
	r.State = users.ImportInterrupted
	require.Equal(t, "Import interrupted: 1,200 created, 1 failed so far.", messages.For("en").Result(r))
	r.State = users.ImportUndone
	require.Equal(t, "Import undone. Its result was: 1,200 created, 1 failed.", messages.For("en").Result(r))
	require.Equal(t, "Import interrupted: 0 rows so far.", messages.For("en").Result(&importer.Report{}))
}

func TestAgrees(t *testing.T) {
	for _, tc := range []struct {
		lang, answer string
		want         bool
	}{
		{"en", "y", true},
		{"en", " YES\n", true},
		{"en", "", false},
		{"en", "n", false},
		{"en", "o", false},
		{"en", "yes please", false},
		{"fr", "o", true},
		{"fr", "Oui", true},
		{"fr", "y", true},
		{"fr", "non", false},
	} {
		require.Equal(t, tc.want, messages.For(tc.lang).Agrees(tc.answer), "%s %q", tc.lang, tc.answer)
	}
}

// TestConcurrent is for the race detector: languages share their printers.
func TestConcurrent(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, lang := range messages.Languages() {
				l := messages.For(lang)
				l.Rows(1234)
				l.Progress(importer.Progress{Done: 1, Total: 5000})
			}
		})
	}
	group.Wait()
}
