package users

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// A Batch is a set of writes that a Store applies completely or not at all.
type Batch struct {
	// Import is the id of the import to which the batch belongs. A row is done at
	// most once under it. It must not be empty.
	Import ID
	// Digest is compared with the digest in the import's record, if the record has one.
	Digest string
	// Rows are the rows that the batch does. A row of an import is done at most once.
	Rows []RowNote
	// Writes name each record at most once.
	Writes []Write
	// Needs are records that the batch relies on and does not write, such as the
	// records that its own records refer to.
	Needs []Need
	// Unused are links that no record may have when the batch is done. The batch that
	// deletes a person names the link of their lines. If someone gives the person a
	// line at the same time, the batch conflicts.
	Unused []Key
}

// A Need is a record that must exist when a batch is done.
type Need struct {
	ID ID
	// Version is the version at which the record must still be; 0 accepts any.
	Version uint64
}

// A RowNote says that a row is done, and keeps the data that its report needs.
type RowNote struct {
	Row RowID
	// Note is JSON. The Store must keep it unchanged.
	Note json.RawMessage
}

// A Write creates, changes or deletes one record.
type Write struct {
	// Row is the row whose journal entry keeps the images of the write. It is 0 for
	// bookkeeping, of which no image is kept.
	Row RowID
	// ID is the record's id. Version is the version at which it was read; 0 creates it.
	ID      ID
	Version uint64
	// Record is the new content; nil deletes the record. The Store must ignore the
	// version inside it and write Version+1.
	Record *Record
}

// An Entry of the journal is one row of an import that is done.
type Entry struct {
	Row    RowID
	Note   json.RawMessage
	Images []Image
}

// An Image is a record before and after a write. Before is nil for a record that
// was created, After for a record that was deleted.
type Image struct {
	Before, After *Record
}

// Check returns an error for a batch that contradicts itself. Every Store must call it
// first. A batch contradicts itself if
//
//   - it has no import
//   - a row or a record occurs twice
//   - it writes a record for a row that it does not do
//   - a record has no data, another id, or a key that is not text
//   - a write neither creates, changes nor deletes
//   - Unused has a space that is not one of links
func (b Batch) Check() error {
	if b.Import == "" {
		return errors.New("users: batch: no import")
	}

	rows := make(map[RowID]struct{}, len(b.Rows))
	for _, r := range b.Rows {
		rows[r.Row] = struct{}{}
	}

	if _, zero := rows[0]; zero || len(rows) < len(b.Rows) {
		return errors.New("users: batch: a row is 0, or done twice")
	}

	for _, k := range b.Unused {
		if k.Space.Unique() || k.Space.Kind() == "" {
			return fmt.Errorf("users: batch: %s is no link", k.Space)
		}
	}

	ids := make(map[ID]struct{}, len(b.Writes))
	for _, w := range b.Writes {
		ids[w.ID] = struct{}{}
		if _, does := rows[w.Row]; !does && w.Row != 0 {
			return fmt.Errorf("users: batch: record %s is written by row %d, which the batch does not do", w.ID, w.Row)
		}
		switch {
		case w.Record == nil && w.Version == 0:
			return fmt.Errorf("users: batch: record %s is neither made nor changed", w.ID)
		case w.Record != nil && (w.Record.Data == nil || w.Record.ID != w.ID):
			return fmt.Errorf("users: batch: record %s has no data, or another id", w.ID)
		case w.Record != nil && slices.ContainsFunc(w.Record.Keys(), func(k Key) bool { return !utf8.ValidString(k.Value) }):
			return fmt.Errorf("users: batch: record %s has a key that is no text", w.ID)
		}
	}

	if _, none := ids[""]; none || len(ids) < len(b.Writes) {
		return errors.New("users: batch: a record has no id, or is written twice")
	}
	return nil
}
