package xlsx_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/internal/corpus"
)

// A truth is one line of truth.jsonl: a file and its expected content, according to
// another reader or to the specification.
type truth struct {
	File     string
	Expect   string
	Why      string
	Code     string
	Openpyxl struct {
		OK     bool
		Sheets []truthSheet
	}
}

// truthCells is the maximum number of cells of a row that the truth lists.
const truthCells = 30

type truthSheet struct {
	Name         string
	State        string
	Kind         string
	NonemptyRows int               `json:"nonempty_rows"`
	Checksum     string            `json:"cells_sha256"`
	FirstRows    []json.RawMessage `json:"first_rows"`
}

// deviations are the files of the corpus that are read differently from their truth,
// with the reason.
var deviations = map[string]string{
	"real/excelize__BadWorkbook.xlsx":                    "a workbook without sheets is refused",
	"real/poi__49609.xlsx":                               "backslashes in part names are read",
	"real/poi__duplicate-filename.xlsx":                  "two parts of one name are refused",
	"real/poi__duplicate-filename-case-insensitive.xlsx": "two parts of one name are refused",
}

// TestCorpus compares the reader with the corpus that USHER_CORPUS names. The
// reference lists cells as other readers read them. They are compared as text.
func TestCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	list, err := os.Open(filepath.Join(dir, "xlsx", "truth.jsonl"))
	require.NoError(t, err)
	defer list.Close()
	lines := bufio.NewScanner(list)
	lines.Buffer(nil, 64<<20)
	files, agree := 0, 0
	sheets := &proven{}
	for lines.Scan() {
		var want truth
		require.NoError(t, json.Unmarshal(lines.Bytes(), &want))
		files++
		data, err := os.ReadFile(filepath.Join(dir, want.File))
		require.NoError(t, err)
		problem := want.judge(t, data, sheets)
		reason, known := deviations[strings.TrimPrefix(want.File, "xlsx/")]
		switch {
		case problem == "":
			agree++
			if known {
				t.Errorf("%s agrees now; it was listed for: %s", want.File, reason)
			}
		case !known:
			t.Errorf("%s (%s; %s): %s", want.File, want.Expect, want.Why, problem)
		}
	}
	require.NoError(t, lines.Err())
	t.Logf("%d of %d agree", agree, files)
	require.LessOrEqual(t, len(sheets.unproven)*50, sheets.all, "sheets whose reference is not proven: %v", sheets.unproven)
	t.Logf("%d cells compared; of %d sheets, %d by their first rows alone: %s", sheets.cells, sheets.all, len(sheets.unproven), strings.Join(sheets.unproven, ", "))
}

// proven counts the sheets that were compared, and the sheets of which only the first
// rows of the reference are known.
type proven struct {
	all, cells int
	unproven   []string
}

func (w *truth) judge(t *testing.T, data []byte, sheets *proven) string {
	first, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), nil)
	var refused *formats.Refusal
	if err != nil && !errors.As(err, &refused) {
		return "not a refusal: " + err.Error()
	}
	space := func(code string) string { return code[:strings.IndexByte(code, '.')+1] }
	accepts := strings.Contains(w.Expect, "reject")
	switch {
	case err != nil && strings.Contains(w.Expect, " or ") && space(refused.Code) == "limit.":
		return ""
	case err != nil && accepts:
		if w.Code != "" && space(refused.Code) != space(w.Code) && space(refused.Code) != "limit." {
			return "refused with " + refused.Error()
		}
		return ""
	case err != nil:
		return err.Error()
	case strings.HasPrefix(w.Expect, "reject"), strings.HasPrefix(w.Expect, "clear reject"):
		if strings.Contains(w.Expect, " or ") {
			return ""
		}
		return "was read"
	case strings.HasPrefix(w.Expect, "open"):
		return w.compare(t, data, first, sheets)
	}
	if problem := w.promised(first); problem != "" {
		return problem
	}
	return w.compare(t, data, first, sheets)
}

var (
	findingAt = regexp.MustCompile(`^error row=(\d+)(?: col=(\d+))?(?: naming (\S+))?`)
	cellIs    = regexp.MustCompile(`^([A-Z]+\d+) = "?([^"]*)"?$`)
	rowsAre   = regexp.MustCompile(`^ok (\d+) rows?$`)
	sheetIs   = regexp.MustCompile(`^reads (\w+)$`)
	shownText = regexp.MustCompile(`"(\d+)"|[+0]\d+`)
)

// promised returns the difference between a made file and its truth, or "".
func (w *truth) promised(table *formats.Table) string {
	texts := map[string]string{}
	shown := map[string]bool{}
	for row := range table.Rows() {
		for c := range row.Len() {
			texts[formats.CellName(c+1, row.Number())] = row.Cell(c)
			shown[row.Cell(c)] = true
		}
	}
	if m := findingAt.FindStringSubmatch(w.Expect); m != nil {
		if space, _, _ := strings.Cut(w.Code, "."); space == "email" || space == "header" {
			return "" // a finding of a template
		}
		for _, f := range table.Findings() {
			if strconv.Itoa(f.Row) == m[1] && (m[2] == "" || strconv.Itoa(f.Column) == m[2]) && (m[3] == "" || f.Value == m[3]) && f.Code[:4] == w.Code[:4] {
				return ""
			}
		}
		return fmt.Sprintf("findings are %v", codes(table))
	}
	if m := cellIs.FindStringSubmatch(w.Expect); m != nil && texts[m[1]] != m[2] {
		return fmt.Sprintf("%s is %q", m[1], texts[m[1]])
	}
	if m := rowsAre.FindStringSubmatch(w.Expect); m != nil && strconv.Itoa(table.Len()-1) != m[1] {
		return fmt.Sprintf("%d rows below the first", table.Len()-1)
	}
	if m := sheetIs.FindStringSubmatch(w.Expect); m != nil && table.Name != m[1] {
		return "read " + table.Name
	}
	if strings.Contains(w.Expect, "phone") || strings.Contains(w.Expect, "shown") {
		for _, m := range shownText.FindAllString(w.Expect, -1) {
			if !shown[strings.Trim(m, `"`)] {
				return m + " is not shown"
			}
		}
	}
	return ""
}

