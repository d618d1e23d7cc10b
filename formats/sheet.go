package formats

import (
	"io"
	"iter"
)

// A Sheet is the input of a [Writer]: columns, and rows of text in order.
type Sheet struct {
	// Name is the name of the sheet, at most 31 characters in a workbook.
	Name string
	// Title and Facts say what the sheet is: "Import report", its number and its
	// author. A workbook shows them above the headings. A text file has its headings
	// first, so it leaves the title out; see [SheetFact.InRows].
	Title string
	Facts []SheetFact
	// Filter gives the headings filters, where the format has filters.
	Filter bool
	// Print sets the sheet up for paper: one page wide, with the headings and the page
	// number on each page.
	Print bool
	// Columns are the columns in order. Their headings are the first row.
	Columns []SheetColumn
	// Rows yields the records below the headings. It may reuse a slice after it
	// has yielded the next one. A row longer than Columns is an error.
	Rows iter.Seq[[]string]
	// Preamble are lines before the headings, such as the comment lines of a
	// template. Each is written as one cell. Most sheets have none.
	Preamble []string
	// Comment is the character that begins a comment for the reader of the sheet;
	// 0 for none. A record that begins with it is written so that the reader does
	// not take it for a comment.
	Comment rune
	// AsRead means that the cells are texts as a reader returned them: one that is
	// guarded already ([Guard]) is not guarded again. So a file that is read and written
	// many times stays the same.
	AsRead bool
	// Delimiter is the character between the cells of the text file that the sheet
	// comes from; 0 for none. A writer of text uses it unless it is told another.
	Delimiter rune
}

// A SheetFact is a fact about a whole [Sheet]: "By", "ada@example.com".
type SheetFact struct {
	Name, Value string
	// InRows also writes the fact in a text file: as a column after the others, with
	// the same value in each row.
	InRows bool
}

// A SheetColumn describes one column of a [Sheet].
type SheetColumn struct {
	Heading string
	// Text formats the column as text, so that "0042" and "+33…" keep their
	// characters when a person edits them.
	Text bool
	// Values are the choices of a drop-down, where the format has drop-downs.
	Values []string
	// Strict makes the drop-down refuse values that are not in Values.
	Strict bool
	// Comment explains the column, where the format has comments.
	Comment string
	// Width is the width in characters; 0 lets the writer choose.
	Width int
	// Wrap breaks long text into lines, so that all of it is visible, where the format
	// has widths. A text file has a blank for a line break in such a column, so that
	// each of its records is one line.
	Wrap bool
	// Tones colours the cells with one of these texts, where the format has colours.
	Tones map[string]Tone
}

// A Tone is a meaning that the colour of a cell has. The zero Tone has no colour.
type Tone uint8

// The tones.
const (
	ToneGood    Tone = iota + 1 // done as it should be
	ToneNeutral                 // to be looked at
	ToneBad                     // gone wrong
)

// A Writer writes sheets in one format. It must write inert cells: no cell may
// become a formula when the file is opened.
type Writer interface {
	// Ext returns the file extension with its dot: ".xlsx".
	Ext() string
	// WriteSheet writes one sheet as a whole file. After an error, w may hold a part
	// of the file.
	WriteSheet(w io.Writer, s Sheet) error
}

// Rows returns rows in memory as the sequence for [Sheet.Rows].
func Rows(rows ...[]string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
}
