package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

func conflictCases() []Case {
	return []Case{
		{Name: "conflict/create", Rule: "A record that exists cannot be made: it is stale.", run: conflictCreate},
		{Name: "conflict/update", Rule: "A record that is not at the version it was read at, or is gone, is stale.", run: conflictUpdate},
		{Name: "conflict/delete", Rule: "A record is deleted only at the version it was read at.", run: conflictDelete},
		{Name: "conflict/stale", Rule: "A Conflict names every stale record of the batch, and no other.", run: conflictStale,
			Writes: 7, Because: "some of its records are stale, and some are not"},
		{Name: "conflict/key", Rule: "A Conflict names every key held by another record, with the record that wants it and its holder.", run: conflictKey},
		{Name: "conflict/keys", Rule: "A Conflict names the keys that any record of the batch wants and another holds, and no key of the others.", run: conflictKeys,
			Writes: 3, Because: "two of the batch want what others hold, and a third does not"},
		{Name: "conflict/global", Rule: "A value of a global space is held against every account.", run: conflictGlobal},
		{Name: "conflict/kept", Rule: "A key of a record that the batch writes, and leaves the key, is not free.", run: conflictKept,
			Writes: 2, Because: "one keeps what another of the batch wants"},
		{Name: "conflict/inside", Rule: "Two records of one batch cannot take one key.", run: conflictInside,
			Writes: 3, Because: "two of the batch want one key, and a third is not written either"},
		{Name: "conflict/many", Rule: "A Conflict is complete, however many keys are in the way.", run: conflictMany,
			Writes: 2500, Because: "each of them stands in the way"},
		{Name: "conflict/gone", Rule: "A record that a batch needs must be there at its end, at the version it needs: one made by the batch is, one deleted by it or never made is not.", run: conflictGone},
		{Name: "conflict/needs", Rule: "A batch may need what it makes itself.", run: conflictNeeds,
			Writes: 2, Because: "it makes one record and changes another"},
		{Name: "conflict/used", Rule: "A batch whose unused links somebody stands under is refused, and the Conflict names each such link and no other; once nobody does it is written.", run: conflictUsed},
		{Name: "conflict/used-inside", Rule: "What the batch itself takes from under a link is gone from there, and what it puts there stands there.", run: conflictUsedInside,
			Writes: 2, Because: "it deletes somebody and writes what they hold"},
		{Name: "conflict/rows", Rule: "A row of an import is done once: a batch that holds it again is refused, with every such row named.", run: conflictRows},
		{Name: "conflict/imports", Rule: "The rows of one import say nothing about those of another.", run: conflictImports},
		{Name: "conflict/all", Rule: "One Conflict names done rows, stale records and keys together.", run: conflictAll,
			Writes: 4, Because: "each is in the way in its own manner"},
		{Name: "conflict/one", Rule: "Of a batch of one record that is refused nothing is written: no record, key, link or journal entry, nor its import's record.", run: conflictOne},
		{Name: "conflict/begin", Rule: "A first batch that was refused may be tried again, and makes its import then.", run: conflictBegin},
		{Name: "conflict/nothing", Rule: "Of a batch that is refused nothing is written: no record, key, link or journal entry.", run: conflictNothing,
			Writes: 4, Because: "what is good in the batch is not written for what is bad in it"},
	}
}

// holding is a line that the user holds.
func holding(id, holder users.ID) users.Record {
	l := extension(id, acme, "")
	l.Data.(*users.Line).Holder = holder
	return l
}

func held(by users.ID) users.Key { return users.KeyOf(acme, users.LinkHolder, string(by)) }

func conflictUsed(b *bench) {
	b.given(creates(person("ada", "ada@example.com"), person("bob", "bob@example.com"), holding("l1", "ada"))...)
	leaves := b.next(remove("ada", 1))
	leaves.Unused = []users.Key{held("ada"), held("bob")}
	b.same("the conflict", users.Conflict{Used: []users.Key{held("ada")}}, b.refused(leaves))
	b.finds([]users.Key{users.ByID("ada")}, "ada")
	b.given(change(holding("l1", "bob"), 1))
	leaves.Unused = []users.Key{held("ada")}
	b.apply(leaves)
	b.finds([]users.Key{users.ByID("ada"), users.ByID("bob")}, "bob")
}

