package users

import (
	"context"
	"iter"
	"slices"
)

// A Store keeps records. It knows no actors and no rules about people: the
// [Directory] does, and all other code reaches the Store through it. Package
// storetest is the contract as tests; this is its outline.
//
// Several goroutines may use a Store, also while a journal is read. Every method must
// fail if its context is done before the call, and must return soon after it is done.
// Records that a Store returns and receives are shared: neither side may change a
// record's Data. A Store must keep times in UTC, to the millisecond, and must keep a
// zero time.
type Store interface {
	// Find must return the records that have any of the keys, each once, in any
	// order. An unused key adds nothing. Keys are folded; the Store must look them
	// up as they are. A key in [SpaceID] is compared with the records' ids, any
	// other key or link with [Record.Index]. A caller passes at most [MaxFind] keys.
	Find(ctx context.Context, keys []Key) ([]Record, error)

	// List must return one page of the records that fit q, ordered by [Index].Sort
	// and id.
	List(ctx context.Context, q Query) (Page, error)

	// Apply must write the whole batch or nothing. The Store judges the batch by its
	// end state: two records may swap a key, and the id of a deleted record may be
	// created again, at version 1. Rows, writes and journal entries must become
	// visible together. Apply must return the error of [Batch.Check], or
	//
	//   - [ErrDigest] if the import exists with another digest. An empty digest differs
	//     from every other digest.
	//   - a [*Conflict], as below
	//   - any other error if the batch could not be applied, or if it is not known
	//     whether it was.
	//
	// The Conflict must name
	//
	//   - every row that was done before
	//   - every record that is not at the version at which it was read
	//   - every needed record that would not exist at the end
	//   - every link of [Batch.Unused] that a record would still have
	//   - every key that another record would still hold
	Apply(ctx context.Context, b Batch) error

	// Journal must yield the rows that an import did, in the order in which they were
	// done. It begins after the entry of row after, or with the first if after is 0.
	// An unknown import has no entries. The sequence must end after the first error.
	Journal(ctx context.Context, imp ID, after RowID) iter.Seq2[Entry, error]
}

// MaxFind is the largest number of keys in one call of Find.
const MaxFind = 500

// A Scope is a set of accounts. The zero Scope is empty.
type Scope struct {
	// All means every account and records of no account, except those in Except.
	All    bool
	Except []AccountID
	// Accounts are the accounts in the scope if All is not set.
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
	// Having are values that a record must have, all of them: keys, links and ids.
	// Their accounts are ignored.
	Having []Key
	// Text is typed by a person. Every word of it must occur in [Index].Search, also
	// inside a word. No character is a wildcard.
	Text string
	// Descending reverses the order.
	Descending bool
	// After is the Next of the page before; empty for the first page.
	After string
	// Limit is the size of the page. 0 means 100; the maximum is 1,000.
	Limit int
	// Count asks for the Total too.
	Count bool
}

// PageSize returns the limit of the query, with its default and its maximum applied.
func (q Query) PageSize() int {
	switch {
	case q.Limit <= 0:
		return 100
	case q.Limit > 1000:
		return 1000
	}
	return q.Limit
}

// A Page is a part of the result of a [Query].
type Page struct {
	Records []Record
	// Next is the After of the next page; empty on the last page.
	Next string
	// Total is the number of records on all pages, if Count is set.
	Total int
}
