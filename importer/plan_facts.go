package importer

import (
	"context"
	"slices"

	"github.com/usher-go/usher/users"
)

// facts are what the store said: the records that hold the keys of the file.
//
// During a commit they are what the store would say had the import not begun:
// a row decided after some of them were written must see what was shown.
type facts struct {
	recs []users.Record
	byID map[users.ID]int32
	// held are the records each person has (lines), by index of the person,
	// once they were asked for.
	held map[int32][]int32
	led  map[int32][]int32 // likewise, whom each person leads
	// where are the things of those who have many, by what a field holds.
	where map[heldField]map[string][]int32
	// named is how many of recs were asked who holds them.
	named int
	// moved are those who hold what was looked up again.
	moved []users.ID
	// elsewhere are the accounts in which keys unique over all are held, as far
	// as the actor reaches them.
	elsewhere map[uint32]users.AccountID
	// leading is how many lead the account; -1 until somebody asks.
	leading int
	people  int // users of the account, counted at the same time
}

// heldField is a field of what a person has.
type heldField struct {
	rec   int32
	kind  users.Kind
	field string
}

func newFacts() *facts {
	return &facts{byID: map[users.ID]int32{}, held: map[int32][]int32{}, where: map[heldField]map[string][]int32{}, led: map[int32][]int32{}, elsewhere: map[uint32]users.AccountID{}, leading: -1}
}

// find asks the store, [users.MaxFind] keys at a time, and undoes what the
// import itself has changed in the answers.
func (p *plan) find(ctx context.Context, keys []users.Key) (users.Found, error) {
	var out users.Found
	for part := range slices.Chunk(keys, users.MaxFind) {
		f, err := p.dir.Find(ctx, part...)
		if err != nil {
			return out, err
		}
		out.Records = append(out.Records, f.Records...)
		out.OutOfReach = append(out.OutOfReach, f.OutOfReach...)
	}
	return p.rewind(ctx, keys, out)
}

// ask looks keys up and notes who holds them. If that fails, nothing is noted.
func (p *plan) ask(ctx context.Context, keys []uint32) error {
	found, err := p.find(ctx, p.storeKeys(keys))
	if err != nil {
		return err
	}
	for _, r := range found.Records {
		p.keep(r)
	}
	for _, k := range found.OutOfReach {
		if id := p.keys.known(k.Space, k.Value); id != none {
			p.keys.state[id].fact = factBeyond
		}
	}
	return nil
}

// storeKeys are keys as the store knows them. Their values share one string.
func (p *plan) storeKeys(keys []uint32) []users.Key {
	var text []byte
	for _, id := range keys {
		text = append(text, p.keys.bytes(id)[1:]...)
	}
	all, at := string(text), 0
	list := make([]users.Key, 0, len(keys))
	for _, id := range keys {
		k := users.Key{Account: p.account, Space: p.keys.spaceOf(id), Value: all[at : at+len(p.keys.bytes(id))-1]}
		if k.Space.Global() {
			k.Account = ""
		}
		at += len(k.Value)
		list = append(list, k)
	}
	return list
}

// keep keeps a record and notes it at those of its keys that the file has.
func (p *plan) keep(r users.Record) int32 {
	if r.Account != p.account {
		for _, k := range r.Keys() {
			if id := p.keys.known(k.Space, k.Value); id != none && k.Space.Global() {
				p.keys.state[id].fact = factBeyond
				p.facts.elsewhere[id] = r.Account
			}
		}
		return -1
	}
	i, ok := p.facts.byID[r.ID]
	if !ok {
		i = int32(len(p.facts.recs))
		p.facts.recs = append(p.facts.recs, r)
		p.facts.byID[r.ID] = i
	}
	p.forget(i)
	p.facts.recs[i] = r
	if h := r.Holder(); int(i) < p.facts.named && h != r.ID {
		p.facts.moved = append(p.facts.moved, h)
	}
	for _, k := range r.Keys() {
		if id := p.keys.known(k.Space, k.Value); id != none {
			p.keys.state[id].fact = i + 1
		}
	}
	if id := p.keys.known(users.SpaceID, string(r.ID)); id != none {
		p.keys.state[id].fact = i + 1
	}
	return i
}

