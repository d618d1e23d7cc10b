package storetest_test

import (
	"context"
	"sync"
	"time"

	"github.com/usher-go/usher/users"
)

func brokenRaces() []broken {
	// swallows makes a Store that says nothing of a Conflict.
	swallows := func(s users.Store, which func(*users.Conflict) bool) func(context.Context, users.Batch) error {
		return func(ctx context.Context, b users.Batch) error {
			err := s.Apply(ctx, b)
			if c := conflict(err); c != nil && which(c) {
				return nil
			}
			return err
		}
	}
	return []broken{
		{"reads a key at a time", []string{"concurrent/readers"}, func(s users.Store) users.Store {
			var mu sync.Mutex
			next := make(chan struct{}) // closed by the next Apply
			return altered{
				Store: s,
				apply: func(ctx context.Context, b users.Batch) error {
					err := s.Apply(ctx, b)
					mu.Lock()
					defer mu.Unlock()
					close(next)
					next = make(chan struct{})
					return err
				},
				find: func(ctx context.Context, keys []users.Key) (all []users.Record, err error) {
					for _, k := range keys {
						mu.Lock()
						wait := next
						mu.Unlock()
						recs, err := s.Find(ctx, []users.Key{k})
						if err != nil {
							return nil, err
						}
						all = append(all, recs...)
						select {
						case <-wait:
						case <-time.After(10 * time.Millisecond): // the writer may be waiting for a reader
						}
					}
					return all, nil
				},
			}
		}},
		{"says nothing of a key", []string{"concurrent/key"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: swallows(s, func(c *users.Conflict) bool { return len(c.Keys) > 0 })}
		}},
		{"says nothing of a row done", []string{"concurrent/row"}, func(s users.Store) users.Store {
			return altered{Store: s, apply: swallows(s, func(c *users.Conflict) bool { return len(c.Done) > 0 })}
		}},
		{"says nothing of a stale record", []string{"concurrent/version"}, func(s users.Store) users.Store {
			var first sync.WaitGroup
			first.Add(4)
			var mu sync.Mutex
			reads := 0
			return altered{
				Store: s,
				apply: swallows(s, func(c *users.Conflict) bool { return len(c.Stale) > 0 }),
				find: func(ctx context.Context, keys []users.Key) ([]users.Record, error) {
					recs, err := s.Find(ctx, keys)
					mu.Lock()
					reads++
					early := reads <= 4
					mu.Unlock()
					if early { // the four writers read one version
						first.Done()
						first.Wait()
					}
					return recs, err
				},
			}
		}},
	}
}
