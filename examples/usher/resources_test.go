//go:build linux

package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/internal/corpus"
	"github.com/usher-go/usher/internal/office"
)

// The limits for "usher read": the processor time, which does not depend on the
// load of the machine, and the largest resident size.
const (
	mostTime     = 2 * time.Second
	mostResident = 256 << 20
)

// A cost is the resource usage of one run of the program.
type cost struct {
	Time, Wall time.Duration
	Resident   int64
	Status     int
}

// measuring is a program that runs another and prints its [cost]. Linux counts
// the largest size of a process from that of the one it was forked from, and
// this one is small.
func measuring() map[string]func() {
	return map[string]func(){"usher-cost": func() {
		cmd := exec.Command(os.Args[1], os.Args[2:]...)
		began := time.Now()
		if err := cmd.Run(); cmd.ProcessState == nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		state := cmd.ProcessState
		_ = json.NewEncoder(os.Stdout).Encode(cost{
			state.UserTime() + state.SystemTime(), time.Since(began),
			state.SysUsage().(*syscall.Rusage).Maxrss << 10, state.ExitCode(),
		})
	}}
}

// built is the program, built as its users build it.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "usher")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return path
}

// costOf reads a file with the program in a process of its own.
func costOf(t *testing.T, program, path string) (c cost) {
	t.Helper()
	return costOfRun(t, []string{"GOMEMLIMIT=off", "GOGC=100"}, program, "read", "--json", path)
}

// costOfRun runs any command.
func costOfRun(t *testing.T, env []string, args ...string) (c cost) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "usher-cost", args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &c))
	return c
}

func (c cost) within(t *testing.T, name string) {
	t.Helper()
	if c.Time > mostTime || c.Resident > mostResident || c.Status < 0 || c.Status > statusRefused {
		t.Errorf("%s: %v of processor time, %d MB, status %d", name, c.Time, c.Resident>>20, c.Status)
	}
}

// TestCorpusCosts: no file of the corpus costs more than it may.
func TestCorpusCosts(t *testing.T) {
	dir := corpus.Dir(t)
	program := built(t)
	var slowest, largest cost
	var slow, large string
	n := 0
	for _, kind := range []string{"csv", "xlsx"} {
		list, err := os.Open(filepath.Join(dir, kind, "truth.jsonl"))
		require.NoError(t, err)
		defer list.Close()
		lines := bufio.NewScanner(list)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var truth struct{ File, Expect string }
			require.NoError(t, json.Unmarshal(lines.Bytes(), &truth))
			path := filepath.Join(dir, truth.File)
			if strings.Contains(truth.Expect, "gunzip") {
				path = unpacked(t, path)
			}
			c := costOf(t, program, path)
			c.within(t, truth.File)
			n++
			if c.Time > slowest.Time {
				slowest, slow = c, truth.File
			}
			if c.Resident > largest.Resident {
				largest, large = c, truth.File
			}
		}
		require.NoError(t, lines.Err())
	}
	t.Logf("%d files; slowest %s: %v (%v on the clock); largest %s: %d MB", n, slow, slowest.Time, slowest.Wall, large, largest.Resident>>20)
}

func unpacked(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	z, err := gzip.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	data, err = io.ReadAll(z)
	require.NoError(t, err)
	return fileOf(t, "unpacked.csv", string(data))
}

