package importer

// view is what a row may see of a key: never the list of rows.
type view struct {
	fact    int32
	abouts  uint8 // 0, 1, or 2 for several
	soles   uint8
	claims  uint8
	claimer uint32 // if there is one
	makes   bool   // the claimer makes the person the key names
	person  int32  // whom the claimer is about, if they are stored
	first   uint32 // of those that free the key, or none
	short   bool   // of a lead key: too few admins would stay
}

func upToTwo(n uint32) uint8 { return uint8(min(n, 2)) }

func (p *plan) view(key uint32) view {
	s := &p.keys.state[key]
	v := view{fact: s.fact, abouts: upToTwo(s.abouts), soles: upToTwo(s.soles), claims: upToTwo(s.claims), claimer: none, person: -1, first: p.first(key)}
	if s.claims == 1 {
		v.claimer = p.keys.nodes[s.head[chainClaim]].row
		v.makes, v.person = p.state[v.claimer].makes, p.state[v.claimer].rec
	}
	if s.head[chainRelease] != none && p.keys.nodes[s.head[chainRelease]].next != none && p.keys.spaceOf(key) == spaceReferrer {
		v.first = none // rows that contest whom a person refers to decide nothing
	}
	if p.keys.spaceOf(key) == spaceLead { // its rows see no more than whether too few stay, and who makes another
		v = view{short: s.claims > 0 && p.facts.leading-int(s.claims) < 1, claimer: none, person: -1, first: v.first}
		if !v.short {
			v.first = none
		}
	}
	return v
}

// first is the first of the rows that free a key. It is looked for again only
// after that very row left.
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

// sees reports whether a row in chain c can tell a from b.
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
