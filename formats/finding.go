package formats

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Severity says what a [Finding] does to its row. The zero value is invalid.
type Severity uint8

const (
	// Warning leaves the row as it is.
	Warning Severity = iota + 1
	// Brake holds back every row it concerns until a person approves its code.
	Brake
	// Error keeps its row from being done.
	Error
)

var severityNames = [...]string{Warning: "warning", Brake: "brake", Error: "error"}

// String is "warning", "brake" or "error".
func (s Severity) String() string {
	if int(s) < len(severityNames) && severityNames[s] != "" {
		return severityNames[s]
	}
	return "Severity(" + strconv.Itoa(int(s)) + ")"
}

// MarshalText writes the name [Severity.String] gives. The zero value is an error.
func (s Severity) MarshalText() ([]byte, error) {
	if s < Warning || s > Error {
		return nil, fmt.Errorf("formats: severity %d has no name", s)
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads the names that MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) error {
	for i, n := range severityNames {
		if n != "" && n == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("formats: no severity is called %q", Show(string(text)))
}

// A Finding is something a person should know about a file, a row or a cell.
// It is data: the text is made from Code and Args, in the reader's language,
// when it is shown.
type Finding struct {
	Severity Severity `json:"severity"`
	// Code is "space.fact" in lower case: "email.form", "csv.quote". Codes are stable.
	Code string `json:"code"`
	// Table names the table; empty where there is only one.
	Table string `json:"table,omitempty"`
	// Row is the record number a spreadsheet shows, from 1; 0 for the whole file.
	Row int `json:"row,omitempty"`
	// Line is the physical line on which the record began, from 1; 0 where a format has none.
	Line int `json:"line,omitempty"`
	// Column counts from 1; 0 for the whole row.
	Column int `json:"column,omitempty"`
	// Cell is the name of the cell ("B3") where the format names cells.
	Cell string `json:"cell,omitempty"`
	// Field is the field the column stands for, where that is known.
	Field string `json:"field,omitempty"`
	// Value is the text in question, cut to 80 characters with control characters escaped ([Show]).
	Value string `json:"value,omitempty"`
	// Args are what the text needs beside Value. Numbers are decimal.
	Args map[string]string `json:"args,omitempty"`
	// Fix is a value for the cell that would mend it, where one is evident. It is never applied unasked.
	Fix *string `json:"fix,omitempty"`
}

// MaxShown is how many characters of a value a finding or a message repeats at the most.
const MaxShown = 80

// Show makes s fit to be shown: at most [MaxShown] characters, with control,
// format and bidi characters and bytes that are not UTF-8 as escapes. A value
// that was cut ends in "…".
func Show(s string) string {
	plain := len(s) <= MaxShown
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] >= ' ' && s[i] < utf8.RuneSelf && s[i] != 0x7f
	}
	if plain {
		return s
	}
	var b strings.Builder
	n, fits := 0, 0 // characters written, and bytes of those that leave room for the "…"
	for i, r := range s {
		piece := string(r)
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], piece):
			piece = fmt.Sprintf(`\x%02x`, s[i])
		case !unicode.IsPrint(r):
			piece = strconv.QuoteRuneToASCII(r)
			piece = piece[1 : len(piece)-1]
		}
		n += utf8.RuneCountInString(piece)
		if n > MaxShown {
			return b.String()[:fits] + "…"
		}
		b.WriteString(piece)
		if n < MaxShown {
			fits = b.Len()
		}
	}
	return b.String()
}

// CellName is the name a spreadsheet gives the cell in that column and row,
// both from 1: CellName(2, 3) is "B3".
func CellName(column, row int) string {
	var buf [14]byte // an int64 has no more letters
	i := len(buf)
	for column > 0 {
		column--
		i--
		buf[i] = byte('A' + column%26)
		column /= 26
	}
	return string(buf[i:]) + strconv.Itoa(row)
}
