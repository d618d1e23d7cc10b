package importer

import (
	"context"
	"maps"
	"slices"

	"github.com/usher-go/usher/users"
)

// facts are what the store said: the records that hold the keys of the file.
//
// During a commit they are what the store would say if the import had not begun. A
// row that is decided after others were written must see what was shown.
type facts struct {
	dir     *users.Directory
	account users.AccountID
	keys    *keyTable
	veil    veil
	own     *ownWork // of the import that is being committed; else nil

	recs []users.Record
	byID map[users.ID]int32
	held map[int32][]int32 // the records each person holds (lines), by index of the person, once asked for
	led  map[int32][]int32 // the people each person supervises, likewise
	// sorted has the things of a person with many, by the value of a field.
	sorted map[heldField]map[string][]int32
	named  int        // how many of recs have had their holders looked up
	moved  []users.ID // the holders of records that were looked up again
	// elsewhere are the accounts that hold keys unique over all accounts, as far as
	// the actor reaches them.
	elsewhere map[uint32]users.AccountID
	admins    int // how many active admins the account has; -1 until asked
	people    int // users of the account, counted at the same time
}

// heldField is a field of the things that a person holds: "internal" of Ada's lines.
type heldField struct {
	rec   int32
	kind  users.Kind
	field string
}

// newFacts returns facts of a store that was not asked yet.
func newFacts(dir *users.Directory, account users.AccountID, keys *keyTable, own *ownWork, hidden veil) *facts {
	return &facts{dir: dir, account: account, keys: keys, own: own, veil: hidden,
		byID: map[users.ID]int32{}, held: map[int32][]int32{}, led: map[int32][]int32{},
		sorted: map[heldField]map[string][]int32{}, elsewhere: map[uint32]users.AccountID{}, admins: -1}
}

// find asks the store, [users.MaxFind] keys at a time, and undoes in the answers
// what the import itself has written.
func (f *facts) find(ctx context.Context, keys []users.Key) (users.Found, error) {
	var out users.Found
	for part := range slices.Chunk(keys, users.MaxFind) {
		found, err := f.dir.Find(ctx, part...)
		if err != nil {
			return out, err
		}
		out.Records = append(out.Records, found.Records...)
		out.OutOfReach = append(out.OutOfReach, found.OutOfReach...)
	}

	return f.rewind(ctx, keys, out)
}

// ask looks keys up and notes which records hold them. If that fails, the keys
// count as unasked and nothing is noted.
func (f *facts) ask(ctx context.Context, keys []uint32) error {
	found, err := f.find(ctx, f.storeKeys(keys))
	if err != nil {
		for _, k := range keys {
			f.keys.state[k].fact = factUnasked
		}
		return err
	}

	for _, r := range found.Records {
		f.keep(r)
	}
	for _, k := range found.OutOfReach {
		if id := f.keys.known(k.Space, k.Value); id != none {
			f.keys.state[id].fact = factBeyond
		}
	}
	return nil
}

// storeKeys returns keys as the store knows them. Their values share one string.
func (f *facts) storeKeys(keys []uint32) []users.Key {
	var text []byte
	for _, id := range keys {
		text = append(text, f.keys.bytes(id)[1:]...)
	}

	all, at := string(text), 0
	list := make([]users.Key, 0, len(keys))
	for _, id := range keys {
		k := users.Key{Account: f.account, Space: f.keys.spaceOf(id), Value: all[at : at+len(f.keys.bytes(id))-1]}
		if k.Space.Global() {
			k.Account = ""
		}
		at += len(k.Value)
		list = append(list, k)
	}
	return list
}

// keep stores a record, notes it at those of its keys that the file has, and returns
// its index. It returns -1 for a record of another account.
func (f *facts) keep(r users.Record) int32 {
	if r.Account != f.account {
		f.keepForeign(r)
		return -1
	}

	i, known := f.byID[r.ID]
	if !known {
		i = int32(len(f.recs))
		f.recs = append(f.recs, r)
		f.byID[r.ID] = i
	}
	f.forget(i) // the record may have lost keys since it was first read
	f.recs[i] = r
	if h := r.Holder(); int(i) < f.named && h != r.ID {
		f.moved = append(f.moved, h)
	}

	for _, k := range r.Keys() {
		f.noteHolder(f.keys.known(k.Space, k.Value), i)
	}
	f.noteHolder(f.keys.known(users.SpaceID, string(r.ID)), i)
	return i
}

// keepForeign notes the keys of another account's record that are unique over all
// accounts.
func (f *facts) keepForeign(r users.Record) {
	for _, k := range r.Keys() {
		if id := f.keys.known(k.Space, k.Value); id != none && k.Space.Global() {
			f.keys.state[id].fact = factBeyond
			f.elsewhere[id] = r.Account
		}
	}
}

// noteHolder notes which record holds a key, if the file has the key.
func (f *facts) noteHolder(key uint32, rec int32) {
	if key != none {
		f.keys.state[key].fact = rec + 1
	}
}

// forget removes a record from the keys at which it was noted.
func (f *facts) forget(rec int32) {
	clear := func(key uint32) {
		if key != none && f.keys.state[key].fact == rec+1 {
			f.keys.state[key].fact = factNone
		}
	}
	r := f.recs[rec]
	for _, k := range r.Keys() {
		clear(f.keys.known(k.Space, k.Value))
	}
	clear(f.keys.known(users.SpaceID, string(r.ID)))
}

