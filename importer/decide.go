package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/users"
)

// verdict is what the engine decides about a row. It is scratch, made again
// whenever it is shown; what is kept of it is in rowState.
type verdict struct {
	action  Action
	rec     int32  // the person in the store, or -1
	maker   uint32 // the row that makes the person, or none
	changes []Change
	gains   []gain
	losses  []loss
	notes   []note
	needs   []uint32
	refs    []uint32 // of needs, those that make what the row refers to
	doomed  uint32   // a contested key the row depends on, or none
	refers  []reference
}

// gain is a key the person will hold. rec is what there is of it in the store, or -1.
type gain struct {
	key uint32
	rec int32
}

// loss is a key somebody gives up or is made to give up.
type loss struct {
	holder users.ID
	key    uint32
	rec    int32 // what the store has of it
	taken  bool  // by force
}

// reference is a field that shall name a record: one of the store, or the one a row makes.
type reference struct {
	field string
	rec   int32
	row   uint32
}

// view is what a row may see of a key: never the list of rows.
type view struct {
	fact    int32
	abouts  uint8 // 0, 1, or 2 for several
	soles   uint8
	claims  uint8
	claimer uint32 // if there is one
	makes   bool   // the claimer makes the person the key names
	first   uint32 // of those that free the key, or none
	short   bool   // of a lead key: too few admins would stay
}

func several(n uint32) uint8 { return uint8(min(n, 2)) }

func (p *Preview) view(key uint32) view {
	s := &p.keys.state[key]
	v := view{fact: s.fact, abouts: several(s.abouts), soles: several(s.soles), claims: several(s.claims), claimer: none, first: p.first(key)}
	if s.claims == 1 {
		v.claimer = p.keys.nodes[s.head[chainClaim]].row
		v.makes = p.state[v.claimer].makes
	}
	if p.keys.spaceOf(key) == spaceLead { // its rows see no more than whether too few stay, and who makes another
		v = view{short: s.claims > 0 && p.facts.leading-int(s.claims) < 1, claimer: none, first: v.first}
		if !v.short {
			v.first = none
		}
	}
	return v
}

