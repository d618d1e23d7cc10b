// Package csv reads and writes delimited text: comma, semicolon, TAB or bar,
// in the encodings that spreadsheets save.
//
//	table, err := csv.Open(ctx, file, size, nil)
//	err = csv.Writer{}.WriteSheet(w, sheet)
//
// # Reading
//
// The whole file decides its encoding, its first records the delimiter. Cells
// stay what was typed: nothing is trimmed, unwrapped or interpreted. The
// record number counts every record, also those that the table leaves out
// (blank ones, comments, a leading "sep=" line); the line is the physical
// line on which a record began. A line ends in LF, CR, CRLF or CR CR LF, also
// in turn within one file.
//
// What spoils one row is a finding of that row:
//
//	csv.quote        warning: a quote inside a bare cell, kept as it stands
//	csv.quote        error: blanks before an opening quote, or text after a closing one
//	csv.field_count  error: a cell that is not blank beyond the table's width
//	csv.encoding     error: bytes that are no text in the file's encoding, shown as U+FFFD
//	text.control     error: a NUL
//
// A code stands once a row, at the first cell it concerns. One finding is the
// whole file's: the warning csv.encoding_guessed, where a file that is not
// UTF-8 was taken for Windows-1252. What spoils everything behind it is a
// refusal: a quote that is never closed, or only by the quote that opens a cell
// of a later line (csv.quote), an encoding that is not known, and UTF-16 that
// bytes are missing from, so that line ends are none any more (csv.encoding).
//
// A file whose source holds less than its size says, or ends earlier when it is
// read a second time, is refused with "upload.truncated". Text that was cut
// before it was sent cannot be told from a shorter file, unless the cut is
// inside of quotes.
//
// The codes of other refusals are "file.empty", "file.type", and "limit.upload",
// "limit.rows", "limit.columns", "limit.cells", "limit.cell", "limit.record" and
// "limit.findings" ([formats.Limits]). The memory that reading takes beside the
// table is that of the longest record.
//
// The table's width is that of its heading: the record with most of
// [Format.Headings], if two are known in it, or all there are; else the first
// record that has more than half as many cells as the median of the first
// 64 KiB, or just half and two, so that a title above the heading is not taken
// for one.
//
// # Writing
//
// Every cell written is inert: [formats.Guard] puts an apostrophe before what a
// spreadsheet would calculate. Reading leaves it there, as everything that was
// typed; [formats.Unguard] takes it away.
//
// # Imports
//
// Package csv imports formats, golang.org/x/text for encodings, and gocsv for
// [Marshal]. Neither shows in its API.
package csv
