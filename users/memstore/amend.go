package memstore

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/usher-go/usher/users"
)

var _ users.Amender = (*Store)(nil)

// Amend replaces the entries of the same rows, all or none. A sequence that began
// before yields the entries of before.
func (s *Store) Amend(ctx context.Context, imp users.ID, entries []users.Entry) error {
	own := make([]users.Entry, len(entries))
	for i, e := range entries {
		own[i] = users.Entry{Row: e.Row, Note: bytes.Clone(e.Note), Images: cloneImages(e.Images)}
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memstore: amend: %w", err)
	}

	j := s.imports[imp]
	for _, e := range own {
		if !j.hasDone(e.Row) {
			return fmt.Errorf("memstore: amend: import %s did not do row %d", imp, e.Row)
		}
	}

	if len(own) == 0 {
		return nil
	}

	now := slices.Clone(j.entries) // sequences that began read the old slice
	for _, e := range own {
		now[j.at[e.Row]] = e
	}

	j.entries = now
	return nil
}

// Discard empties the import's journal. A sequence that began before yields the
// entries of before.
func (s *Store) Discard(ctx context.Context, imp users.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memstore: discard: %w", err)
	}
	delete(s.imports, imp)
	return nil
}

func cloneImages(images []users.Image) []users.Image {
	out := slices.Clone(images)
	for i, m := range out {
		out[i] = users.Image{Before: cloneRecord(m.Before), After: cloneRecord(m.After)}
	}
	return out
}

func cloneRecord(r *users.Record) *users.Record {
	if r == nil {
		return nil
	}
	c := r.Clone()
	return &c
}
