package memstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usher-go/usher/users"
)

// Apply writes the whole batch or nothing. Beside the errors of [users.Store]
// it refuses a batch that contradicts itself: one without an import, with a row
// or a record twice, with a write whose row it does not do.
func (s *Store) Apply(ctx context.Context, b users.Batch) error {
	if err := b.Check(); err != nil {
		return fmt.Errorf("memstore: apply: %w", err)
	}
	next := make([]*held, len(b.Writes))
	for i, w := range b.Writes {
		next[i] = hold(w)
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

// hold is the record as the write leaves it; nil if it deletes it.
func hold(w users.Write) *held {
	if w.Record == nil {
		return nil
	}
	r := w.Record.Clone()
	r.Version = w.Version + 1
	r.Created, r.Updated = kept(r.Created), kept(r.Updated)
	return &held{r, r.Index()}
}

// kept is a time as a Store keeps it.
func kept(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// judge names all that is in the way of the batch.
func (s *Store) judge(b users.Batch, next []*held) *users.Conflict {
	c := new(users.Conflict)
	for _, r := range b.Rows {
		if s.imports[b.Import].done(r.Row) {
			c.Done = append(c.Done, r.Row)
		}
	}
	written := make(map[users.ID]struct{}, len(b.Writes))
	end := map[users.Key]users.ID{} // who holds a key at the end, among the batch's records
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
			if s.keys[k] == w.ID { // who keeps a key comes before who wants it
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
		if s.used(k, after) {
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

// used reports whether a record stands under the link once the batch's are as after says.
func (s *Store) used(k users.Key, after map[users.ID]*held) bool {
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

// write does what was judged. It takes every old key away before it gives a new one.
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
	s.note(b, images)
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
	s.move(h.record.Kind(), id)
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
	s.move(h.record.Kind(), id)
}
