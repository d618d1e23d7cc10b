package e164_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions/e164"

	"github.com/usher-go/usher/internal/corpus"
)

// TestCorpus holds the Normalizer to the table of numbers of a folder that
// USHER_CORPUS names, to the rows on which two releases of the metadata agree.
// What we answer otherwise on purpose is listed with its reason.
func TestCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	f, err := os.Open(filepath.Join(dir, "phones", "phones.tsv"))
	require.NoError(t, err)
	defer f.Close()

	deviations := map[string]string{}

	n := e164.New(nil)
	scanner := bufio.NewScanner(f)
	rows, different := 0, 0
	for line := 0; scanner.Scan(); line++ {
		column := strings.Split(scanner.Text(), "\t")
		require.Len(t, column, 8)
		if line == 0 || column[6] != "yes" {
			continue
		}
		rows++
		var raw string
		require.NoError(t, json.Unmarshal([]byte(column[0]), &raw))
		region, verdict, want, ext := column[1], column[2], column[3], column[4]
		if verdict != "valid" {
			want, ext = "", ""
		}
		got, problems := n.Normalize(raw, region)
		if got.E164 == want && got.Ext == ext {
			require.Empty(t, deviations[region+" "+raw], "%q in %s is as the corpus has it", raw, region)
			continue
		}
		different++
		if deviations[region+" "+raw] == "" {
			t.Errorf("%q in %s: want %q ext %q, got %q ext %q %v", raw, region, want, ext, got.E164, got.Ext, problems)
		}
	}
	require.NoError(t, scanner.Err())
	require.Greater(t, rows, 2000)
	require.LessOrEqual(t, different*100, rows)
	t.Logf("%d rows, %d answered otherwise on purpose", rows, different)
}
