package storetest

import (
	"errors"

	"github.com/usher-go/usher/users"
)

func limitCases() []Case {
	return []Case{
		{Name: "limit/most", Rule: "A Store with a limit must accept a batch of that many records and the record of the import.",
			run: limitMost, needs: aLimit},
		{Name: "limit/more", Rule: "A Store with a limit must refuse a larger batch with an error that is no Conflict, and write nothing of it.",
			run: limitMore, needs: aLimit},
	}
}

// begins returns the first batch of an import, with n people.
func begins(imp users.ID, n int) users.Batch {
	batch := row(imp, 1, creates(people(n)...)...)
	batch.Writes = append(batch.Writes, importing(imp, ""))
	return batch
}

func limitMost(b *bench) {
	b.apply(begins("i1", b.limit))
	b.finds([]users.Key{users.ByID("i1")}, "i1")
	b.lists(anywhere(), idsOf(people(b.limit))...)
}

func limitMore(b *bench) {
	for _, batch := range []users.Batch{begins("i1", b.limit+1), row("i1", 1, creates(people(b.limit+1)...)...)} {
		err := b.store.Apply(b.ctx, batch)
		if c := new(users.Conflict); err == nil || errors.As(err, &c) {
			b.fatalf("Apply of %d records: %v, want an error that is no Conflict", b.limit+1, err)
		}
		b.finds([]users.Key{users.ByID("i1")})
		b.lists(anywhere())
		b.same("the rows done", []users.RowID(nil), b.rowsDone("i1"))
	}
}