// holderOf returns the index of the stored record that has the key, or -1.
func (f *facts) holderOf(key uint32) int32 {
	if rec := f.keys.state[key].fact; rec > 0 {
		return rec - 1
	}
	return -1
}

// askIDs looks up records by id, except those already known.
func (f *facts) askIDs(ctx context.Context, ids []users.ID) error {
	slices.Sort(ids)
	var list []users.Key
	for _, id := range slices.Compact(ids) {
		if _, ok := f.byID[id]; !ok && id != "" {
			list = append(list, users.ByID(id))
		}
	}

	found, err := f.find(ctx, list)
	if err != nil {
		return err
	}
	for _, r := range found.Records {
		f.keep(r)
	}
	return nil
}

// askHeld looks up the things that people hold.
func (f *facts) askHeld(ctx context.Context, people []int32) error {
	clear(f.sorted)
	return f.askLinked(ctx, people, users.LinkHolder, f.held, users.Record.Holder)
}

// askLed looks up the people that each of these people supervises.
func (f *facts) askLed(ctx context.Context, people []int32) error {
	return f.askLinked(ctx, people, users.LinkSupervisor, f.led, func(r users.Record) users.ID {
		return users.ID(r.Field("supervisor"))
	})
}

// askLinked looks up the records that name people by a link, one round for all
// people who were not asked about yet. to says which person a record names.
func (f *facts) askLinked(ctx context.Context, people []int32, link users.Space, into map[int32][]int32, to func(users.Record) users.ID) error {
	byID := map[users.ID]int32{}
	for _, i := range people {
		if _, asked := into[i]; !asked {
			byID[f.recs[i].ID] = i
		}
	}
	var list []users.Key
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		list = append(list, users.KeyOf(f.account, link, string(id)))
	}

	found, err := f.find(ctx, list)
	if err != nil {
		return err
	}
	for _, i := range byID {
		into[i] = nil
	}
	for _, r := range found.Records {
		if i, ok := byID[to(r)]; ok {
			if n := f.keep(r); n >= 0 {
				into[i] = append(into[i], n)
			}
		}
	}
	return nil
}

// manyHeld is the number of things from which on they are sorted by a field. Every
// row about their person asks for some of them.
const manyHeld = 16

// released returns the things the person holds and a row releases.
func (f *facts) released(rec int32, of release) []int32 {
	held := f.held[rec]
	if of.field == "" || len(held) < manyHeld {
		var out []int32
		for _, h := range held {
			if of.has(f.recs[h]) {
				out = append(out, h)
			}
		}
		return out
	}

	at := heldField{rec, of.kind, of.field}
	byValue := f.sorted[at]
	if byValue == nil {
		byValue = map[string][]int32{}
		for _, h := range held {
			if r := f.recs[h]; r.Kind() == of.kind {
				v := of.fold(r.Field(of.field))
				byValue[v] = append(byValue[v], h)
			}
		}
		f.sorted[at] = byValue
	}
	return byValue[of.value]
}

// askPeople looks up the holders of the records the file names, so that a finding
// can name them.
func (f *facts) askPeople(ctx context.Context) error {
	ids := f.moved
	known := len(f.recs)
	for _, r := range f.recs[f.named:] {
		if h := r.Holder(); h != r.ID {
			ids = append(ids, h)
		}
	}

	// The holders are not asked for holders of their own: known was counted before.
	if err := f.askIDs(ctx, ids); err != nil {
		return err
	}
	f.named, f.moved = known, nil
	return nil
}

// step is a reference of a stored person: the supervisor of Ada.
type step struct {
	rec   int32
	field string
}

// askAbove follows references through the store and looks up the people they name,
// one round for each hop.
func (f *facts) askAbove(ctx context.Context, at map[step]bool) error {
	for range hops {
		var ids []users.ID
		for s := range at {
			ids = append(ids, users.ID(f.recs[s.rec].Field(s.field)))
		}
		if err := f.askIDs(ctx, ids); err != nil {
			return err
		}

		next := map[step]bool{}
		for s := range at {
			if rec, ok := f.byID[users.ID(f.recs[s.rec].Field(s.field))]; ok {
				next[step{rec, s.field}] = true
			}
		}
		if at = next; len(at) == 0 {
			break
		}
	}
	return nil
}

// askAdmins counts the users of the account, and those who are admins.
func (f *facts) askAdmins(ctx context.Context) error {
	if f.admins >= 0 {
		return nil
	}

	q := users.Query{Kind: users.KindUser, Scope: users.Scope{Accounts: []users.AccountID{f.account}}, Limit: 1, Count: true}
	all, err := f.dir.List(ctx, q)
	if err != nil {
		return err
	}
	q.Having = users.Leading()
	admins, err := f.dir.List(ctx, q)
	if err != nil {
		return err
	}

	// A count cannot be rewound record by record: what the import changed is added.
	f.people, f.admins = all.Total, admins.Total
	if f.own != nil {
		people, admins := f.own.fewerPeople()
		f.people, f.admins = f.people+people, f.admins+admins
	}
	return nil
}

// nameOf returns the name of a record, or "" for index -1; see [veil.nameOf].
func (f *facts) nameOf(i int32) string {
	if i < 0 {
		return ""
	}
	return f.veil.nameOf(f.recs[i])
}
