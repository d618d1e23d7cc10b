package memstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/usher-go/usher/users"
)

// A Store keeps records in memory. [New] makes one. Several goroutines may use it.
// Writers wait for readers, and readers see whole batches only.
type Store struct {
	mu      sync.RWMutex
	records map[users.ID]*held
	keys    map[users.Key]users.ID
	links   map[users.Key]map[users.ID]struct{}
	shelves map[users.Kind]*shelf
	imports map[users.ID]*journal
}

var _ users.Store = (*Store)(nil)

// held is a record and its index. It is replaced, never changed, because lists read it
// without the lock.
type held struct {
	record users.Record
	index  users.Index
}

// New returns an empty store.
func New() *Store {
	return &Store{
		records: map[users.ID]*held{},
		keys:    map[users.Key]users.ID{},
		links:   map[users.Key]map[users.ID]struct{}{},
		shelves: map[users.Kind]*shelf{},
		imports: map[users.ID]*journal{},
	}
}

// Find returns the records that have any of the keys, ordered by id. More than
// [users.MaxFind] keys are an error.
func (s *Store) Find(ctx context.Context, keys []users.Key) ([]users.Record, error) {
	if len(keys) > users.MaxFind {
		return nil, fmt.Errorf("memstore: find: %d keys, at most %d", len(keys), users.MaxFind)
	}

	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memstore: find: %w", err)
	}

	var found []users.Record
	seen := make(map[users.ID]struct{}, len(keys))
	add := func(id users.ID) {
		if _, twice := seen[id]; twice {
			return
		}
		if h, ok := s.records[id]; ok {
			seen[id] = struct{}{}
			found = append(found, h.record)
		}
	}

	for _, k := range keys {
		switch {
		case k.Space == users.SpaceID:
			if k.Account == "" {
				add(users.ID(k.Value))
			}
		case k.Space.Unique():
			add(s.keys[k])
		default:
			for id := range s.links[k] {
				add(id)
			}
		}
	}

	slices.SortFunc(found, func(a, b users.Record) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return found, nil
}
