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
// The sheet that is read is the named one, or the first visible worksheet in
// the workbook's order; further visible ones are the warning
// "xlsx.other_sheets". Hidden rows and columns are read, and counted in the
// warnings "xlsx.hidden_rows" and "xlsx.hidden_columns". Of merged cells the
// first holds the value, and they are counted in the warning "xlsx.merged".
//
//	table, err := xlsx.Open(ctx, file, size, nil)
//
// [Writer] writes sheets of text cells that Excel and LibreOffice open as they
// are meant: headings frozen, text columns kept as text, drop-downs, comments.
//
// Package xlsx imports formats, excelize (for writing only) and the inflater of
// klauspost/compress.
package xlsx
