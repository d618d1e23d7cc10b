package importer

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/spreadsheet"
	"github.com/usher-go/usher/users"
)

// A fault that a format found in a cell (a date, lost digits, bytes that are not
// text) is not visible in the text of the cell. So a file that is written from a
// preview says it twice: in a mark, which is in a column of its own, and in the
// text of the cell, which no column accepts.

// Texts that stand in a written file for a cell with a fault.
const (
	signLost    = "#N/A"      // the cell has no text
	signSecret  = "#VALUE!"   // the text of a sensitive cell
	headSurplus = "#SURPLUS!" // heads the column of cells that have no column
	codeSurplus = "csv.field_count"
)

// signs are written before the text of a cell with a fault: "#DATE! 2026-05-01".
// Read without its mark, such a cell has an error of the code.
var signs = [...]struct{ sign, code string }{
	{"#DATE!", "cell.date"},
	{"#DIGITS!", "number.precision"},
	{"#QUOTE!", "csv.quote"},
	{"#CHECK!", "cell.marked"}, // of any other code
}

// signed returns the text with the sign of a code before it.
func signed(code, text string) string {
	sign := signs[len(signs)-1].sign
	for _, s := range signs {
		if s.code == code {
			sign = s.sign
		}
	}
	return sign + " " + text
}

// cutToCell returns the beginning of the text that fits into the cell of a workbook.
func cutToCell(text string) string {
	if len(text) <= formats.HardCellChars {
		return text
	}
	units := 0
	for i, r := range text {
		if units += utf16.RuneLen(r); units > formats.HardCellChars {
			return text[:i]
		}
	}
	return text
}

// unsigned returns the text after a sign, and the code of the sign. The code is ""
// for a text without a sign.
func unsigned(text string) (code, rest string) {
	if !strings.HasPrefix(text, "#") {
		return "", text
	}
	for _, s := range signs {
		if len(text) < len(s.sign) || !strings.EqualFold(text[:len(s.sign)], s.sign) {
			continue
		}
		if rest := text[len(s.sign):]; rest == "" || rest[0] == ' ' {
			return s.code, strings.TrimPrefix(rest, " ")
		}
	}
	return "", text
}

