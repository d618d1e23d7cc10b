package importer

import "slices"

// cannotHappen reports whether the row will not happen.
func (p *plan) cannotHappen(row uint32) bool {
	s := &p.state[row]
	return p.grid.rows[row].removed || s.action == ActionError || s.blocked || s.cycle || s.doomed != none
}

// propagate works out again which rows are blocked, beginning at rows whose
// decision changed. It returns the rows for which the answer changed.
//
// A row is blocked if it needs a row that will not happen. The rows that happen are
// the greatest such set, so that rows that need each other (a swap) may all happen.
// So over all rows that reach a changed one, every block is lifted first and then
// set again. Beginning at the former blocks would keep a corrected swap blocked for
// ever.
func (p *plan) propagate(changed []uint32) []uint32 {
	a := p.area(changed)
	before := make([]uint32, len(a.rows))
	for i, r := range a.rows {
		s := &p.state[r]
		before[i] = s.cause
		p.uncount(r)
		s.blocked, s.cycle = false, false
	}

	// Circles come first: their rows will not happen, and block others.
	for _, circle := range components(a.rows, func(r uint32) []uint32 { return p.state[r].extra().refs }) {
		for _, r := range circle {
			p.state[r].cycle = len(circle) > 1
		}
	}
	p.blockAll(a)

	var out []uint32
	for i, r := range a.rows {
		p.count(r)
		s := &p.state[r]
		s.cause = p.blockerOf(r)
		if s.cause != before[i] || s.cause == inCircle {
			out = append(out, r)
		}
	}
	return out
}

// area is the rows whose blocks are worked out again, in order.
type area struct {
	rows   []uint32
	in     map[uint32]bool
	admins bool // one of the rows needs a row that makes an admin
}

// area returns the changed rows and all rows that transitively need them.
func (p *plan) area(changed []uint32) *area {
	a := &area{in: map[uint32]bool{}}
	stack := slices.Clone(changed)
	hasSuccessor := false
	for len(stack) > 0 {
		r := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if a.in[r] {
			continue
		}

		a.in[r] = true
		a.rows = append(a.rows, r)
		p.dependents(r, func(d uint32) { stack = append(stack, d) })
		a.admins = a.admins || p.state[r].successor

		// Rows that take an admin's rights need any row that makes one, and so all of
		// them are concerned as soon as one such row is.
		if !hasSuccessor && p.makesAdmin(r) {
			hasSuccessor = true
			stack = slices.AppendSeq(stack, p.keys.rows(p.adminKey(), chainClaim))
		}
	}

	slices.SortFunc(a.rows, p.order)
	return a
}

// blockAll blocks the rows of an area that need a row that will not happen, and in
// turn the rows that need those.
func (p *plan) blockAll(a *area) {
	var queue []uint32
	block := func(r uint32) {
		if s := &p.state[r]; !s.blocked && s.action != ActionError && !p.grid.rows[r].removed {
			s.blocked = true
			queue = append(queue, r)
		}
	}
	for _, r := range a.rows {
		if slices.ContainsFunc(p.state[r].extra().needs, p.cannotHappen) {
			block(r)
		}
	}

	admins := a.admins
	for {
		for len(queue) > 0 {
			r := queue[0]
			queue = queue[1:]
			p.dependents(r, func(d uint32) {
				if a.in[d] && p.needs(d, r) {
					block(d)
				}
			})
		}

		// Only now is it known whether a row that makes an admin is left. If not, the
		// rows that need one are blocked, and those that need them.
		if !admins || p.firstSuccessor() != none {
			return
		}
		for _, r := range a.rows {
			if p.state[r].successor {
				block(r)
			}
		}
		admins = false
	}
}

// makesAdmin reports whether the row makes an admin of the account.
func (p *plan) makesAdmin(row uint32) bool {
	for n := p.state[row].nodes; n != none; n = p.keys.nodes[n].more {
		if d := p.keys.nodes[n]; d.chain == chainRelease && p.keys.spaceOf(d.key) == spaceAdmins {
			return true
		}
	}
	return false
}

