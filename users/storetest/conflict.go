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
		{Name: "conflict/create", Rule: "Creating a record that exists must be a Conflict that names it as stale.", run: conflictCreate},
		{Name: "conflict/update", Rule: "Writing a record that does not exist, or not at the version at which it was read, must be a Conflict that names it as stale.", run: conflictUpdate},
		{Name: "conflict/delete", Rule: "A record may be deleted only at the version at which it was read.", run: conflictDelete},
		{Name: "conflict/stale", Rule: "A Conflict must name every stale record of the batch, and no other.", run: conflictStale,
			Writes: 7, Because: "some of its records are stale, and some are not"},
		{Name: "conflict/key", Rule: "A Conflict must name every key that another record holds, with the record that wants it and its holder.", run: conflictKey},
		{Name: "conflict/keys", Rule: "A Conflict must name the keys that any record of the batch wants and another record holds, and no other key.", run: conflictKeys,
			Writes: 3, Because: "two records want keys of others, and a third does not"},
		{Name: "conflict/global", Rule: "A value of a global space must be unique over all accounts.", run: conflictGlobal},
		{Name: "conflict/kept", Rule: "A key is not free if a record of the batch has it and keeps it.", run: conflictKept,
			Writes: 2, Because: "one record keeps the key that another wants"},
		{Name: "conflict/inside", Rule: "Two records of one batch must not take the same key.", run: conflictInside,
			Writes: 3, Because: "two records want one key, and a third must not be written either"},
		{Name: "conflict/many", Rule: "A Conflict must be complete, however many keys it names.", run: conflictMany,
			Writes: 2500, Because: "each of them conflicts"},
		{Name: "conflict/gone", Rule: "A needed record must exist at the end of the batch, at the needed version. A record that the batch creates exists; a record that it deletes does not.", run: conflictGone},
		{Name: "conflict/needs", Rule: "A batch may need a record that it creates or changes itself.", run: conflictNeeds,
			Writes: 2, Because: "it makes one record and changes another"},
		{Name: "conflict/used", Rule: "A batch must be refused while a record has one of its unused links. The Conflict must name each such link and no other.", run: conflictUsed},
		{Name: "conflict/used-inside", Rule: "Unused links must be judged by the end of the batch: links that the batch removes are unused, links that it adds are used.", run: conflictUsedInside,
			Writes: 2, Because: "it deletes a person and writes the line that they hold"},
		{Name: "conflict/rows", Rule: "A row of an import must be done at most once. A batch that repeats rows must be refused, and the Conflict must name every such row.", run: conflictRows},
		{Name: "conflict/imports", Rule: "The rows of one import must not count as rows of another.", run: conflictImports},
		{Name: "conflict/all", Rule: "One Conflict must name done rows, stale records and keys together.", run: conflictAll,
			Writes: 4, Because: "each record conflicts for another reason"},
		{Name: "conflict/one", Rule: "A refused batch of one record must write nothing: no record, key, link or journal entry, and no record of its import.", run: conflictOne},
		{Name: "conflict/begin", Rule: "The first batch of an import may be retried after it was refused. It must then create the import.", run: conflictBegin},
		{Name: "conflict/nothing", Rule: "A refused batch must write nothing: no record, key, link or journal entry.", run: conflictNothing,
			Writes: 4, Because: "the good records of the batch must not be written either"},
	}
}

// holding returns a line that the user holds.
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
	b.same("the conflict of deleting an unknown record", users.Conflict{Stale: []users.ID{"bob"}}, b.refused(b.next(remove("bob", 1))))
	b.finds([]users.Key{users.ByID("ada")}, "ada")
}

func conflictStale(b *bench) {
	recs := people(8)
	b.given(creates(recs[:6]...)...)
	b.given(change(recs[1], 1), change(recs[3], 1))
	batch := b.next(change(recs[0], 1), change(recs[1], 1), remove("p0002", 1), remove("p0003", 1), create(recs[4]), create(recs[6]), change(recs[7], 1))
	b.same("the conflict", users.Conflict{Stale: []users.ID{"p0001", "p0003", "p0004", "p0007"}}, b.refused(batch))
}

// wants returns the conflict over the record's key in the space.
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

// needs returns the batch with needs of any version.
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
	b.same("the conflict of needing unknown records", users.Conflict{Gone: []users.ID{"nobody", "zed"}}, b.refused(needs(b.next(cyd), "nobody", "ada", "zed")))
	b.finds([]users.Key{users.ByID("cyd")})
	b.same("the conflict of needing a record that the batch deletes", users.Conflict{Gone: []users.ID{"bob"}}, b.refused(needs(b.next(remove("bob", 1)), "ada", "bob")))
	b.apply(needs(b.next(create(person("dan", "dan@example.com"))), "dan", "ada", "bob"))
	b.finds([]users.Key{users.ByID("dan")}, "dan")

	b.given(change(ada, 1))
	at := b.next(cyd)
	at.Needs = []users.Need{{ID: "ada", Version: 1}, {ID: "bob", Version: 1}}
	b.same("the conflict of needing an old version", users.Conflict{Gone: []users.ID{"ada"}}, b.refused(at))
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
