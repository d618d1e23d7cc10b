package importer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/formats"
)

// finding gives a note its place in the file, and what it says of a group.
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
	if n.column >= 0 {
		c := &g.spec(row).Columns[n.column]
		f.Field = c.Field
		if t.cols[n.column] >= 0 {
			f.Column = t.cols[n.column] + 1
			if t.read.Cells {
				f.Cell = formats.CellName(f.Column, f.Row)
			}
		}
		if f.Value == "" {
			f.Value = formats.Show(g.text(row, n.column))
		}
		if c.Sensitive {
			f.Value, f.Fix, f.Args = "", nil, nil
		}
	}
	for i, r := range n.rows {
		f.Args = with(f.Args, "row"+suffix(i), p.rowName(r, at.id.Table()))
	}
	if n.key != none {
		p.placeGroup(row, n, &f)
	}
	return f
}

func suffix(i int) string {
	if i == 0 {
		return ""
	}
	return strconv.Itoa(i + 1)
}

// placeGroup tells how many rows share the key of a finding, and the first other one.
func (p *plan) placeGroup(row uint32, n *note, f *formats.Finding) {
	c := chainClaim
	switch {
	case strings.HasSuffix(n.code, ".contested"):
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

// group is what a finding tells of the rows at a key.
type group struct {
	rows          int
	first, second uint32
}

type groupKey struct {
	key uint32
	c   chain
}

// group counts the rows in a chain. It remembers, so that showing every row of
// a large group costs one walk; an edit forgets.
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

// rowName names another row: its number, with its table where that is another one.
func (p *plan) rowName(row uint32, table int) string {
	id := p.grid.rows[row].id
	n := strconv.Itoa(id.Number())
	if id.Table() != table {
		n = p.grid.tpl.Tables[id.Table()].Name + "/" + n
	}
	return n
}

func with(args map[string]string, name, value string) map[string]string {
	out := make(map[string]string, len(args)+1)
	for k, v := range args {
		out[k] = v
	}
	out[name] = value
	return out
}

// followedFinding is the finding about what the row needs.
func (t *turn) followedFinding() (formats.Finding, bool) {
	s := &t.plan.state[t.row]
	n := note{severity: formats.Error, code: t.plan.followed(t.row), column: -1, key: none}
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

// cycleOf names every row of the circle of references the row stands in.
func (p *plan) cycleOf(row uint32) string {
	if names, ok := p.circles[row]; ok {
		return names
	}
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
			slices.SortFunc(circle, p.order)
			names := make([]string, 0, len(circle))
			for _, r := range circle {
				names = append(names, p.rowName(r, p.grid.rows[row].id.Table()))
			}
			if p.circles == nil {
				p.circles = map[uint32]string{}
			}
			for _, r := range circle {
				p.circles[r] = strings.Join(names[:min(len(names), 20)], ", ")
			}
			return p.circles[row]
		}
	}
	return ""
}