// TestBombCosts: files made to be expensive are read or refused within the same limits.
func TestBombCosts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: what is made to cost much takes seconds")
	}
	const rows = 99_990
	rnd := rand.New(rand.NewPCG(1, 2))
	repeat := func(n int, f func(b *strings.Builder, i int)) string {
		var b strings.Builder
		for i := range n {
			f(&b, i)
		}
		return b.String()
	}
	letters := func(n int) string {
		return repeat(n, func(b *strings.Builder, _ int) { b.WriteByte(byte('a' + rnd.IntN(2))) })
	}
	data := func(rows string) string { return `<sheetData>` + rows + `</sheetData>` }
	var wide []string
	for range 50 {
		wide = append(wide, `<row>`+repeat(256, func(b *strings.Builder, _ int) { fmt.Fprintf(b, `<c><v>%d</v></c>`, rnd.IntN(1000)) })+`</row>`)
	}
	tests := []struct {
		name, reason string
		path         string
		status       int
	}{
		{"errors", "five findings a row", book(t, data(repeat(rows, func(b *strings.Builder, _ int) {
			b.WriteString(`<row>` + strings.Repeat(fmt.Sprintf(`<c t="e"><v>#N/A%d</v></c>`, rnd.IntN(1e9)), 5) + `</row>`)
		}))), statusFound},
		{"damaged text", "four findings a row", fileOf(t, "a.csv", "a,b,c\n"+repeat(rows, func(b *strings.Builder, i int) {
			fmt.Fprintf(b, "\"a\"b%d,\x00,\xff\xc3\xa9,x,y\n", i)
		})), statusFound},
		{"cells", "half as many as a table may have", book(t, data(repeat(9_700, func(b *strings.Builder, _ int) {
			b.WriteString(wide[rnd.IntN(len(wide))])
		}))), statusOK},
		{"merged ranges", "one after the other", book(t, data(`<row r="1"><c r="A1"><v>1</v></c></row>`)+`<mergeCells>`+repeat(131_000, func(b *strings.Builder, i int) {
			fmt.Fprintf(b, `<mergeCell ref="A%d:XFD%d"/>`, i*8+1, i*8+8-rnd.IntN(7))
		})+`</mergeCells>`), statusOK},
		{"empty styled rows", "a million", book(t, data(repeat(1_000_000, func(b *strings.Builder, i int) {
			fmt.Fprintf(b, `<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>`, i+1, i+1)
		}))), statusOK},
		{"a gap", "to the last row", book(t, data(`<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>`)), statusOK},
		{"one string", "three thousand times", withStrings(t, []string{letters(32_000)}, 5_000), statusRefused},
		{"long strings", "as much text as there may be", withStrings(t, longStrings(1_950, func() string { return letters(900) }), 3_000), statusRefused},
		{"empty lines", "a megabyte of them, and more", fileOf(t, "a.csv", "a,b\n"+strings.Repeat("\n", 19<<20)+"1,2\n"), statusOK},
		{"one long line", "of quotes", fileOf(t, "a.csv", `a,b`+"\n"+strings.Repeat(`"`, 19<<20)), statusRefused},
		{"UTF-16", "nothing but surrogates", fileOf(t, "a.csv", "\xff\xfea\x00\n\x00"+strings.Repeat("\x3d\xd8\x00\xde\n\x00", 2_000_000)), statusRefused},
	}
	program := built(t)
	for _, test := range tests {
		c := costOf(t, program, test.path)
		t.Logf("%s: %v of processor time, %d MB, status %d", test.name, c.Time, c.Resident>>20, c.Status)
		c.within(t, test.name)
		if c.Status != test.status {
			t.Errorf("%s (%s): status %d, want %d", test.name, test.reason, c.Status, test.status)
		}
	}
}

func longStrings(n int, each func() string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Repeat(each(), 34)
	}
	return out
}

// withStrings is a workbook of that many rows, each one of the shared strings in turn.
func withStrings(t *testing.T, shared []string, rows int) string {
	t.Helper()
	var sheet strings.Builder
	for i := range rows {
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, i+1, i+1, i%len(shared))
	}
	path := book(t, `<sheetData>`+sheet.String()+`</sheetData>`)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	old, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestSpeed) // the default takes seconds over two letters
	})
	for _, f := range old.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		if f.Name == "xl/_rels/workbook.xml.rels" {
			content = bytes.Replace(content, []byte("</Relationships>"), []byte(`<Relationship Id="x" Type="x/sharedStrings" Target="strings.xml"/></Relationships>`), 1)
		}
		w, err := z.Create(f.Name)
		require.NoError(t, err)
		_, err = w.Write(content)
		require.NoError(t, err)
	}
	w, err := z.Create("xl/strings.xml")
	require.NoError(t, err)
	fmt.Fprintf(w, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>`, strings.Join(shared, "</t></si><si><t>"))
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path
}

// TestLinesCosts: a file of lines of a fifth of the account is checked and imported within the bounds of memory.
func TestLinesCosts(t *testing.T) {
	people, rows := 5_000, 1_000
	if os.Getenv("USHER_LONG") != "" {
		people, rows = 100_000, 20_000
	}
	program, dir := built(t), t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	store := "sqlite:" + filepath.Join(dir, "people.db")
	lines := func(command, file string, more ...string) cost {
		return costOfRun(t, nil, append([]string{program, command, "--store", store, "--template", "rainbow-lines", "--account", string(office.Acme)}, append(more, file)...)...)
	}
	require.Zero(t, costOfRun(t, nil, program, "account", "load", "--store", store, write("people.json", office.Everybody(people))).Status)
	wired := lines("import", write("wired.csv", office.Wired(people).CSV(0)), "--yes")
	require.Zero(t, wired.Status)
	t.Logf("%d rows of new lines imported: %v (%v on the clock), %d MB", people, wired.Time, wired.Wall, wired.Resident>>20)
	for _, numbers := range []bool{false, true} {
		file := write(fmt.Sprintf("move-%t.csv", numbers), office.Move(rows, numbers).CSV(0))
		for _, command := range []string{"check", "import"} {
			c := lines(command, file, map[string][]string{"import": {"--yes"}}[command]...)
			require.Zero(t, c.Status)
			t.Logf("%s, %d rows against %d people, numbers %t: %v of processor time, %v on the clock, %d MB", command, rows, people, numbers, c.Time, c.Wall, c.Resident>>20)
			require.LessOrEqual(t, c.Resident, int64(mostResident))
		}
	}
}