func conflictUsedInside(b *bench) {
	b.given(creates(person("ada", "ada@example.com"), person("bob", "bob@example.com"), holding("l1", "ada"), holding("l2", "bob"))...)
	leaves := b.next(remove("ada", 1), change(holding("l1", ""), 1))
	leaves.Unused = []users.Key{held("ada")}
	b.apply(leaves)
	for _, w := range []users.Write{change(holding("l2", "bob"), 1), change(holding("l1", "bob"), 2)} {
		stays := b.next(change(person("bob", "bob@example.com"), 1), w)
		stays.Unused = []users.Key{held("bob")}
		b.same("the conflict of a batch that leaves a line", users.Conflict{Used: []users.Key{held("bob")}}, b.refused(stays))
	}
	b.finds([]users.Key{held("bob")}, "l2")
}

func conflictCreate(b *bench) {
	ada := person("ada", "ada@example.com")
	b.given(create(ada))
	b.same("the conflict", users.Conflict{Stale: []users.ID{"ada"}}, b.refused(b.next(create(person("ada", "new@example.com")))))
	b.same("the record", []users.Record{stored(ada, 1)}, b.find(users.ByID("ada")))
}

func conflictUpdate(b *bench) {
	ada := person("ada", "ada@example.com")
	b.given(create(ada))
	b.given(change(ada, 1))
	want := users.Conflict{Stale: []users.ID{"ada"}}
	for _, version := range []uint64{1, 3, 1 << 63} {
		b.same(fmt.Sprintf("the conflict of a write at version %d of 2", version), want,
			b.refused(b.next(change(person("ada", "new@example.com"), version))))
	}
	b.same("the record", []users.Record{stored(ada, 2)}, b.find(users.ByID("ada")))
	b.given(remove("ada", 2))
	b.same("the conflict of a write to a deleted record", want, b.refused(b.next(change(ada, 2))))
	b.finds([]users.Key{users.ByID("ada")})
}

func conflictDelete(b *bench) {
	ada := person("ada", "ada@example.com")
	b.given(create(ada))
	b.given(change(ada, 1))
	for _, version := range []uint64{1, 3} {
		b.same(fmt.Sprintf("the conflict of a deletion at version %d of 2", version), users.Conflict{Stale: []users.ID{"ada"}},
			b.refused(b.next(remove("ada", version))))
	}
	b.same("the conflict of deleting nobody", users.Conflict{Stale: []users.ID{"bob"}}, b.refused(b.next(remove("bob", 1))))
	b.finds([]users.Key{users.ByID("ada")}, "ada")
}

func conflictStale(b *bench) {
	recs := people(8)
	b.given(creates(recs[:6]...)...)
	b.given(change(recs[1], 1), change(recs[3], 1))
	batch := b.next(change(recs[0], 1), change(recs[1], 1), remove("p0002", 1), remove("p0003", 1), create(recs[4]), create(recs[6]), change(recs[7], 1))
	b.same("the conflict", users.Conflict{Stale: []users.ID{"p0001", "p0003", "p0004", "p0007"}}, b.refused(batch))
}

// wants is the conflict over a key of the record.
func wants(r users.Record, space users.Space, holder users.ID) users.KeyConflict {
	for _, k := range r.Keys() {
		if k.Space == space {
			return users.KeyConflict{Key: k, Wants: r.ID, Holder: holder}
		}
	}
	return users.KeyConflict{}
}

func conflictKey(b *bench) {
	b.given(create(agent("ada", acme)))
	eve := agent("ada", acme)
	eve.ID = "eve"
	var want users.Conflict
	for _, k := range eve.Keys() {
		want.Keys = append(want.Keys, users.KeyConflict{Key: k, Wants: "eve", Holder: "ada"})
	}
	b.same("the conflict", want, b.refused(b.next(create(eve))))
	b.finds([]users.Key{users.ByID("eve")})
}

func conflictKeys(b *bench) {
	b.given(creates(agent("ada", acme), person("bob", "bob@example.com"), person("free", "free@example.com"))...)
	eve := agent("ada", acme)
	eve.ID = "eve"
	var want users.Conflict
	for _, k := range eve.Keys() {
		want.Keys = append(want.Keys, users.KeyConflict{Key: k, Wants: "eve", Holder: "ada"})
	}
	free := person("free", "bob@example.com")
	want.Keys = slices.Insert(want.Keys, 1, wants(free, users.SpaceEmail, "bob"))
	b.same("the conflict", want, b.refused(b.next(change(free, 1), create(eve), create(person("ok", "ok@example.com")))))
	holds(b, map[string]users.ID{"bob@example.com": "bob", "free@example.com": "free", "ok@example.com": ""})
}

