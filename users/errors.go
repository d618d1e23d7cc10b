package users

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that a caller branches on. A record out of the actor's reach is ErrNotFound.
var (
	ErrNotFound = errors.New("users: not found")
	// ErrDigest is returned for a batch whose import began with another document.
	ErrDigest = errors.New("users: the import was begun with another document")
	// ErrPanic is returned if the Store panicked. It is not known whether the call
	// had its effect.
	ErrPanic = errors.New("users: the store panicked")
	// ErrActor is returned for every call of the zero Actor.
	ErrActor = errors.New("users: no actor")
)

// A Conflict names every reason why a batch was not applied.
type Conflict struct {
	// Keys are the keys that a record of the batch wants and another record would
	// still hold at the end.
	Keys []KeyConflict
	// Stale are the records that are not at the version at which they were read.
	Stale []ID
	// Gone are the records that the batch needs and that would not exist, or not at
	// the needed version.
	Gone []ID
	// Used are the links of [Batch.Unused] that a record would still have.
	Used []Key
	// Done are the rows of the batch that the import did before.
	Done []RowID
}

// A KeyConflict is a key that two records would hold.
type KeyConflict struct {
	Key Key
	// Wants is the record of the batch that wants the key. Holder is the record that
	// has it and would keep it.
	Wants, Holder ID
}

// Error counts the reasons and names the first of each.
func (c *Conflict) Error() string {
	var parts []string
	if n := len(c.Keys); n > 0 {
		parts = append(parts, fmt.Sprintf("%d keys held by others (%s)", n, c.Keys[0].Key.Space))
	}
	if n := len(c.Stale); n > 0 {
		parts = append(parts, fmt.Sprintf("%d records changed since (%s)", n, c.Stale[0]))
	}
	if n := len(c.Gone); n > 0 {
		parts = append(parts, fmt.Sprintf("%d records gone (%s)", n, c.Gone[0]))
	}
	if n := len(c.Used); n > 0 {
		parts = append(parts, fmt.Sprintf("%d links in use (%s)", n, c.Used[0].Space))
	}
	if n := len(c.Done); n > 0 {
		parts = append(parts, fmt.Sprintf("%d rows done before", n))
	}
	return "users: conflict: " + strings.Join(parts, ", ")
}

// Empty reports whether there is no reason, so that the batch may be applied.
func (c *Conflict) Empty() bool {
	return len(c.Keys)+len(c.Stale)+len(c.Gone)+len(c.Used)+len(c.Done) == 0
}

// A Denied names every write that the rules about people forbid.
type Denied struct {
	Refusals []Refused
}

// A Refused is one refused write and the reason.
type Refused struct {
	Row     RowID
	ID      ID
	Field   string
	Problem Problem
}

// Error counts the refused writes and names the first.
func (d *Denied) Error() string {
	if len(d.Refusals) == 0 {
		return "users: denied"
	}
	r := d.Refusals[0]
	return fmt.Sprintf("users: denied: %d writes (%s %s)", len(d.Refusals), r.Problem.Code, r.Field)
}
