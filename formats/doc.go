// Package formats defines the tables that files are read into and the sheets that
// files are written from. Limits bound the cost of a file.
//
// A [Table] is a file as a spreadsheet shows it: rows of cells. Each cell is the
// text that the spreadsheet shows. Each row has the record number that the
// spreadsheet prints next to it, and the physical line on which the row begins.
// Package formats does not know what a column means. Package importer does.
//
// The packages [github.com/usher-go/usher/formats/xlsx] and
// [github.com/usher-go/usher/formats/csv] implement the formats. A [Format] is a
// value, and [Open] tries the formats in the order that the caller gives:
//
//	table, err := formats.Open(ctx, src, nil, xlsx.Format{}, csv.Format{})
//
// A file is either read as a whole, or refused with one [*Refusal] that says what
// the file is and what is wrong with it. A problem that a person can correct in
// one row is a [Finding] instead, and does not affect the other rows.
//
// # Positions
//
// The number of a row counts every record of the file from 1. It includes the
// records that a table leaves out because they are blank. The line of a row is the
// physical line on which the record begins; in a workbook, line and number are
// equal. A column is a number from 1, with the name of the cell ("B3") where the
// format has cell names. A finding with row 0 concerns the whole file.
// [Table.Stray] returns the findings that belong to no row of the table.
//
// # Limits
//
// [Limits] bound what a file may cost. Each limit has a default that suits the
// upload of one person. The host can set a limit to a number, or to a negative
// value for the highest possible one. A file over a limit is refused before
// any row is returned. The code is "limit." plus the name of the limit, and the
// argument "max" is the number. A size that a file declares can refuse the file early, but is never
// trusted: no memory is allocated for a declared size.
//
//	limit.upload          UploadBytes    limit.entries         Entries
//	limit.rows            Rows           limit.part            PartBytes
//	limit.columns         Columns        limit.unpacked        UnpackedBytes
//	limit.cells           Cells          limit.ratio           Ratio
//	limit.cell            CellChars      limit.shared_strings  SharedStrings
//	limit.record          RecordBytes    limit.shared_bytes    SharedBytes
//	limit.findings        Findings       limit.merged          Merged
//	limit.xml_depth       XMLDepth       limit.styles          Styles
//	limit.xml_attributes  XMLAttributes  limit.xml_token       XMLToken
//	limit.xml_namespaces  XMLNamespaces
//
// # Imports
//
// Package formats imports the standard library only. The formats import it.
package formats
