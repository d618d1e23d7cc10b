package users

import (
	"context"
	"errors"
	"fmt"
)

// What not every Store can do stands in interfaces of its own, which the
// Directory asks for here and nowhere else. A Store that wraps another passes
// them on, and answers errors.ErrUnsupported for what that one cannot.

// A Limited Store cannot write any number of records at once.
type Limited interface {
	Store
	// MaxWrites is how many records one batch may write at the most, records of
	// imports aside; 0 for any number. A batch of more is refused.
	MaxWrites() int
}

// MaxWrites returns how many records the store writes at once, not counting records
// of imports. It is 0 for any number. MaxWrites is for importers.
func (d *Directory) MaxWrites() int {
	s, ok := d.bare.(Limited)
	if !ok {
		return 0
	}
	var err error
	n := 0
	func() {
		defer guard(&err)
		n = s.MaxWrites()
	}()
	return n
}

// An Amender is a Store whose journals can be changed: what is old is thrown
// away, and what is remembered of one person erased.
type Amender interface {
	Store
	// Amend puts entries in the place of those that the import's journal has for
	// the same rows, all or none. Their order in the journal stays. A row the
	// import did not do is an error.
	Amend(ctx context.Context, imp ID, entries []Entry) error
	// Discard empties the import's journal. Its record stays.
	Discard(ctx context.Context, imp ID) error
}

func (d *Directory) amender() (Amender, error) {
	if !d.actor.Unbound() {
		return nil, &Denied{Refusals: []Refused{{Problem: Problem{Code: "journal.forbidden"}}}}
	}
	s, ok := d.bare.(Amender)
	if !ok {
		return nil, fmt.Errorf("users: the store's journals cannot be changed: %w", errors.ErrUnsupported)
	}
	return s, nil
}

// Amends returns nil if the actor and the store can change journals, and else an
// error that says why not. Amends is for importers.
func (d *Directory) Amends() error {
	_, err := d.amender()
	return err
}

// Amend replaces entries of a journal ([Amender]). Only the host may. Amend is for
// importers.
func (d *Directory) Amend(ctx context.Context, imp ID, entries []Entry) (err error) {
	s, err := d.amender()
	if err != nil {
		return err
	}
	defer guard(&err)
	err = s.Amend(ctx, imp, entries)
	return err
}

// Discard empties a journal ([Amender]). Only the host may. Discard is for importers.
func (d *Directory) Discard(ctx context.Context, imp ID) (err error) {
	s, err := d.amender()
	if err != nil {
		return err
	}
	defer guard(&err)
	err = s.Discard(ctx, imp)
	return err
}
