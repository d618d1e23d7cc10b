package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/usher-go/usher/users"
)

// A bench is a Store under test with the steps of which cases are made. A step that
// fails ends the case.
type bench struct {
	t     T
	ctx   context.Context
	store users.Store
	rule  string
	rows  int
	limit int // the largest number of writes in a batch; 0 for none
}

// The accounts of the cases, and the import of the batches that prepare a case.
const (
	acme   users.AccountID = "acme"
	globex users.AccountID = "globex"
	setup  users.ID        = "setup"
)

// when returns the time of every record whose time does not matter.
func when() time.Time { return time.Date(2025, 3, 4, 5, 6, 7, 89e6, time.UTC) }

func record(id users.ID, account users.AccountID, d users.Data) users.Record {
	return users.Record{Head: users.Head{ID: id, Account: account, Created: when(), Updated: when()}, Data: d}
}

// person returns a user of acme.
func person(id users.ID, email string) users.Record {
	return record(id, acme, &users.Profile{Email: email, DisplayName: "Person " + string(id)})
}

// people returns n users of acme with their own ids and addresses, from p0000 on.
func people(n int) []users.Record {
	out := make([]users.Record, n)
	for i := range out {
		out[i] = person(users.ID(fmt.Sprintf("p%04d", i)), fmt.Sprintf("p%04d@example.com", i))
	}
	return out
}

func email(account users.AccountID, address string) users.Key {
	return users.KeyOf(account, users.SpaceEmail, address)
}

func create(r users.Record) users.Write { return users.Write{ID: r.ID, Record: &r} }

// creates returns writes that create the records.
func creates(recs ...users.Record) []users.Write {
	out := make([]users.Write, len(recs))
	for i, r := range recs {
		out[i] = create(r)
	}
	return out
}

func change(r users.Record, version uint64) users.Write {
	return users.Write{ID: r.ID, Version: version, Record: &r}
}

func remove(id users.ID, version uint64) users.Write { return users.Write{ID: id, Version: version} }

// stored returns the record as a Store returns it.
func stored(r users.Record, version uint64) users.Record {
	r.Version = version
	return r
}

// row returns a batch that does one row with these writes.
func row(imp users.ID, n int, writes ...users.Write) users.Batch {
	id := users.RowAt(0, n)
	for i := range writes {
		writes[i].Row = id
	}
	return users.Batch{Import: imp, Rows: []users.RowNote{{Row: id}}, Writes: writes}
}

// next returns the batch that does the next row of the cases' own import.
func (b *bench) next(writes ...users.Write) users.Batch {
	b.rows++
	return row(setup, b.rows, writes...)
}

// given applies writes that prepare the case, in as many batches as the Store
// needs for them.
func (b *bench) given(writes ...users.Write) {
	b.t.Helper()
	size := len(writes)
	if b.limit > 0 {
		size = b.limit
	}
	for part := range slices.Chunk(writes, size) {
		b.apply(b.next(part...))
	}
}

// whole applies writes that the rule wants in one batch.
func (b *bench) whole(writes ...users.Write) {
	b.t.Helper()
	b.apply(b.next(writes...))
}

func (b *bench) apply(batch users.Batch) {
	b.t.Helper()
	if err := b.store.Apply(b.ctx, batch); err != nil {
		b.fatalf("Apply: %v, want no error", err)
	}
}

// refused returns the Conflict that Apply must return for the batch, with its parts
// in order.
func (b *bench) refused(batch users.Batch) users.Conflict {
	b.t.Helper()
	err := b.store.Apply(b.ctx, batch)
	c := new(users.Conflict)
	if !errors.As(err, &c) {
		b.fatalf("Apply: %v, want a *users.Conflict", err)
	}
	out := users.Conflict{Keys: slices.Clone(c.Keys), Stale: slices.Clone(c.Stale), Gone: slices.Clone(c.Gone), Used: slices.Clone(c.Used), Done: slices.Clone(c.Done)}
	slices.SortFunc(out.Keys, func(x, y users.KeyConflict) int {
		return cmp.Or(x.Key.Compare(y.Key), strings.Compare(string(x.Wants), string(y.Wants)))
	})
	slices.Sort(out.Stale)
	slices.Sort(out.Gone)
	slices.SortFunc(out.Used, users.Key.Compare)
	slices.Sort(out.Done)
	return out
}

// find returns the records that have one of the keys, ordered by id.
func (b *bench) find(keys ...users.Key) []users.Record {
	b.t.Helper()
	recs, err := b.store.Find(b.ctx, keys)
	if err != nil {
		b.fatalf("Find: %v, want no error", err)
	}
	recs = slices.Clone(recs)
	slices.SortFunc(recs, func(x, y users.Record) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return recs
}

// finds checks which records have one of the keys; ids are in order.
func (b *bench) finds(keys []users.Key, ids ...users.ID) {
	b.t.Helper()
	var got []users.ID
	for _, r := range b.find(keys...) {
		got = append(got, r.ID)
	}
	b.same(fmt.Sprintf("the ids found under %v", brief(keys)), ids, got)
}

func brief(keys []users.Key) []users.Key { return keys[:min(len(keys), 4)] }

func (b *bench) list(q users.Query) users.Page {
	b.t.Helper()
	p, err := b.store.List(b.ctx, q)
	if err != nil {
		b.fatalf("List(%+v): %v, want no error", q, err)
	}
	if len(p.Records) > q.PageSize() {
		b.fatalf("List(%+v): a page of %d records", q, len(p.Records))
	}
	return p
}

// pages returns the ids on all pages of q.
func (b *bench) pages(q users.Query) []users.ID {
	b.t.Helper()
	var out []users.ID
	for n := 0; ; n++ {
		p := b.list(q)
		out = append(out, idsOf(p.Records)...)
		if p.Next == "" {
			return out
		}
		if len(p.Records) == 0 || n > 5000 {
			b.fatalf("List(%+v): page %d has %d records and still a Next", q, n, len(p.Records))
		}
		q.After = p.Next
	}
}

// lists checks which records fit q on all pages together, in order.
func (b *bench) lists(q users.Query, ids ...users.ID) {
	b.t.Helper()
	b.same(fmt.Sprintf("the ids listed for %+v", q), ids, b.pages(q))
}

func idsOf(recs []users.Record) []users.ID {
	out := make([]users.ID, len(recs))
	for i, r := range recs {
		out[i] = r.ID
	}
	return out
}

// journal returns the entries of the import after the row.
func (b *bench) journal(imp users.ID, after users.RowID) []users.Entry {
	b.t.Helper()
	var out []users.Entry
	for e, err := range b.store.Journal(b.ctx, imp, after) {
		if err != nil {
			b.fatalf("Journal(%s, %d): %v, want no error", imp, after, err)
		}
		out = append(out, e)
	}
	return out
}

// rowsDone returns the rows that the import did.
func (b *bench) rowsDone(imp users.ID) []users.RowID {
	b.t.Helper()
	var out []users.RowID
	for _, e := range b.journal(imp, 0) {
		out = append(out, e.Row)
	}
	return out
}

// same compares the Store's result with the wanted one. Empty and nil are the same.
// Two times are the same if they are the same instant.
func (b *bench) same(what string, want, got any) {
	b.t.Helper()
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		b.errorf("%s (-want +got):\n%s", what, diff)
	}
}
