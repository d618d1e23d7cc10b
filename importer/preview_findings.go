package importer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
)

// finding returns a note as a finding: with its place in the file, the other rows
// that it names, and the size of the group of rows that share its key.
func (p *plan) finding(row uint32, n *note) formats.Finding {
	g := p.grid
	at := &g.rows[row]
	t := &g.tables[at.id.Table()]
	f := formats.Finding{Severity: n.severity, Code: n.code, Row: at.id.Number(), Value: n.value, Args: n.args, Fix: n.fix}
	if len(g.tpl.Tables) > 1 {
		f.Table = g.tpl.Tables[at.id.Table()].Name
	}
	if at.src >= 0 {
		f.Line = t.read.Row(int(at.src)).Line()
	}

	// The column comes before the other rows: a sensitive one drops the arguments
	// that may repeat its text, and row numbers are no secret.
	if n.column >= 0 {
		g.placeInColumn(&f, row, n.column)
	}
	for i, r := range n.rows {
		f.Args = with(f.Args, "row"+suffix(i), p.rowName(r, at.id.Table()))
	}
	if n.key != none {
		p.placeGroup(row, n, &f)
	}
	if secrets := p.secretsOf(row); len(secrets) > 0 {
		hideInFinding(&f, secrets)
	}
	return f
}

// placeInColumn adds the column, the cell and its text to a finding. Of a sensitive
// column it keeps no text.
func (g *grid) placeInColumn(f *formats.Finding, row uint32, column int) {
	t, c := &g.tables[g.rows[row].id.Table()], &g.spec(row).Columns[column]
	f.Field = c.Field
	if t.cols[column] >= 0 {
		f.Column = t.cols[column] + 1
		if t.read.Cells {
			f.Cell = formats.CellName(f.Column, f.Row)
		}
	}

	if f.Value == "" {
		f.Value = formats.Show(g.text(row, column))
	}
	if c.Sensitive {
		f.Value, f.Fix, f.Args = "", nil, nil
	}
}

// suffix returns the ending of the i-th argument of one name: "", "2", "3" of
// row, row2, row3.
func suffix(i int) string {
	if i == 0 {
		return ""
	}
	return strconv.Itoa(i + 1)
}

// placeGroup adds to a finding how many rows share its key, and the first other
// one of them.
func (p *plan) placeGroup(row uint32, n *note, f *formats.Finding) {
	c := chainClaim
	switch {
	case strings.HasSuffix(n.code, ".contested"), n.code == "row.filled_down":
	case n.code == "person.contradiction":
		c = chainAbout
	default:
		return
	}

	g := p.group(n.key, c)
	first := g.first
	if first == row {
		first = g.second
	}
	f.Args = with(f.Args, "rows", strconv.Itoa(g.rows))
	if first != none {
		f.Args = with(f.Args, "row", p.rowName(first, p.grid.rows[row].id.Table()))
	}
}

// group describes the rows at a key.
type group struct {
	rows          int    // how many there are
	first, second uint32 // in order of table and record number, or none
}

type groupKey struct {
	key uint32
	c   chain
}

// group describes the rows in a chain of a key. It remembers the answer until the
// next edit: showing every row of a large group would otherwise take quadratic
// time.
func (p *plan) group(key uint32, c chain) group {
	if g, ok := p.groups[groupKey{key, c}]; ok {
		return g
	}

	g := group{first: none, second: none}
	for r := range p.keys.rows(key, c) {
		g.rows++
		switch {
		case g.first == none || p.grid.less(r, g.first):
			g.first, g.second = r, g.first
		case g.second == none || p.grid.less(r, g.second):
			g.second = r
		}
	}

	if p.groups == nil {
		p.groups = map[groupKey]group{}
	}
	p.groups[groupKey{key, c}] = g
	return g
}

// rowName returns the name of a row in a finding of a table: "7", or "Lines/7" for
// a row of another table.
func (p *plan) rowName(row uint32, table int) string {
	id := p.grid.rows[row].id
	n := strconv.Itoa(id.Number())
	if id.Table() != table {
		n = p.grid.tpl.Tables[id.Table()].Name + "/" + n
	}
	return n
}

// with returns a copy of the arguments with one more.
func with(args map[string]string, name, value string) map[string]string {
	out := make(map[string]string, len(args)+1)
	for k, v := range args {
		out[k] = v
	}
	out[name] = value
	return out
}

// followedFinding returns the finding that follows from the rows that this row
// needs, if there is one; see followed.
func (t *turn) followedFinding() (formats.Finding, bool) {
	s := &t.plan.state[t.row]
	n := note{severity: formats.Error, code: t.plan.followed(t.row), column: -1, key: none}

	// The row that blocks this one says more than the key; without such a row the
	// key is named, unless it is sensitive.
	switch n.code {
	case "":
		return formats.Finding{}, false
	case "reference.cycle":
		n.args = map[string]string{"cycle": t.plan.cycleOf(t.row)}
	case "row.blocked":
		if s.cause != none {
			n.rows = []uint32{s.cause}
		}
		if len(n.rows) == 0 && s.doomed != none && !t.secret(s.doomed) {
			_, value := t.plan.keys.parts(s.doomed)
			n.args = map[string]string{"key": formats.Show(value)}
		}
	}
	return t.plan.finding(t.row, &n), true
}

// cycleOf returns the names of the rows whose references form a circle with this
// row: "2, 5, 9". It names at most 20.
func (p *plan) cycleOf(row uint32) string {
	if names, ok := p.circles[row]; ok {
		return names
	}

	// A circle is a strongly connected part of the rows that the references lead to.
	refs := func(r uint32) []uint32 { return p.state[r].extra().refs }
	in := map[uint32]bool{row: true}
	list := []uint32{row}
	for i := 0; i < len(list); i++ {
		for _, n := range refs(list[i]) {
			if !in[n] && p.state[n].cycle {
				in[n] = true
				list = append(list, n)
			}
		}
	}
	for _, circle := range components(list, refs) {
		if slices.Contains(circle, row) {
			return p.rememberCircle(circle, p.grid.rows[row].id.Table())
		}
	}
	return ""
}

// rememberCircle returns the names of the rows of a circle, and remembers them for
// each of its rows.
func (p *plan) rememberCircle(circle []uint32, table int) string {
	slices.SortFunc(circle, p.order)
	names := make([]string, 0, len(circle))
	for _, r := range circle {
		names = append(names, p.rowName(r, table))
	}

	text := strings.Join(names[:min(len(names), 20)], ", ")
	if p.circles == nil {
		p.circles = map[uint32]string{}
	}
	for _, r := range circle {
		p.circles[r] = text
	}
	return text
}
