package users

import (
	"crypto/rand"
	"encoding/base32"
)

// An ID names a record. It is opaque: 26 characters of lower-case base32 if usher made
// it, and any text without blanks if the host did.
type ID string

// An AccountID names a customer account. It is the id of the account's record.
type AccountID string

// A RowID names a row of an import. Its upper half is the table, from 0. Its lower
// half is the record number in that table, from 1. It survives edits.
type RowID uint64

// RowAt returns the id of record number n of the table.
func RowAt(table, n int) RowID { return RowID(table)<<32 | RowID(uint32(n)) }

// Table returns the number of the table, from 0.
func (r RowID) Table() int { return int(r >> 32) }

// Number returns the record number in the table, from 1.
func (r RowID) Number() int { return int(uint32(r)) }

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewID returns an id of 128 random bits.
func NewID() ID {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand
	return ID(idEncoding.EncodeToString(b[:]))
}
