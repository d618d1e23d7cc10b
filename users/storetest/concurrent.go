package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/usher-go/usher/users"
)

func concurrentCases() []Case {
	return []Case{
		{Name: "concurrent/readers", Rule: "A reader must see the whole of a batch or nothing of it, also across records, keys and the journal.", run: concurrentReaders,
			Writes: 2, Because: "readers see both records or neither"},
		{Name: "concurrent/key", Rule: "If several batches take one key at the same time, one must be applied and the others must get a Conflict.", run: concurrentKey},
		{Name: "concurrent/row", Rule: "If several batches do one row of an import at the same time, one must be applied and the others must get a Conflict.", run: concurrentRow},
		{Name: "concurrent/version", Rule: "Writers that read, write and retry after a Conflict must lose no change.", run: concurrentVersion},
	}
}

func concurrentReaders(b *bench) {
	const rounds = 40
	b.given(creates(person("ada", "one@example.com"), person("bob", "two@example.com"))...)
	addresses := []users.Key{email(acme, "one@example.com"), email(acme, "two@example.com")}

	look := func() error {
		entries := 0
		for _, err := range b.store.Journal(b.ctx, "swaps", 0) {
			if err != nil {
				return err
			}
			entries++
		}

		recs, err := b.store.Find(b.ctx, addresses)
		if err != nil {
			return err
		}
		if len(recs) != 2 || recs[0].Version != recs[1].Version {
			return fmt.Errorf("two records that swap their keys were found as %v", recs)
		}
		if int(recs[0].Version) < 1+entries {
			return fmt.Errorf("%d entries in the journal before records of version %d", entries, recs[0].Version)
		}

		page, err := b.store.List(b.ctx, anywhere())
		if err != nil {
			return err
		}
		if l := page.Records; len(l) != 2 || l[0].Version != l[1].Version {
			return fmt.Errorf("two records that are written together were listed as %v", l)
		}
		return nil
	}

	var wg sync.WaitGroup
	looking, done, gone := make(chan struct{}), make(chan struct{}), make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case looking <- struct{}{}:
				case <-done:
					return
				}
				if err := look(); err != nil {
					b.errorf("a reader during a write: %v", err)
					return
				}
			}
		})
	}

	go func() { defer close(gone); wg.Wait() }()
	for n := range rounds {
		select {
		case <-looking: // a reader begins to read while this round is written
		case <-gone:
		}
		first, second := "two@example.com", "one@example.com"
		if n%2 == 1 {
			first, second = second, first
		}
		if err := b.store.Apply(b.ctx, row("swaps", n+1, change(person("ada", first), uint64(n+1)), change(person("bob", second), uint64(n+1)))); err != nil {
			b.errorf("Apply during reads: %v", err)
			break
		}
	}

	close(done)
	<-gone
}

// race applies the batches at the same time and checks that one is applied and the
// others conflict.
func race(b *bench, batches ...users.Batch) {
	b.t.Helper()
	errs := make([]error, len(batches))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range batches {
		wg.Go(func() {
			<-start
			errs[i] = b.store.Apply(b.ctx, batches[i])
		})
	}

	close(start)
	wg.Wait()
	applied := 0
	for _, err := range errs {
		if err == nil {
			applied++
		} else if c := new(users.Conflict); !errors.As(err, &c) {
			b.errorf("Apply: %v, want a *users.Conflict or nothing", err)
		}
	}

	if applied != 1 {
		b.fatalf("%d of %d batches were applied, want 1", applied, len(batches))
	}
}

const racers = 6

func concurrentKey(b *bench) {
	for n := range 5 {
		address := fmt.Sprintf("same%d@example.com", n)
		var batches []users.Batch
		var ids []users.Key
		for i := range racers {
			id := users.ID(fmt.Sprintf("u%d-%d", n, i))
			batches = append(batches, row(id+"-import", 1, create(person(id, address))))
			ids = append(ids, users.ByID(id))
		}
		race(b, batches...)
		b.same("the records made", b.find(email(acme, address)), b.find(ids...))
	}
}

func concurrentRow(b *bench) {
	for n := range 5 {
		var batches []users.Batch
		var ids []users.Key
		for i := range racers {
			r := people(racers * 5)[n*racers+i]
			batches = append(batches, row("i1", n+1, create(r)))
			ids = append(ids, users.ByID(r.ID))
		}
		race(b, batches...)
		made := b.find(ids...)
		entries := b.journal("i1", 0)
		if len(made) != 1 || len(entries) != n+1 || len(entries[n].Images) != 1 {
			b.fatalf("%d records made and %d entries after %d rows were done", len(made), len(entries), n+1)
		}
		b.same("the image of the row", *entries[n].Images[0].After, made[0])
	}
}

func concurrentVersion(b *bench) {
	const writers, times = 4, 8
	b.given(create(record("s1", acme, &users.Subscription{Product: "connect", Total: 100})))
	add := func(imp users.ID, n int) error {
		for {
			recs, err := b.store.Find(b.ctx, []users.Key{users.ByID("s1")})
			if err != nil || len(recs) != 1 {
				return fmt.Errorf("found %d records, error %w", len(recs), err)
			}
			now := recs[0].Clone()
			now.Data.(*users.Subscription).Used++
			err = b.store.Apply(b.ctx, row(imp, n, change(now, now.Version)))
			if c := new(users.Conflict); !errors.As(err, &c) {
				return err
			}
		}
	}

	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range times {
				if err := add(users.ID(fmt.Sprintf("w%d", w)), n+1); err != nil {
					b.errorf("a writer among writers: %v", err)
					return
				}
			}
		})
	}

	wg.Wait()
	want := record("s1", acme, &users.Subscription{Product: "connect", Total: 100, Used: writers * times})
	b.same("the record", []users.Record{stored(want, writers*times+1)}, b.find(users.ByID("s1")))
}