func conflictGlobal(b *bench) {
	b.given(create(extension("l1", acme, "+33123456789")))
	theirs := extension("l2", globex, "+33123456789")
	b.same("the conflict", users.Conflict{Keys: []users.KeyConflict{wants(theirs, users.SpaceNumber, "l1")}}, b.refused(b.next(create(theirs))))
}

func conflictKept(b *bench) {
	b.given(creates(person("ada", "ada@example.com"), person("bob", "bob@example.com"))...)
	bob := person("bob", "ada@example.com")
	want := users.Conflict{Keys: []users.KeyConflict{wants(bob, users.SpaceEmail, "ada")}}
	keeps := record("ada", acme, &users.Profile{Email: "ada@example.com", DisplayName: "New name"})
	b.same("the conflict", want, b.refused(b.next(change(keeps, 1), change(bob, 1))))
	b.same("the conflict, in the other order", want, b.refused(b.next(change(bob, 1), change(keeps, 1))))
}

func conflictInside(b *bench) {
	c := b.refused(b.next(create(person("ada", "same@example.com")), create(person("bob", "same@example.com")), create(person("eve", "eve@example.com"))))
	if len(c.Keys) != 1 || len(c.Stale)+len(c.Done) > 0 {
		b.fatalf("the conflict is %+v, want one key", c)
	}
	between := []users.ID{c.Keys[0].Wants, c.Keys[0].Holder}
	slices.Sort(between)
	b.same("the key", email(acme, "same@example.com"), c.Keys[0].Key)
	b.same("the records", []users.ID{"ada", "bob"}, between)
	b.finds([]users.Key{email(acme, "same@example.com"), users.ByID("eve")})
}

func conflictMany(b *bench) {
	recs := people(2500)
	b.given(creates(recs...)...)
	var want users.Conflict
	var writes []users.Write
	for i, r := range recs {
		thief := person(users.ID(fmt.Sprintf("t%04d", i)), r.Data.(*users.Profile).Email)
		writes = append(writes, create(thief))
		want.Keys = append(want.Keys, wants(thief, users.SpaceEmail, r.ID))
	}
	b.same("the conflict", want, b.refused(b.next(writes...)))
}

func conflictRows(b *bench) {
	rows := func(ns ...int) (out []users.RowNote) {
		for _, n := range ns {
			out = append(out, users.RowNote{Row: users.RowAt(0, n)})
		}
		return out
	}
	b.apply(users.Batch{Import: "i1", Rows: rows(1, 2)})
	b.apply(users.Batch{Import: "i1", Rows: rows(5)})
	batch := users.Batch{Import: "i1", Rows: rows(4, 5, 3, 1), Writes: creates(person("ada", "ada@example.com"))}
	b.same("the conflict", users.Conflict{Done: []users.RowID{users.RowAt(0, 1), users.RowAt(0, 5)}}, b.refused(batch))
	b.same("the conflict, again", users.Conflict{Done: []users.RowID{users.RowAt(0, 1), users.RowAt(0, 5)}}, b.refused(batch))
	b.finds([]users.Key{users.ByID("ada")})
	batch.Rows = rows(4, 3)
	b.apply(batch)
	b.apply(users.Batch{Import: "i1", Rows: []users.RowNote{{Row: users.RowAt(1, 1)}}}) // row 1 of another table
	b.same("the rows done", []users.RowID{users.RowAt(0, 1), users.RowAt(0, 2), users.RowAt(0, 5), users.RowAt(0, 4), users.RowAt(0, 3), users.RowAt(1, 1)},
		b.rowsDone("i1"))
}

func conflictImports(b *bench) {
	b.apply(row("i1", 1, create(person("ada", "ada@example.com"))))
	b.apply(row("i2", 1, create(person("bob", "bob@example.com"))))
	b.same("the conflict", users.Conflict{Done: []users.RowID{users.RowAt(0, 1)}}, b.refused(row("i2", 1)))
	b.finds([]users.Key{users.ByID("ada"), users.ByID("bob")}, "ada", "bob")
}

