package formats

import "strconv"

// Limits bound what a file may cost. Zero means the default; a negative value
// means the hard bound of the format, or none where the format has none.
// A file over a limit is refused with a code "limit.…" that names the limit
// and its number, before any row of it is offered.
type Limits struct {
	// UploadBytes is the size of the file itself. Default 20 MiB.
	UploadBytes int64
	// Rows is how many records after the first may hold something. Default 100,000; hard 1,048,576.
	Rows int
	// Columns is how many cells a row may have. Default 256; hard 16,384.
	Columns int
	// Cells is how many cells a table may have. Default 5,000,000.
	Cells int
	// CellChars is how many UTF-16 code units a cell may hold, as Excel counts. Default and hard 32,767.
	CellChars int
	// RecordBytes is how many bytes one CSV record may hold. Default 1 MiB.
	RecordBytes int
	// Findings is how many findings the rows of a table may have together.
	// Default 500,000: five for each row of the default.
	Findings int

	// Entries is how many entries a workbook's container may have. Default 1,000.
	Entries int
	// PartBytes is how large one unpacked part may be, and how much text may be
	// kept of a workbook: a shared string costs each cell that it stands in. Default 100 MiB.
	PartBytes int64
	// UnpackedBytes is how large all unpacked parts may be together. Default 200 MiB.
	UnpackedBytes int64
	// Ratio is how many times its packed size a part may unpack to, past its first 100 KiB. Default 100.
	Ratio int64
	// SharedStrings is how many shared strings a workbook may have. Default 1,000,000.
	SharedStrings int
	// SharedBytes is how much text they may hold. Default 64 MiB.
	SharedBytes int64
	// Merged is how many merged ranges a sheet may have. Default 131,072.
	Merged int
	// Styles is how many cell formats and number formats a workbook may have.
	// Default 65,536, a little more than Excel makes.
	Styles int
	// XMLDepth is how deep elements may nest. Default 64.
	XMLDepth int
	// XMLAttributes is how many attributes an element may have. Default 256.
	XMLAttributes int
	// XMLToken is how large one tag or piece of text may be, in bytes. Default 1 MiB.
	XMLToken int
	// XMLNamespaces is how many namespace declarations may hold at one place. Default 64.
	XMLNamespaces int
}

// The bounds that no limit can raise.
const (
	HardRows      = 1_048_576 // XLSX's last row
	HardColumns   = 16_384    // XLSX's column XFD
	HardCellChars = 32_767    // Excel's longest cell
)

// WithDefaults is l with every zero replaced by the default and every
// negative value by the hard bound.
func (l Limits) WithDefaults() Limits {
	pick(&l.UploadBytes, 20<<20, 1<<40)
	pick(&l.Rows, 100_000, HardRows)
	pick(&l.Columns, 256, HardColumns)
	pick(&l.Cells, 5_000_000, 1<<31-1)
	pick(&l.CellChars, HardCellChars, HardCellChars)
	pick(&l.RecordBytes, 1<<20, 1<<30)
	pick(&l.Findings, 500_000, 1<<31-1)
	pick(&l.Entries, 1_000, 1<<16)
	pick(&l.PartBytes, 100<<20, 1<<40)
	pick(&l.UnpackedBytes, 200<<20, 1<<40)
	pick(&l.Ratio, 100, 1<<40)
	pick(&l.SharedStrings, 1_000_000, 1<<31-1)
	pick(&l.SharedBytes, 64<<20, 1<<40)
	pick(&l.Merged, 1<<17, 1<<31-1)
	pick(&l.Styles, 1<<16, 1<<31-1)
	pick(&l.XMLDepth, 64, 1<<16)
	pick(&l.XMLAttributes, 256, 1<<16)
	pick(&l.XMLToken, 1<<20, 1<<30)
	pick(&l.XMLNamespaces, 64, 1<<16)
	return l
}

func pick[N int | int64](v *N, def, hard N) {
	switch {
	case *v == 0:
		*v = def
	case *v < 0 || *v > hard:
		*v = hard
	}
}

// OverLimit refuses a file for passing the limit called name ("rows" gives
// the code "limit.rows") whose number is n.
func OverLimit[N int | int64](name string, n N) *Refusal {
	return Refuse("limit."+name, "max", strconv.FormatInt(int64(n), 10))
}
