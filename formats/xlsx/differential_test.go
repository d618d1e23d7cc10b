package xlsx_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/xlsx"
	"github.com/usher-go/usher/internal/corpus"
)

// sameTable returns the difference between two readings of a file, or "".
func sameTable(a, b *formats.Table, errA, errB error) string {
	if (errA == nil) != (errB == nil) {
		return fmt.Sprintf("errors: %v, %v", errA, errB)
	}
	if errA != nil {
		return cmp.Diff(errA.Error(), errB.Error())
	}
	return cmp.Diff(cells(a), cells(b)) + cmp.Diff(a.Findings(), b.Findings())
}

// source returns the bytes as a source.
func source(data []byte) formats.Source {
	return formats.Source{ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
}

// TestShortcuts: with and without the shortcuts for plain cells and strings, a file is
// read the same or refused the same, wherever the window ends.
func TestShortcuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		attributes := rapid.SampledFrom([]string{"", ` r="A1"`, ` r="B1"`, ` r="C1"`, ` r="AA1"`, ` r="a1"`, ` r="A2"`, ` r="XFE1"`, ` r='D1'`, ` r="D1" `, ` r="D01"`})
		style := rapid.SampledFrom([]string{"", "", ` s="1"`, ` s="2"`, ` s="9"`, ` s=""`, ` s="x"`})
		kind := rapid.SampledFrom([]string{"", ` t="s"`, ` t="n"`, ` t="str"`, ` t="b"`, `  t="s"`})
		value := rapid.SampledFrom([]string{"0", "1", "2", "7", "42", "007", "", " 1", "1.5", "123456789012345", "1234567890123456", "99999999999999999999", "&#49;", "1<!---->2"})
		inside := rapid.SampledFrom([]string{"<v>%s</v>", "<v>%s</v>", "<v>%s</v>", " <v>%s</v>", "<f>x</f><v>%s</v>", "<v >%s</v>", "<v>%s</v"})
		var cellXML strings.Builder
		for range rapid.IntRange(0, 6).Draw(t, "cells") {
			open := "<c" + attributes.Draw(t, "r") + style.Draw(t, "s") + kind.Draw(t, "t")
			switch rapid.IntRange(0, 9).Draw(t, "form") {
			case 0:
				cellXML.WriteString(open + "/>")
			case 1:
				cellXML.WriteString(open + "></c>")
			default:
				cellXML.WriteString(open + ">" + fmt.Sprintf(inside.Draw(t, "inside"), value.Draw(t, "v")) + "</c>")
			}
		}
		item := rapid.SampledFrom([]string{"<t>a</t>", "<t>é😀</t>", "<t></t>", "<t/>", "", "<t>a]]b</t>", "<t>a&amp;b</t>", "<t>_x0041_</t>", "<t>_x_</t>", "<t>a\r\nb</t>", "<r><t>a</t></r>", "<t>]]></t>", "<t>\x01</t>", "<t>\xff</t>", `<t xml:space="preserve"> a</t>`})
		items := rapid.SliceOfN(item, 0, 4).Draw(t, "items")
		data := oneSheet(`<row r="1">`+cellXML.String()+`</row>`).shared(items...).with("xl/styles.xml", stylesPart("00000", 0, 164, 14)).zip()
		lim := formats.Limits{XMLToken: rapid.IntRange(250, 500).Draw(t, "window")}.WithDefaults()

		fast, errFast := xlsx.Format{}.Read(t.Context(), source(data), lim)
		slow, errSlow := xlsx.Slow().Read(t.Context(), source(data), lim)
		if diff := sameTable(slow, fast, errSlow, errFast); diff != "" {
			t.Fatalf("(-slow +fast):\n%s", diff)
		}
		whole, errWhole := xlsx.Format{}.Read(t.Context(), source(data), formats.Limits{}.WithDefaults())
		if diff := sameTable(whole, fast, errWhole, errFast); diff != "" {
			t.Fatalf("(-whole +small window):\n%s", diff)
		}
	})
}

// TestShortcutsOnCorpus is TestShortcuts for the files of the corpus.
func TestShortcutsOnCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	files, err := filepath.Glob(filepath.Join(dir, "xlsx", "*", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		fast, errFast := xlsx.Format{}.Read(t.Context(), source(data), formats.Limits{})
		slow, errSlow := xlsx.Slow().Read(t.Context(), source(data), formats.Limits{})
		if diff := sameTable(slow, fast, errSlow, errFast); diff != "" {
			t.Errorf("%s (-slow +fast):\n%s", name, diff)
		}
	}
}

// TestAgainstExcelize: excelize reads the same from well-formed workbooks of text.
func TestAgainstExcelize(t *testing.T) {
	text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("aé東😀 &<>\"'=+-@,;\n\t01")), rapid.Rune())).Filter(isWritable)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(text, 0, 4), 0, 5).Draw(t, "rows")
		f := excelize.NewFile()
		defer f.Close()
		if rapid.Bool().Draw(t, "stream") {
			sw, err := f.NewStreamWriter("Sheet1")
			require.NoError(t, err)
			for i, row := range rows {
				values := make([]any, len(row))
				for c := range row {
					values[c] = row[c]
				}
				require.NoError(t, sw.SetRow(formats.CellName(1, i+1), values))
			}
			require.NoError(t, sw.Flush())
		} else {
			for i, row := range rows {
				for c := range row {
					require.NoError(t, f.SetCellStr("Sheet1", formats.CellName(c+1, i+1), row[c]))
				}
			}
		}
		buf, err := f.WriteToBuffer()
		require.NoError(t, err)

		again, err := excelize.OpenReader(bytes.NewReader(buf.Bytes()))
		require.NoError(t, err)
		defer again.Close()
		lines, err := again.GetRows("Sheet1")
		require.NoError(t, err)
		want := map[int][]string{}
		for i, line := range lines {
			if len(strings.Join(line, "")) > 0 {
				want[i+1] = trimmed(line)
			}
		}
		table, err := xlsx.Open(t.Context(), bytes.NewReader(buf.Bytes()), int64(buf.Len()), nil)
		require.NoError(t, err)
		if diff := cmp.Diff(want, cells(table)); diff != "" {
			t.Fatalf("(-excelize +usher):\n%s", diff)
		}
	})
}

// isWritable reports whether excelize writes s without a loss.
func isWritable(s string) bool {
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return false
		}
	}
	return !strings.Contains(s, "_x")
}

// trimmed returns row without the empty cells at its end.
func trimmed(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

func isRefusal(err error) bool {
	var r *formats.Refusal
	return errors.As(err, &r)
}