func conflictAll(b *bench) {
	recs := people(3)
	b.given(creates(recs...)...)
	b.given(change(recs[0], 1))
	b.apply(row("i1", 1))
	thief := person("thief", "p0002@example.com")
	batch := row("i1", 1, change(recs[0], 1), create(thief), remove("p0001", 1), remove("gone", 1))
	batch.Rows = append(batch.Rows, users.RowNote{Row: users.RowAt(0, 2)})
	b.same("the conflict", users.Conflict{
		Keys:  []users.KeyConflict{wants(thief, users.SpaceEmail, "p0002")},
		Stale: []users.ID{"gone", "p0000"},
		Done:  []users.RowID{users.RowAt(0, 1)},
	}, b.refused(batch))
}

func conflictNothing(b *bench) {
	ada, bob := agent("ada", acme), agent("bob", acme)
	begin := row("i1", 1, creates(ada, bob)...)
	begin.Writes = append(begin.Writes, importing("i1", "d1"))
	begin.Digest = "d1"
	b.apply(begin)

	good := func() users.Batch {
		moved := agent("moved", globex)
		moved.ID = "ada"
		batch := row("i1", 2, create(agent("new", acme)), change(moved, 1), remove("bob", 1))
		batch.Rows[0].Note, batch.Digest = json.RawMessage(`1`), "d1"
		return batch
	}
	for what, spoil := range map[string]func(*users.Batch){
		"digest": func(x *users.Batch) { x.Digest = "d2" },
		"row":    func(x *users.Batch) { x.Rows = append(x.Rows, users.RowNote{Row: users.RowAt(0, 1)}) },
		"stale":  func(x *users.Batch) { x.Writes = append(x.Writes, remove("nobody", 1)) },
		"exists": func(x *users.Batch) { x.Writes = append(x.Writes, importing("i1", "d1")) },
		"key": func(x *users.Batch) {
			x.Writes = append(x.Writes, create(person("thief", "new@example.com")))
		},
	} {
		batch := good()
		spoil(&batch)
		err := b.store.Apply(b.ctx, batch)
		if c := new(users.Conflict); !errors.As(err, &c) && !errors.Is(err, users.ErrDigest) {
			b.fatalf("Apply of a batch spoiled by its %s: %v, want it refused", what, err)
		}
		b.same("the records after a batch spoiled by its "+what, []users.Record{stored(ada, 1), stored(bob, 1)},
			b.find(users.ByID("ada"), users.ByID("bob"), users.ByID("new"), users.ByID("thief")))
		for _, r := range []users.Record{ada, bob} {
			for _, k := range append(r.Keys(), users.KeyOf(acme, users.LinkGrant, "reader")) {
				if k.Space.Unique() {
					b.finds([]users.Key{k}, r.ID)
				} else {
					b.finds([]users.Key{k}, "ada", "bob")
				}
			}
		}
		moved := agent("moved", globex)
		b.finds(append(moved.Index().Links, moved.Keys()...))
		b.finds(agent("new", acme).Keys())
		b.lists(anywhere(), "ada", "bob")
		b.same("the rows done after a batch spoiled by its "+what, []users.RowID{users.RowAt(0, 1)}, b.rowsDone("i1"))
	}
	b.apply(good())
	b.lists(anywhere(), "ada", "new")
}

// needs is the batch with needs of any version.
func needs(batch users.Batch, ids ...users.ID) users.Batch {
	for _, id := range ids {
		batch.Needs = append(batch.Needs, users.Need{ID: id})
	}
	return batch
}

func conflictNeeds(b *bench) {
	ada := person("ada", "ada@example.com")
	b.given(create(ada))
	at := needs(b.next(change(ada, 1), create(person("bob", "bob@example.com"))), "ada", "bob")
	at.Needs[0].Version = 1
	b.same("the conflict of needing the version that the batch changes", users.Conflict{Gone: []users.ID{"ada"}}, b.refused(at))
	b.finds([]users.Key{users.ByID("bob")})
	at.Needs[0].Version = 2
	b.apply(at)
	b.finds([]users.Key{users.ByID("bob")}, "bob")
}

