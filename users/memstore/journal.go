package memstore

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"github.com/usher-go/usher/users"
)

// A journal holds the rows that one import did.
type journal struct {
	entries []users.Entry // only appended to or replaced by a copy, because sequences read it without the lock
	at      map[users.RowID]int
}

// hasDone reports whether the import did the row. A nil journal did nothing.
func (j *journal) hasDone(row users.RowID) bool {
	if j == nil {
		return false
	}
	_, ok := j.at[row]
	return ok
}

// addEntries adds the rows of a batch to the journal. The caller holds the lock.
func (s *Store) addEntries(b users.Batch, images map[users.RowID][]users.Image) {
	if len(b.Rows) == 0 {
		return
	}
	j := s.imports[b.Import]
	if j == nil {
		j = &journal{at: map[users.RowID]int{}}
		s.imports[b.Import] = j
	}
	for _, r := range b.Rows {
		j.at[r.Row] = len(j.entries)
		j.entries = append(j.entries, users.Entry{Row: r.Row, Note: bytes.Clone(r.Note), Images: images[r.Row]})
	}
}

// Journal yields the rows that the import had done when the sequence began. An after
// that the import did not do is an error.
func (s *Store) Journal(ctx context.Context, imp users.ID, after users.RowID) iter.Seq2[users.Entry, error] {
	return func(yield func(users.Entry, error) bool) {
		entries, err := s.entriesAfter(imp, after)
		for _, e := range entries {
			if ctx.Err() != nil {
				break
			}
			if !yield(e, nil) {
				return
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			yield(users.Entry{}, fmt.Errorf("memstore: journal: %w", err))
		}
	}
}

// entriesAfter returns the entries after the row's.
func (s *Store) entriesAfter(imp users.ID, after users.RowID) ([]users.Entry, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	j := s.imports[imp]
	switch {
	case after == 0 && j == nil:
		return nil, nil
	case after == 0:
		return j.entries, nil
	case !j.hasDone(after):
		return nil, fmt.Errorf("import %s did not do row %d", imp, after)
	}
	return j.entries[j.at[after]+1:], nil
}
