package users

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// A Batch is written wholly or not at all.
type Batch struct {
	// Import is the id under which rows are done once. It must not be empty.
	Import ID
	// Digest is compared with the one stored in the import's record, if it has one.
	Digest string
	// Rows are those the batch does. A row of an import is done at most once.
	Rows []RowNote
	// Writes name each record at most once.
	Writes []Write
	// Needs are records that the batch does not write and relies on: those its
	// records refer to.
	Needs []Need
	// Unused are links under which nobody may stand when the batch is done: a
	// person who is deleted holds no line by then, whoever gave them one meanwhile.
	Unused []Key
}

// A Need is a record that must be there when a batch is done.
type Need struct {
	ID ID
	// Version is the one it must still be at; 0 takes any.
	Version uint64
}

// A RowNote says that a row is done, with what its report needs to say.
type RowNote struct {
	Row RowID
	// Note is JSON that the Store keeps as it is.
	Note json.RawMessage
}

// A Write makes, changes or deletes one record.
type Write struct {
	// Row is the row whose journal entry keeps the images; 0 for bookkeeping, of which no image is kept.
	Row RowID
	// ID is the record's. Version is the one it was read at; 0 makes it.
	ID      ID
	Version uint64
	// Record is how it shall be; nil deletes it. The Store ignores its Version
	// and writes Version+1.
	Record *Record
}

// An Entry of the journal is one row of an import, done.
type Entry struct {
	Row    RowID
	Note   json.RawMessage
	Images []Image
}

// An Image is a record before and after a write: Before is nil for one that
// was made, After for one that was deleted.
type Image struct {
	Before, After *Record
}

// Check refuses a batch that could not have been meant: one without an import,
// a row or a record that stands in it twice, a write whose row it does not do,
// a record without data or under another id. Every Store asks it first.
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
