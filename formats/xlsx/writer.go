package xlsx

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/usher-go/usher/formats"
)

// Writer writes a sheet as a workbook. The headings are bold and frozen. Columns can
// be formatted as text, and have drop-downs and comments. Every cell is text, so no
// cell is a formula. [Format] reads the same text back, with the title and the facts
// of the sheet as rows above the headings.
//
// A text of more than 32,767 UTF-16 units is an error. A character that XML does not
// allow is written as the text _xHHHH_, which a person sees and can correct. It is
// written as U+FFFD where that text does not fit, and so is a byte that is not UTF-8.
type Writer struct{}

var _ formats.Writer = Writer{}

// Ext returns ".xlsx".
func (Writer) Ext() string { return ".xlsx" }

// WriteSheet writes s to w. It keeps all rows in memory.
func (Writer) WriteSheet(w io.Writer, s formats.Sheet) (err error) {
	above := factRows(s)
	rows, err := collectRows(s, above)
	if err != nil {
		return err
	}

	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = fmt.Errorf("xlsx: write: %w", e)
		}
	}()

	book := bookWriter{f: f, sheet: s, name: s.Name, facts: len(above)}
	if book.name == "" {
		book.name = defaultName
	}

	// The rows come last: the stream writer also writes what the other steps set.
	steps := []func([][]string) error{book.prepareSheet, book.addDropDowns, book.addComments, book.addFilter, book.setUpPrint, book.writeRows}
	for _, step := range steps {
		if err := step(rows); err != nil {
			return fmt.Errorf("xlsx: write: %w", err)
		}
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("xlsx: write: %w", err)
	}
	return nil
}

const (
	defaultName = "Sheet1" // the name that excelize gives to the first sheet
	textFormat  = 49       // id of the format @
)

// collectRows returns all rows of the file: facts, preamble, headings and records. They are
// collected because the dimension of the sheet precedes the rows in the file, and is
// known after the last row only.
func collectRows(s formats.Sheet, facts [][]string) ([][]string, error) {
	rows := make([][]string, 0, len(facts)+len(s.Preamble)+1)
	add := func(row []string) error {
		for i, text := range row {
			text = spellForbidden(text)
			row[i] = text
			if len(text) > formats.HardCellChars && countUnits(text) > formats.HardCellChars {
				return fmt.Errorf("xlsx: write: cell %s: more than %d characters",
					formats.CellName(i+1, len(rows)+1), formats.HardCellChars)
			}
		}
		rows = append(rows, row)
		return nil
	}

	for _, row := range facts {
		if err := add(row); err != nil {
			return nil, err
		}
	}
	for _, line := range s.Preamble {
		if err := add([]string{line}); err != nil {
			return nil, err
		}
	}

	headings := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		headings[i] = c.Heading
	}
	if err := add(headings); err != nil || s.Rows == nil {
		return rows, err
	}

	for row := range s.Rows {
		if len(row) > len(s.Columns) {
			return nil, fmt.Errorf("xlsx: write: row %d has %d cells for %d columns", len(rows)+1, len(row), len(s.Columns))
		}
		row = append([]string(nil), row...)
		if s.Comment != 0 && len(row) > 0 && strings.HasPrefix(row[0], string(s.Comment)) {
			row[0] = "'" + row[0] // a workbook has no quotes, but the apostrophe keeps the row from being a comment
		}
		if err := add(row); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// spellForbidden returns s with the characters that XML does not allow spelled as
// _xHHHH_. It returns s itself if that would be too long for a cell.
func spellForbidden(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !isAllowed(r) }) {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		if isAllowed(r) {
			b.WriteString(rest[:n])
		} else {
			fmt.Fprintf(&b, "_x%04X_", r)
		}
		rest = rest[n:]
	}
	if countUnits(b.String()) > formats.HardCellChars {
		return s
	}
	return b.String()
}

