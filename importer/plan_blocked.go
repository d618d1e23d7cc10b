package importer

import "slices"

// cannotHappen reports whether the row will not happen.
func (p *plan) cannotHappen(row uint32) bool {
	s := &p.state[row]
	return p.grid.rows[row].removed || s.action == ActionError || s.blocked || s.cycle || s.doomed != none
}

// propagate says again which rows are blocked, beginning at rows whose decision
// changed, and returns those for which the answer did.
//
// Blocked is: needs a row that will not happen. What happens is the greatest
// such set, so that rows that need each other (a swap) may all happen: over
// everything that reaches a changed row, hope for all of it, then take away.
// Beginning at the blocks of before would keep a corrected swap blocked for ever.
func (p *plan) propagate(changed []uint32) []uint32 {
	in := map[uint32]bool{}
	stack := slices.Clone(changed)
	var region []uint32
	leads := false      // a row that needs a successor is in the region
	succeeding := false // one that makes an admin is, and so all that need one
	for len(stack) > 0 {
		r := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !in[r] {
			in[r] = true
			region = append(region, r)
			p.dependents(r, func(d uint32) { stack = append(stack, d) })
			leads = leads || p.state[r].successor
			if !succeeding && p.makesAdmin(r) {
				succeeding = true
				stack = slices.AppendSeq(stack, p.keys.rows(p.leadKey(), chainClaim))
			}
		}
	}
	slices.SortFunc(region, p.order)
	was := make([]uint32, len(region))
	for i, r := range region {
		s := &p.state[r]
		was[i] = s.cause
		p.uncount(r)
		s.blocked, s.cycle = false, false
	}
	for _, circle := range components(region, func(r uint32) []uint32 { return p.state[r].extra().refs }) {
		for _, r := range circle {
			p.state[r].cycle = len(circle) > 1
		}
	}
	var queue []uint32
	block := func(r uint32) {
		if s := &p.state[r]; !s.blocked && s.action != ActionError && !p.grid.rows[r].removed {
			s.blocked = true
			queue = append(queue, r)
		}
	}
	for _, r := range region {
		for _, n := range p.state[r].extra().needs {
			if p.cannotHappen(n) {
				block(r)
			}
		}
	}
	for again := true; again; {
		again = false
		for len(queue) > 0 {
			r := queue[0]
			queue = queue[1:]
			p.dependents(r, func(d uint32) {
				if in[d] && p.needs(d, r) {
					block(d)
				}
			})
		}
		if leads && p.firstSuccessor() == none {
			for _, r := range region {
				if p.state[r].successor {
					block(r)
				}
			}
			leads, again = false, len(queue) > 0
		}
	}
	var out []uint32
	for i, r := range region {
		p.count(r)
		s := &p.state[r]
		if s.cause = p.blockerOf(r); s.cause != was[i] || s.cause == inCircle {
			out = append(out, r)
		}
	}
	return out
}

// makesAdmin reports whether the row makes an admin.
func (p *plan) makesAdmin(row uint32) bool {
	for n := p.state[row].nodes; n != none; n = p.keys.nodes[n].more {
		if d := p.keys.nodes[n]; d.chain == chainRelease && p.keys.spaceOf(d.key) == spaceLead {
			return true
		}
	}
	return false
}

// firstSuccessor is the first row that makes an admin and will happen, or none.
func (p *plan) firstSuccessor() uint32 {
	found := none
	for r := range p.keys.rows(p.leadKey(), chainRelease) {
		if !p.cannotHappen(r) && (found == none || p.grid.less(r, found)) {
			found = r
		}
	}
	return found
}

// inCircle is the cause of a row in a circle of references.
const inCircle = none - 1

// blockerOf is the row that keeps a blocked one from happening, or none.
func (p *plan) blockerOf(row uint32) uint32 {
	switch s := &p.state[row]; {
	case s.cycle:
		return inCircle
	case s.blocked:
		for _, by := range s.extra().needs {
			if p.cannotHappen(by) {
				return by
			}
		}
		if s.successor {
			return p.first(p.leadKey())
		}
	}
	return none
}

func (p *plan) order(a, b uint32) int {
	switch {
	case a == b:
		return 0
	case p.grid.less(a, b):
		return -1
	}
	return 1
}

// components are the strongly connected components of a graph, each after
// those it has edges to. Edges that leave rows are left out. It does not recurse.
func components(rows []uint32, edges func(uint32) []uint32) [][]uint32 {
	type visit struct {
		row  uint32
		next int
	}
	index := make(map[uint32]int32, len(rows)) // 0: not in the graph; -1: not yet seen
	for _, r := range rows {
		index[r] = -1
	}
	var (
		out   [][]uint32
		low   = map[uint32]int32{}
		held  = map[uint32]bool{}
		stack []uint32
		path  []visit
		n     int32
	)
	push := func(r uint32) {
		n++
		index[r], low[r], held[r] = n, n, true
		stack = append(stack, r)
		path = append(path, visit{row: r})
	}
	for _, start := range rows {
		if index[start] > 0 {
			continue
		}
		push(start)
		for len(path) > 0 {
			at := &path[len(path)-1]
			r := at.row
			if es := edges(r); at.next < len(es) {
				to := es[at.next]
				at.next++
				switch i := index[to]; {
				case i == -1:
					push(to)
				case i > 0 && held[to]:
					low[r] = min(low[r], i)
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				up := path[len(path)-1].row
				low[up] = min(low[up], low[r])
			}
			if low[r] != index[r] {
				continue
			}
			i := len(stack) - 1
			for held[stack[i]] = false; stack[i] != r; held[stack[i]] = false {
				i--
			}
			out = append(out, slices.Clone(stack[i:]))
			stack = stack[:i]
		}
	}
	return out
}