// first is the first of the rows that free a key. It is looked for again only
// after that very row left.
func (p *Preview) first(key uint32) uint32 {
	s := &p.keys.state[key]
	if s.head[chainFree] == none {
		s.first = none
	} else if s.first == none {
		for r := range p.keys.rows(key, chainFree) {
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
	case chainFree:
		return a.first != b.first
	}
	return a.fact != b.fact || a.claims != b.claims || a.claimer != b.claimer || a.makes != b.makes || a.first != b.first
}

// draft reads a row into p.d and gives its keys their numbers.
func (p *Preview) draft(row uint32) {
	g := p.grid
	spec := g.spec(row)
	if cap(p.cells) < len(spec.Columns) {
		p.cells = make([]cell, len(spec.Columns))
	}
	p.cells = p.cells[:len(spec.Columns)]
	d := &p.d
	d.account = p.account
	d.reset(spec, Row{spec, p.cells})
	for i := range spec.Columns {
		p.cells[i] = d.readCell(i, g.text(row, i))
	}
	p.readNotes(row)
	spec.Draft(d.row, d)
	for i := range d.keys {
		k := &d.keys[i]
		k.id = p.keys.key(k.space, k.space.Fold(k.value))
	}
}

// readNotes takes over what the format found in the row.
func (p *Preview) readNotes(row uint32) {
	t := &p.grid.tables[p.grid.rows[row].id.Table()]
	for _, f := range p.grid.notes(row) {
		n := note{severity: f.Severity, code: f.Code, column: -1, key: none, args: f.Args, fix: f.Fix, value: f.Value}
		if f.Column > 0 {
			if n.column = t.column(f.Column); n.column < 0 && f.Severity == formats.Warning {
				continue // in a column nobody asked for
			}
		}
		if f.Code == "cell.date" && n.column >= 0 {
			n.severity = formats.Error // text was wanted
		}
		if n.severity == formats.Error && n.column >= 0 {
			p.cells[n.column] = cell{bad: true}
		}
		p.d.notes = append(p.d.notes, n)
	}
}

// person is the record the drafted row is about, or -1.
func (p *Preview) person() int32 {
	if p.d.about < 0 {
		return -1
	}
	i := p.factOf(p.d.keys[p.d.about].id)
	if i >= 0 && p.facts.recs[i].Kind() != users.KindUser {
		return -1
	}
	return i
}

// changesPerson reports whether the row may change the person it found. In mode
// create it may not: it frees nothing, and is unchanged or an error.
func (p *Preview) changesPerson(rec int32) bool {
	return rec >= 0 && !(p.opts.Mode == Create && p.d.makes())
}

// subject is the key that stands for the person: the record's id, or the name of one to be made.
func (p *Preview) subject(rec int32) uint32 {
	if rec >= 0 {
		return p.keys.key(users.SpaceID, string(p.facts.recs[rec].ID))
	}
	return p.d.keys[p.d.about].id
}

// freed yields the keys the drafted row takes from its own person, with what the store has of them.
func (p *Preview) freed(rec int32, yield func(key uint32, of int32)) {
	if !p.changesPerson(rec) {
		return
	}
	r := p.facts.recs[rec]
	for i := range p.d.keys {
		k := &p.d.keys[i]
		f := k.space.Field()
		if f == "" || k.rel != relClaim && k.rel != relTake {
			continue
		}
		if old := k.space.Fold(r.Field(f)); old != "" {
			if id := p.keys.key(k.space, old); !p.d.claims(id) {
				p.keys.state[id].fact = rec + 1
				yield(id, rec)
			}
		}
	}
	for _, kind := range p.d.frees {
		for _, h := range p.facts.held[rec] {
			held := p.facts.recs[h]
			if held.Kind() != kind || held.Holder() != r.ID {
				continue
			}
			for _, k := range held.Keys() {
				if id := p.keys.key(k.Space, k.Value); !p.d.claims(id) && !p.claimsRecord(h) {
					p.keys.state[id].fact = h + 1
					yield(id, h)
				}
			}
		}
	}
}

// claimsRecord reports whether the drafted row claims a key of that record.
func (p *Preview) claimsRecord(rec int32) bool {
	for i := range p.d.keys {
		if k := &p.d.keys[i]; (k.rel == relClaim || k.rel == relTake) && p.factOf(k.id) == rec {
			return true
		}
	}
	return false
}

// leadDelta says whether the drafted row makes (+1) or takes (-1) one who leads the account.
func (p *Preview) leadDelta(rec int32) int {
	if rec < 0 {
		for _, w := range p.d.wants {
			if w.field == "role" && w.value == users.RoleAdmin && p.d.makes() {
				return 1
			}
		}
		return 0
	}
	if !p.changesPerson(rec) {
		return 0
	}
	r := p.facts.recs[rec]
	was := users.Leads(r)
	is := was
	if p.d.deletes {
		is = false
	}
	for _, w := range p.d.wants {
		if !w.onlyNew && (w.field == "role" || w.field == "roles" || w.field == "active") && r.Field(w.field) != w.value {
			c := r.Clone()
			c.SetField(w.field, w.value)
			is = is && users.Leads(c) || !was && users.Leads(c)
		}
	}
	switch {
	case was && !is:
		return -1
	case !was && is:
		return 1
	}
	return 0
}

func (v *verdict) find(code string, column int, key uint32) {
	v.notes = append(v.notes, note{severity: formats.Error, code: code, column: column, key: key})
}

func (v *verdict) need(row, by uint32, ref bool) {
	if by == row || by == none {
		return
	}
	if !slices.Contains(v.needs, by) {
		v.needs = append(v.needs, by)
	}
	if ref && !slices.Contains(v.refs, by) {
		v.refs = append(v.refs, by)
	}
}

// decide says what becomes of the drafted row, from its draft, the store and
// the views of its keys.
func (p *Preview) decide(row uint32) *verdict {
	d, v := &p.d, &p.v
	*v = verdict{rec: p.person(), maker: none, doomed: none, changes: v.changes[:0], gains: v.gains[:0], losses: v.losses[:0],
		notes: v.notes[:0], needs: v.needs[:0], refs: v.refs[:0], refers: v.refers[:0]}
	for _, n := range d.notes {
		if !n.onlyNew || v.rec < 0 {
			v.notes = append(v.notes, n)
		}
	}
	if first := p.firstAlike(row); first != row {
		p.decideRepeat(row, first)
		return v
	}
	p.decidePerson(row)
	for i := range d.keys {
		switch k := &d.keys[i]; k.rel {
		case relClaim, relTake:
			p.decideClaim(row, k)
		case relRefer:
			p.decideRefer(row, k)
		case relSlot:
			if p.view(k.id).claims > 1 {
				v.find("slot.contested", -1, k.id)
			}
		}
	}
	p.freed(v.rec, func(key uint32, of int32) {
		if l := p.facts.recs[of]; l.Holder() != l.ID { // what a person is goes with the field
			v.losses = append(v.losses, loss{holder: l.Holder(), key: key, rec: of})
		}
	})
	p.decideWants(row)
	p.decideLead(row)
	v.action = p.action()
	return v
}

// decideRepeat skips a row that asks for what an earlier one asks for.
func (p *Preview) decideRepeat(row, first uint32) {
	v := &p.v
	v.action = ActionSkip
	for i := range v.notes {
		if v.notes[i].severity == formats.Error {
			v.action = ActionError
			return
		}
	}
	v.notes = append(v.notes, note{severity: formats.Warning, code: "row.repeated", column: -1, key: none, rows: []uint32{first}})
}

func (p *Preview) action() Action {
	d, v := &p.d, &p.v
	makes := v.rec < 0 && d.makes()
	if v.rec >= 0 && !p.changesPerson(v.rec) && len(v.changes)+len(v.gains) > 0 {
		k := d.keys[d.about]
		v.find(string(k.space)+".taken", p.columnOf(k.space), k.id)
		v.notes[len(v.notes)-1].args = map[string]string{"holder": p.who(v.rec)}
		v.changes, v.gains = v.changes[:0], v.gains[:0]
	}
	for i := range v.notes {
		if v.notes[i].severity == formats.Error {
			return ActionError
		}
	}
	switch {
	case makes:
		return ActionCreate
	case d.deletes:
		return ActionDelete
	case len(v.changes)+len(v.gains)+len(v.losses) == 0:
		return ActionUnchanged
	}
	return ActionUpdate
}

// columnOf is the column in which a key of the space stands, or -1.
func (p *Preview) columnOf(space users.Space) int {
	if f := space.Field(); f != "" {
		return p.d.spec.column(f)
	}
	return p.d.spec.column(string(space))
}

func (p *Preview) decidePerson(row uint32) {
	d, v := &p.d, &p.v
	if d.about < 0 {
		return
	}
	k := &d.keys[d.about]
	col := p.columnOf(k.space)
	at, makes := p.view(k.id), d.makes()
	switch {
	case v.rec >= 0:
		if at.first != none && at.claims > 0 && !makes {
			v.find("person.renamed_here", col, k.id)
		}
	case makes:
		if p.opts.Mode == Update {
			v.find(string(k.space)+".unknown", col, k.id)
		}
	case at.claims == 1 && at.makes && at.claimer != row:
		v.need(row, at.claimer, true)
		v.maker = at.claimer
	case at.claims > 1:
		v.doomed = k.id
	case at.claims == 1 && at.claimer != row:
		v.find("person.renamed_here", col, k.id)
		if old := p.heldBy(at.claimer, k.space); old != "" {
			v.notes[len(v.notes)-1].fix = &old
		}
	default:
		v.find(string(k.space)+".unknown", col, k.id)
	}
	s := p.view(p.subject(v.rec))
	if (d.sole && s.abouts > 1 || !d.sole && s.soles > 0) && !(makes && at.claims > 1) {
		v.find("person.contradiction", col, p.subject(v.rec))
	}
}

// heldBy is what the person another row is about holds in a space now.
func (p *Preview) heldBy(row uint32, space users.Space) string {
	if rec := p.state[row].rec; rec >= 0 {
		return p.facts.recs[rec].Field(space.Field())
	}
	return ""
}

func (p *Preview) decideClaim(row uint32, k *draftKey) {
	v := &p.v
	col := p.columnOf(k.space)
	at := p.view(k.id)
	code := string(k.space)
	if at.claims > 1 {
		v.find(code+".contested", col, k.id)
	}
	if at.fact == factBeyond {
		v.find(code+".taken", col, k.id)
		return
	}
	rec := p.factOf(k.id)
	if rec < 0 {
		v.gains = append(v.gains, gain{k.id, -1})
		return
	}
	holder := p.facts.recs[rec].Holder()
	switch {
	case v.rec >= 0 && holder == p.facts.recs[v.rec].ID:
		return
	case holder == "":
	case k.rel == relTake:
		v.losses = append(v.losses, loss{holder: holder, key: k.id, rec: rec, taken: true})
	case at.first != none:
		v.need(row, at.first, false)
	default:
		v.find(code+".taken", col, k.id)
		if i, ok := p.facts.byID[holder]; ok {
			v.notes[len(v.notes)-1].args = map[string]string{"holder": p.who(i)}
		}
	}
	v.gains = append(v.gains, gain{k.id, rec})
}

func (p *Preview) decideRefer(row uint32, k *draftKey) {
	v := &p.v
	col := p.d.spec.column(k.field)
	rec := p.factOf(k.id)
	if k.space.Given() {
		if rec < 0 {
			v.find(k.field+".unknown", col, k.id)
		}
		v.refers = append(v.refers, reference{k.field, rec, none})
		return
	}
	at := p.view(k.id)
	switch {
	case rec >= 0 && at.first != none && at.claims == 0:
		v.find(k.field+".leaving", col, k.id)
	case rec >= 0 && at.first == none:
	case p.d.claims(k.id):
		v.find(k.field+".self", col, k.id)
	case at.claims == 1:
		v.need(row, at.claimer, true)
		v.refers = append(v.refers, reference{k.field, -1, at.claimer})
		return
	case at.claims > 1:
		v.doomed = k.id
	default:
		v.find(k.field+".unknown", col, k.id)
	}
	v.refers = append(v.refers, reference{k.field, rec, none})
}

// decideWants compares what the row wants with what there is, and asks whether it may.
func (p *Preview) decideWants(row uint32) {
	d, v := &p.d, &p.v
	var rec users.Record
	if v.rec >= 0 {
		rec = p.facts.recs[v.rec]
	}
	actor := p.dir.Actor()
	if d.deletes && v.rec >= 0 {
		if bad := actor.PermitsDelete(rec); bad != nil {
			v.problem(bad, -1)
		}
		return
	}
	allowed := v.rec < 0 || p.changesPerson(v.rec)
	change := func(on users.Record, field, old, new string, col int) {
		if old == new {
			return
		}
		if bad := actor.Permits(on, field, old, new); bad != nil && allowed {
			v.problem(bad, col)
		}
		v.changes = append(v.changes, Change{field, old, new})
	}
	for _, w := range d.wants {
		if w.onlyNew && v.rec >= 0 {
			continue
		}
		col := d.spec.column(w.field)
		if name, kind, held := ofHeld(w.field); held {
			if on, ok := p.heldRecord(kind); ok {
				old := ""
				if on >= 0 {
					old = p.facts.recs[on].Field(name)
				}
				if old != w.value {
					v.changes = append(v.changes, Change{w.field, old, w.value})
				}
			}
			continue
		}
		old := rec.Field(w.field)
		if v.rec < 0 && w.field == "role" {
			old = users.RoleUser
		}
		change(rec, w.field, old, w.value, col)
	}
	for _, f := range v.refers {
		old := rec.Field(f.field)
		if f.rec >= 0 && old == string(p.facts.recs[f.rec].ID) {
			continue
		}
		for i := range d.keys {
			if k := &d.keys[i]; k.rel == relRefer && k.field == f.field {
				change(rec, f.field, old, k.value, d.spec.column(f.field))
			}
		}
	}
}

func (v *verdict) problem(bad *users.Problem, col int) {
	v.notes = append(v.notes, note{severity: formats.Error, code: bad.Code, column: col, key: none, args: bad.Args})
}

// ofHeld splits "line.internal" into the field and the kind of what a person has.
func ofHeld(field string) (name string, kind users.Kind, ok bool) {
	k, name, found := strings.Cut(field, ".")
	if !found || users.Kind(k) != users.KindLine {
		return field, "", false
	}
	return name, users.Kind(k), true
}

// heldRecord is the record of that kind whose key the drafted row claims: -1 if it is to be made.
func (p *Preview) heldRecord(kind users.Kind) (rec int32, ok bool) {
	rec = -1
	for i := range p.d.keys {
		k := &p.d.keys[i]
		if k.space.Kind() == kind && (k.rel == relClaim || k.rel == relTake) {
			ok = true
			if f := p.factOf(k.id); f >= 0 {
				rec = f
			}
		}
	}
	return rec, ok
}

// decideLead keeps an account from losing its last admin.
func (p *Preview) decideLead(row uint32) {
	if p.leadDelta(p.v.rec) >= 0 {
		return
	}
	at := p.view(p.leadKey())
	switch {
	case !at.short:
	case at.first != none:
		p.v.need(row, at.first, false)
	default:
		p.v.find("admin.last", p.d.spec.column("role"), none)
	}
}

func (p *Preview) leadKey() uint32 { return p.keys.key(spaceLead, "") }

// print is what was shown to happen, as a number: the action, to whom, which
// fields, what is gained, who loses what. Not versions, and not which rows it waits for.
func (p *Preview) print() uint64 {
	v := &p.v
	b := append(p.scratch[:0], byte(v.action))
	str := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	if v.action != ActionCreate && v.rec >= 0 && !p.made[p.facts.recs[v.rec].ID] {
		str(string(p.facts.recs[v.rec].ID))
	}
	if v.action != ActionCreate {
		for _, c := range v.changes {
			str(c.Field)
			str(c.Old)
			str(c.New)
		}
	}
	for _, l := range v.losses {
		b = append(b, 1)
		str(string(l.holder))
		b = append(b, p.keys.bytes(l.key)[1:]...)
	}
	for _, g := range v.gains {
		b = append(b, 2)
		b = append(b, p.keys.bytes(g.key)[1:]...)
	}
	p.scratch = b
	sum := sha256.Sum256(b)
	return binary.LittleEndian.Uint64(sum[:8])
}
