package users

import (
	"context"
	"iter"
	"slices"
)

// A Store keeps records. It knows no actors and no rules about people: those
// are the [Directory]'s, through which everything else reaches it. The
// executable contract is package storetest; what follows is its outline.
//
// A Store must be safe for use by several goroutines, also while a journal is
// read. Every method fails when its context is already done, and returns soon
// after it is. What a Store returns and what it is given is shared: neither
// side may change a record's Data. Times are kept in UTC, to the millisecond;
// a zero time stays zero.
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
	// two records may swap a key, and the id of a deleted record may be made
	// again, at version 1. It returns the error of [Batch.Check], or
	//   - [ErrDigest] if the import exists with another digest, an empty one included;
	//   - a [*Conflict] that names every row already done, every record that is
	//     not at the version it was read at, every record the batch needs that
	//     would not be there at its end, every link of [Batch.Unused] under which a
	//     record would still stand, and every key that another record would still hold at the end;
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
	// them: unique spaces, links and [SpaceID]. Their accounts are ignored.
	Having []Key
	// Text is what a person typed: every word of it must occur in
	// [Index].Search, inside a word too. No character is a wildcard.
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
