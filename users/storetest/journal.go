package storetest

import (
	"encoding/json"
	"fmt"

	"github.com/usher-go/usher/users"
)

func journalCases() []Case {
	return []Case{
		{Name: "journal/order", Rule: "Entries must come in the order of batches, and in the order of rows within a batch, whatever the numbers of the rows.", run: journalOrder},
		{Name: "journal/notes", Rule: "Notes must be kept byte for byte.", run: journalNotes},
		{Name: "journal/images", Rule: "An entry must have an image, before and after, of each record that its row wrote, in the order of writes.", run: journalImages,
			Writes: 4, Because: "one row writes several records"},
		{Name: "journal/images-stay", Rule: "Images must not change when the records are written again.", run: journalImagesStay},
		{Name: "journal/bookkeeping", Rule: "A write of row 0 must leave no image.", run: journalBookkeeping},
		{Name: "journal/after", Rule: "A journal read after a row must begin after the place of that row's entry, not after its number.", run: journalAfter},
		{Name: "journal/unknown", Rule: "An unknown import must have no entries and no error.", run: journalUnknown},
		{Name: "journal/imports", Rule: "The journal of an import must have its own entries only.", run: journalImports},
		{Name: "journal/refused", Rule: "A refused batch must leave no entry.", run: journalRefused},
		{Name: "journal/row-ids", Rule: "Row ids must be kept unchanged, up to the last record of the last table.", run: journalRowIDs},
		{Name: "journal/many", Rule: "Thousands of entries must come in order, each once.", run: journalMany},
		{Name: "journal/break", Rule: "A sequence that is left early must leave nothing locked or open.", run: journalBreak},
		{Name: "journal/within", Rule: "The Store may be used while its journal is read.", run: journalWithin},
	}
}

func notes(rows ...users.RowID) []users.RowNote {
	out := make([]users.RowNote, len(rows))
	for i, r := range rows {
		out[i].Row = r
	}
	return out
}

func journalOrder(b *bench) {
	var want []users.RowID
	for _, rows := range [][]users.RowID{
		{users.RowAt(0, 7), users.RowAt(0, 3), users.RowAt(2, 1)}, {users.RowAt(0, 9)}, {users.RowAt(0, 1), users.RowAt(1, 5), users.RowAt(0, 2)},
	} {
		b.apply(users.Batch{Import: "i1", Rows: notes(rows...)})
		want = append(want, rows...)
	}
	b.same("the rows done", want, b.rowsDone("i1"))
}

func journalNotes(b *bench) {
	texts := []string{`{"b":1,"a":2, "a":3}`, " [ 1.0,\t1e2 ]\n", `"é\u00e9<>&'` + "日本" + `"`, `12345678901234567890`, `null`, ``}
	rows := make([]users.RowNote, len(texts))
	for i, s := range texts {
		rows[i] = users.RowNote{Row: users.RowAt(0, i+1), Note: json.RawMessage(s)}
	}
	b.apply(users.Batch{Import: "i1", Rows: rows})
	var got []string
	for _, e := range b.journal("i1", 0) {
		got = append(got, string(e.Note))
	}
	b.same("the notes", texts, got)
}

func image(before, after *users.Record) users.Image { return users.Image{Before: before, After: after} }

func at(r users.Record, version uint64) *users.Record {
	r.Version = version
	return &r
}

func journalImages(b *bench) {
	ada, bob, l1 := agent("ada", acme), person("bob", "bob@example.com"), extension("l1", acme, "+33123456789")
	b.given(creates(ada, bob, l1)...)
	adaNow, bobNow := person("ada", "bob@example.com"), record("bob", globex, &users.Profile{Email: "ada@example.com"})
	write := func(n int, w users.Write) users.Write { w.Row = users.RowAt(0, n); return w }
	b.apply(users.Batch{Import: "i1", Rows: notes(users.RowAt(0, 2), users.RowAt(0, 4), users.RowAt(0, 1)), Writes: []users.Write{
		write(1, change(bobNow, 1)), write(2, remove("l1", 1)), write(1, create(person("new", "new@example.com"))), write(1, change(adaNow, 1)),
	}})
	b.same("the journal", []users.Entry{
		{Row: users.RowAt(0, 2), Images: []users.Image{image(at(l1, 1), nil)}},
		{Row: users.RowAt(0, 4)},
		{Row: users.RowAt(0, 1), Images: []users.Image{
			image(at(bob, 1), at(bobNow, 2)), image(nil, at(person("new", "new@example.com"), 1)), image(at(ada, 1), at(adaNow, 2)),
		}},
	}, b.journal("i1", 0))
}

func journalImagesStay(b *bench) {
	one, two := person("ada", "one@example.com"), person("ada", "two@example.com")
	b.apply(row("i1", 1, create(one)))
	b.apply(row("i1", 2, change(two, 1)))
	b.apply(row("i2", 1, remove("ada", 2)))
	b.same("the journal", []users.Entry{
		{Row: users.RowAt(0, 1), Images: []users.Image{image(nil, at(one, 1))}},
		{Row: users.RowAt(0, 2), Images: []users.Image{image(at(one, 1), at(two, 2))}},
	}, b.journal("i1", 0))
}

