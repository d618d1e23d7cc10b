package csv_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

// In the inputs below, ¶ marks the start of every record that the table must keep.
// § marks the start of every record that it must leave out but count. The expected
// positions are computed from these marks.

var lineBreak = regexp.MustCompile(`\r\r\n|\r\n|\r|\n`)

type position struct{ Row, Line int }

// unmark returns the text without its marks, and the positions of the kept records.
func unmark(marked string) (text string, kept []position) {
	var b strings.Builder
	row := 0
	for _, r := range marked {
		switch r {
		case '¶':
			row++
			kept = append(kept, position{row, 1 + len(lineBreak.FindAllString(b.String(), -1))})
		case '§':
			row++
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), kept
}

// positions returns the position of every row.
func positions(t *formats.Table) (out []position) {
	for r := range t.Rows() {
		out = append(out, position{r.Number(), r.Line()})
	}
	return out
}

// cells returns the cells of every row.
func cells(t *formats.Table) (out [][]string) {
	for r := range t.Rows() {
		out = append(out, r.Cells())
	}
	return out
}

// findings returns the findings of a table as "severity code row:column value".
func findings(t *formats.Table) (out []string) {
	for _, f := range t.Findings() {
		s := fmt.Sprintf("%s %s %d:%d %s", f.Severity, f.Code, f.Row, f.Column, f.Value)
		out = append(out, strings.TrimRight(s, " "))
	}
	return out
}

// open reads text.
func open(text string, o *csv.Options) (*formats.Table, error) {
	return csv.Open(context.Background(), strings.NewReader(text), int64(len(text)), o)
}

func TestRecords(t *testing.T) {
	comma := &csv.Options{Format: csv.Format{Delimiter: ','}}
	hash := &csv.Options{Format: csv.Format{Delimiter: ',', Comment: '#'}}
	for _, tt := range []struct {
		name, reason string
		options      *csv.Options
		in           string
		want         [][]string
		findings     []string
	}{
		{name: "plain", in: "¶a,b\n¶1,2\n", want: [][]string{{"a", "b"}, {"1", "2"}}},
		{name: "no final line end", in: "¶a,b\n¶1,2", want: [][]string{{"a", "b"}, {"1", "2"}}},
		{name: "blanks stay", reason: "cells stay what was typed", in: "¶ a ,\tb\n", want: [][]string{{" a ", "\tb"}}},

		{name: "LF", in: "¶a\n¶b\n", want: [][]string{{"a"}, {"b"}}},
		{name: "CR", in: "¶a\r¶b\r", want: [][]string{{"a"}, {"b"}}},
		{name: "CRLF", in: "¶a\r\n¶b\r\n", want: [][]string{{"a"}, {"b"}}},
		{name: "CR CR LF", reason: "what text mode makes of CRLF is one line end", in: "¶a\r\r\n¶b\r\r\n", want: [][]string{{"a"}, {"b"}}},
		{name: "mixed", in: "¶a\n¶b\r¶c\r\n¶d\r\r\n¶e", want: [][]string{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}}},
		{name: "CR at the end", in: "¶a\r", want: [][]string{{"a"}}},
		{name: "CR CR", reason: "two ends, no LF behind them", in: "¶a\r§\r¶b", want: [][]string{{"a"}, {"b"}}},

		{name: "blank records count", in: "¶a,b\n§\n§,\n§\"\",\n¶1,2\n§\n", want: [][]string{{"a", "b"}, {"1", "2"}}},
		{name: "blanks are cells", reason: "they were typed", in: "¶a,b\n¶ ,\n", want: [][]string{{"a", "b"}, {" "}}},
		{name: "blank first", in: "§\n§\n¶a\n", want: [][]string{{"a"}}},
		{name: "trailing empty cells", in: "¶a,b,,\n¶1,,,\n", want: [][]string{{"a", "b"}, {"1"}}},

		{name: "quoted", in: "¶\"a,b\",\"c\"\n", want: [][]string{{"a,b", "c"}}},
		{name: "doubled quotes", in: "¶\"a\"\"b\",\"\"\"\",\"\"\"x\"\n", want: [][]string{{`a"b`, `"`, `"x`}}},
		{name: "quoted line breaks", reason: "kept as they are; later lines stay right",
			in:   "¶a,\"x\ny\r\nz\"\n¶b,\"1\r2\"\r\n§\r\n¶c\n",
			want: [][]string{{"a", "x\ny\r\nz"}, {"b", "1\r2"}, {"c"}}},
		{name: "quoted CR CR LF", in: "¶\"x\r\r\ny\"\n¶b\n", want: [][]string{{"x\r\r\ny"}, {"b"}}},
		{name: "quoted to the end", in: "¶a,\"b\"", want: [][]string{{"a", "b"}}},

		{name: "quote in a bare cell", reason: "literal, as Excel reads it", in: "¶a,b\n¶5\" pipe,x\n",
			want: [][]string{{"a", "b"}, {`5" pipe`, "x"}}, findings: []string{`warning csv.quote 2:1 5" pipe`}},
		{name: "text after the closing quote", in: "¶a,b\n¶\"x\"y,\"1\" \n",
			want: [][]string{{"a", "b"}, {"xy", "1 "}}, findings: []string{"error csv.quote 2:1 xy", "error csv.quote 2:2 1"}},
		{name: "and a line break in another cell", in: "¶a,b\n¶\"x\ny\",\"1\"2\n¶3,4\n",
			want: [][]string{{"a", "b"}, {"x\ny", "12"}, {"3", "4"}}, findings: []string{"error csv.quote 2:2 12"}},
		{name: "backslash", reason: "it escapes nothing", in: "¶a,b\n¶\"B \\\"X\\\" C\",2\n",
			want: [][]string{{"a", "b"}, {`B \X\" C"`, "2"}}, findings: []string{`error csv.quote 2:1 B \X\" C"`}},
		{name: "blank before the quote", options: comma, in: "¶a,b\n¶1, \"2\"\n",
			want: [][]string{{"a", "b"}, {"1", ` "2"`}}, findings: []string{`error csv.quote 2:2  "2"`}},
		{name: "blank before a quote around a comma", in: "¶a,b\n¶1, \"2,3\"\n",
			want:     [][]string{{"a", "b"}, {"1", ` "2`, `3"`}},
			findings: []string{`error csv.quote 2:2  "2`, `error csv.field_count 2:3 3"`, `warning csv.quote 2:3 3"`}},
		{name: "typographic quotes around a comma", reason: "they quote nothing", in: "¶a,b,c\n¶1,“2,3”\n",
			want: [][]string{{"a", "b", "c"}, {"1", "“2", "3”"}}, findings: []string{"error csv.quote 2:2 “2"}},
		{name: "typographic quotes around a word", in: "¶a,b\n¶“Bob”,„Bob“\n", want: [][]string{{"a", "b"}, {"“Bob”", "„Bob“"}}},
		{name: "one bad row", reason: "spoils no other", in: "¶a,b\n¶\"x\"y,1\n¶\"z\",2\n",
			want: [][]string{{"a", "b"}, {"xy", "1"}, {"z", "2"}}, findings: []string{"error csv.quote 2:1 xy"}},

		{name: "short row", in: "¶a,b,c\n¶1\n", want: [][]string{{"a", "b", "c"}, {"1"}}},
		{name: "long row", in: "¶a,b\n¶1,2,,3,4\n", want: [][]string{{"a", "b"}, {"1", "2", "", "3", "4"}},
			findings: []string{"error csv.field_count 2:4 3"}},
		{name: "long row of nothing", in: "¶a,b\n¶1,2,, ,\n", want: [][]string{{"a", "b"}, {"1", "2", "", " "}}},
		{name: "titles above the heading", reason: "they do not make every row too long",
			in:       "¶Export of May\n¶by,Ada\n§\n¶a,b,c,d,e\n¶1,2,3,4,5\n¶1,2,3,4,5,6\n",
			want:     [][]string{{"Export of May"}, {"by", "Ada"}, {"a", "b", "c", "d", "e"}, {"1", "2", "3", "4", "5"}, {"1", "2", "3", "4", "5", "6"}},
			findings: []string{"error csv.field_count 6:6 6"}},
		{name: "rows all too long", reason: "a heading a little narrower than its rows is no title",
			in:       "¶a,b\n¶1,2,3\n¶1,2,3\n",
			want:     [][]string{{"a", "b"}, {"1", "2", "3"}, {"1", "2", "3"}},
			findings: []string{"error csv.field_count 2:3 3", "error csv.field_count 3:3 3"}},
		{name: "known headings", reason: "they are the heading, however wide the rest",
			options:  &csv.Options{Format: csv.Format{Headings: []string{"First name", "E-mail"}}},
			in:       "¶x,y,z,1\n¶FIRST_NAME,EMail\n¶1,2,3,4\n",
			want:     [][]string{{"x", "y", "z", "1"}, {"FIRST_NAME", "EMail"}, {"1", "2", "3", "4"}},
			findings: []string{"error csv.field_count 1:3 z", "error csv.field_count 3:3 3"}},

		{name: "comments", options: hash, in: "§# x, \"y\n¶a,b\n§#\r\n¶\"#1\",2\n¶ #,3\n§#",
			want: [][]string{{"a", "b"}, {"#1", "2"}, {" #", "3"}}},
		{name: "no comments", in: "¶#a,b\n¶1,2\n", want: [][]string{{"#a", "b"}, {"1", "2"}}},

		{name: "Ctrl-Z", reason: "DOS ended files so", in: "¶a,b\r\n¶1,2\r\n\x1a", want: [][]string{{"a", "b"}, {"1", "2"}}},
		{name: "Ctrl-Z in the last record", in: "¶a,b\r\n¶1,2\x1a\x1a", want: [][]string{{"a", "b"}, {"1", "2"}}},
		{name: "Ctrl-Z elsewhere", in: "¶a\x1a\n", want: [][]string{{"a\x1a"}}},
		{name: "NUL", in: "¶name,b\n¶A\x00,\x00\n¶x,y\n", want: [][]string{{"name", "b"}, {"A\x00", "\x00"}, {"x", "y"}},
			findings: []string{`error text.control 2:1 A\x00`, `error text.control 2:2 \x00`}},
		{name: "byte order marks", in: "\ufeff\ufeff¶a,b\n¶\ufeff1,2\n", want: [][]string{{"a", "b"}, {"\ufeff1", "2"}}},
		{name: "damage is not mended here", in: "¶a,b,c,d\n¶4.42E+11,=\"0042\",'+44,#N/A\n",
			want:     [][]string{{"a", "b", "c", "d"}, {"4.42E+11", `="0042"`, "'+44", "#N/A"}},
			findings: []string{`warning csv.quote 2:2 ="0042"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, want := unmark(tt.in)
			table, err := open(text, tt.options)
			require.NoError(t, err)
			if diff := cmp.Diff(tt.want, cells(table)); diff != "" {
				t.Errorf("%s: cells (-want +got):\n%s", tt.reason, diff)
			}
			if diff := cmp.Diff(want, positions(table)); diff != "" {
				t.Errorf("%s: positions (-want +got):\n%s", tt.reason, diff)
			}
			if diff := cmp.Diff(tt.findings, findings(table)); diff != "" {
				t.Errorf("%s: findings (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestFindingIsComplete(t *testing.T) {
	table, err := open("a,b\n\"x\ny\",1\n1, \"2\"\n1,2,3\n", &csv.Options{Format: csv.Format{Delimiter: ','}})
	require.NoError(t, err)
	fix := "2"
	want := []formats.Finding{
		{Severity: formats.Error, Code: "csv.quote", Row: 3, Line: 4, Column: 2, Value: ` "2"`, Fix: &fix},
		{Severity: formats.Error, Code: "csv.field_count", Row: 4, Line: 5, Column: 3, Value: "3", Args: map[string]string{"want": "2", "found": "3"}},
	}
	if diff := cmp.Diff(want, table.Findings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWindowEnds: the records are the same wherever the window of the reader ends.
func TestWindowEnds(t *testing.T) {
	marked := "¶\"x\"\"y\r\nz\",é\r\r\n§\r\n¶a,\"b\"\r\n§※c\r¶q\"r\r\n¶1,2"
	text, want := unmark(marked)
	wantCells := [][]string{{"x\"y\r\nz", "é"}, {"a", "b"}, {`q"r`}, {"1", "2"}}
	for _, delim := range []rune{',', '→'} {
		text := strings.ReplaceAll(text, ",", string(delim))
		for shift := range len(text) + 1 {
			// A comment fills the window except for the last shift bytes.
			filler := "※" + strings.Repeat("-", 1<<16-4-shift) + "\n"
			table, err := open(filler+text, &csv.Options{Format: csv.Format{Delimiter: delim, Comment: '※'}})
			require.NoError(t, err)
			require.Equal(t, wantCells, cells(table), "shift %d", shift)
			for i, p := range positions(table) {
				require.Equal(t, position{want[i].Row + 1, want[i].Line + 1}, p, "shift %d", shift)
			}
		}
	}
}