// compare returns the difference between the worksheets and the reference, or "".
func (w *truth) compare(t *testing.T, data []byte, first *formats.Table, sheets *proven) string {
	if !w.Openpyxl.OK {
		return ""
	}
	firstVisible := ""
	reference, _ := openReference(data) // if it fails, no checksum is compared
	for _, s := range w.Openpyxl.Sheets {
		if s.Kind != "Worksheet" {
			continue
		}
		if firstVisible == "" && s.State == "visible" {
			firstVisible = s.Name
			if first.Name != s.Name {
				return fmt.Sprintf("read sheet %q instead of %q", first.Name, s.Name)
			}
		}
		table, err := xlsx.Open(t.Context(), bytes.NewReader(data), int64(len(data)), &xlsx.Options{Sheet: s.Name})
		if err != nil {
			return s.Name + ": " + err.Error()
		}
		if problem := s.compare(table); problem != "" {
			return s.Name + ": " + problem
		}
		sheets.all++
		if reference == nil || s.Checksum == "" {
			sheets.unproven = append(sheets.unproven, w.File+" "+s.Name)
			continue
		}
		cells, err := reference.cells(s.Name)
		if err != nil || checksum(cells) != s.Checksum {
			sheets.unproven = append(sheets.unproven, w.File+" "+s.Name)
			continue
		}
		sheets.cells += len(cells)
		if problem := compareAll(cells, table); problem != "" {
			return s.Name + ": " + problem
		}
	}
	return ""
}

func (s *truthSheet) compare(table *formats.Table) string {
	rows := map[int]formats.Row{}
	for row := range table.Rows() {
		rows[row.Number()] = row
	}
	faults := map[string]string{}
	for _, f := range table.Findings() {
		faults[f.Cell] += f.Code + " "
	}
	for _, raw := range s.FirstRows {
		var number int
		cells := map[string]any{}
		if err := json.Unmarshal(raw, &[]any{&number, &cells}); err != nil {
			return err.Error()
		}
		got := map[string]string{}
		if row, ok := rows[number]; ok {
			for c := range row.Len() {
				if text := row.Cell(c); text != "" {
					name := formats.CellName(c+1, number)
					got[strings.TrimRight(name, "0123456789")] = text
				}
			}
		}
		for _, column := range slices.Sorted(maps.Keys(cells)) {
			want := cells[column]
			cell := fmt.Sprintf("%s%d", column, number)
			// A text that is too long for a cell is cut, with a finding.
			if !sameCell(want, got[column]) && !strings.Contains(faults[cell], "text.too_long") {
				return fmt.Sprintf("%s is %s (%s), want %v", cell, formats.Show(got[column]), faults[cell], want)
			}
			delete(got, column)
		}
		for _, column := range slices.Sorted(maps.Keys(got)) {
			if len(cells) == truthCells {
				break
			}
			return fmt.Sprintf("%s%d is %q, want nothing", column, number, got[column])
		}
	}
	shows := 0 // a row may be kept for its error alone
	for row := range table.Rows() {
		shows += min(row.Len(), 1)
	}
	if shows > s.NonemptyRows {
		return fmt.Sprintf("%d rows, want %d", shows, s.NonemptyRows)
	}
	return ""
}

// unescape decodes _xHHHH_, which the reference does not decode.
func unescape(s string) string {
	return regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`).ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[2:6], 16, 16)
		return string(rune(n))
	})
}

func sameCell(want any, got string) bool {
	switch want := want.(type) {
	case string:
		return want == got || unescape(want) == got
	case map[string]any:
		if n, ok := want["n"].(string); ok {
			a, errA := strconv.ParseFloat(n, 64)
			b, errB := strconv.ParseFloat(got, 64)
			return errA == nil && errB == nil && math.Abs(a-b) <= 1e-12*math.Abs(a)
		}
		if d, ok := want["d"].(string); ok {
			if day, clock, ok := strings.Cut(d, "."); ok {
				d = day + "." + strings.TrimRight(clock, "0")
			}
			return strings.TrimSuffix(d, "T00:00:00") == strings.TrimSuffix(got, "T00:00:00")
		}
		if d, ok := want["t"].(string); ok {
			return d == got
		}
		if seconds, ok := want["td"].(float64); ok {
			n := int(seconds)
			return got == fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
		}
		if b, ok := want["b"].(bool); ok {
			return strings.ToUpper(strconv.FormatBool(b)) == got
		}
		if n, ok := want["long"].(float64); ok {
			sum := sha256.Sum256([]byte(got))
			return int(n) == len([]rune(got)) && hex.EncodeToString(sum[:]) == want["sha256"]
		}
	}
	return false
}
