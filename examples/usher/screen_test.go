package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/require"
)

// screen runs the program as on a terminal of a width and returns its output.
func screen(t *testing.T, width int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	c := newConsole(strings.NewReader(""), &out, &out)
	c.lang = langAsked(args)
	c.outTTY, c.width = true, width
	err := dispatch(t.Context(), c, args)
	require.NoError(t, c.out.Flush())
	require.NotEqual(t, statusUsage, c.tell(err), out.String())
	return out.String()
}

// lines writes an account with people p0, p1, …, who have lines, and a file that
// gives each line to the next person. It returns the flags and the file.
func lines(t *testing.T, n int) (place []string, file string) {
	t.Helper()
	const pbx = "PBX4e1f-90ab-12cd-34ef-5678-9abc-def0-1234"
	dir := t.TempDir()
	var people, held, forced strings.Builder
	for i := range n {
		fmt.Fprintf(&people, `,{"email":"p%d@example.com","name":"P%d"}`, i, i)
		fmt.Fprintf(&held, "attach;p%d@example.com;%s;%d\n", i, pbx, 10000+i)
		fmt.Fprintf(&forced, "force_attach;p%d@example.com;%s;%d\n", (i+1)%n, pbx, 10000+i)
	}

	const head = "__action__;loginEmail;pbxId;pbxShortNumber\n"
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	account := write("acme.json", `{"id":"acme","region":"FR","pbxs":[{"id":"`+pbx+`","group":"north"}],"users":[`+people.String()[1:]+"]}")
	store := "sqlite:" + filepath.Join(dir, "acme.db")
	usher(t, statusOK, "account", "load", "--store", store, account)
	place = []string{"--store", store, "--account", "acme"}
	usher(t, statusOK, append([]string{"import", "--yes", "--template", "rainbow-lines", write("held.csv", head+held.String())}, place...)...)
	return place, write("forced.csv", head+forced.String())
}

// A screen is as wide as the terminal, and no word is broken unless it is wider
// than a line and has a hyphen or a slash.
func TestScreensFit(t *testing.T) {
	place, file := lines(t, 3)
	for _, args := range [][]string{
		{"check", "--template", "rainbow-lines", file},
		{"check", "--template", "rainbow-lines", "--lang", "fr", file},
		{"users", "list"},
		{"users", "list", "--all-fields", "--lang", "fr"},
		{"users", "show", "p1@example.com"},
		{"history"},
		{"roles", "list"},
	} {
		args = append(args, place...)
		wide := screen(t, 10_000, args...)
		for _, width := range []int{40, 60, 80, 100, 160} {
			got := screen(t, width, args...)
			for line := range strings.Lines(got) {
				line = strings.TrimSuffix(line, "\n")
				require.LessOrEqual(t, uniseg.StringWidth(line), width, "usher %s\n%s", strings.Join(args, " "), got)
			}
			if width < 80 {
				continue
			}
			words := strings.Fields(got)
			for _, w := range strings.Fields(wide) {
				if w == strings.ToUpper(w) { // a heading of the table, which a record has in small letters
					continue
				}
				require.True(t, slices.Contains(words, w), "%s is broken at %d columns:\n%s", w, width, got)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		width      int
		want       []string
	}{
		{"any width", "a b c", 0, []string{"a b c"}},
		{"between words", "one two three", 7, []string{"one two", "three"}},
		{"a word of the width", "abcdefg hij", 7, []string{"abcdefg", "hij"}},
		{"after a hyphen, if a word is too wide", "PBX4e1f-90ab-12cd x", 10, []string{"PBX4e1f-", "90ab-12cd", "x"}},
		{"never inside a word", "incomprehensible", 5, []string{"incomprehensible"}},
		{"wide characters", "王小明 王小明", 6, []string{"王小明", "王小明"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, wrap(tt.text, tt.width)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNatural(t *testing.T) {
	want := []string{"", "2", "10", "Ada", "u1", "U2", "u09", "u10", "u10a", "v"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, natural)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every person who loses a line is named, also on a terminal and with more lines
// than it shows.
func TestLossesAreNamed(t *testing.T) {
	const n = maxShown + 200
	place, file := lines(t, n)
	got := screen(t, 100, append([]string{"import", "--yes", "--policy", "all", "--template", "rainbow-lines", file}, place...)...)
	recap := got[strings.Index(got, "What will happen"):]
	for i := range n {
		require.Contains(t, recap, fmt.Sprintf("  p%d@example.com loses ", i))
	}
	require.Contains(t, recap, "… and 200 more", "the people who gain a line are cut")
	require.Less(t, strings.Index(recap, "loses"), strings.Index(recap, "gains"))
	require.Less(t, strings.Index(recap, "  p9@"), strings.Index(recap, "  p10@"), "in natural order")
}

// A terminal shows all of fifty rows. Of more it shows those with findings, unless
// --all-rows or --search ask for others. A pipe has all rows.
func TestRowsOnATerminal(t *testing.T) {
	check := func(file string, flags ...string) string {
		return screen(t, 200, append([]string{"check", "--store", "memory:", "--template", "cloudlink", file}, flags...)...)
	}
	few, many := listOf(t, maxRows, 25), listOf(t, maxRows+1, 25)
	require.Equal(t, maxRows, strings.Count(check(few), "@example.com  Name: ")+2)
	require.Equal(t, 2, strings.Count(check(few, "--errors"), "[email.form]"))
	require.NotContains(t, check(few, "--errors"), "p0001@")

	got := check(many)
	require.Equal(t, 3, strings.Count(got, "[email.form]"))
	require.NotContains(t, got, "p0001@")
	require.Contains(t, got, "48 rows without findings: --all-rows shows them.")
	require.Contains(t, got, "51 rows: Create 48, Error 3")
	require.Contains(t, check(many, "--all-rows"), "p0001@")
	require.Contains(t, check(many, "--search", "P0007@"), "p0007@")
	require.NotContains(t, check(many, "--search", "P0007@"), "p0008@")

	var out bytes.Buffer
	require.Equal(t, statusFound, run(t.Context(), []string{"check", "--store", "memory:", "--template", "cloudlink", many}, strings.NewReader(""), &out, &out))
	require.Contains(t, out.String(), "p0001@")
}
