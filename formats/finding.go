package formats

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Severity is the effect of a [Finding] on its row. The zero value is invalid.
type Severity uint8

const (
	// Warning has no effect: the row can be imported.
	Warning Severity = iota + 1
	// Brake blocks every row it concerns until a person approves the code of the finding.
	Brake
	// Error blocks the row until a person corrects it.
	Error
)

var severityNames = [...]string{Warning: "warning", Brake: "brake", Error: "error"}

// String returns "warning", "brake" or "error".
func (s Severity) String() string {
	if int(s) < len(severityNames) && severityNames[s] != "" {
		return severityNames[s]
	}
	return "Severity(" + strconv.Itoa(int(s)) + ")"
}

// MarshalText returns the name that [Severity.String] returns. The zero value is an error.
func (s Severity) MarshalText() ([]byte, error) {
	if s < Warning || s > Error {
		return nil, fmt.Errorf("formats: severity %d has no name", s)
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads a name that MarshalText writes. Any other text is an error.
func (s *Severity) UnmarshalText(text []byte) error {
	for i, n := range severityNames {
		if n != "" && n == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("formats: no severity is called %q", Show(string(text)))
}

// A Finding is a fact about a file, a row or a cell that a person should know.
// A Finding is data. The text that a person reads is rendered from Code and Args
// in the person's language.
type Finding struct {
	Severity Severity `json:"severity"`
	// Code is "space.fact" in lower case: "email.form", "csv.quote". Codes never change.
	Code string `json:"code"`
	// Table is the name of the table. It is empty where there is only one table.
	Table string `json:"table,omitempty"`
	// Row is the record number that a spreadsheet shows, from 1; 0 for the whole file.
	Row int `json:"row,omitempty"`
	// Line is the physical line on which the record begins, from 1; 0 where the format has no lines.
	Line int `json:"line,omitempty"`
	// Column counts from 1; 0 for the whole row.
	Column int `json:"column,omitempty"`
	// Cell is the name of the cell ("B3") where the format names cells.
	Cell string `json:"cell,omitempty"`
	// Field is the field that the column is mapped to, where that is known.
	Field string `json:"field,omitempty"`
	// Value is the text of the cell as [Show] returns it: at most 80 characters, control characters escaped.
	Value string `json:"value,omitempty"`
	// Args are the other values that the text needs. Numbers are decimal.
	Args map[string]string `json:"args,omitempty"`
	// Fix is a value that would correct the cell, where one is evident. A fix is applied only on request.
	Fix *string `json:"fix,omitempty"`
	// Heading is the heading of the column in the file, as [Show] returns it. Findings
	// of a report have it, because its reader may not have the file.
	Heading string `json:"heading,omitempty"`
}

// MaxShown is the maximum number of characters of a value in a finding or a message.
const MaxShown = 80

// Show returns s in a form that is safe to print. It escapes control, format and
// bidi characters and bytes that are not UTF-8, and cuts the result to [MaxShown]
// characters. A value that was cut ends in "…".
func Show(s string) string {
	plain := len(s) <= MaxShown
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] >= ' ' && s[i] < utf8.RuneSelf && s[i] != 0x7f
	}
	if plain {
		return s
	}

	const hex = "0123456789abcdef"
	b := make([]byte, 0, min(len(s), MaxShown)+32)
	n, fits := 0, 0 // characters so far; bytes of the longest prefix that leaves room for "…"
	for i, r := range s {
		from := len(b)
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			b = append(b, '\\', 'x', hex[s[i]>>4], hex[s[i]&15])
		case !unicode.IsPrint(r):
			b = strconv.AppendQuoteRuneToASCII(b, r)
			b = append(b[:from], b[from+1:len(b)-1]...) // without the quotes
		default:
			b = utf8.AppendRune(b, r)
		}

		n += utf8.RuneCount(b[from:])
		if n > MaxShown {
			return string(b[:fits]) + "…"
		}
		if n < MaxShown {
			fits = len(b)
		}
	}
	return string(b)
}

// CellName returns the name of a cell in a spreadsheet. column and row count
// from 1: CellName(2, 3) is "B3".
func CellName(column, row int) string {
	var buf [14]byte // enough letters for any int64
	i := len(buf)
	for column > 0 {
		column--
		i--
		buf[i] = byte('A' + column%26)
		column /= 26
	}
	return string(buf[i:]) + strconv.Itoa(row)
}
