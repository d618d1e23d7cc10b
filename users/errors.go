package users

import (
	"errors"
	"fmt"
	"strings"
)

// Errors a caller branches on. What is out of an actor's reach is not found.
var (
	ErrNotFound = errors.New("users: not found")
	// ErrDigest is returned for a batch whose import was begun with another document.
	ErrDigest = errors.New("users: the import was begun with another document")
	// ErrPanic is returned where the Store panicked. What it was asked for may be done or not.
	ErrPanic = errors.New("users: the store panicked")
	// ErrActor is returned for everything the zero Actor asks for.
	ErrActor = errors.New("users: no actor")
)

// A Conflict says why a batch was not applied: all of it.
type Conflict struct {
	// Keys are wanted by a record of the batch and held by another at its end.
	Keys []KeyConflict
	// Stale are records that are not at the version they were read at.
	Stale []ID
	// Gone are records that the batch needs and that would not be there, or not at the version it needs.
	Gone []ID
	// Used are links of [Batch.Unused] under which somebody would still stand.
	Used []Key
	// Done are rows of the batch that the import did before.
	Done []RowID
}

// A KeyConflict is a key that two records would hold.
type KeyConflict struct {
	Key Key
	// Wants would hold the key at the end; Holder holds it and would not give it up.
	Wants, Holder ID
}

// Error counts what is in the way, and names the first of each.
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

// Empty reports whether nothing is in the way.
func (c *Conflict) Empty() bool {
	return len(c.Keys)+len(c.Stale)+len(c.Gone)+len(c.Used)+len(c.Done) == 0
}

// A Denied says which writes the rules about people forbid: all of them.
type Denied struct {
	Refusals []Refused
}

// A Refused is one write, and why not.
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
