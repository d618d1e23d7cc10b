package formats

import "strconv"

// Limits bound what a file may cost. Zero means the default. A negative value
// means the hard bound of the format, or no bound where the format has none. A
// file over a limit is refused before any row is returned. The code "limit.…" of
// the refusal names the limit, and its argument "max" is the number.
type Limits struct {
	// UploadBytes bounds the size of the file. Default 20 MiB.
	UploadBytes int64
	// Rows bounds the records after the first that are not blank. Default 100,000; hard 1,048,576.
	Rows int
	// Columns bounds the cells of a row. Default 256; hard 16,384.
	Columns int
	// Cells bounds the cells of a table. Default 5,000,000.
	Cells int
	// CellChars bounds the UTF-16 code units of a cell, which is how Excel counts. Default and hard 32,767.
	CellChars int
	// RecordBytes bounds the bytes of one CSV record. Default 1 MiB.
	RecordBytes int
	// Findings bounds the findings of all rows of a table together. Default
	// 500,000, which is five for each row of the default.
	Findings int

	// Entries bounds the entries in the zip of a workbook. Default 1,000.
	Entries int
	// PartBytes bounds the unpacked size of one part, and also the text that is
	// kept of a workbook. A shared string counts once for each cell that uses it.
	// Default 100 MiB.
	PartBytes int64
	// UnpackedBytes bounds the unpacked size of all parts together. Default 200 MiB.
	UnpackedBytes int64
	// Ratio bounds the unpacked size of a part divided by its packed size. It applies
	// to parts of more than 100 KiB. Default 100.
	Ratio int64
	// SharedStrings bounds the shared strings of a workbook. Default 1,000,000.
	SharedStrings int
	// SharedBytes bounds the text of the shared strings. Default 64 MiB.
	SharedBytes int64
	// Merged bounds the merged ranges of a sheet. Default 131,072.
	Merged int
	// Styles bounds the cell formats of a workbook, and also its number formats.
	// Default 65,536, a little more than Excel creates.
	Styles int
	// XMLDepth bounds the nesting of elements. Default 64.
	XMLDepth int
	// XMLAttributes bounds the attributes of an element. Default 256.
	XMLAttributes int
	// XMLToken bounds the size of one tag or piece of text, in bytes. Default 1 MiB.
	XMLToken int
	// XMLNamespaces bounds the namespace declarations that are in scope at one place. Default 64.
	XMLNamespaces int
}

// The bounds that a limit cannot exceed.
const (
	HardRows      = 1_048_576 // the last row of XLSX
	HardColumns   = 16_384    // column XFD, the last of XLSX
	HardCellChars = 32_767    // the longest cell of Excel
)

// WithDefaults returns l with every zero replaced by the default, and every
// negative or excessive value replaced by the hard bound.
func (l Limits) WithDefaults() Limits {
	applyDefault(&l.UploadBytes, 20<<20, 1<<40)
	applyDefault(&l.Rows, 100_000, HardRows)
	applyDefault(&l.Columns, 256, HardColumns)
	applyDefault(&l.Cells, 5_000_000, 1<<31-1)
	applyDefault(&l.CellChars, HardCellChars, HardCellChars)
	applyDefault(&l.RecordBytes, 1<<20, 1<<30)
	applyDefault(&l.Findings, 500_000, 1<<31-1)
	applyDefault(&l.Entries, 1_000, 1<<16)
	applyDefault(&l.PartBytes, 100<<20, 1<<40)
	applyDefault(&l.UnpackedBytes, 200<<20, 1<<40)
	applyDefault(&l.Ratio, 100, 1<<40)
	applyDefault(&l.SharedStrings, 1_000_000, 1<<31-1)
	applyDefault(&l.SharedBytes, 64<<20, 1<<40)
	applyDefault(&l.Merged, 1<<17, 1<<31-1)
	applyDefault(&l.Styles, 1<<16, 1<<31-1)
	applyDefault(&l.XMLDepth, 64, 1<<16)
	applyDefault(&l.XMLAttributes, 256, 1<<16)
	applyDefault(&l.XMLToken, 1<<20, 1<<30)
	applyDefault(&l.XMLNamespaces, 64, 1<<16)
	return l
}

// applyDefault replaces *v by def if it is zero, and by hard if it is out of range.
func applyDefault[N int | int64](v *N, def, hard N) {
	switch {
	case *v == 0:
		*v = def
	case *v < 0 || *v > hard:
		*v = hard
	}
}

// OverLimit returns a [*Refusal] for a file that exceeds the limit n. The name
// "rows" gives the code "limit.rows".
func OverLimit[N int | int64](name string, n N) *Refusal {
	return Refuse("limit."+name, "max", strconv.FormatInt(int64(n), 10))
}
