package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// advice returns the command lines that a text prints.
func advice(text string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?m)(?:^ *|: )(usher [a-z]+ .*)$`).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// typed runs a command line as a POSIX shell reads it, and returns the exit status
// and the output.
func typed(t *testing.T, line string) (status int, text string) {
	t.Helper()
	words, err := exec.Command("sh", "-c", `eval "set -- $1"; printf '%s\0' "$@"`, "sh", line).Output()
	require.NoError(t, err)
	args := strings.Split(strings.TrimSuffix(string(words), "\x00"), "\x00")
	require.Equal(t, "usher", args[0])
	var out bytes.Buffer
	return run(t.Context(), args[1:], strings.NewReader(""), &out, &out), out.String()
}

// A canceller is a terminal that interrupts the program when the progress bar is
// drawn, as a person does with Ctrl-C.
type canceller struct{ cancel func() }

func (c canceller) Write(p []byte) (int, error) {
	c.cancel()
	return len(p), nil
}

// stopped begins an import and cancels it after its first batch. It returns the
// output.
func stopped(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	c := newConsole(strings.NewReader(""), &out, canceller{cancel})
	c.errTTY = true
	err := dispatch(ctx, c, args)
	require.NoError(t, c.out.Flush())
	require.ErrorIs(t, err, context.Canceled)
	return out.String()
}

// Every command line that the program prints runs as it is typed, and holds the
// flags that were given.
func TestAdviceRuns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command lines are for a POSIX shell")
	}
	dir := t.TempDir()
	store := "sqlite:" + filepath.Join(dir, "it's a \"store\".db")
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	var admins, demoted strings.Builder
	for i := range 12 {
		fmt.Fprintf(&admins, `,{"email":"a%d@example.com","name":"A%d","roles":["account_admin"]}`, i, i)
		if i > 0 {
			fmt.Fprintf(&demoted, "A%d;a%d@example.com;User\n", i, i)
		}
	}
	account := write("acme.json", `{"id":"acme","region":"FR","users":[`+admins.String()[1:]+"]}")
	usher(t, statusOK, "account", "load", "--store", store, account)

	var big strings.Builder
	big.WriteString("NAME;EMAIL\n")
	for i := range 1200 {
		fmt.Fprintf(&big, "P%d;p%d@example.com\n", i, i)
	}
	people := write("my people.csv", big.String())
	flags := []string{"--store", store, "--account", "acme", "--as", "partner", "--template", "cloudlink", "--mode", "upsert", "--delimiter", ";"}
	ask := func(want int, args ...string) string {
		var out bytes.Buffer
		got := run(t.Context(), append(args, flags...), strings.NewReader(""), &out, &out)
		require.Equal(t, want, got, out.String())
		return out.String()
	}
	has := func(line string, words ...string) {
		t.Helper()
		for _, w := range words {
			require.Contains(t, line, w)
		}
	}

	// A change of many people that must be approved.
	demote := write("demote.csv", "NAME;EMAIL;ROLE\n"+demoted.String())
	lines := advice(ask(statusFound, "import", "--yes", demote))
	has(lines[0], "--approve mass.lowered")
	status, text := typed(t, lines[0])
	require.Equal(t, statusOK, status, text)
	require.Contains(t, text, "11 changed")

	// An import that stopped: its report, and the way on.
	lines = advice(stopped(t, append([]string{"import", "--yes", "--label", "New in May", people}, flags...)...))
	require.Len(t, lines, 2)
	report, resume := lines[0], lines[1]
	has(report, " --as partner ", " --account acme ")
	has(resume, "--resume ", "--yes", "--label 'New in May'", "--mode upsert", "--as partner", "--delimiter ';'", "'"+people+"'")
	status, text = typed(t, report)
	require.Equal(t, statusFound, status, text)
	require.Contains(t, text, "500 created so far")

	// The same file again, before and after it is finished.
	again := ask(statusRefused, "import", "--yes", "--label", "New in May", people)
	require.Contains(t, again, "500 of 1,200 rows")
	require.NotContains(t, again, "--again")
	require.Equal(t, []string{resume}, sameWords(resume, advice(again)))
	status, text = typed(t, advice(again)[0])
	require.Equal(t, statusOK, status, text)
	require.Contains(t, text, "1,200 created")
	again = ask(statusRefused, "import", "--yes", people)
	has(advice(again)[0], "--again")
	status, text = typed(t, advice(again)[0])
	require.Equal(t, statusOK, status, text)

	// A suggestion for several rows.
	roles := write("roles.csv", "NAME;EMAIL;ROLE\nX;x@example.com;Usre\nY;y@example.com;Usre\n")
	lines = advice(ask(statusFound, "check", roles))
	require.Len(t, lines, 1)
	has(lines[0], "usher fix ", "--accept role.unknown")
	status, text = typed(t, lines[0])
	require.Equal(t, statusOK, status, text)

	// An account that does not exist.
	var out bytes.Buffer
	require.Equal(t, statusUsage, run(t.Context(), []string{"users", "list", "--store", store, "--account", "bcme"}, strings.NewReader(""), io.Discard, &out))
	lines = advice(out.String())
	require.Len(t, lines, 1)
	status, text = typed(t, strings.ReplaceAll(lines[0], "FILE.json", quoted(account)))
	require.Equal(t, statusOK, status, text)
}

// sameWords returns the lines that have the words of line, in any order.
func sameWords(line string, lines []string) []string {
	var out []string
	count := func(s string) map[string]int {
		m := map[string]int{}
		for _, w := range strings.Fields(s) {
			m[w]++
		}
		return m
	}
	for _, l := range lines {
		if fmt.Sprint(count(l)) == fmt.Sprint(count(line)) {
			out = append(out, line)
		}
	}
	return out
}

func TestQuoted(t *testing.T) {
	for in, want := range map[string]string{"a.csv": "a.csv", "": "''", "my list": "'my list'", "it's": `'it'\''s'`, "é": "é", "$(x)": "'$(x)'"} {
		require.Equal(t, want, quoted(in))
	}
}