// factOf is the record that holds the key in the store: its index, or -1.
func (p *plan) factOf(key uint32) int32 {
	if f := p.keys.state[key].fact; f > 0 {
		return f - 1
	}
	return -1
}

// askHeld looks up what people have, one round for all of them.
func (p *plan) askHeld(ctx context.Context, people []int32) error {
	byHolder := map[users.ID]int32{}
	var list []users.Key
	for _, i := range people {
		if _, ok := p.facts.held[i]; !ok {
			id := p.facts.recs[i].ID
			if _, ok := byHolder[id]; !ok {
				byHolder[id] = i
				list = append(list, users.KeyOf(p.account, users.LinkHolder, string(id)))
			}
		}
	}
	found, err := p.find(ctx, list)
	if err != nil {
		return err
	}
	clear(p.facts.where)
	for _, i := range byHolder {
		p.facts.held[i] = nil
	}
	for _, r := range found.Records {
		if i, ok := byHolder[r.Holder()]; ok {
			if n := p.keep(r); n >= 0 {
				p.facts.held[i] = append(p.facts.held[i], n)
			}
		}
	}
	return nil
}

// manyHeld is from how many things on a person's are sorted by a field: every
// row about them asks.
const manyHeld = 16

// givenUp are the things that the person has and a row gives up.
func (p *plan) givenUp(rec int32, f release) []int32 {
	held := p.facts.held[rec]
	if f.field == "" || len(held) < manyHeld {
		var out []int32
		for _, h := range held {
			if f.has(p.facts.recs[h]) {
				out = append(out, h)
			}
		}
		return out
	}
	at := heldField{rec, f.kind, f.field}
	byValue := p.facts.where[at]
	if byValue == nil {
		byValue = map[string][]int32{}
		for _, h := range held {
			if r := p.facts.recs[h]; r.Kind() == f.kind {
				v := f.fold(r.Field(f.field))
				byValue[v] = append(byValue[v], h)
			}
		}
		p.facts.where[at] = byValue
	}
	return byValue[f.value]
}

// askPeople looks up those who hold what the file names, so that a finding can say who it is.
func (p *plan) askPeople(ctx context.Context) error {
	ids := p.facts.moved
	known := len(p.facts.recs)
	for _, r := range p.facts.recs[p.facts.named:] {
		if h := r.Holder(); h != r.ID {
			ids = append(ids, h)
		}
	}
	err := p.askIDs(ctx, ids)
	if err == nil {
		p.facts.named, p.facts.moved = known, nil
	}
	return err
}

// step is where a reference leads from.
type step struct {
	rec   int32
	field string
}

// steps notes the stored people whom the drafted row refers to.
func (t *turn) steps(at map[step]bool) {
	for i := range t.keys {
		if k := &t.keys[i]; k.rel == relRefer && !k.space.Managed() {
			if rec := t.plan.factOf(k.id); rec >= 0 {
				at[step{rec, k.field}] = true
			}
		}
	}
}

// askAbove looks up whom references lead to in the store, one round a hop.
func (p *plan) askAbove(ctx context.Context, at map[step]bool) error {
	for range hops {
		var ids []users.ID
		for s := range at {
			ids = append(ids, users.ID(p.facts.recs[s.rec].Field(s.field)))
		}
		if err := p.askIDs(ctx, ids); err != nil {
			return err
		}
		next := map[step]bool{}
		for s := range at {
			if rec, ok := p.facts.byID[users.ID(p.facts.recs[s.rec].Field(s.field))]; ok {
				next[step{rec, s.field}] = true
			}
		}
		if at = next; len(at) == 0 {
			break
		}
	}
	return nil
}