func conflictGone(b *bench) {
	ada, bob := person("ada", "ada@example.com"), person("bob", "bob@example.com")
	b.given(create(ada), create(bob))
	cyd := create(person("cyd", "cyd@example.com"))
	b.same("the conflict of needing who is not there", users.Conflict{Gone: []users.ID{"nobody", "zed"}}, b.refused(needs(b.next(cyd), "nobody", "ada", "zed")))
	b.finds([]users.Key{users.ByID("cyd")})
	b.same("the conflict of needing whom the batch deletes", users.Conflict{Gone: []users.ID{"bob"}}, b.refused(needs(b.next(remove("bob", 1)), "ada", "bob")))
	b.apply(needs(b.next(create(person("dan", "dan@example.com"))), "dan", "ada", "bob"))
	b.finds([]users.Key{users.ByID("dan")}, "dan")

	b.given(change(ada, 1))
	at := b.next(cyd)
	at.Needs = []users.Need{{ID: "ada", Version: 1}, {ID: "bob", Version: 1}}
	b.same("the conflict of needing a version that is past", users.Conflict{Gone: []users.ID{"ada"}}, b.refused(at))
	at.Needs[0].Version = 2
	b.apply(at)
	b.finds([]users.Key{users.ByID("cyd")}, "cyd")
}

func conflictOne(b *bench) {
	ada := agent("ada", acme)
	begin := row("i1", 1, create(ada))
	begin.Writes, begin.Digest = append(begin.Writes, importing("i1", "d1")), "d1"
	b.apply(begin)
	imp := *importing("i1", "d1").Record
	moved := agent("moved", globex)
	moved.ID = "ada"
	for what, spoil := range map[string]func(*users.Batch){
		"digest":          func(x *users.Batch) { x.Digest = "d2" },
		"row":             func(x *users.Batch) { x.Rows = append(x.Rows, users.RowNote{Row: users.RowAt(0, 1)}) },
		"version":         func(x *users.Batch) { x.Writes[0].Version = 2 },
		"import":          func(x *users.Batch) { x.Writes[1].Version = 2 },
		"need":            func(x *users.Batch) { x.Needs = []users.Need{{ID: "nobody"}} },
		"deletion":        func(x *users.Batch) { x.Writes[0].Record, x.Writes[0].Version = nil, 2 },
		"key":             func(x *users.Batch) { x.Writes[0] = create(person("thief", "ada@example.com")) },
		"existing record": func(x *users.Batch) { x.Writes[0] = create(agent("ada", globex)) },
	} {
		batch := row("i1", 2, change(moved, 1))
		batch.Writes, batch.Digest = append(batch.Writes, change(imp, 1)), "d1"
		spoil(&batch)
		err := b.store.Apply(b.ctx, batch)
		if c := new(users.Conflict); !errors.As(err, &c) && !errors.Is(err, users.ErrDigest) {
			b.fatalf("Apply of a batch spoiled by its %s: %v, want it refused", what, err)
		}
		b.same("the records after a batch spoiled by its "+what, []users.Record{stored(ada, 1), stored(imp, 1)},
			b.find(users.ByID("ada"), users.ByID("i1"), users.ByID("thief")))
		for _, k := range append(ada.Keys(), ada.Index().Links...) {
			b.finds([]users.Key{k}, "ada")
		}
		b.finds(append(moved.Keys(), moved.Index().Links...))
		b.lists(anywhere(), "ada")
		b.same("the rows done after a batch spoiled by its "+what, []users.RowID{users.RowAt(0, 1)}, b.rowsDone("i1"))
	}
}

func conflictBegin(b *bench) {
	b.given(create(person("ada", "ada@example.com")))
	first := func(address string) users.Batch {
		batch := row("i1", 1, create(person("bob", address)))
		batch.Writes, batch.Digest = append(batch.Writes, importing("i1", "d1")), "d1"
		return batch
	}
	for range 2 {
		b.refused(first("ada@example.com"))
		b.finds([]users.Key{users.ByID("bob"), users.ByID("i1")})
		b.lists(users.Query{Kind: users.KindImport, Scope: users.Scope{All: true}})
	}
	b.apply(first("bob@example.com"))
	b.same("the import", []users.Record{stored(*importing("i1", "d1").Record, 1)}, b.find(users.ByID("i1")))
	b.same("the rows done", []users.RowID{users.RowAt(0, 1)}, b.rowsDone("i1"))
}
