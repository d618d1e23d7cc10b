package xlsx

import (
	"slices"
	"strconv"

	"github.com/usher-go/usher/formats"
)

// readRows reads the rows of a sheetData element.
func (s *sheet) readRows(z *tokenizer) error {
	return z.each(func() error {
		if !z.is("row") {
			return z.skipExtension()
		}
		return s.readRow(z)
	})
}

// readRow reads a row element and passes its cells to the builder.
func (s *sheet) readRow(z *tokenizer) error {
	number := s.row + 1
	r, numbered := z.attr(nsNone, "r")
	if numbered {
		var err error
		if number, err = parseRow(r); err != nil {
			return err
		}
	}
	switch {
	case number > formats.HardRows:
		return formats.Refuse("xlsx.row_index", "row", strconv.Itoa(number))
	case number <= s.row:
		r := formats.Refuse("xlsx.row_order", "row", strconv.Itoa(number))
		r.Row = number
		return r
	}

	// The attributes are valid until the next token only.
	hidden := z.attrFlag("hidden") || z.attrText(nsNone, "ht") == "0"
	s.row, s.column, s.inRow, s.counted = number, 0, true, !numbered
	s.cells, s.arena, s.sorted = s.cells[:0], s.arena[:0], true

	err := z.eachWith(
		func() error {
			for !s.slow && s.takePlainCell(z) { // one cell a call
			}
			return nil
		},
		func() error {
			if !z.is("c") {
				return z.skipExtension()
			}
			return s.readCell(z)
		},
	)
	if err != nil {
		return err
	}
	return s.endRow(hidden)
}

// readCell reads a c element and adds the cell to the row.
func (s *sheet) readCell(z *tokenizer) error {
	column := s.column + 1
	if ref, ok := z.attr(nsNone, "r"); ok {
		var row int
		var err error
		if column, row, err = parseCell(ref); err != nil {
			return err
		}
		if s.counted && row > s.row && len(s.cells) == 0 {
			s.row = row // the first cell gives the number of a row without one
		}
		if row != s.row {
			return formats.Refuse("xlsx.cell_ref", "cell", formats.Show(string(ref)))
		}
	}

	t, _ := z.attr(nsNone, "t")
	kind, known := parseKind(t)
	if !known {
		return syntaxError("unknown type of cell " + formats.Show(string(t)))
	}
	c := cellContent{kind: kind, value: s.scratch[:0], formulaText: s.formula[:0]}
	if style, ok := z.attr(nsNone, "s"); ok {
		if c.style, ok = parseIndex(style); !ok {
			c.style = -1
		}
	}

	if err := c.read(z); err != nil {
		return err
	}
	s.scratch, s.formula = c.value, c.formulaText
	text, err := s.cellText(column, c)
	if err != nil {
		return err
	}
	if address := formulaAddress(c.formulaText); address != "" {
		s.findLink(s.row, column, string(text), address)
	}
	return s.addCell(column, text)
}

// addCell appends a cell to the row.
func (s *sheet) addCell(column int, text []byte) error {
	if column > formats.HardColumns || len(s.cells) >= formats.HardColumns {
		return formats.Refuse("xlsx.col_index", "column", strconv.Itoa(column))
	}
	if column <= s.column {
		s.sorted = false
	}
	s.column = column
	s.cells = append(s.cells, cell{column, text})
	return nil
}

// endRow passes the row to the builder, in the order of the columns. A value under a
// merged cell is left out with an error, because it may be a person.
func (s *sheet) endRow(hidden bool) error {
	if !s.sorted {
		slices.SortStableFunc(s.cells, func(a, b cell) int { return a.column - b.column })
	}
	if s.merged != nil {
		s.merged.startRow(s.row, s.cells)
	}

	next := 1 // the column that the builder expects
	for i, c := range s.cells {
		if i > 0 && s.cells[i-1].column == c.column {
			return formats.Refuse("xlsx.cell_repeated", "cell", formats.CellName(c.column, s.row))
		}
		if len(c.text) == 0 {
			continue
		}
		if s.merged != nil && s.merged.isCovered(s.row, c.column) {
			s.addFinding(formats.Error, "cell.merged", c.column, c.text, s.merged.owner[c.column].findingArgs())
			continue
		}

		for ; next < c.column; next++ {
			if err := s.b.Cell(nil); err != nil {
				return err
			}
		}
		next++
		if err := s.emitCell(c); err != nil {
			return err
		}
	}
	s.lastColumn = max(s.lastColumn, next-1)

	// The builder keeps a row with a text or an error. The findings of a row precede its end.
	if kept := next > 1 || s.errorRow == s.row; kept {
		if hidden {
			s.hiddenRows.add(s.row)
			s.b.Find(formats.Finding{Severity: formats.Warning, Code: "xlsx.hidden_row", Row: s.row, Line: s.row})
		}
		if s.merged != nil {
			s.findCoveredBlanks()
		}
	}
	if _, err := s.b.EndRow(s.row, s.row); err != nil {
		return err
	}
	s.inRow = false
	if s.peek > 0 && s.b.Rows() >= s.peek {
		return errPeeked
	}
	return nil
}

// emitCell passes one cell to the builder. A text that is too long for Excel is cut
// with an error. A text over a lower limit of the host refuses the file.
func (s *sheet) emitCell(c cell) error {
	text := c.text
	if s.lim.CellChars == formats.HardCellChars {
		var long bool
		if text, long = truncate(text); long {
			s.addFinding(formats.Error, "text.too_long", c.column, text)
		}
	}

	// A repeated shared string costs the file a few bytes, but the table its whole
	// length. So the text of all cells is bounded too.
	if s.textBytes += int64(len(text)); s.textBytes > s.lim.PartBytes {
		return formats.OverLimit("part", s.lim.PartBytes)
	}
	return s.b.Cell(text)
}
