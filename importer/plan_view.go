package importer

// view is what a row may see of a key. It never holds the list of rows.
type view struct {
	fact    int32
	abouts  uint8 // 0, 1, or 2 for several
	soles   uint8
	claims  uint8
	claimer uint32 // the only claiming row, or none
	makes   bool   // the claimer makes the person the key names
	person  int32  // the stored person the claimer is about, or -1
	first   uint32 // the first row that releases the key, or none
	short   bool   // of an admin key: too few admins would stay
}

// upToTwo returns 0, 1, or 2 for more: rows cannot tell two others from three.
func upToTwo(n uint32) uint8 { return uint8(min(n, 2)) }

// view returns what a row sees of a key now.
func (p *plan) view(key uint32) view {
	s := &p.keys.state[key]
	first := p.first(key)
	space := p.keys.spaceOf(key)

	// Rows at an admin key see only whether too few admins stay, and which row makes
	// another one. With more, every admin's row would wake all the others.
	if space == spaceAdmins {
		// Several rows may lower one admin: people count, not rows.
		v := view{short: s.claims > 0 && p.facts.admins-len(p.lowered) < 1, claimer: none, person: -1, first: first}
		if !v.short {
			v.first = none
		}
		return v
	}

	v := view{fact: s.fact, abouts: upToTwo(s.abouts), soles: upToTwo(s.soles), claims: upToTwo(s.claims), claimer: none, person: -1, first: first}
	if s.claims == 1 {
		v.claimer = p.keys.nodes[s.head[chainClaim]].row
		v.makes, v.person = p.state[v.claimer].makes, p.state[v.claimer].rec
	}
	// Several rows that set the reference of one person contest it, and decide nothing.
	if space == spaceReferrer && s.head[chainRelease] != none && p.keys.nodes[s.head[chainRelease]].next != none {
		v.first = none
	}
	return v
}

// first returns the first row that releases a key, or none. It is looked for again
// only after that row has left the key.
func (p *plan) first(key uint32) uint32 {
	s := &p.keys.state[key]
	if s.head[chainRelease] == none {
		s.first = none
	} else if s.first == none {
		for r := range p.keys.rows(key, chainRelease) {
			if s.first == none || p.grid.less(r, s.first) {
				s.first = r
			}
		}
	}
	return s.first
}

// sees reports whether a row in chain c can tell view a from view b.
func (c chain) sees(a, b view) bool {
	switch c {
	case chainAbout:
		return a.abouts != b.abouts || a.soles != b.soles
	case chainClaim:
		return a.fact != b.fact || a.claims != b.claims || a.short != b.short || a.first != b.first
	case chainRelease:
		return a.first != b.first
	}
	return a.fact != b.fact || a.claims != b.claims || a.claimer != b.claimer || a.makes != b.makes || a.person != b.person || a.first != b.first
}
