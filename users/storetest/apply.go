package storetest

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/usher-go/usher/users"
)

func applyCases() []Case {
	return []Case{
		{Name: "apply/create", Rule: "A write at version 0 must create the record at version 1.", run: applyCreate},
		{Name: "apply/update", Rule: "A write must store the version at which the record was read plus one. The version inside the record must be ignored.", run: applyUpdate},
		{Name: "apply/delete", Rule: "A write without a record must delete the record.", run: applyDelete},
		{Name: "apply/again", Rule: "An id that was deleted may be created again. The record must be at version 1.", run: applyAgain},
		{Name: "apply/swap", Rule: "Two records may swap a key in one batch.", run: applySwap,
			Writes: 2, Because: "a swap one after the other would conflict"},
		{Name: "apply/chain", Rule: "The records of one batch may pass keys on in a chain or a ring, in any order of writes.", run: applyChain,
			Writes: 3, Because: "a ring cannot be written one record after the other"},
		{Name: "apply/freed", Rule: "The keys of a deleted record must be free in the same batch and afterwards.", run: applyFreed,
			Writes: 2, Because: "the deleted record and its successor are in one batch"},
		{Name: "apply/kept", Rule: "A record may be written with the keys that it has.", run: applyKept},
		{Name: "apply/accounts", Rule: "Two accounts may use the same value in a space that is not global.", run: applyAccounts},
		{Name: "apply/links", Rule: "Any number of records may have the same link.", run: applyLinks},
		{Name: "apply/large", Rule: "A batch of thousands of records must be applied like any other.", run: applyLarge,
			Writes: 4000, Because: "it is about large batches"},
		{Name: "apply/bookkeeping", Rule: "A batch without rows must be written and must add nothing to the journal.", run: applyBookkeeping},
		{Name: "apply/check", Rule: "A batch that users.Batch.Check refuses must be refused with an error that is no Conflict. Nothing of it may be written.", run: applyCheck},
		{Name: "apply/digest", Rule: "An import whose record has a digest must accept batches with that digest only. For another digest Apply must return ErrDigest and write nothing.", run: applyDigest},
		{Name: "apply/digest-none", Rule: "An import without a record, or whose record has no digest, must accept batches with any digest.", run: applyDigestNone},
		{Name: "apply/own", Rule: "Changes that a caller makes to its batch, notes and clones after Apply must not reach the Store.", run: applyOwn},
		{Name: "apply/cancelled", Rule: "Every method must fail if the context is done before the call. Nothing may be written.", run: applyCancelled},
	}
}

func applyCreate(b *bench) {
	ada := person("ada", "ada@example.com")
	b.given(create(ada))
	b.same("the record", []users.Record{stored(ada, 1)}, b.find(users.ByID("ada")))
}

func applyUpdate(b *bench) {
	ada := person("ada", "ada@example.com")
	b.given(create(stored(ada, 41)))
	b.same("the record made", []users.Record{stored(ada, 1)}, b.find(users.ByID("ada")))
	now := record("ada", globex, &users.Profile{Email: "lovelace@example.com", Login: "ada"})
	b.given(change(stored(now, 77), 1))
	b.same("the record changed", []users.Record{stored(now, 2)}, b.find(users.ByID("ada")))
	b.given(change(now, 2))
	b.same("the record written as it was", []users.Record{stored(now, 3)}, b.find(users.ByID("ada")))
}

func applyDelete(b *bench) {
	b.given(creates(person("ada", "ada@example.com"), person("bob", "bob@example.com"))...)
	b.given(change(person("ada", "ada@example.com"), 1))
	b.given(remove("ada", 2))
	b.finds([]users.Key{users.ByID("ada"), users.ByID("bob")}, "bob")
	b.lists(anywhere(), "bob")
}

func applyAgain(b *bench) {
	b.given(create(person("ada", "ada@example.com")))
	b.given(change(person("ada", "ada@example.com"), 1))
	b.given(remove("ada", 2))
	ada := person("ada", "countess@example.com")
	b.given(create(ada))
	b.same("the record", []users.Record{stored(ada, 1)}, b.find(users.ByID("ada"), email(acme, "ada@example.com")))
}

// holds checks which record has which address in acme.
func holds(b *bench, want map[string]users.ID) {
	b.t.Helper()
	for address, id := range want {
		if id == "" {
			b.finds([]users.Key{email(acme, address)})
			continue
		}
		b.finds([]users.Key{email(acme, address)}, id)
	}
}

