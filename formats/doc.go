// Package formats turns files into tables of text, and sheets into files.
//
// A [Table] is what a person would see on the screen: rows of cells, each cell
// the text it shows, each row with the record number a spreadsheet prints
// beside it and the physical line it began on. Nothing here knows what a
// column means; that is the importer's business.
//
// The formats themselves live below: [github.com/usher-go/usher/formats/xlsx]
// and [github.com/usher-go/usher/formats/csv]. They are values, tried in the
// caller's order:
//
//	table, err := formats.Open(ctx, src, nil, xlsx.Format{}, csv.Format{})
//
// A file is either read whole, or refused with one [*Refusal] that says what
// the file is and what to do about it. What can be mended row by row is a
// [Finding] instead, and costs nobody else anything.
//
// # Positions
//
// A row's number counts every record of the file from 1, also those that a
// table leaves out because they show nothing; its line is the physical line on
// which it began, for a workbook the number once more. A column is a number
// from 1, with the cell's name ("B3") beside it where the format has names. A
// finding with row 0 is about the whole file; [Table.Stray] are all that stand
// in no row of the table.
//
// # Limits
//
// [Limits] bound what a file may cost. Each has a default that suits one
// person's upload, and the host may change each: a number, or a negative one for
// the most there can be. A file over a limit is refused with the code "limit."
// and its name, and with "max", before any row of it is offered. What a file
// declares about itself may refuse it sooner; it is never believed, and no
// memory is set aside for it.
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
// Package formats imports the standard library only.
package formats