// countUnits returns the number of UTF-16 code units of s.
func countUnits(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// A bookWriter builds the workbook of one sheet.
type bookWriter struct {
	f     *excelize.File
	sheet formats.Sheet
	name  string
	facts int // rows above the preamble
}

// headingRow returns the number of the row of the headings.
func (b *bookWriter) headingRow() int { return b.facts + len(b.sheet.Preamble) + 1 }

// prepareSheet names the sheet and sets its dimension. A StreamWriter would leave the
// dimension at A1.
func (b *bookWriter) prepareSheet(rows [][]string) error {
	if b.name != defaultName {
		if err := b.f.SetSheetName(defaultName, b.name); err != nil {
			return err
		}
	}
	last := formats.CellName(max(1, len(b.sheet.Columns)), len(rows))
	if last == "A1" {
		return b.f.SetSheetDimension(b.name, last)
	}
	return b.f.SetSheetDimension(b.name, "A1:"+last)
}

// addDropDowns adds the drop-downs of the columns with values.
func (b *bookWriter) addDropDowns([][]string) error {
	hidden := ""
	for i, c := range b.sheet.Columns {
		if len(c.Values) == 0 {
			continue
		}
		dv := excelize.NewDataValidation(true)
		column, _ := excelize.ColumnNumberToName(i + 1)
		dv.SetSqref(fmt.Sprintf("%s%d:%s%d", column, b.headingRow()+1, column, formats.HardRows))
		if c.Strict {
			dv.SetError(excelize.DataValidationErrorStyleStop, "", "")
			dv.Error, dv.ErrorTitle = nil, nil // then the program shows its own text, in the language of the person
		}

		if fitsInline(c.Values) {
			if err := dv.SetDropList(c.Values); err != nil {
				return err
			}
		} else {
			if hidden == "" {
				var err error
				if hidden, err = b.addHiddenSheet(); err != nil {
					return err
				}
			}
			for k, v := range c.Values {
				if err := b.setText(hidden, formats.CellName(i+1, k+1), v); err != nil {
					return err
				}
			}
			dv.SetSqrefDropList(fmt.Sprintf("%s!$%s$1:$%s$%d", hidden, column, column, len(c.Values)))
		}

		if err := b.f.AddDataValidation(b.name, dv); err != nil {
			return err
		}
	}
	return nil
}

// fitsInline reports whether values can be written as the comma-separated list in a
// drop-down. Otherwise they are written to a hidden sheet.
func fitsInline(values []string) bool {
	for _, v := range values {
		if strings.ContainsAny(v, ",\n\r") || strings.TrimSpace(v) != v || v == "" {
			return false
		}
	}
	const longest = 255
	return !strings.HasPrefix(values[0], "=") && countUnits(strings.Join(values, ",")) <= longest
}

// addHiddenSheet adds a hidden sheet for the values of drop-downs, and returns its
// name.
func (b *bookWriter) addHiddenSheet() (string, error) {
	name := "Lists"
	if strings.EqualFold(name, b.name) {
		name = "Lists2"
	}
	if _, err := b.f.NewSheet(name); err != nil {
		return "", err
	}
	return name, b.f.SetSheetVisible(name, false)
}

// setText writes one cell.
func (b *bookWriter) setText(sheet, cell, text string) error {
	switch v := cellValue(text).(type) {
	case []excelize.RichTextRun:
		return b.f.SetCellRichText(sheet, cell, v)
	default:
		return b.f.SetCellStr(sheet, cell, text)
	}
}

// addComments adds the comments of the columns to their headings.
func (b *bookWriter) addComments([][]string) error {
	for i, c := range b.sheet.Columns {
		if c.Comment == "" {
			continue
		}
		// The 140 by 60 pixels of most programs are too small for a longer text.
		lines := uint(countUnits(c.Comment)/40 + strings.Count(c.Comment, "\n") + 2)
		comment := excelize.Comment{
			Cell: formats.CellName(i+1, b.headingRow()), Author: "usher",
			Paragraph: []excelize.RichTextRun{{Text: c.Comment}},
			Width:     260, Height: min(20*lines, 400),
		}
		if err := b.f.AddComment(b.name, comment); err != nil {
			return err
		}
	}
	return nil
}

// writeRows writes the widths and styles of the columns, and streams the cells.
func (b *bookWriter) writeRows(rows [][]string) error {
	styles, err := b.makeStyles()
	if err != nil {
		return err
	}
	sw, err := b.f.NewStreamWriter(b.name)
	if err != nil {
		return err
	}

	// A stream writer takes columns and panes before the first row only.
	for i, c := range b.sheet.Columns {
		if err := sw.SetColWidth(i+1, i+1, float64(columnWidth(c))); err != nil {
			return err
		}
		if id := styles.columns[i]; id != 0 {
			if err := sw.SetColStyle(i+1, i+1, id); err != nil {
				return err
			}
		}
	}
	below := "A" + strconv.Itoa(b.headingRow()+1)
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: b.headingRow(), TopLeftCell: below, ActivePane: "bottomLeft"}); err != nil {
		return err
	}

	values := make([]any, 0, len(b.sheet.Columns))
	for i, row := range rows {
		values = values[:0]
		for c, cell := range row {
			values = append(values, b.styledCell(styles, i+1, c, cell))
		}
		var opts []excelize.RowOpts
		switch {
		case i+1 == b.headingRow():
			opts = append(opts, excelize.RowOpts{StyleID: styles.heading})
		case i < b.facts:
			opts = append(opts, excelize.RowOpts{StyleID: styles.fact})
		case i >= b.headingRow():
			if h := b.rowHeight(row); h > 0 {
				opts = append(opts, excelize.RowOpts{Height: h})
			}
		}
		if err := sw.SetRow("A"+strconv.Itoa(i+1), values, opts...); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// styledCell returns the cell of a row, from 1, and a column, from 0, with its style.
func (b *bookWriter) styledCell(styles *sheetStyles, row, column int, text string) any {
	switch {
	case text == "" && (row <= b.headingRow() || !b.sheet.Print):
		return nil
	case row == 1 && b.sheet.Title != "":
		return excelize.Cell{StyleID: styles.title, Value: cellValue(text)}
	case row <= b.facts:
		return excelize.Cell{StyleID: styles.fact, Value: factValue(text)}
	case row <= b.headingRow():
		return cellValue(text)
	}
	if text == "" {
		return excelize.Cell{StyleID: styles.columns[column]} // for the line under the row
	}
	if tone := b.sheet.Columns[column].Tones[text]; tone != 0 {
		return excelize.Cell{StyleID: styles.tones[tone], Value: cellValue(text)}
	}
	return cellValue(text)
}

// columnWidth returns the width of the column, or one that fits its heading.
func columnWidth(c formats.SheetColumn) int {
	const least, most = 14, 255
	w := c.Width
	if w <= 0 {
		w = max(least, len([]rune(c.Heading))+4)
	}
	return min(w, most)
}

// cellValue returns the value that excelize writes as text, or nil for an empty text.
// Text with "_x" could be read as an escape _xHHHH_, and the escaping of excelize loses
// some of them. So such text is divided into runs after each "_x": an escape does not
// cross two runs.
func cellValue(text string) any {
	if text == "" {
		return nil
	}
	if !strings.Contains(text, "_x") {
		return text
	}

	var runs []excelize.RichTextRun
	for text != "" {
		n := strings.Index(text, "_x")
		if n < 0 {
			n = len(text)
		} else {
			n += len("_x")
		}
		runs = append(runs, excelize.RichTextRun{Text: text[:n]})
		text = text[n:]
	}
	return runs
}
