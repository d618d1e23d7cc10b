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
// Package formats imports the standard library only.
package formats
