package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary run as the program, so that scripts see its real
// exit status.
func TestMain(m *testing.M) {
	programs := measuring()
	programs["usher"] = main
	testscript.Main(m, programs)
}

// TestScripts runs the scripts in testdata/script: one for each behaviour.
// Scripts also have the commands
//
//	status N COMMAND…       runs it and wants that exit status
//	capture NAME PATTERN    keeps the first group of PATTERN in standard output as $NAME
//
// and $SAMPLES, the folder of the samples, and $ESC, the character Escape.
func TestScripts(t *testing.T) {
	samples, err := filepath.Abs(filepath.Join("..", "testdata"))
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("SAMPLES", samples)
			e.Setenv("ESC", "\x1b")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":  status,
			"capture": capture,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want, err := strconv.Atoi(args[0]); err != nil || got != want {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME PATTERN")
	}
	m := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(m) != 2 {
		ts.Fatalf("no match for %s", args[1])
	}
	ts.Setenv(args[0], m[1])
}

// usher runs the program within the test and returns its output.
func usher(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	got := run(t.Context(), args, strings.NewReader(""), &out, &problems)
	require.Equal(t, want, got, "usher %s\n%s%s", strings.Join(args, " "), out.String(), problems.String())
	return out.String()
}

// listOf writes a file of n people. Every bad-th person has no valid address.
func listOf(t *testing.T, n, bad int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("NAME,EMAIL\n")
	for i := range n {
		at := "@"
		if bad > 0 && i%bad == 0 {
			at = ""
		}
		fmt.Fprintf(&b, "P%d,p%04d%sexample.com\n", i, i, at)
	}
	path := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}
