package house_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The table of ARCHITECTURE.md names every file of the engine.
func TestEngineFilesAreNamed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	require.NoError(t, err)
	_, table, found := strings.Cut(string(page), "\n| file | subject |\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")

	named := map[string]bool{}
	for row := range strings.Lines(table) {
		for name := range strings.SplitSeq(strings.Split(row, "|")[1], ",") {
			named[strings.TrimSpace(name)] = true
		}
	}
	delete(named, "---")

	files, err := filepath.Glob(filepath.Join(root, "importer", "*.go"))
	require.NoError(t, err)
	for _, path := range files {
		if name := filepath.Base(path); !strings.HasSuffix(name, "_test.go") {
			require.True(t, named[name], "the table of ARCHITECTURE.md does not name importer/%s", name)
			delete(named, name)
		}
	}
	require.Empty(t, named, "files that do not exist")
}
