package importer

import (
	"bytes"
	"hash/maphash"

	"github.com/usher-go/usher/users"
)

// Spaces of the engine itself, in addition to those of package users.
const (
	spaceSlot     users.Space = "slot"    // places that take one row: Draft.Exclusive
	spaceRequest  users.Space = "request" // rows that ask for the same
	spaceAdmins   users.Space = "lead"    // an account's admins: one must stay
	spaceReferrer users.Space = "steer"   // the references of a person, by the person's id
	spaceFilled   users.Space = "filled"  // rows without a person that have the same texts
	spaceUse      users.Space = "use"     // what refers to a record, by both ids
)

// chain is one of the four lists of rows at a key, by what the rows see of it.
type chain uint8

const (
	// chainAbout: the rows about the person with this key.
	chainAbout chain = iota
	// chainClaim: the rows that claim the key. At an admin key: the rows that take an
	// admin's rights.
	chainClaim
	// chainRelease: the rows that release the key. At a request: the rows that make
	// it. At an admin key: the rows that make an admin. At a referrer key: the rows that
	// set a reference of the person.
	chainRelease
	// chainRefer: the rows that need to know which person will hold the key.
	chainRefer
	chains
)

const none = ^uint32(0) // no row, no node

// noRows are the chains of a key without rows.
var noRows = [chains]uint32{none, none, none, none}

// keyState is what is known of a key. Rows see a view of it, and never the chains.
type keyState struct {
	fact   int32 // the stored record that has it: an index in facts plus one, or one of the below
	first  uint32
	abouts uint32
	soles  uint32
	claims uint32
	head   [chains]uint32
}

const (
	factNone    int32 = 0
	factBeyond  int32 = -1 // a record the actor does not reach
	factUnasked int32 = -2 // the store was not asked yet
)

// node is one row in one chain of a key.
type node struct {
	row, key   uint32
	prev, next uint32 // in the chain
	more       uint32 // the row's next node
	chain      chain
	sole       bool
}

// keyTable numbers the keys and keeps the rows at each. A hash only leads to a key;
// the bytes are compared.
type keyTable struct {
	seed   maphash.Seed
	spaces []users.Space
	text   []byte
	ends   []uint32
	hashes []uint32
	slots  []uint32 // key+1
	state  []keyState
	nodes  []node
	free   uint32 // the first unused node
	buf    []byte
}

// newKeyTable returns an empty table with room for about the keys of so many rows.
func newKeyTable(rows int) *keyTable {
	t := &keyTable{seed: maphash.MakeSeed(), free: none}
	size := 64
	for size < rows*3 {
		size *= 2
	}
	t.slots = make([]uint32, size)
	return t
}

// space returns the number of a space, which is new if it was not seen before.
func (t *keyTable) space(s users.Space) byte {
	for i, x := range t.spaces {
		if x == s {
			return byte(i)
		}
	}
	t.spaces = append(t.spaces, s)
	return byte(len(t.spaces) - 1)
}

// key returns the number of a key, which is new if the key was not seen before. The
// value must be folded.
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

// known returns the number of a key, or none if it was not seen before.
func (t *keyTable) known(s users.Space, value string) uint32 {
	t.buf = append(append(t.buf[:0], t.space(s)), value...)
	id, _, _ := t.lookup()
	return id
}

// lookup finds the key in buf. It returns none, and the slot for it, if the key is new.
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

// grow doubles the slots.
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

// bytes returns a key as it is stored: the number of its space, then its value.
func (t *keyTable) bytes(id uint32) []byte {
	var start uint32
	if id > 0 {
		start = t.ends[id-1]
	}
	return t.text[start:t.ends[id]]
}

// parts returns the space and the folded value of a key.
func (t *keyTable) parts(id uint32) (users.Space, string) {
	b := t.bytes(id)
	return t.spaces[b[0]], string(b[1:])
}

// spaceOf returns the space of a key.
func (t *keyTable) spaceOf(id uint32) users.Space { return t.spaces[t.bytes(id)[0]] }

// add adds a row to a chain of a key, and returns the node. list is the row's former
// first node, and comes after the new one.
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

	t.count(s, d.chain, d.sole, ^uint32(0)) // minus one
	t.nodes[n].more, t.free = t.free, n
	return d.more
}

// count adds to the number of rows in a chain.
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

// rows yields the rows in a chain of a key, in no particular order.
func (t *keyTable) rows(key uint32, c chain) func(func(uint32) bool) {
	return func(yield func(uint32) bool) {
		for n := t.state[key].head[c]; n != none; n = t.nodes[n].next {
			if !yield(t.nodes[n].row) {
				return
			}
		}
	}
}
