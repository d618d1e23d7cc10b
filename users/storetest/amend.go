package storetest

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/usher-go/usher/users"
)

func amendCases() []Case {
	return []Case{
		{Name: "amend/replace", Rule: "Amend must replace the entries of the same rows, notes and images. Other entries and the order must not change.",
			run: amendReplace, needs: amending},
		{Name: "amend/images", Rule: "Amend must accept any images, also none. The records themselves must not change.",
			run: amendImages, needs: amending},
		{Name: "amend/all", Rule: "Amend must change all entries or none. A row that the import did not do must be an error.",
			run: amendAll, needs: amending},
		{Name: "amend/done", Rule: "A row whose entry was amended must still count as done.",
			run: amendDone, needs: amending},
		{Name: "amend/imports", Rule: "Amend and Discard must change the journal of one import only.",
			run: amendImports, needs: amending},
		{Name: "amend/own", Rule: "Changes that a caller makes to its entries after Amend must not reach the Store.",
			run: amendOwn, needs: amending},
		{Name: "amend/within", Rule: "A loop over a journal that is amended or discarded meanwhile must get each entry as it was before or as it is after, each row once.",
			run: amendWithin, needs: amending},
		{Name: "amend/cancelled", Rule: "Amend and Discard must fail and change nothing if the context is done before the call.",
			run: amendCancelled, needs: amending},
		{Name: "amend/discard", Rule: "Discard must empty the import's journal. The import's record and the records that it wrote must stay.",
			run: amendDiscard, needs: amending},
		{Name: "amend/again", Rule: "After Discard a row may be done again.",
			run: amendAgain, needs: amending},
	}
}

// enterRows does four rows of the import, not in the order of their numbers, and
// returns its journal.
func enterRows(b *bench, imp users.ID) []users.Entry {
	b.t.Helper()
	for i, n := range []int{5, 2, 9, 1} {
		batch := row(imp, n, create(person(imp+users.ID(rune('a'+i)), "")))
		batch.Rows[0].Note = json.RawMessage(`{"was":1}`)
		b.apply(batch)
	}
	return b.journal(imp, 0)
}

func (b *bench) amend(imp users.ID, entries ...users.Entry) {
	b.t.Helper()
	if err := amender(b.store).Amend(b.ctx, imp, entries); err != nil {
		b.fatalf("Amend: %v, want no error", err)
	}
}

func (b *bench) discard(imp users.ID) {
	b.t.Helper()
	if err := amender(b.store).Discard(b.ctx, imp); err != nil {
		b.fatalf("Discard: %v, want no error", err)
	}
}

func amendReplace(b *bench) {
	want := enterRows(b, "i1")
	want[2].Note, want[2].Images = json.RawMessage(` { "now":2 }`), []users.Image{image(at(agent("ada", acme), 3), nil)}
	want[0].Note, want[0].Images = nil, nil
	b.amend("i1", want[2], want[0])
	b.same("the journal", want, b.journal("i1", 0))
	b.same("the journal after the row", want[3:], b.journal("i1", want[2].Row))
	b.amend("i1", want[0])
	b.amend("i1")
	b.same("the journal, amended with the same and with nothing", want, b.journal("i1", 0))
}

func amendImages(b *bench) {
	ada, l1 := agent("ada", acme), extension("l1", acme, "+33123456789")
	b.apply(row("i1", 1, create(ada)))
	b.apply(row("i1", 2, create(l1)))
	b.apply(row("i1", 3))
	entries := b.journal("i1", 0)
	forgotten := record("ada", acme, &users.Profile{DisplayName: "erased"})
	want := []users.Entry{
		{Row: entries[0].Row, Images: []users.Image{image(nil, at(forgotten, 1))}},
		{Row: entries[1].Row, Note: json.RawMessage(`1`)},
		{Row: entries[2].Row, Images: []users.Image{image(at(ada, 1), at(ada, 2)), image(at(l1, 1), nil)}},
	}
	b.amend("i1", want...)
	b.same("the journal", want, b.journal("i1", 0))
	b.same("the records", []users.Record{stored(ada, 1), stored(l1, 1)}, b.find(users.ByID("ada"), users.ByID("l1")))
}

