package users

import (
	"context"
	"errors"
	"fmt"
)

// This file holds the optional interfaces of a Store. The Directory asserts them
// here and nowhere else. A Store that wraps another must pass them on, and must
// return errors.ErrUnsupported if the other Store does not have them.

// A Limited Store writes only a limited number of records at once.
type Limited interface {
	Store
	// MaxWrites returns how many records one batch may write, not counting records
	// of imports. 0 means any number. The Store must refuse a larger batch.
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

// An Amender is a Store whose journals can be changed, to delete old data and to
// erase one person.
type Amender interface {
	Store
	// Amend must replace the journal entries of the same rows, all or none. Their
	// order in the journal must not change. A row that the import did not do must be
	// an error.
	Amend(ctx context.Context, imp ID, entries []Entry) error
	// Discard must empty the import's journal. The record of the import stays.
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
