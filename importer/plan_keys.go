package importer

import (
	"bytes"
	"hash/maphash"

	"github.com/usher-go/usher/users"
)

// Spaces of the engine's own, beside those of package users.
const (
	spaceSlot     users.Space = "slot"    // places that take one row: Draft.Exclusive
	spaceRequest  users.Space = "request" // rows that ask for the same
	spaceLead     users.Space = "lead"    // an account's admins, of whom one must stay
	spaceReferrer users.Space = "steer"   // whom a person refers to, by the person's id
	spaceUse      users.Space = "use"     // what refers to a record, by both ids
)

// A key's rows hang in four chains, by what they see of it.
type chain uint8

const (
	// chainAbout: the rows about the person this key stands for.
	chainAbout chain = iota
	// chainClaim: the rows that claim the key. Of a lead key: those that take an admin's rights.
	chainClaim
	// chainFree: the rows that free the key. Of a request: the rows that make
	// it. Of a lead key: those that make an admin. Of a steer key: those that set
	// whom the person refers to.
	chainRelease
	// chainRefer: the rows that need to know who will hold the key.
	chainRefer
	chains
)

const none = ^uint32(0) // no row, no node

// noRows are the chains of a key at which no row stands.
var noRows = [chains]uint32{none, none, none, none}

// keyState is what is known of a key. Rows see a view of it, never the chains.
type keyState struct {
	fact   int32 // who holds it in the store: an index in facts plus one, or one of the below
	first  uint32
	abouts uint32
	soles  uint32
	claims uint32
	head   [chains]uint32
}

const (
	factNone    int32 = 0
	factBeyond  int32 = -1 // somebody the actor does not reach
	factUnasked int32 = -2
)

// node is one row at one key.
type node struct {
	row, key   uint32
	prev, next uint32 // in the chain
	more       uint32 // the row's next node
	chain      chain
	sole       bool
}

// keyTable gives every key a number, and keeps who stands at it. Hashes only
// lead to a key; the bytes decide.
type keyTable struct {
	seed   maphash.Seed
	spaces []users.Space
	text   []byte
	ends   []uint32
	hashes []uint32
	slots  []uint32 // key+1
	state  []keyState
	nodes  []node
	free   uint32
	buf    []byte
}

func newKeyTable(rows int) *keyTable {
	t := &keyTable{seed: maphash.MakeSeed(), free: none}
	size := 64
	for size < rows*3 {
		size *= 2
	}
	t.slots = make([]uint32, size)
	return t
}

func (t *keyTable) space(s users.Space) byte {
	for i, x := range t.spaces {
		if x == s {
			return byte(i)
		}
	}
	t.spaces = append(t.spaces, s)
	return byte(len(t.spaces) - 1)
}

// key is the number of a key, made if it is new. The value must be folded.
func (t *keyTable) key(s users.Space, value string) uint32 {
	t.buf = append(append(t.buf[:0], t.space(s)), value...)
	id, slot, hash := t.lookup()
	if id != none {
		return id
	}
	id = uint32(len(t.ends))
	t.text = append(t.text, t.buf...)
	t.ends = append(t.ends, uint32(len(t.text)))
	t.hashes = append(t.hashes, hash)
	t.state = append(t.state, keyState{fact: factUnasked, first: none, head: noRows})
	t.slots[slot] = id + 1
	if len(t.ends)*3 > len(t.slots)*2 {
		t.grow()
	}
	return id
}

// known is the number of a key, or none.
func (t *keyTable) known(s users.Space, value string) uint32 {
	t.buf = append(append(t.buf[:0], t.space(s)), value...)
	id, _, _ := t.lookup()
	return id
}

func (t *keyTable) lookup() (id, slot, hash uint32) {
	hash = uint32(maphash.Bytes(t.seed, t.buf))
	mask := uint32(len(t.slots) - 1)
	for slot = hash & mask; t.slots[slot] != 0; slot = (slot + 1) & mask {
		id = t.slots[slot] - 1
		if t.hashes[id] == hash && bytes.Equal(t.bytes(id), t.buf) {
			return id, slot, hash
		}
	}
	return none, slot, hash
}

func (t *keyTable) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := uint32(len(t.slots) - 1)
	for id, hash := range t.hashes {
		slot := hash & mask
		for t.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		t.slots[slot] = uint32(id) + 1
	}
}

func (t *keyTable) bytes(id uint32) []byte {
	var start uint32
	if id > 0 {
		start = t.ends[id-1]
	}
	return t.text[start:t.ends[id]]
}

// parts are the space and the folded value of a key.
func (t *keyTable) parts(id uint32) (users.Space, string) {
	b := t.bytes(id)
	return t.spaces[b[0]], string(b[1:])
}

// spaceOf is the space of a key.
func (t *keyTable) spaceOf(id uint32) users.Space { return t.spaces[t.bytes(id)[0]] }

// add hangs a row into a chain of a key, and returns the node, to which list is joined.
func (t *keyTable) add(row, key uint32, c chain, sole bool, list uint32) uint32 {
	n := t.free
	if n == none {
		n = uint32(len(t.nodes))
		t.nodes = append(t.nodes, node{})
	} else {
		t.free = t.nodes[n].more
	}
	s := &t.state[key]
	t.nodes[n] = node{row: row, key: key, prev: none, next: s.head[c], more: list, chain: c, sole: sole}
	if h := s.head[c]; h != none {
		t.nodes[h].prev = n
	}
	s.head[c] = n
	t.count(s, c, sole, 1)
	return n
}

// remove takes a node out of its chain and returns the row's next one.
func (t *keyTable) remove(n uint32) uint32 {
	d := t.nodes[n]
	s := &t.state[d.key]
	if d.prev == none {
		s.head[d.chain] = d.next
	} else {
		t.nodes[d.prev].next = d.next
	}
	if d.next != none {
		t.nodes[d.next].prev = d.prev
	}
	t.count(s, d.chain, d.sole, ^uint32(0))
	t.nodes[n].more, t.free = t.free, n
	return d.more
}

func (t *keyTable) count(s *keyState, c chain, sole bool, by uint32) {
	switch c {
	case chainAbout:
		s.abouts += by
		if sole {
			s.soles += by
		}
	case chainClaim:
		s.claims += by
	}
}

// rows yields the rows in a chain of a key, in no order that means anything.
func (t *keyTable) rows(key uint32, c chain) func(func(uint32) bool) {
	return func(yield func(uint32) bool) {
		for n := t.state[key].head[c]; n != none; n = t.nodes[n].next {
			if !yield(t.nodes[n].row) {
				return
			}
		}
	}
}