func amendAll(b *bench) {
	want := enterRows(b, "i1")
	changed := users.Entry{Row: want[1].Row, Note: json.RawMessage(`2`)}
	for _, entries := range [][]users.Entry{
		{changed, {Row: users.RowAt(0, 7)}},
		{{Row: users.RowAt(1, 2)}, changed},
		{changed, {}},
	} {
		if err := amender(b.store).Amend(b.ctx, "i1", entries); err == nil {
			b.errorf("Amend of a row that was not done: no error")
		}
		b.same("the journal", want, b.journal("i1", 0))
	}

	if err := amender(b.store).Amend(b.ctx, "i2", []users.Entry{changed}); err == nil {
		b.errorf("Amend of an import that is not known: no error")
	}

	b.same("the journal of no import", []users.Entry(nil), b.journal("i2", 0))
}

func amendDone(b *bench) {
	entries := enterRows(b, "i1")
	b.amend("i1", users.Entry{Row: entries[1].Row})
	b.same("the conflict", users.Conflict{Done: []users.RowID{entries[1].Row}}, b.refused(users.Batch{Import: "i1", Rows: notes(entries[1].Row)}))
	b.apply(row("i1", 3))
	b.same("the rows done", []users.RowID{entries[0].Row, entries[1].Row, entries[2].Row, entries[3].Row, users.RowAt(0, 3)}, b.rowsDone("i1"))
}

func amendImports(b *bench) {
	one, two := enterRows(b, "i1"), enterRows(b, "i2")
	one[1].Note = json.RawMessage(`"amended"`)
	b.amend("i1", one[1])
	b.same("the journal of the other", two, b.journal("i2", 0))
	b.discard("i2")
	b.same("the journal of the one", one, b.journal("i1", 0))
}

func amendOwn(b *bench) {
	e := enterRows(b, "i1")[0]
	e.Note, e.Images = json.RawMessage(`{"n":1}`), []users.Image{image(nil, at(agent("ada", acme), 1))}
	b.amend("i1", e)
	copy(e.Note, `XXXXXXX`)
	e.Images[0].After.Data.(*users.Profile).Roles[0] = "changed"
	e.Images[0] = users.Image{}
	want := users.Entry{Row: e.Row, Note: json.RawMessage(`{"n":1}`), Images: []users.Image{image(nil, at(agent("ada", acme), 1))}}
	b.same("the entry", want, b.journal("i1", 0)[0])
}

func amendWithin(b *bench) {
	was := enterRows(b, "i1")
	now := slices.Clone(was)
	for i := range now {
		now[i].Note = json.RawMessage(`{"now":2}`)
	}

	n := 0
	for e, err := range b.store.Journal(b.ctx, "i1", 0) {
		if err != nil {
			b.fatalf("Journal: %v", err)
		}
		if n == len(was) {
			b.fatalf("a journal of %d rows goes on with row %d", n, e.Row)
		}

		if string(e.Note) == string(now[n].Note) {
			b.same("the entry as it is", now[n], e)
		} else {
			b.same("the entry as it was", was[n], e)
		}

		switch n++; n {
		case 1:
			b.amend("i1", now...)
			b.same("the journal", now, b.journal("i1", 0))
		case 3:
			b.discard("i1")
		}
	}

	b.same("the journal", []users.Entry(nil), b.journal("i1", 0))
}

func amendCancelled(b *bench) {
	want := enterRows(b, "i1")
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if err := amender(b.store).Amend(ctx, "i1", []users.Entry{{Row: want[0].Row}}); err == nil {
		b.errorf("Amend: no error")
	}
	if err := amender(b.store).Discard(ctx, "i1"); err == nil {
		b.errorf("Discard: no error")
	}
	b.same("the journal", want, b.journal("i1", 0))
}

func amendDiscard(b *bench) {
	first := row("i1", 1, create(person("ada", "ada@example.com")))
	first.Writes, first.Digest = append(first.Writes, importing("i1", "d1")), "d1"
	b.apply(first)
	b.discard("i1")
	b.same("the journal", []users.Entry(nil), b.journal("i1", 0))
	b.finds([]users.Key{users.ByID("i1"), email(acme, "ada@example.com")}, "ada", "i1")
	b.lists(users.Query{Kind: users.KindImport, Scope: users.Scope{All: true}}, "i1")
}

func amendAgain(b *bench) {
	was := enterRows(b, "i1")
	b.discard("i1")
	b.apply(users.Batch{Import: "i1", Rows: notes(was[2].Row, users.RowAt(0, 4), was[0].Row)})
	b.same("the rows done", []users.RowID{was[2].Row, users.RowAt(0, 4), was[0].Row}, b.rowsDone("i1"))
	b.same("the conflict", users.Conflict{Done: []users.RowID{was[0].Row}}, b.refused(users.Batch{Import: "i1", Rows: notes(was[0].Row)}))
}
