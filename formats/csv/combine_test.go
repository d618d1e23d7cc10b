package csv_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// TestEveryCombination: every combination of encoding, delimiter, line end, end of
// file and "sep=" line gives the same table.
func TestEveryCombination(t *testing.T) {
	records := [][]string{{"Prénom", "Nom", "Note"}, {"José", "Núñez, Jr; y|z\tw", `say "hé"`}, {"", "", ""}, {"Zoë", "two\nlines", ""}, {"Ana", "", "x"}}
	want := [][]string{records[0], records[1], {"Zoë", "two\nlines"}, records[4]}
	encodings := []struct {
		name string
		enc  encoding.Encoding
	}{
		{"utf-8", unicode.UTF8}, {"utf-8", unicode.UTF8BOM},
		{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}, {"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}, {"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"windows-1252", charmap.Windows1252},
	}
	runs := 0
	for _, delim := range []string{",", ";", "\t", "|"} {
		for _, eol := range []string{"\n", "\r", "\r\n", "\r\r\n", ""} {
			for _, end := range []string{"eol", "", "\x1a", "\n\n\n"} {
				for _, sep := range []string{"", "sep=" + delim, `"sep=` + delim + `"`} {
					text, rows := write(records, delim, eol, end, sep)
					for _, e := range encodings {
						table, err := open(encode(t, e.enc, text), nil)
						require.NoError(t, err, "%q in %s", text, e.name)
						require.Equal(t, want, cells(table), "%q in %s", text, e.name)
						require.Equal(t, e.name, table.Source["encoding"], "%q", text)
						require.Equal(t, delim, table.Source["delimiter"], "%q in %s", text, e.name)
						require.Equal(t, rows, positions(table), "%q in %s", text, e.name)
						runs++
					}
				}
			}
		}
	}
	require.Equal(t, 4*5*4*3*7, runs)
}

// write returns the text of records, and the positions of the records that are not
// blank. An empty eol means all line ends in turn.
func write(records [][]string, delim, eol, end, sep string) (text string, at []position) {
	var b strings.Builder
	row, line := 0, 1
	finish := func() {
		e := eol
		if e == "" {
			e = []string{"\n", "\r\n", "\r\r\n", "\r"}[row%4]
		}
		b.WriteString(e)
		line++
	}
	if sep != "" {
		row++
		b.WriteString(sep)
		finish()
	}
	for i, r := range records {
		row++
		if strings.Join(r, "") != "" {
			at = append(at, position{row, line})
		}
		for c, cell := range r {
			if c > 0 {
				b.WriteString(delim)
			}
			if strings.ContainsAny(cell, "\"\n,;|\t") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			line += strings.Count(cell, "\n")
			b.WriteString(cell)
		}
		if i < len(records)-1 || end == "eol" || end == "\n\n\n" {
			finish()
		}
	}
	if end != "eol" {
		b.WriteString(end)
	}
	return b.String(), at
}
