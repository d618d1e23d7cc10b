package xlsx

import (
	"errors"
	"slices"
	"strconv"

	"github.com/usher-go/usher/formats"
)

// A sheet reads one worksheet into a builder.
type sheet struct {
	name     string
	lim      *formats.Limits
	date1904 bool
	styles   styles
	strings  *sharedStrings
	slow     bool
	b        *formats.Builder

	row      int    // number of the open or last row
	open     bool   // a row is open
	counted  bool   // its number was counted, for it has none
	column   int    // of the last cell of the open row
	cells    []cell // of the open row
	sorted   bool   // they are in order
	arena    []byte // text of the open row that is not a shared string
	value    []byte // scratch: the value of the open cell
	bytes    int64  // of text so far, that of the shared strings included
	hidden   []bool // columns, by number
	columns  int    // the last column that holds something
	hideRows int
	ranges   []mergedRange
	merged   *merged // nil in the first reading
}

// read reads the worksheet in the part of that folded name. What is merged
// stands after the rows it concerns: such a sheet is read a second time.
func (s *sheet) read(c *container, part string) error {
	unread, unpacked, declared := *s, c.unpacked, c.declared
	s.b = formats.NewBuilder(s.name, *s.lim)
	if err := s.part(c, part); err != nil || len(s.ranges) == 0 {
		return err
	}
	ranges := s.ranges
	*s, c.unpacked, c.declared = unread, unpacked, declared
	s.b = formats.NewBuilder(s.name, *s.lim)
	s.merged = newMerged(ranges, s.lim.Columns)
	return s.part(c, part)
}

func (s *sheet) part(c *container, part string) error {
	z, err := c.tokens(part)
	if err != nil {
		return err
	}
	if err := s.worksheet(z); err != nil {
		err = c.failed(part, err)
		var refused *formats.Refusal
		if errors.As(err, &refused) && s.open {
			refused.Row = s.row
		}
		return err
	}
	s.note("xlsx.hidden_rows", s.hideRows)
	hidden := 0
	for column, is := range s.hidden {
		if is && column <= s.columns {
			hidden++
		}
	}
	s.note("xlsx.hidden_columns", hidden)
	s.note("xlsx.merged", len(s.ranges))
	return nil
}

// note leaves a warning for the whole file, if there are any n of what it counts.
func (s *sheet) note(code string, n int, more ...string) {
	if n > 0 {
		args := map[string]string{"count": strconv.Itoa(n)}
		for i := 0; i+1 < len(more); i += 2 {
			args[more[i]] = more[i+1]
		}
		s.b.Find(formats.Finding{Severity: formats.Warning, Code: code, Args: args})
	}
}

// find leaves a finding for a cell of the open row.
func (s *sheet) find(severity formats.Severity, code string, column int, value []byte) {
	s.b.Find(formats.Finding{
		Severity: severity, Code: code, Row: s.row, Line: s.row, Column: column,
		Cell: formats.CellName(column, s.row), Value: string(value),
	})
}

func (s *sheet) worksheet(z *tokenizer) error {
	if err := z.root("worksheet"); err != nil {
		return err
	}

	err := z.each(func() error {
		switch {
		case z.is("sheetData"):
			return s.rows(z)
		case z.is("cols"):
			return s.children(z, "col", s.hide)
		case z.is("mergeCells"):
			return s.children(z, "mergeCell", s.merge)
		}
		return z.skip()
	})
	if err != nil {
		return err
	}
	return z.finish()
}

// children calls each for every child so called of the element just begun.
func (s *sheet) children(z *tokenizer, name string, each func(z *tokenizer) error) error {
	for {
		kind, err := z.next()
		switch {
		case err != nil || kind == tokenEnd:
			return err
		case kind == tokenText:
			continue
		case z.is(name):
			err = each(z)
		}
		if err == nil {
			err = z.skip()
		}
		if err != nil {
			return err
		}
	}
}

// hide takes note of hidden columns. They come in order and do not overlap, so
// what is before the last known is not looked at again.
func (s *sheet) hide(z *tokenizer) error {
	from, _ := z.number("min")
	to, _ := z.number("max")
	is := z.flag("hidden")
	for len(s.hidden) < from && from <= formats.HardColumns {
		s.hidden = append(s.hidden, false)
	}
	for len(s.hidden) <= min(to, formats.HardColumns) {
		s.hidden = append(s.hidden, is)
	}
	return nil
}

func (s *sheet) rows(z *tokenizer) error {
	return z.each(func() error {
		if !z.is("row") {
			return z.passBy()
		}
		return s.readRow(z)
	})
}

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
	hidden := z.flag("hidden")
	s.row, s.column, s.open, s.counted = number, 0, true, !numbered
	s.cells, s.arena, s.sorted = s.cells[:0], s.arena[:0], true

	err := z.eachWith(
		func() error {
			for !s.slow && s.plainCell(z) { // one cell a call
			}
			return nil
		},
		func() error {
			if !z.is("c") {
				return z.passBy()
			}
			return s.readCell(z)
		},
	)
	if err != nil {
		return err
	}
	return s.endRow(hidden)
}