// escaped returns the text with an escape for each character that a workbook
// cannot hold, and for bytes that are not UTF-8.
func escaped(text string) string {
	bad := func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff }
	if utf8.ValidString(text) && !strings.ContainsFunc(text, bad) {
		return text
	}

	var b strings.Builder
	for i, r := range text {
		switch {
		case bad(r):
			fmt.Fprintf(&b, "_x%04X_", r)
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			b.WriteString("_xFFFD_")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// noncharacter returns the first character that is not in Unicode and that the text
// holds as an escape, as "U+FFFE", or "". U+FFFD stands for a byte that is not UTF-8.
// Package spreadsheet finds the escapes of control characters.
func noncharacter(text string) string {
	if !strings.Contains(text, "_xFFF") {
		return ""
	}
	for _, char := range []string{"FFFD", "FFFE", "FFFF"} {
		if strings.Contains(text, "_x"+char+"_") {
			return "U+" + char
		}
	}
	return ""
}

// spoilt returns the problem of a text that stands for a cell with a fault, or for
// letters that are lost. The code is "" for any other text. shown is the text
// without its sign.
func spoilt(text string) (p users.Problem, shown string) {
	code, rest := unsigned(text)
	switch char := noncharacter(text); {
	case code != "":
		return users.Problem{Code: code}, rest
	case strings.Contains(text, "\ufffd"):
		return users.Problem{Code: "text.replacement"}, text
	case char != "":
		return users.Problem{Code: "text.control", Args: map[string]string{"char": char}}, text
	}
	return users.Problem{}, text
}

// plain returns the text of a cell without an apostrophe that a writer puts before it:
// before text that a spreadsheet might evaluate, and in a workbook before the sign of a
// comment.
func plain(text string) string {
	text = formats.Unguard(text)
	if strings.HasPrefix(text, "'#") {
		return text[1:]
	}
	return text
}

// refusesItself reports whether every column finds an error in the text, although
// the mark of its fault is gone.
func refusesItself(text string) bool {
	text = plain(text)
	if p, _ := spoilt(text); p.Code != "" {
		return true
	}
	code, _ := spreadsheet.Repair(text)
	return code != ""
}

// A rowMark is what a written file says of a row of the preview, in one cell:
// "7~k3v9qa~abcdef~h2k3v9.5~csv.encoding@name:q2w3e4:encoding=UTF-8". The parts are
// the row's id, a check of the data as read, a sum of the row's cells, a sum of the
// heading above the texts with the number of rows, and the faults.
//
// A file of failing rows has a mark in every row. A corrected table has one in each
// row with a fault, without check and sum, because it is merged into no preview.
type rowMark struct {
	id     string
	check  string
	sum    string
	errors string // sum of the heading of the column that says what is wrong
	rows   int    // the number of rows in the file of failing rows, or 0
	faults []markFault
}

// A markFault is an error that a format found in a cell, as a mark has it. It is void
// when the cell does not have the text of the sum any more.
type markFault struct {
	code   string
	column string // a field, "?" with the sum of an unknown heading, surplusColumn or wholeRow
	sum    string
	args   map[string]string
	fix    *string
}

const (
	surplusColumn = "+"
	wholeRow      = "*"
)

// maxMark is the largest number of bytes of a mark. Faults that do not fit are left
// out: their cells refuse themselves.
const maxMark = 8000

// String returns the text of the mark.
func (m rowMark) String() string {
	var b strings.Builder
	b.WriteString(m.id + "~" + m.check + "~" + m.sum + "~" + m.errors)
	if m.rows > 0 {
		b.WriteString("." + strconv.Itoa(m.rows))
	}
	for _, f := range m.faults {
		if s := f.String(); b.Len()+len(s) < maxMark {
			b.WriteString("~" + s)
		}
	}
	return b.String()
}

// String returns the text of the fault in a mark: code, column, sum, arguments and
// the fix, if there is one.
func (f markFault) String() string {
	args := url.Values{}
	for k, v := range f.args {
		args.Set(k, v)
	}
	s := url.QueryEscape(f.code) + "@" + url.QueryEscape(f.column) + ":" + f.sum + ":" + args.Encode()
	if f.fix != nil {
		s += ":" + url.QueryEscape(*f.fix)
	}
	return strings.ReplaceAll(s, "~", "%7E")
}

// parseMark reads the text of a mark. Files of earlier versions have the first
// three parts only.
func parseMark(text string) (m rowMark, ok bool) {
	if strings.IndexByte(text, '~') < 0 {
		return m, false
	}
	parts := strings.Split(strings.TrimSpace(text), "~")
	if len(parts) < 3 {
		return m, false
	}

	m.id, m.check, m.sum = parts[0], strings.ToLower(parts[1]), strings.ToLower(parts[2])
	if !isRowID(m.id) || !isSum(m.check) && m.check != "" || !isSum(m.sum) && m.sum != "" {
		return m, false
	}
	if len(parts) == 3 {
		return m, m.check != ""
	}

	errors, rows, counted := strings.Cut(strings.ToLower(parts[3]), ".")
	if counted {
		m.rows, _ = strconv.Atoi(rows)
	}
	if m.errors = errors; !isSum(errors) {
		return m, false
	}
	for _, p := range parts[4:] {
		if f, ok := parseFault(p); ok {
			m.faults = append(m.faults, f)
		}
	}
	return m, true
}

// faultSpaces are the spaces of the codes that a mark may have. Any other text is no
// fault of a file.
var faultSpaces = [...]string{"cell", "csv", "number", "text", "xlsx"}

// parseFault reads the text of a fault.
func parseFault(text string) (f markFault, ok bool) {
	at, colon := strings.IndexByte(text, '@'), strings.IndexByte(text, ':')
	if at < 0 || colon < at {
		return f, false
	}
	code, column := text[:at], text[at+1:colon]
	fields := strings.Split(text[colon+1:], ":")
	if len(fields) < 2 || !isSum(fields[0]) {
		return f, false
	}

	f.sum = fields[0]
	var err error
	if f.code, err = url.QueryUnescape(code); err != nil {
		return f, false
	}
	if f.column, err = url.QueryUnescape(column); err != nil || f.column == "" {
		return f, false
	}
	space, _, _ := strings.Cut(f.code, ".")
	if !slices.Contains(faultSpaces[:], space) || f.code != formats.Show(f.code) {
		return f, false
	}

	args, err := url.ParseQuery(fields[1])
	if err != nil {
		return f, false
	}
	for _, k := range sortedKeys(args) {
		if f.args == nil {
			f.args = map[string]string{}
		}
		f.args[formats.Show(k)] = formats.Show(args.Get(k))
	}
	if len(fields) > 2 {
		fix, err := url.QueryUnescape(fields[2])
		if err != nil {
			return f, false
		}
		f.fix = &fix
	}
	return f, true
}

// isRowID reports whether s is "7" or "2/7".
func isRowID(s string) bool {
	table, row, two := strings.Cut(s, "/")
	if !two {
		row = table
	} else if !isDigits(table) {
		return false
	}
	return isDigits(row)
}

func isDigits(s string) bool {
	return s != "" && len(s) <= 10 && strings.Trim(s, "0123456789") == ""
}

// isSum reports whether s is a text that shortSum returns.
func isSum(s string) bool {
	return len(s) == 6 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// markSum returns the sum of the text of a cell in a mark. Blanks do not count,
// because spreadsheets change line ends and trim.
func markSum(text string) string {
	return shortSum(strings.Join(strings.Fields(plain(text)), " "))
}