// firstSuccessor returns the first row that makes an admin and will happen, or none.
func (p *plan) firstSuccessor() uint32 {
	found := none
	for r := range p.keys.rows(p.adminKey(), chainRelease) {
		if !p.cannotHappen(r) && (found == none || p.grid.less(r, found)) {
			found = r
		}
	}
	return found
}

// inCircle is the cause of a row in a circle of references.
const inCircle = none - 1

// blockerOf returns the row that keeps a blocked row from happening, inCircle for a
// row in a circle, or none.
func (p *plan) blockerOf(row uint32) uint32 {
	s := &p.state[row]
	switch {
	case s.cycle:
		return inCircle
	case !s.blocked:
		return none
	}

	for _, by := range s.extra().needs {
		if p.cannotHappen(by) {
			return by
		}
	}
	if s.successor {
		return p.first(p.adminKey())
	}
	return none
}

// order compares two rows by table and record number.
func (p *plan) order(a, b uint32) int {
	switch {
	case a == b:
		return 0
	case p.grid.less(a, b):
		return -1
	}
	return 1
}

// components returns the strongly connected components of a graph, each after
// those it has edges to. Edges to rows that are not in rows are ignored.
//
// It is Tarjan's algorithm with a stack of its own instead of recursion: a chain
// of a million rows would be too deep for that.
func components(rows []uint32, edges func(uint32) []uint32) [][]uint32 {
	t := tarjan{index: make(map[uint32]int32, len(rows)), low: map[uint32]int32{}, open: map[uint32]bool{}}
	for _, r := range rows {
		t.index[r] = unvisited
	}

	for _, start := range rows {
		if t.index[start] > 0 {
			continue
		}
		t.push(start)
		for len(t.path) > 0 {
			at := &t.path[len(t.path)-1]
			if es := edges(at.row); at.next < len(es) {
				at.next++
				t.follow(at.row, es[at.next-1])
				continue
			}
			t.pop()
		}
	}
	return t.out
}

// tarjan is the state of components.
type tarjan struct {
	index map[uint32]int32 // when a row was visited, from 1; unvisited; 0 for a row not in the graph
	low   map[uint32]int32 // the lowest index the row leads to
	open  map[uint32]bool  // whether the row is on the stack
	stack []uint32         // rows whose component is not known yet
	path  []visit          // from the start to the row being visited
	count int32
	out   [][]uint32
}

// visit is a row on the path, and the number of its edge to follow next.
type visit struct {
	row  uint32
	next int
}

const unvisited int32 = -1

// push visits a row.
func (t *tarjan) push(r uint32) {
	t.count++
	t.index[r], t.low[r], t.open[r] = t.count, t.count, true
	t.stack = append(t.stack, r)
	t.path = append(t.path, visit{row: r})
}

// follow follows an edge.
func (t *tarjan) follow(from, to uint32) {
	switch i := t.index[to]; {
	case i == unvisited:
		t.push(to)
	case i > 0 && t.open[to]:
		t.low[from] = min(t.low[from], i)
	}
}

// pop leaves the last row of the path, whose edges are all followed. If it leads to
// no earlier row, it and the rows above it on the stack are a component.
func (t *tarjan) pop() {
	r := t.path[len(t.path)-1].row
	t.path = t.path[:len(t.path)-1]
	if len(t.path) > 0 {
		up := t.path[len(t.path)-1].row
		t.low[up] = min(t.low[up], t.low[r])
	}
	if t.low[r] != t.index[r] {
		return
	}

	// The component is short and on top: a search from the bottom would be quadratic.
	i := len(t.stack) - 1
	for t.stack[i] != r {
		i--
	}
	for _, x := range t.stack[i:] {
		t.open[x] = false
	}
	t.out = append(t.out, slices.Clone(t.stack[i:]))
	t.stack = t.stack[:i]
}
