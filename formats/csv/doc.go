// Package csv reads and writes delimited text: cells separated by comma,
// semicolon, TAB or bar, in the encodings that spreadsheets save.
//
//	table, err := csv.Open(ctx, file, size, nil)
//	err = csv.Writer{}.WriteSheet(w, sheet)
//
// # Reading
//
// The encoding is detected from the whole file, the delimiter from the first
// records. A cell keeps the text that was typed: nothing is trimmed, unwrapped or
// interpreted. The record number counts every record, including the records that
// the table leaves out: blank ones, comments, and a "sep=" line at the start. The
// line of a row is the physical line on which its record begins. A line ends in LF,
// CR, CRLF or CR CR LF. One file may mix them.
//
// A fault in one row is a finding of that row:
//
//	csv.quote        warning: a quote inside an unquoted cell, which is kept
//	csv.quote        error: blanks before an opening quote, or text after a closing one
//	csv.field_count  error: a cell beyond the width of the table that is not blank
//	csv.encoding     error: bytes that are invalid in the encoding, read as U+FFFD
//	text.control     error: a NUL
//
// Each cell with a fault has its own finding, so that a row stays in error until every
// cell is corrected. Only csv.field_count is about the row: it is at the first cell
// beyond the width. One finding concerns the whole file: the warning
// csv.encoding_guessed, if the file is not UTF-8 and was read as Windows-1252.
//
// A fault that makes all following rows uncertain is a refusal. The code is
// csv.quote if a quote is never closed, or closed only by the opening quote of a
// cell on a later line. The code is csv.encoding if the encoding is unknown, or if
// bytes of UTF-16 are missing, which hides the line ends.
//
// A source that has fewer bytes than its size, or ends earlier when it is read a
// second time, is refused with "upload.truncated". Text that was cut before the
// upload cannot be distinguished from a shorter file, unless the cut is inside
// quotes.
//
// The other codes of refusals are "file.empty", "file.type", "limit.upload",
// "limit.rows", "limit.columns", "limit.cells", "limit.cell", "limit.record" and
// "limit.findings" ([formats.Limits]). In addition to the table, reading needs
// memory for the longest record only.
//
// The width of the table is the width of its heading. The heading is the record
// with most of [Format.Headings], if it has at least two of them, or has no other
// cells. Otherwise it is the first record with more than half the median number of
// cells, or with exactly half of it and at least two. The median is that of the first
// 64 KiB. So a title above the heading is not taken for the heading.
//
// # Writing
//
// Every written cell is inert: [formats.Guard] adds an apostrophe to text that a
// spreadsheet would evaluate. Reading keeps the apostrophe, like everything that
// was typed. [formats.Unguard] removes it.
//
// # Imports
//
// Package csv imports formats, golang.org/x/text for encodings, and gocsv for
// [Marshal]. Its exported API has no types of the latter two.
package csv