func applySwap(b *bench) {
	b.given(creates(person("ada", "ada@example.com"), person("bob", "bob@example.com"))...)
	b.whole(change(person("ada", "bob@example.com"), 1), change(person("bob", "ada@example.com"), 1))
	holds(b, map[string]users.ID{"ada@example.com": "bob", "bob@example.com": "ada"})
	l1, l2 := extension("l1", acme, "+33123456781"), extension("l2", globex, "+33123456782")
	b.given(creates(l1, l2)...)
	b.whole(change(extension("l1", acme, "+33123456782"), 1), change(extension("l2", globex, "+33123456781"), 1))
	b.finds([]users.Key{users.KeyOf("", users.SpaceNumber, "+33123456781")}, "l2")
}

func applyChain(b *bench) {
	b.given(creates(person("a", "a@example.com"), person("b", "b@example.com"), person("c", "c@example.com"))...)
	b.whole(change(person("a", "b@example.com"), 1), change(person("b", "c@example.com"), 1), change(person("c", "d@example.com"), 1))
	holds(b, map[string]users.ID{"a@example.com": "", "b@example.com": "a", "c@example.com": "b", "d@example.com": "c"})
	b.whole(change(person("c", "a@example.com"), 2), change(person("b", "d@example.com"), 2), change(person("a", "c@example.com"), 2))
	holds(b, map[string]users.ID{"a@example.com": "c", "b@example.com": "", "c@example.com": "a", "d@example.com": "b"})
	b.whole(change(person("c", "c@example.com"), 3), change(person("a", "d@example.com"), 3), change(person("b", "a@example.com"), 3))
	holds(b, map[string]users.ID{"a@example.com": "b", "c@example.com": "c", "d@example.com": "a"})
}

func applyFreed(b *bench) {
	b.given(creates(agent("ada", acme), person("bob", "bob@example.com"))...)
	heir := agent("ada", acme)
	heir.ID = "heir"
	b.whole(create(heir), remove("ada", 1)) // the deletion comes last
	for _, k := range heir.Keys() {
		b.finds([]users.Key{k}, "heir")
	}
	b.given(remove("heir", 1))
	b.given(change(person("bob", "ada@example.com"), 1))
	holds(b, map[string]users.ID{"ada@example.com": "bob"})
}

func applyKept(b *bench) {
	ada := agent("ada", acme)
	b.given(creates(ada, extension("l1", acme, "+33123456781"))...)
	b.given(change(ada, 1), change(extension("l1", acme, "+33123456781"), 1))
	for _, k := range ada.Keys() {
		b.finds([]users.Key{k}, "ada")
	}
}

func applyAccounts(b *bench) {
	theirs := agent("ada", globex)
	theirs.ID = "other"
	b.given(creates(agent("ada", acme), theirs)...)
	b.finds([]users.Key{email(acme, "ada@example.com"), email(globex, "ada@example.com")}, "ada", "other")
}

func applyLinks(b *bench) {
	b.given(creates(agent("ada", acme), agent("bob", acme), agent("eve", acme))...)
	b.finds([]users.Key{users.KeyOf(acme, users.LinkSupervisor, "boss")}, "ada", "bob", "eve")
}

func applyLarge(b *bench) {
	recs := people(4000)
	b.whole(creates(recs...)...)
	if p := b.list(users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Count: true}); p.Total != len(recs) {
		b.fatalf("%d records after a batch of %d", p.Total, len(recs))
	}

	var writes []users.Write
	for i, r := range recs {
		if i%2 == 0 {
			writes = append(writes, remove(r.ID, 1))
		} else {
			writes = append(writes, change(person(r.ID, recs[i-1].Data.(*users.Profile).Email), 1))
		}
	}

	b.whole(writes...)
	if p := b.list(users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Count: true}); p.Total != len(recs)/2 {
		b.errorf("%d records after half of %d were deleted", p.Total, len(recs))
	}

	holds(b, map[string]users.ID{"p3998@example.com": "p3999", "p3999@example.com": ""})
}

func applyBookkeeping(b *bench) {
	imp := record("i1", acme, &users.Import{Template: "users", State: users.ImportRunning})
	b.apply(users.Batch{Import: "i1", Writes: creates(imp)})
	imp.Data = &users.Import{Template: "users", State: users.ImportDone}
	b.apply(users.Batch{Import: "i1", Writes: []users.Write{change(imp, 1)}})
	b.same("the import's record", []users.Record{stored(imp, 2)}, b.find(users.ByID("i1")))
	b.same("the journal", []users.Entry(nil), b.journal("i1", 0))
}

