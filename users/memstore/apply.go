package memstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usher-go/usher/users"
)

// Apply writes the whole batch or nothing. It returns the errors of [users.Store] and
// those of [users.Batch.Check].
func (s *Store) Apply(ctx context.Context, b users.Batch) error {
	if err := b.Check(); err != nil {
		return fmt.Errorf("memstore: apply: %w", err)
	}

	next := make([]*held, len(b.Writes))
	for i, w := range b.Writes {
		next[i] = newHeld(w)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memstore: apply: %w", err)
	}

	if h := s.records[b.Import]; h != nil {
		if imp, ok := h.record.Data.(*users.Import); ok && imp.Digest != "" && imp.Digest != b.Digest {
			return users.ErrDigest
		}
	}

	if c := s.judge(b, next); !c.Empty() {
		return c
	}

	s.write(b, next)
	return nil
}

// newHeld returns the record as the write leaves it, and nil if the write deletes it.
func newHeld(w users.Write) *held {
	if w.Record == nil {
		return nil
	}
	r := w.Record.Clone()
	r.Version = w.Version + 1
	r.Created, r.Updated = storedTime(r.Created), storedTime(r.Updated)
	return &held{r, r.Index()}
}

// storedTime returns a time as a Store keeps it.
func storedTime(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// judge returns every reason why the batch must not be applied.
func (s *Store) judge(b users.Batch, next []*held) *users.Conflict {
	c := new(users.Conflict)
	for _, r := range b.Rows {
		if s.imports[b.Import].hasDone(r.Row) {
			c.Done = append(c.Done, r.Row)
		}
	}

	written := make(map[users.ID]struct{}, len(b.Writes))
	end := map[users.Key]users.ID{} // the record of the batch that has the key at the end
	for i, w := range b.Writes {
		written[w.ID] = struct{}{}
		var version uint64
		if h := s.records[w.ID]; h != nil {
			version = h.record.Version
		}
		if version != w.Version {
			c.Stale = append(c.Stale, w.ID)
		}
		for _, k := range next[i].keys() {
			if s.keys[k] == w.ID { // a record that keeps a key comes before one that wants it
				end[k] = w.ID
			}
		}
	}

	for i, w := range b.Writes {
		for _, k := range next[i].keys() {
			holder, taken := end[k]
			if !taken {
				holder = s.keys[k]
				if _, gives := written[holder]; gives || holder == "" {
					end[k] = w.ID
					continue
				}
			}
			if holder != w.ID {
				c.Keys = append(c.Keys, users.KeyConflict{Key: k, Wants: w.ID, Holder: holder})
			}
		}
	}

	after := make(map[users.ID]*held, len(b.Writes))
	for i, w := range b.Writes {
		after[w.ID] = next[i]
	}

	for _, n := range b.Needs {
		h, writes := after[n.ID]
		if !writes {
			h = s.records[n.ID]
		}
		if h == nil || n.Version != 0 && h.record.Version != n.Version {
			c.Gone = append(c.Gone, n.ID)
		}
	}

	for _, k := range b.Unused {
		if s.isUsed(k, after) {
			c.Used = append(c.Used, k)
		}
	}

	slices.Sort(c.Done)
	slices.SortFunc(c.Used, users.Key.Compare)
	slices.Sort(c.Gone)
	slices.Sort(c.Stale)
	slices.SortStableFunc(c.Keys, func(a, b users.KeyConflict) int {
		if n := a.Key.Compare(b.Key); n != 0 {
			return n
		}
		return strings.Compare(string(a.Wants), string(b.Wants))
	})

	return c
}

// isUsed reports whether a record has the link once the batch's records are as in after.
func (s *Store) isUsed(k users.Key, after map[users.ID]*held) bool {
	for id := range s.links[k] {
		if _, writes := after[id]; !writes {
			return true
		}
	}
	for _, h := range after {
		if h != nil && slices.Contains(h.index.Links, k) {
			return true
		}
	}
	return false
}

func (h *held) keys() []users.Key {
	if h == nil {
		return nil
	}
	return h.index.Keys
}

// write applies the batch after judge accepted it. It removes every old key before it
// adds a new one, because two records may swap a key.
func (s *Store) write(b users.Batch, next []*held) {
	images := map[users.RowID][]users.Image{}
	for i, w := range b.Writes {
		before := s.records[w.ID]
		if before != nil {
			s.drop(before)
		}
		if w.Row != 0 {
			images[w.Row] = append(images[w.Row], users.Image{Before: before.image(), After: next[i].image()})
		}
	}

	for _, h := range next {
		if h != nil {
			s.put(h)
		}
	}

	s.addEntries(b, images)
}

func (h *held) image() *users.Record {
	if h == nil {
		return nil
	}
	r := h.record
	return &r
}

func (s *Store) drop(h *held) {
	id := h.record.ID
	for _, k := range h.index.Keys {
		delete(s.keys, k)
	}
	for _, k := range h.index.Links {
		delete(s.links[k], id)
		if len(s.links[k]) == 0 {
			delete(s.links, k)
		}
	}
	delete(s.records, id)
	s.markMoved(h.record.Kind(), id)
}

func (s *Store) put(h *held) {
	id := h.record.ID
	for _, k := range h.index.Keys {
		s.keys[k] = id
	}
	for _, k := range h.index.Links {
		if s.links[k] == nil {
			s.links[k] = map[users.ID]struct{}{}
		}
		s.links[k][id] = struct{}{}
	}
	s.records[id] = h
	s.markMoved(h.record.Kind(), id)
}
