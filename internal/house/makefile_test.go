package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMakeRunsWhatContributingSays requires that a contributor can do without
// make: each command of the Makefile is written in CONTRIBUTING.md.
func TestMakeRunsWhatContributingSays(t *testing.T) {
	page := read(t, "CONTRIBUTING.md")
	commands := makeCommands(read(t, "Makefile"))
	require.NotEmpty(t, commands)

	for _, command := range commands {
		if !strings.Contains(page, command) {
			t.Errorf("CONTRIBUTING.md does not name %q, which the Makefile runs", command)
		}
	}
}

// makeCommands returns the commands of a Makefile as make would run them, without
// those of help (which begin with @).
func makeCommands(makefile string) []string {
	variable := regexp.MustCompile(`(?m)^(\w+) \?= (.*)$`)

	expand := []string{"$$", "$"}
	for _, m := range variable.FindAllStringSubmatch(makefile, -1) {
		expand = append(expand, "$("+m[1]+")", m[2])
	}
	replacer := strings.NewReplacer(expand...)

	var out []string
	for line := range strings.Lines(makefile) {
		command, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "\t")
		if ok && !strings.HasPrefix(command, "@") {
			out = append(out, replacer.Replace(command))
		}
	}

	return out
}

// TestUpdateKnowsEveryGoldenFile requires that make update covers each package
// whose tests have the flag -update.
func TestUpdateKnowsEveryGoldenFile(t *testing.T) {
	declares := regexp.MustCompile(`flag\.Bool(Var)?\([^)]*"update", (false|true)`)
	update := ""
	for _, command := range makeCommands(read(t, "Makefile")) {
		if strings.HasSuffix(command, " -update") {
			update += command + " "
		}
	}

	found := 0
	require.NoError(t, filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, "_test.go") {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil || !declares.Match(text) {
			return err
		}

		found++
		dir, err := filepath.Rel(root, filepath.Dir(p))
		if pkg := "./" + filepath.ToSlash(dir) + " "; !strings.Contains(update, pkg) {
			t.Errorf("%s has the flag -update: make update and CONTRIBUTING.md must name %s", p, pkg)
		}
		return err
	}))
	require.NotZero(t, found)
}

// read returns the text of a file at the root of the repository.
func read(t *testing.T, name string) string {
	t.Helper()

	text, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(text)
}