func journalBookkeeping(b *bench) {
	ada := person("ada", "ada@example.com")
	batch := row("i1", 1, create(ada))
	batch.Writes = append(batch.Writes, importing("i1", ""))
	b.apply(batch)
	b.apply(users.Batch{Import: "i1", Rows: notes(users.RowAt(0, 2)), Writes: creates(record("s1", acme, &users.Subscription{Product: "connect"}))})
	b.same("the journal", []users.Entry{{Row: users.RowAt(0, 1), Images: []users.Image{image(nil, at(ada, 1))}}, {Row: users.RowAt(0, 2)}}, b.journal("i1", 0))
	b.finds([]users.Key{users.ByID("s1"), users.ByID("i1")}, "i1", "s1")
}

func journalAfter(b *bench) {
	rows := []users.RowID{users.RowAt(0, 5), users.RowAt(0, 2), users.RowAt(1, 1), users.RowAt(0, 3)}
	for _, r := range rows {
		b.apply(users.Batch{Import: "i1", Rows: notes(r)})
	}
	b.apply(users.Batch{Import: "i2", Rows: notes(users.RowAt(0, 2))})
	for i, after := range append([]users.RowID{0}, rows...) {
		var got []users.RowID
		for _, e := range b.journal("i1", after) {
			got = append(got, e.Row)
		}
		b.same(fmt.Sprintf("the rows done after row %d", after), rows[i:], got)
	}
}

func journalUnknown(b *bench) {
	b.apply(row("i1", 1))
	b.same("the journal", []users.Entry(nil), b.journal("i2", 0))
	b.same("the journal of no import", []users.Entry(nil), b.journal("", 0))
}

func journalImports(b *bench) {
	for n := range 6 {
		b.apply(row([]users.ID{"i1", "i2"}[n%2], n+1))
	}
	b.same("the rows of the first", []users.RowID{users.RowAt(0, 1), users.RowAt(0, 3), users.RowAt(0, 5)}, b.rowsDone("i1"))
	b.same("the rows of the second", []users.RowID{users.RowAt(0, 2), users.RowAt(0, 4), users.RowAt(0, 6)}, b.rowsDone("i2"))
}

func journalRefused(b *bench) {
	b.apply(row("i1", 1, create(person("ada", "ada@example.com"))))
	b.refused(row("i1", 2, create(person("bob", "ada@example.com"))))
	b.refused(row("i1", 3, remove("ada", 7)))
	b.same("the rows done", []users.RowID{users.RowAt(0, 1)}, b.rowsDone("i1"))
}

func journalRowIDs(b *bench) {
	rows := []users.RowID{users.RowAt(1<<31-1, 1<<32-1), users.RowAt(0, 1<<31), users.RowAt(1<<31-1, 1), users.RowAt(0, 1)}
	b.apply(users.Batch{Import: "i1", Rows: notes(rows...)})
	b.same("the rows done", rows, b.rowsDone("i1"))
	b.same("the conflict", users.Conflict{Done: []users.RowID{rows[0]}}, b.refused(users.Batch{Import: "i1", Rows: notes(rows[0])}))
	b.same("the journal after the last", []users.Entry(nil), b.journal("i1", rows[3]))
}

func journalMany(b *bench) {
	const n = 3000
	rows := make([]users.RowID, 0, 2*n)
	for i := range 2 * n {
		rows = append(rows, users.RowAt(0, 2*n-i))
	}
	b.apply(users.Batch{Import: "i1", Rows: notes(rows[:n]...)})
	b.apply(users.Batch{Import: "i1", Rows: notes(rows[n:]...)})
	b.same("the rows done", rows, b.rowsDone("i1"))
}

func journalBreak(b *bench) {
	for n := range 3 {
		b.apply(row("i1", n+1, create(people(3)[n])))
	}
	for range 50 {
		for e, err := range b.store.Journal(b.ctx, "i1", 0) {
			if err != nil {
				b.fatalf("Journal: %v", err)
			}
			b.same("the first row", users.RowAt(0, 1), e.Row)
			break
		}
	}
	b.apply(row("i1", 4, remove("p0000", 1)))
	b.finds([]users.Key{users.ByID("p0000"), users.ByID("p0001")}, "p0001")
	b.same("the rows done", []users.RowID{users.RowAt(0, 1), users.RowAt(0, 2), users.RowAt(0, 3), users.RowAt(0, 4)}, b.rowsDone("i1"))
}

func journalWithin(b *bench) {
	for n := range 3 {
		b.apply(row("i1", n+1, create(people(3)[n])))
	}

	n := 0
	for e, err := range b.store.Journal(b.ctx, "i1", 0) {
		if err != nil {
			b.fatalf("Journal: %v", err)
		}
		if n++; n > 3 {
			break // it may include rows that are done meanwhile
		}
		after := e.Images[0].After
		b.finds([]users.Key{users.ByID(after.ID)}, after.ID)
		b.apply(row("i2", n, remove(after.ID, after.Version)))
	}

	b.lists(anywhere())
}
