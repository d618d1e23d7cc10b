package formats

import (
	"io"
	"iter"
)

// A Sheet is what a [Writer] writes: columns, and rows of text in their order.
type Sheet struct {
	// Name is the sheet's name, at most 31 characters in a workbook.
	Name string
	// Columns head the sheet. Their headings are its first row.
	Columns []SheetColumn
	// Rows yields the records below the headings. A slice may be used again
	// after the next one is yielded. A row longer than Columns is an error.
	Rows iter.Seq[[]string]
	// Preamble are lines before the headings, each written as one cell: a
	// Template's comment lines. Most sheets have none.
	Preamble []string
	// Comment is the sign by which whoever reads the sheet knows a comment; 0 for
	// none. A record that begins with it is written so that it is read as one.
	Comment rune
}

// A SheetColumn describes one column of a [Sheet].
type SheetColumn struct {
	Heading string
	// Text formats the column as text, so that "0042" and "+33…" keep their characters when somebody edits them.
	Text bool
	// Values are offered as a drop-down, where the format has one.
	Values []string
	// Strict refuses other values than Values in the drop-down.
	Strict bool
	// Comment explains the column, where the format has comments.
	Comment string
	// Width is in characters; 0 lets the writer choose.
	Width int
}

// A Writer writes sheets in one format. Whatever it writes is inert: no cell
// becomes a formula when the file is opened.
type Writer interface {
	// Ext is the file extension with its dot: ".xlsx".
	Ext() string
	// WriteSheet writes one sheet as a whole file. An error may leave a part of it in w.
	WriteSheet(w io.Writer, s Sheet) error
}

// Rows makes the sequence a [Sheet] wants of rows in memory.
func Rows(rows ...[]string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
}