func (s *sheet) readCell(z *tokenizer) error {
	column := s.column + 1
	if ref, ok := z.attr(nsNone, "r"); ok {
		var row int
		var err error
		if column, row, err = parseCell(ref); err != nil {
			return err
		}
		if s.counted && row > s.row && len(s.cells) == 0 {
			s.row = row // a row without a number is where its first cell says
		}
		if row != s.row {
			return formats.Refuse("xlsx.cell_ref", "cell", formats.Show(string(ref)))
		}
	}
	t, _ := z.attr(nsNone, "t")
	kind, known := kindOf(t)
	if !known {
		return syntaxError("unknown type of cell " + formats.Show(string(t)))
	}
	c := cellContent{kind: kind, value: s.value[:0]}
	if style, ok := z.attr(nsNone, "s"); ok {
		if c.style, ok = parseIndex(style); !ok {
			c.style = -1
		}
	}
	if err := c.read(z); err != nil {
		return err
	}
	s.value = c.value
	text, err := s.text(column, c)
	if err != nil {
		return err
	}
	return s.add(column, text)
}

// read reads the inside of a c element. Where v and is are both there the type
// says which is meant; twice the same leaves it open.
func (c *cellContent) read(z *tokenizer) error {
	return z.each(func() error {
		if z.ns != nsMain {
			return z.passBy()
		}
		switch string(z.name) {
		case "v":
			return c.readValue(z)
		case "is":
			return c.readInline(z)
		case "f":
			if err := once(z, &c.formula); err != nil {
				return err
			}
			return z.skip()
		}
		return z.passBy()
	})
}

// readValue reads a v element, which an is element of an inline cell overrules.
func (c *cellContent) readValue(z *tokenizer) error {
	if err := once(z, &c.v); err != nil {
		return err
	}
	if c.is && c.kind == kindInline {
		return z.skip()
	}

	c.has, c.inline = true, false
	var err error
	c.value, err = z.content(c.value[:0], keptBytes)
	return err
}

// readInline reads an is element, which the v element of any other cell overrules.
func (c *cellContent) readInline(z *tokenizer) error {
	if err := once(z, &c.is); err != nil {
		return err
	}
	if c.v && c.kind != kindInline {
		return z.skip()
	}

	c.has, c.inline = true, true
	var err error
	c.value, err = z.richText(c.value[:0], keptBytes)
	return err
}

// once refuses an element that was there before, and takes note of it.
func once(z *tokenizer, before *bool) error {
	if *before {
		return syntaxError("a second element " + formats.Show(string(z.name)))
	}
	*before = true
	return nil
}

// add appends a cell to the open row.
func (s *sheet) add(column int, text []byte) error {
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

// endRow hands the open row to the builder, in order of the columns. A value
// under a merged cell is left out, which is an error: a person might stand there.
func (s *sheet) endRow(hidden bool) error {
	if !s.sorted {
		slices.SortStableFunc(s.cells, func(a, b cell) int { return a.column - b.column })
	}
	if s.merged != nil {
		s.merged.begin(s.row)
	}
	at := 1
	for i, c := range s.cells {
		if i > 0 && s.cells[i-1].column == c.column {
			return formats.Refuse("xlsx.cell_repeated", "cell", formats.CellName(c.column, s.row))
		}
		if len(c.text) == 0 {
			continue
		}
		if s.merged != nil && s.merged.covers(s.row, c.column) {
			s.find(formats.Error, "cell.merged", c.column, c.text)
			continue
		}
		for ; at < c.column; at++ {
			if err := s.b.Cell(nil); err != nil {
				return err
			}
		}
		at++
		if err := s.hand(c); err != nil {
			return err
		}
	}
	s.columns = max(s.columns, at-1)
	kept, err := s.b.EndRow(s.row, s.row)
	if err != nil {
		return err
	}
	if kept && hidden {
		s.hideRows++
	}
	s.open = false
	return nil
}

// hand gives one cell to the builder. More than Excel itself can hold is an
// error of the cell; more than the host's own limit refuses the file.
func (s *sheet) hand(c cell) error {
	text := c.text
	if s.lim.CellChars == formats.HardCellChars {
		var long bool
		if text, long = cut(text); long {
			s.find(formats.Error, "text.too_long", c.column, text)
		}
	}
	// A shared string costs the file a few bytes wherever it is repeated. The
	// list of strings is kept beside the table while that grows.
	if s.bytes += int64(len(text)); s.bytes > s.lim.PartBytes {
		return formats.OverLimit("part", s.lim.PartBytes)
	}
	return s.b.Cell(text)
}
