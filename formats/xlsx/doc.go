// Package xlsx reads and writes Excel workbooks.
//
// Reading is strict: a workbook is read whole, or refused with one
// [*formats.Refusal]. A cut zip, a wrong checksum, a malformed tag or a DOCTYPE
// never ends in fewer rows. What concerns one cell only (a date, an error word,
// a formula without a value) is a [formats.Finding] of its row.
//
// The text of a cell is what a person would see, as far as that is certain:
//
//   - Numbers are written in full, never with an exponent. A format of digits
//     and literal text (00000, "+"0, 00 00 00 00 00) is applied to whole
//     numbers; any other format that alters what is seen leaves the number as
//     it is with the warning "cell.format". Whole numbers of more than 15
//     digits are the error "number.precision": Excel keeps no more.
//   - Dates are ISO 8601 text with the warning "cell.date", booleans TRUE or
//     FALSE, error words themselves with the error "cell.excel_error".
//   - A formula gives its stored value with the warning "cell.formula"; without
//     one it is the error "cell.formula_no_value". Nothing is ever evaluated.
//   - White space is kept as it is in the file; phonetic runs are left out.
//
// Rows and cells stand where their names say. Where they have none they are
// counted, and a row without a number is the one its first cell names. Cells out
// of order are sorted; a row, a cell or its value that repeats, or a name that
// contradicts its row, refuses the file. The dimension and the counts that a file declares
// are not looked at.
//
// Read are transitional and strict workbooks, with any prefixes, in UTF-8 or
// UTF-16, in zips of any common make. Part names have no case, and a backslash
// is a slash. A relationship that leads out of the package is never followed.
// Every part that is needed, and [Content_Types].xml where there is one, is read
// to its end, so that its size and checksum are known to be right; other parts
// are not opened.
//
// The sheet that is read is the named one, or the first visible worksheet in
// the workbook's order; further visible ones are the warning
// "xlsx.other_sheets". Hidden rows and columns are read, and counted in the
// warnings "xlsx.hidden_rows" and "xlsx.hidden_columns". Of merged cells the
// first holds the value, and they are counted in the warning "xlsx.merged". A
// value that stands under them all the same is the error "cell.merged" of its row.
//
// What else a workbook may cost is bounded by [formats.Limits]: the parts' sizes
// and ratio as they are declared and again while they are inflated, the text
// that is kept, the XML's depth, attributes, namespaces and tokens.
//
// The codes of refusals are "file.type", "file.encrypted", "file.empty", "limit.…" and
//
//	xlsx.damaged        the zip is cut, or a part does not inflate to its size and checksum
//	xlsx.package        parts are missing, repeated, overlapping or outside ("part", "fact")
//	xlsx.xml            a part is no well-formed XML, or not what it should be ("part")
//	xlsx.doctype        a part has a DOCTYPE
//	xlsx.encoding       a part is neither UTF-8 nor UTF-16 ("found")
//	xlsx.no_sheet       there is no visible worksheet
//	xlsx.sheet          the named sheet is not there ("want", "found")
//	xlsx.row_index      a row beyond 1 to 1,048,576 ("row")
//	xlsx.col_index      a column beyond A to XFD ("cell" or "column")
//	xlsx.cell_ref       a cell's name that is none, or of another row ("cell")
//	xlsx.row_order      rows that repeat or do not ascend ("row")
//	xlsx.cell_repeated  a cell stands twice ("cell")
//	xlsx.shared_string  a shared string that is not there ("index")
//
// Those of findings, beside the ones above, are "cell.number" (no number where
// one should be), "cell.merged" (a value under a merged cell, left out),
// "text.too_long" (more than 32,767 UTF-16 units, cut) and "xlsx.no_styles"
// (the part with the formats is missing: dates are numbers).
//
//	table, err := xlsx.Open(ctx, file, size, nil)
//
// [Writer] writes sheets of text cells that Excel and LibreOffice open as they
// are meant: headings frozen, text columns kept as text, drop-downs, comments.
//
// Package xlsx imports formats, excelize (for writing only) and the inflater of
// klauspost/compress.
package xlsx
