package xlsx

import (
	"errors"
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
	peek     int // rows after which reading ends with errPeeked, or 0
	b        *formats.Builder

	row     int    // number of the current or last row
	inRow   bool   // a row is being read
	counted bool   // the number of the row was counted, because the row has none
	column  int    // of the last cell of the row
	cells   []cell // of the row
	sorted  bool   // cells are in order
	arena   []byte // text of the row that is not a shared string
	scratch []byte // the value of the current cell
	formula []byte // the formula of the current cell

	textBytes  int64  // text so far, including the shared strings
	hidden     []bool // hidden columns, by number
	lastColumn int    // last column with text
	hiddenRows spans  // hidden rows that were kept
	errorRow   int    // the last row with an error
	links      []link
	ranges     []mergedRange
	merged     *mergedCells // nil in the first reading
}

// read reads the worksheet in the part of that folded name.
func (s *sheet) read(c *container, part string) error {
	if err := s.readTwice(c, part); err != nil {
		return err
	}
	return s.findLinks(c, part)
}

// readTwice reads the worksheet. The merged ranges come after the rows in the part, so a
// sheet that has some is read a second time.
func (s *sheet) readTwice(c *container, part string) error {
	unread, unpacked, declared := *s, c.unpacked, c.declared
	s.b = formats.NewBuilder(s.name, *s.lim)
	if err := s.readPart(c, part); err != nil || len(s.ranges) == 0 {
		return err
	}

	ranges, columns := s.ranges, s.lastColumn
	*s, c.unpacked, c.declared = unread, unpacked, declared
	s.b = formats.NewBuilder(s.name, *s.lim)
	s.merged = newMergedCells(ranges, columns)
	return s.readPart(c, part)
}

// readPart reads the worksheet once, with the findings of the whole sheet.
func (s *sheet) readPart(c *container, part string) error {
	z, err := c.openTokens(part)
	if err != nil {
		return err
	}

	if err := s.readWorksheet(z); err != nil {
		err = c.wrapError(part, err)
		var refused *formats.Refusal
		if errors.As(err, &refused) && s.inRow {
			refused.Row = s.row
		}
		return err
	}

	s.warnOfSheet()
	return nil
}

// warnOfSheet adds the findings of the whole sheet.
func (s *sheet) warnOfSheet() {
	s.warn("xlsx.hidden_rows", s.hiddenRows.count, "rows", s.hiddenRows.show(strconv.Itoa))

	var columns spans
	for column, is := range s.hidden {
		if is && column <= s.lastColumn {
			columns.add(column)
		}
	}
	s.warn("xlsx.hidden_columns", columns.count, "columns", columns.show(columnName))

	var ranges []string
	for _, r := range s.ranges[:min(len(s.ranges), maxNamed+1)] {
		ranges = append(ranges, r.String())
	}
	s.warn("xlsx.merged", len(s.ranges), "ranges", join(ranges))
}

// warn adds a warning for the whole file with the argument "count", unless n is 0.
// more are the names and values of other arguments.
func (s *sheet) warn(code string, n int, more ...string) {
	if n > 0 {
		args := map[string]string{"count": strconv.Itoa(n)}
		for i := 0; i+1 < len(more); i += 2 {
			args[more[i]] = more[i+1]
		}
		s.b.Find(formats.Finding{Severity: formats.Warning, Code: code, Args: args})
	}
}

// addFinding adds a finding for a cell of the row. args may be left out.
func (s *sheet) addFinding(severity formats.Severity, code string, column int, value []byte, args ...map[string]string) {
	if severity == formats.Error {
		s.errorRow = s.row
	}
	f := formats.Finding{
		Severity: severity, Code: code, Row: s.row, Line: s.row, Column: column,
		Cell: formats.CellName(column, s.row), Value: string(value),
	}
	if len(args) > 0 {
		f.Args = args[0]
	}
	s.b.Find(f)
}

// readWorksheet reads the rows, the columns and the merged ranges.
func (s *sheet) readWorksheet(z *tokenizer) error {
	if err := z.openRoot("worksheet"); err != nil {
		return err
	}

	err := z.each(func() error {
		switch {
		case z.is("sheetData"):
			return s.readRows(z)
		case z.is("cols"):
			return z.eachNamed("col", func() error { return s.noteHidden(z) })
		case z.is("hyperlinks"):
			return z.eachNamed("hyperlink", func() error { s.addLink(z); return nil })
		case z.is("mergeCells"):
			return z.eachNamed("mergeCell", func() error { return s.addMergedRange(z) })
		}
		return z.skip()
	})
	if err != nil {
		return err
	}
	return z.drain()
}

// noteHidden records which columns of a col element are hidden. The elements are in
// order and do not overlap, so a column that is already recorded is not changed.
func (s *sheet) noteHidden(z *tokenizer) error {
	from, _ := z.attrNumber("min")
	to, _ := z.attrNumber("max")
	hidden := z.attrFlag("hidden") || z.attrText(nsNone, "width") == "0"

	for len(s.hidden) < from && from <= formats.HardColumns {
		s.hidden = append(s.hidden, false)
	}
	for len(s.hidden) <= min(to, formats.HardColumns) {
		s.hidden = append(s.hidden, hidden)
	}
	return nil
}
