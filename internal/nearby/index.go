package nearby

import "github.com/usher-go/usher/internal/folding"

// An Index answers [Best] for many texts among the same candidates. It compares a text
// only with candidates that begin alike: thousands of misspelt org units are looked up
// among thousands. It does not change, and several goroutines may use it.
type Index struct {
	candidates []string
	nodes      []indexNode // a tree of the characters of the folded candidates; the first is the root
}

// indexNode is the end of all candidates that begin with the same characters.
type indexNode struct {
	char  rune
	child int32 // the first, 0 if there is none
	next  int32 // the next child of the same node, 0 if there is none
	ends  []int32
}

// NewIndex returns an index of the candidates.
func NewIndex(candidates []string) *Index {
	x := &Index{candidates: candidates, nodes: make([]indexNode, 1)}
	var y [maxRunes]rune
	for i, c := range candidates {
		at := int32(0)
		for _, r := range runes(folding.Heading(c), &y) {
			at = x.step(at, r)
		}
		x.nodes[at].ends = append(x.nodes[at].ends, int32(i))
	}
	return x
}

// step returns the child of a node for a character. It adds one if there is none.
func (x *Index) step(at int32, r rune) int32 {
	for n := x.nodes[at].child; n != 0; n = x.nodes[n].next {
		if x.nodes[n].char == r {
			return n
		}
	}
	n := int32(len(x.nodes))
	x.nodes = append(x.nodes, indexNode{char: r, next: x.nodes[at].child})
	x.nodes[at].child = n
	return n
}

// Best returns what the function [Best] returns for the candidates.
func (x *Index) Best(s string) (nearest string, found bool) {
	best := maxRunes
	x.Each(s, mostEdits, func(i, d int) {
		switch {
		case d < best:
			best, nearest, found = d, x.candidates[i], true
		case d == best && x.candidates[i] != nearest:
			found = false
		}
	})
	if !found {
		return "", false
	}
	return nearest, true
}

// mostEdits is the largest number of edits between a text and a candidate near it.
const mostEdits = 2

// Each yields the numbers of the candidates that [All] returns, in no order, with their
// numbers of edits. It leaves out those with more than most edits, and is faster for it.
func (x *Index) Each(s string, most int, yield func(candidate, edits int)) {
	var y [maxRunes]rune
	w := &indexWalk{Index: x, text: runes(folding.Heading(s), &y), yield: yield}
	if len(w.text) == 0 {
		return
	}
	w.most = min(most, mostEdits, len(w.text)/3)
	for j := range w.text {
		w.rows[0][j+1] = int8(j + 1)
	}
	w.visit(0, 0)
}

// indexWalk is one search.
type indexWalk struct {
	*Index
	text  []rune
	most  int
	yield func(candidate, edits int)
	rows  [maxRunes + 3][maxRunes + 1]int8 // by depth: the edits between the path and each beginning of the text
	path  [maxRunes + 3]rune
}

// visit yields the candidates that end at a node, and visits its children as long as
// one of them may end near the text. The path to the node has depth characters.
func (w *indexWalk) visit(at int32, depth int) {
	if d := int(w.rows[depth][len(w.text)]); d <= w.most {
		for _, i := range w.nodes[at].ends {
			w.yield(int(i), d)
		}
	}
	if depth >= len(w.text)+w.most {
		return
	}

	for n := w.nodes[at].child; n != 0; n = w.nodes[n].next {
		w.path[depth] = w.nodes[n].char
		if w.fill(depth+1) <= w.most+1 { // a swap may still gain one on the row before
			w.visit(n, depth+1)
		}
	}
}

// farOff is more edits than count.
const farOff = 100

// fill computes the row of a depth from the two above, as far from its diagonal as
// matters, and returns its least number.
func (w *indexWalk) fill(depth int) int {
	last, row, char := &w.rows[depth-1], &w.rows[depth], w.path[depth-1]
	from, to := max(1, depth-w.most-1), min(len(w.text), depth+w.most+1)

	// What is beside the band is left from another path.
	row[from-1] = farOff
	if from == 1 {
		row[0] = int8(depth)
	}
	if to < len(w.text) {
		row[to+1], row[len(w.text)] = farOff, farOff
	}

	least := row[from-1]
	for j := from; j <= to; j++ {
		d := min(last[j-1], last[j], row[j-1]) + 1
		if w.text[j-1] == char {
			d = min(d, last[j-1])
		}
		if depth > 1 && j > 1 && w.text[j-2] == char && w.text[j-1] == w.path[depth-2] {
			d = min(d, w.rows[depth-2][j-2]+1)
		}
		row[j] = d
		least = min(least, d)
	}
	return int(least)
}
