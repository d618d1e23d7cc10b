// Package corpus finds the folder of test files that tests may be run against.
package corpus

import (
	"os"
	"testing"
)

// Dir is the folder that USHER_CORPUS names. Without one the test is skipped; a
// folder that is named and not there is an error.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("USHER_CORPUS")
	if dir == "" {
		t.Skip("no corpus: USHER_CORPUS names no folder of test files")
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		t.Fatalf("USHER_CORPUS names %q, which is no folder", dir)
	}
	return dir
}
