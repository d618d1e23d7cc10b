// Package xlsx reads and writes Excel workbooks.
//
//	table, err := xlsx.Open(ctx, file, size, nil)
//	err = xlsx.Writer{}.WriteSheet(w, sheet)
//
// # Reading
//
// Reading is strict: a workbook is read as a whole, or refused with one
// [*formats.Refusal]. A cut zip, a wrong checksum, a malformed tag or a DOCTYPE
// never results in fewer rows. A fault in one cell, such as an error word or a
// formula without a value, is a [formats.Finding] of its row.
//
// The text of a cell is the text that Excel shows, as far as that is certain:
//
//   - A number is written in full, without an exponent, in the 15 significant digits
//     that Excel shows: 1001.0000000000001 is 1001, with the warning
//     "number.precision" and the fix "1001". A whole number of more digits is the
//     error "number.precision", because Excel does not keep them.
//   - A format of digits and literal text (00000, "+"0, 00 00 00 00 00), of at most
//     128 bytes, is applied to whole numbers. Any other format that changes the number
//     is not applied, and gives the warning "cell.format". A number with a fraction has
//     the warning "cell.fraction" instead, because it is not an identifier.
//   - A date is ISO 8601 text with the warning "cell.date". A boolean is TRUE or
//     FALSE. An error word is kept with the error "cell.excel_error".
//   - A formula is its stored value with the warning "cell.formula". Without a
//     stored value it is the error "cell.formula_no_value". Formulas are never
//     evaluated.
//   - White space is kept. Phonetic runs are left out.
//
// Rows and cells have the position that their names say. A cell without a name
// follows the one before it. A row without a number takes it from the name of its
// first cell, or else follows the row before it. Cells in another order are sorted. A repeated row,
// cell or value refuses the file, and so does a cell name that contradicts its row.
// The declared dimension and counts are not used.
//
// A workbook may be transitional or strict, with any namespace prefixes, in UTF-8
// or UTF-16, in a zip of any common program. Part names have no case, and a
// backslash is a slash. A relationship to a target outside the package is never
// followed. Every needed part, and [Content_Types].xml if it exists, is read to its
// end, which checks its size and its checksum. Other parts are not opened.
//
// The sheet is the named one, or else the first visible worksheet in the order of
// the workbook. If that does not have the known headings ([Format.Headings]), the only
// visible worksheet that has them is read instead. These warnings concern the whole file:
//
//	xlsx.other_sheets    there are other visible worksheets ("count", "sheet", "sheets")
//	xlsx.sheet_chosen    a sheet was chosen by its headings ("count", "sheet", "sheets")
//	xlsx.hidden_rows     hidden or filtered rows were read ("count", "rows")
//	xlsx.hidden_columns  hidden columns were read ("count", "columns")
//	xlsx.merged          there are merged cells, whose value is in the first ("count", "ranges")
//	xlsx.no_styles       the part with the formats is missing: dates are numbers
//
// Each hidden row has the warning "xlsx.hidden_row". These other findings concern a cell:
//
//	cell.number          error: a number or a boolean was expected
//	cell.merged          error: a value under a merged cell, which is left out ("range", "text")
//	cell.covered         warning: blank under a merged cell that shows a text ("range", "text")
//	xlsx.link_target     warning: a mailto link leads to another address than the text ("target")
//	text.too_long        error: more than 32,767 UTF-16 units; the text is cut
//
// Links are the hyperlinks of the sheet and the formula HYPERLINK. The fix is the address
// of the link where the text is none. The fix of cell.covered is the text of the merged cell. A row that has a text in first
// cells of merged cells only is a title, and its other cells are not warned about.
//
// [formats.Limits] bound the cost of a workbook. The sizes and ratios of parts are
// checked as declared, and again while the parts are inflated.
//
// The codes of refusals are "file.type", "file.encrypted", "file.empty", "limit.…" and
//
//	xlsx.damaged        the zip is cut, or a part does not have its size and checksum
//	xlsx.package        parts are missing, repeated, overlapping or outside ("part", "fact")
//	xlsx.xml            a part is not well-formed XML, or not as expected ("part")
//	xlsx.doctype        a part has a DOCTYPE
//	xlsx.encoding       a part is neither UTF-8 nor UTF-16 ("found")
//	xlsx.no_sheet       no worksheet is visible
//	xlsx.sheet          the named sheet does not exist ("want", "found")
//	xlsx.sheet_choice   several sheets other than the first have the headings ("found")
//	xlsx.sheet_empty    the first sheet is empty, and no other has the headings ("sheet", "found")
//	xlsx.row_index      a row outside 1 to 1,048,576 ("row")
//	xlsx.col_index      a column outside A to XFD ("cell" or "column")
//	xlsx.cell_ref       an invalid cell name, or one of another row ("cell")
//	xlsx.row_order      rows that repeat or do not ascend ("row")
//	xlsx.cell_repeated  a cell occurs twice ("cell")
//	xlsx.shared_string  a shared string that does not exist ("index")
//
// # Writing
//
// [Writer] writes sheets that Excel and LibreOffice open as intended: all cells are
// text, headings are frozen, text columns stay text, and columns have drop-downs and
// comments. A sheet to look at, such as a report, has its facts above the headings,
// filters, colours, wrapped text and a page set up for printing.
//
// # Imports
//
// Package xlsx imports formats, excelize for writing only, and the inflater of
// klauspost/compress. Its exported API has no types of the latter two.
package xlsx