// askIDs looks up records by id, those not known yet.
func (p *plan) askIDs(ctx context.Context, ids []users.ID) error {
	slices.Sort(ids)
	var list []users.Key
	for _, id := range slices.Compact(ids) {
		if _, ok := p.facts.byID[id]; !ok && id != "" {
			list = append(list, users.ByID(id))
		}
	}
	found, err := p.find(ctx, list)
	if err != nil {
		return err
	}
	for _, r := range found.Records {
		p.keep(r)
	}
	return nil
}

// askLeading counts those who lead the account.
func (p *plan) askLeading(ctx context.Context) error {
	if p.facts.leading >= 0 {
		return nil
	}
	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{p.account}}, Limit: 1, Count: true}
	all, err := p.dir.List(ctx, q)
	if err != nil {
		return err
	}
	q.Having = users.Leading()
	leading, err := p.dir.List(ctx, q)
	if err != nil {
		return err
	}
	p.facts.people, p.facts.leading = all.Total, leading.Total
	if p.own != nil {
		people, leads := p.own.took()
		p.facts.people, p.facts.leading = p.facts.people+people, p.facts.leading+leads
	}
	return nil
}

// makesFirst reports whether rows make admins of an account that has none.
func (p *plan) makesFirst(ctx context.Context) (bool, error) {
	if p.keys.state[p.leadKey()].head[chainRelease] == none || p.dir.Actor().Unbound() {
		return false, nil
	}
	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{p.account}}, Limit: 1, Having: users.Leading()}
	page, err := p.dir.List(ctx, q)
	return err == nil && len(page.Records) == 0, err
}

// nameOf names a person by e-mail address, LAN ID, login or name, a line by its numbers, a unit by its path.
func (p *plan) nameOf(i int32) string {
	if i < 0 {
		return ""
	}
	return whoIs(p.facts.recs[i])
}

func whoIs(r users.Record) string {
	switch d := r.Data.(type) {
	case *users.Profile:
		return personIs(d)
	case *users.Line:
		return users.LineName(d.PBX, d.Short)
	case *users.Unit:
		return d.Path
	}
	return string(r.ID)
}

func personIs(u *users.Profile) string {
	switch {
	case u.Email != "":
		return u.Email
	case u.ContactCentre != nil && u.ContactCentre.LANID != "":
		return u.ContactCentre.LANID
	case u.Login != "":
		return u.Login
	}
	return u.Name()
}

// refresh looks rows up again: their keys, their people and what these have.
func (p *plan) refresh(ctx context.Context, rows []uint32) error {
	var keys []uint32
	var holders []int32
	for _, r := range rows {
		p.unplace(r, func(key uint32) {
			if space, id := p.keys.parts(key); space == spaceReferrer { // the person may refer to somebody else by now
				key = p.keys.key(users.SpaceID, id)
			}
			keys = append(keys, key)
		})
		for _, k := range p.read(r).keys {
			keys = append(keys, k.id)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	keys = slices.DeleteFunc(keys, func(k uint32) bool {
		s := p.keys.spaceOf(k)
		return s.Kind() == "" && s != users.SpaceID
	})
	for _, k := range keys {
		if rec := p.factOf(k); rec >= 0 {
			if _, asked := p.facts.held[rec]; asked {
				delete(p.facts.held, rec)
				delete(p.facts.led, rec)
				holders = append(holders, rec)
			}
			p.forget(rec)
		}
		p.keys.state[k].fact = factNone
	}
	p.facts.leading, p.asked = -1, false
	if err := p.learnAll(ctx, keys, slices.Values(rows)); err != nil {
		return err
	}
	if err := p.askHeld(ctx, holders); err != nil {
		return err
	}
	for _, r := range rows {
		p.read(r).place(func(uint32) {})
	}
	return nil
}

// forget takes a record off the keys it was noted at.
func (p *plan) forget(rec int32) {
	r := p.facts.recs[rec]
	for _, k := range r.Keys() {
		if id := p.keys.known(k.Space, k.Value); id != none && p.keys.state[id].fact == rec+1 {
			p.keys.state[id].fact = factNone
		}
	}
	if id := p.keys.known(users.SpaceID, string(r.ID)); id != none && p.keys.state[id].fact == rec+1 {
		p.keys.state[id].fact = factNone
	}
}
