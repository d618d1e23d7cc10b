package importer

import (
	"iter"

	"github.com/usher-go/usher/formats"
)

// Failing returns table number i with the rows in error or blocked alone, to be
// corrected in a spreadsheet and given back to [Preview.Merge]. It has the columns
// of the file with their original text, then the errors of each row, then its id.
// Cells of sensitive columns are blank. Cells with an error that their text does not
// show are written as [Preview.Sheet] writes them, and the id names them.
//
// A file of failing rows that is read as a list of its own has the same errors, and
// the finding "failing.imported".
func (p *Preview) Failing(i int, t Texter) formats.Sheet {
	s, order := p.sheet(i)
	if _, surplus := p.withFaults(i, order, p.isFailing); surplus {
		order, s.Columns = append(order, surplusOrder), append(s.Columns, surplusHeading())
	}
	s.Columns = append(s.Columns, ownHeadings(t)...)

	s.Rows = func(yield func([]string) bool) {
		count := 0
		for range p.failingRows(i) {
			count++
		}
		cells := make([]string, 0, len(s.Columns))
		for r := range p.failingRows(i) {
			if cells = p.failingRow(cells[:0], r, order, count, t); !yield(cells) {
				return
			}
		}
	}
	return s
}

// failingRows yields the rows of a table that are in error or blocked.
func (p *plan) failingRows(table int) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for r := range p.grid.ordered {
			if p.grid.rows[r].id.Table() == table && p.isFailing(r) && !yield(r) {
				return
			}
		}
	}
}

// failingRow appends the cells of a row for Failing, its errors and its id. count is
// the number of rows in the file.
func (p *Preview) failingRow(cells []string, r uint32, order []int, count int, t Texter) []string {
	columns := p.grid.spec(r).Columns
	faults := p.faults(r)
	cells = p.sheetRow(cells, r, order, faults)

	// A list of its own must not lose the cells that are blank because they are secret.
	for n, c := range order {
		if c < 0 || !columns[c].Sensitive || cells[n] == signSecret {
			continue
		}
		if _, ok := hasFault(faults, columns[c].Field); !ok && cells[n] != "" {
			faults = append(faults, formats.Finding{Code: "cell.withheld", Field: columns[c].Field})
		}
		cells[n] = ""
	}

	m := rowMark{id: rowIDText(p.grid.rows[r].id), check: p.rowCheck(r), errors: headingSum(t.Label("errors")), rows: count}
	m.sum = rowSum(columns, func(c int) (string, bool) { return cellOf(order, cells, c) })
	m.faults = p.markFaults(r, order, cells, faults)
	return append(cells, p.errorTexts(r, t), m.String())
}
