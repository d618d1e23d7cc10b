package memstore

import (
	"slices"

	"github.com/usher-go/usher/users"
)

// A shelf holds the records of one kind in order.
type shelf struct {
	// order is replaced, never changed, because lists read it without the lock.
	order []*held
	// moved are the ids that were written since order was made.
	moved map[users.ID]struct{}
}

// markMoved notes that a record of the kind was written. The caller holds the lock.
func (s *Store) markMoved(k users.Kind, id users.ID) {
	sh := s.shelves[k]
	if sh == nil {
		sh = &shelf{moved: map[users.ID]struct{}{}}
		s.shelves[k] = sh
	}
	sh.moved[id] = struct{}{}
}

// sorted returns the records of the kind in order. It sorts only the records that were
// written since the last call and merges them.
func (s *Store) sorted(k users.Kind) []*held {
	s.mu.RLock()
	sh := s.shelves[k]
	if sh == nil || len(sh.moved) == 0 {
		defer s.mu.RUnlock()
		if sh == nil {
			return nil
		}
		return sh.order
	}

	s.mu.RUnlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	var fresh []*held
	for id := range sh.moved {
		if h := s.records[id]; h != nil && h.record.Kind() == k {
			fresh = append(fresh, h)
		}
	}

	slices.SortFunc(fresh, func(a, b *held) int { return a.position().compare(b.position()) })
	order := make([]*held, 0, len(sh.order)+len(fresh))
	for _, h := range sh.order {
		if _, gone := sh.moved[h.record.ID]; gone {
			continue
		}
		for len(fresh) > 0 && fresh[0].position().compare(h.position()) < 0 {
			order, fresh = append(order, fresh[0]), fresh[1:]
		}
		order = append(order, h)
	}

	sh.order = append(order, fresh...)
	clear(sh.moved)
	return sh.order
}