func importing(id users.ID, digest string) users.Write {
	return create(record(id, acme, &users.Import{Template: "users", Digest: digest, State: users.ImportRunning}))
}

func applyDigest(b *bench) {
	first := row("i1", 1, create(person("ada", "ada@example.com")))
	first.Writes, first.Digest = append(first.Writes, importing("i1", "d1")), "d1"
	b.apply(first)
	second := row("i1", 2, create(person("bob", "bob@example.com")))
	for _, digest := range []string{"d2", "", "D1"} {
		second.Digest = digest
		if err := b.store.Apply(b.ctx, second); !errors.Is(err, users.ErrDigest) {
			b.fatalf("Apply under the digest %q: %v, want %v", digest, err, users.ErrDigest)
		}
	}
	b.finds([]users.Key{users.ByID("bob"), email(acme, "bob@example.com")})
	b.same("the rows done", []users.RowID{users.RowAt(0, 1)}, b.rowsDone("i1"))
	second.Digest = "d1"
	b.apply(second)
	b.same("the rows done", []users.RowID{users.RowAt(0, 1), users.RowAt(0, 2)}, b.rowsDone("i1"))
}

func applyDigestNone(b *bench) {
	for n, digest := range []string{"d1", "", "d2"} {
		batch := row("unknown", n+1)
		batch.Digest = digest
		b.apply(batch)
	}
	b.given(importing("i1", ""), create(person("i2", "i2@example.com")))
	for n, imp := range []users.ID{"i1", "i1", "i2"} {
		batch := row(imp, n+1)
		batch.Digest = []string{"d1", "d2", "d3"}[n]
		b.apply(batch)
	}
}

func applyOwn(b *bench) {
	ada := agent("ada", acme)
	batch := row("i1", 1, create(ada.Clone()))
	batch.Rows[0].Note = json.RawMessage(`{"n":1}`)
	b.apply(batch)
	copy(batch.Rows[0].Note, `XXXXXXX`)
	batch.Rows[0].Row = 99
	batch.Writes[0].Record.Head = users.Head{ID: "eve"}
	batch.Writes[0] = users.Write{}

	got := b.find(users.ByID("ada"))
	b.same("the record", []users.Record{stored(ada, 1)}, got)
	mine := got[0].Clone()
	mine.Data.(*users.Profile).Roles[0] = "changed"
	mine.Data.(*users.Profile).ContactCentre.LANID = "changed"
	got[0].Head = users.Head{}

	b.same("the record", []users.Record{stored(ada, 1)}, b.find(users.ByID("ada")))
	b.same("the list", []users.Record{stored(ada, 1)}, b.list(anywhere()).Records)
	after := stored(ada, 1)
	b.same("the journal", []users.Entry{{Row: users.RowAt(0, 1), Note: json.RawMessage(`{"n":1}`),
		Images: []users.Image{{After: &after}}}}, b.journal("i1", 0))
}

func applyCancelled(b *bench) {
	b.given(create(person("ada", "ada@example.com")))
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if err := b.store.Apply(ctx, row("i1", 1, create(person("bob", "bob@example.com")))); err == nil {
		b.errorf("Apply: no error")
	}
	if _, err := b.store.Find(ctx, []users.Key{users.ByID("ada")}); err == nil {
		b.errorf("Find: no error")
	}
	if _, err := b.store.List(ctx, anywhere()); err == nil {
		b.errorf("List: no error")
	}

	failed := false
	for _, err := range b.store.Journal(ctx, setup, 0) {
		failed = err != nil
	}

	if !failed {
		b.errorf("Journal: no error")
	}

	b.finds([]users.Key{users.ByID("bob"), email(acme, "bob@example.com")})
	b.same("the journal", []users.Entry(nil), b.journal("i1", 0))
}

func applyCheck(b *bench) {
	batch := b.next(create(person("bob", "bob@example.com")))
	batch.Writes[0].ID = "cyd"
	batch.Writes = append(batch.Writes, importing(setup, ""))
	err := b.store.Apply(b.ctx, batch)
	if c := new(users.Conflict); err == nil || errors.As(err, &c) {
		b.fatalf("Apply of a record under another id: %v, want an error that is no Conflict", err)
	}
	b.finds([]users.Key{users.ByID("bob"), users.ByID("cyd"), users.ByID(setup)})
	b.same("the rows done", []users.RowID(nil), b.rowsDone(setup))
}
