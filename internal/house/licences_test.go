package house_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// A thirdParty is a row of THIRD_PARTY.md without its last column.
type thirdParty struct {
	version  string
	compiled bool // in the table of modules that programs contain
}

// TestEveryModuleHasItsLicenceNamed compares THIRD_PARTY.md with go.mod: every
// requirement, direct or indirect, at its version, in the table it belongs to.
func TestEveryModuleHasItsLicenceNamed(t *testing.T) {
	named := namedLicences(t)

	if diff := cmp.Diff(requiredModules(t), named, cmp.AllowUnexported(thirdParty{})); diff != "" {
		t.Errorf("THIRD_PARTY.md does not agree with go.mod and the compiled packages (-want +got):\n%s", diff)
	}
}

// namedLicences returns the rows of THIRD_PARTY.md. Every row has a licence.
func namedLicences(t *testing.T) map[string]thirdParty {
	t.Helper()

	text, err := os.ReadFile(filepath.Join(root, "THIRD_PARTY.md"))
	require.NoError(t, err)

	named := map[string]thirdParty{}
	compiled := false

	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			compiled = heading == "Compiled into programs"
		}

		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(cells[1], "/") {
			continue
		}

		name, version, licence := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])
		require.NotContains(t, named, name, "THIRD_PARTY.md names %s twice", name)
		require.NotEmpty(t, licence, "THIRD_PARTY.md names no licence of %s", name)
		named[name] = thirdParty{version, compiled}
	}

	return named
}

// requiredModules returns the requirements of the root module. A module counts
// as compiled if a package that is not a test imports it, however far away.
func requiredModules(t *testing.T) map[string]thirdParty {
	t.Helper()

	var mod struct {
		Require []struct{ Path, Version string }
	}
	require.NoError(t, json.Unmarshal(goOutput(t, "mod", "edit", "-json"), &mod))

	compiled := map[string]bool{}
	for name := range strings.FieldsSeq(string(goOutput(t, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./..."))) {
		compiled[name] = true
	}

	required := map[string]thirdParty{}
	for _, r := range mod.Require {
		required[r.Path] = thirdParty{r.Version, compiled[r.Path]}
	}

	return required
}

// goOutput returns the output of a go command that is run in the root module alone.
func goOutput(t *testing.T, args ...string) []byte {
	t.Helper()

	cmd := exec.Command("go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOOS=linux") // the same answer on every system
	cmd.Stderr = os.Stderr

	out, err := cmd.Output()
	require.NoError(t, err, "go %s", strings.Join(args, " "))
	return out
}
