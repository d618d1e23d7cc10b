package users

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
)

// A Store keeps records. It knows no actors and no rules about people: those
// are the [Directory]'s, through which everything else reaches it. The
// executable contract is package storetest; what follows is its outline.
//
// A Store must be safe for use by several goroutines, and return when its
// context is done. What it returns and what it is given is shared: neither
// side may change a record's Data.
type Store interface {
	// Find answers the records that stand under any of keys, each once, in any
	// order. A key nobody holds adds nothing. Keys are folded and looked up as
	// they are. [SpaceID] is answered from the records' ids; any other space
	// from [Record.Index], unique or not. At most [MaxFind] keys are asked at once.
	Find(ctx context.Context, keys []Key) ([]Record, error)

	// List answers one page of the records that fit q, ordered by
	// [Index].Sort and id.
	List(ctx context.Context, q Query) (Page, error)

	// Apply writes the whole batch or nothing. It is judged by its end state:
	// two records may swap a key. It returns
	//   - [ErrDigest] if the import exists with another digest;
	//   - a [*Conflict] that names every row already done, every record that is
	//     not at the version it was read at, and every key that another record
	//     would still hold at the end;
	//   - any other error when it could not be done, or it is not known whether it was.
	// Rows, writes and journal entries become visible together.
	Apply(ctx context.Context, b Batch) error

	// Journal yields what an import did, in the order it was done, beginning
	// after the entry of row after, or with the first if after is 0. An import
	// that is not known has none. The sequence ends after the first error.
	Journal(ctx context.Context, imp ID, after RowID) iter.Seq2[Entry, error]
}

// MaxFind is the largest number of keys in one call of Find.
const MaxFind = 500

// A Scope is a set of accounts. The zero Scope is empty.
type Scope struct {
	// All is every account, and records of no account, but those in Except.
	All    bool
	Except []AccountID
	// Accounts are those in the scope where All is not set.
	Accounts []AccountID
}

// Has reports whether the account is in the scope.
func (s Scope) Has(a AccountID) bool {
	if s.All {
		return !slices.Contains(s.Except, a)
	}
	return slices.Contains(s.Accounts, a)
}

// A Query selects records of one kind.
type Query struct {
	Kind  Kind
	Scope Scope
	// Having are spaces and values under which a record must stand, all of
	// them. Their accounts are ignored.
	Having []Key
	// Text is what a person typed: every word of it must occur in [Index].Search.
	Text string
	// Descending turns the order around.
	Descending bool
	// After is the Next of the page before; "" for the first.
	After string
	// Limit is the size of the page: 0 means 100, and at most 1,000.
	Limit int
	// Count asks for the Total as well.
	Count bool
}

// PageSize is the limit of the query with its default and bound.
func (q Query) PageSize() int {
	switch {
	case q.Limit <= 0:
		return 100
	case q.Limit > 1000:
		return 1000
	}
	return q.Limit
}

// A Page is a part of the answer to a [Query].
type Page struct {
	Records []Record
	// Next goes on after this page; "" when there is nothing left.
	Next string
	// Total is how many records fit the query on all pages, if Count was set.
	Total int
}

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
