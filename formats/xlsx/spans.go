package xlsx

import (
	"strings"

	"github.com/usher-go/usher/formats"
)

// maxNamed is the number of rows, columns or ranges that a finding of the sheet names.
const maxNamed = 20

// A spans is a set of ascending numbers, of which it keeps as many runs as a finding
// names, and one more.
type spans struct {
	runs  []span
	count int // of all numbers
}

// A span is a run of numbers.
type span struct{ from, to int }

// add adds a number that is greater than all others.
func (s *spans) add(n int) {
	s.count++
	last := len(s.runs) - 1
	switch {
	case last >= 0 && s.runs[last].to == n-1:
		s.runs[last].to = n
	case last < maxNamed:
		s.runs = append(s.runs, span{n, n})
	}
}

// show returns the numbers with the names that name gives them: "3, 7-9".
func (s *spans) show(name func(int) string) string {
	var out []string
	for _, r := range s.runs {
		text := name(r.from)
		if r.to > r.from {
			text += "-" + name(r.to)
		}
		out = append(out, text)
	}
	return join(out)
}

// join joins names, of which it shows maxNamed.
func join(names []string) string {
	if len(names) > maxNamed {
		return strings.Join(names[:maxNamed], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// columnName returns the letters of a column.
func columnName(column int) string { return strings.TrimSuffix(formats.CellName(column, 1), "1") }
