package xlsx

import (
	"errors"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
)

// headingRows is the number of rows of a sheet in which the headings are searched for.
const headingRows = 20

// A peek is what the first rows of a sheet tell about it.
type peek struct {
	known int // the most known headings in one row
	empty bool
}

// findHeadings returns the sheet to read among several visible ones: the first, or, if
// that does not have the known headings, the only one that has them. A sheet has the
// headings if a row has at least two of them or nothing else, and no other sheet has
// more than twice as many: a cover may list some of them. blank is a sheet that has
// read nothing yet.
func (c *container) findHeadings(visible []*sheetEntry, known formats.Headings, blank sheet) (*sheetEntry, error) {
	peeks := make([]peek, len(visible))
	most := 0
	unpacked, declared := c.unpacked, c.declared
	for i, s := range visible {
		var err error
		if peeks[i], err = c.peekSheet(s, known, blank); err != nil && i == 0 {
			break // a fault of the first sheet is one of the file, which the reader will meet again
		}
		most = max(most, peeks[i].known)
		c.declared = declared // the parts that were begun count together, as far as they were read
	}
	c.unpacked = unpacked

	var with []*sheetEntry
	var names, filled []string
	for i, s := range visible {
		if p := peeks[i]; p.known > 0 && p.known*2 >= most {
			with, names = append(with, s), append(names, formats.Show(s.name))
		}
		if !peeks[i].empty {
			filled = append(filled, formats.Show(s.name))
		}
	}
	first := visible[0]
	switch {
	case slices.Contains(with, first):
		return first, nil
	case len(with) == 1:
		return with[0], nil
	case len(with) > 1:
		return nil, formats.Refuse("xlsx.sheet_choice", "found", strings.Join(names, ", "))
	case peeks[0].empty && len(filled) > 0:
		return nil, formats.Refuse("xlsx.sheet_empty", "sheet", formats.Show(first.name), "found", strings.Join(filled, ", "))
	}
	return first, nil
}

// errPeeked ends the reading of a sheet of which the first rows are enough.
var errPeeked = errors.New("peeked")

// peekSheet reads the first rows of a worksheet.
func (c *container) peekSheet(entry *sheetEntry, known formats.Headings, s sheet) (peek, error) {
	if entry.fault != nil {
		return peek{}, entry.fault
	}
	z, err := c.openTokens(entry.part)
	if err != nil {
		return peek{}, err
	}
	s.b, s.peek = formats.NewBuilder(entry.name, *c.lim), headingRows
	if err := s.readWorksheet(z); err != nil && !errors.Is(err, errPeeked) {
		return peek{}, err
	}

	table := s.b.Table()
	out := peek{empty: table.Len() == 0}
	for row := range table.Rows() {
		found, cells := 0, 0
		for column := range row.Len() {
			text := strings.TrimSpace(row.Cell(column))
			if text == "" {
				continue
			}
			cells++
			if known.Has(text) {
				found++
			}
		}
		if found > 1 || found == cells {
			out.known = max(out.known, found)
		}
	}
	return out, nil
}
