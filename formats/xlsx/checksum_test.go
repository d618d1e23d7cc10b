package xlsx_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/usher-go/usher/formats"
)

// pythonFloat returns f as repr of Python writes it.
func pythonFloat(f float64) string {
	short := strconv.FormatFloat(f, 'e', -1, 64)
	_, e, _ := strings.Cut(short, "e")
	if exp, _ := strconv.Atoi(e); f != 0 && (exp < -4 || exp >= 16) {
		return short
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// checksum returns the checksum of cells as the truth computes it.
func checksum(cells []refCell) string {
	h := sha256.New()
	for _, c := range cells {
		fmt.Fprintf(h, "[%d, %d, %s]\n", c.row, c.column, pythonValue(c.value))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// pythonValue returns v as repr of Python writes it.
func pythonValue(v any) string {
	if text, ok := v.(string); ok {
		if runes := len([]rune(text)); runes > 400 {
			sum := sha256.Sum256([]byte(text))
			return fmt.Sprintf(`{"long": %d, "sha256": "%s"}`, runes, hex.EncodeToString(sum[:]))
		}
		return pythonText(text)
	}
	for key, v := range v.(map[string]any) {
		switch v := v.(type) {
		case bool:
			return fmt.Sprintf(`{"%s": %v}`, key, v)
		case float64:
			return fmt.Sprintf(`{"%s": %s}`, key, pythonFloat(v))
		case string:
			return fmt.Sprintf(`{"%s": %s}`, key, pythonText(v))
		}
	}
	return "null"
}

// pythonText returns s as json.dumps of Python writes it, in ASCII.
func pythonText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, u := range utf16.Encode([]rune(s)) {
		switch short := strings.IndexByte("\"\\\n\r\t\b\f", byte(u)); {
		case u < 0x80 && short >= 0:
			b.WriteByte('\\')
			b.WriteByte(`"\nrtbf`[short])
		case u < ' ' || u > 0x7e && u != 0x7f:
			fmt.Fprintf(&b, `\u%04x`, u)
		default:
			b.WriteByte(byte(u))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// compareAll returns the first difference between a table and all cells of the
// reference, or "".
func compareAll(want []refCell, table *formats.Table) string {
	faults := map[string]string{}
	for _, f := range table.Findings() {
		faults[f.Cell] += f.Code + " "
	}
	got := map[[2]int]string{}
	for row := range table.Rows() {
		for c := range row.Len() {
			if text := row.Cell(c); text != "" {
				got[[2]int{row.Number(), c + 1}] = text
			}
		}
	}
	for _, c := range want {
		at := [2]int{c.row, c.column}
		name := formats.CellName(c.column, c.row)
		if text, is := c.value.(string); is && len(text) > formats.HardCellChars && strings.Contains(faults[name], "text.too_long") {
			delete(got, at)
			continue
		}
		if !sameCell(c.value, got[at]) {
			return fmt.Sprintf("%s is %s (%s), want %v", name, formats.Show(got[at]), faults[name], c.value)
		}
		delete(got, at)
	}
	for _, at := range slices.SortedFunc(maps.Keys(got), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) }) {
		return fmt.Sprintf("%s is %q, want nothing", formats.CellName(at[1], at[0]), got[at])
	}
	return ""
}
