// Package recordedit makes and changes the data of records where a field alone
// does not say what is meant: one member of a set, one of a line's numbers.
//
// It imports package users.
package recordedit

import (
	"slices"
	"strings"

	"github.com/usher-go/usher/users"
)

// New returns empty data of the kind, and nil for an unknown kind.
func New(k users.Kind) users.Data {
	d, err := users.DecodeData(k, []byte("{}"))
	if err != nil {
		return nil
	}
	return d
}

// SetMember adds a value to a field of a user that is a set (roles, products) or
// removes it (in), and reports whether the field is a set. Values are compared
// as [users.Fold] folds them: "desk" is not added beside "Desk". The record's Data must be its own.
func SetMember(r users.Record, field, value string, in bool) bool {
	if r.Kind() != users.KindUser || field != users.FieldRoles && field != users.FieldProducts {
		return false
	}

	var members []string
	if text := r.Field(field); text != "" {
		members = strings.Split(text, ",")
	}
	folded := users.Fold(value)
	isMember := func(m string) bool { return users.Fold(m) == folded }

	switch {
	case !in:
		members = slices.DeleteFunc(members, isMember)
	case !slices.ContainsFunc(members, isMember):
		members = append(members, value)
	}
	return r.SetField(field, strings.Join(members, ","))
}

// ClearKey removes from a line the internal or the public number that is the
// value of its key in the space, and reports whether the line had that key. The
// value is folded. A line keeps the key of its PBX and short number. The record's
// Data must be its own.
func ClearKey(r users.Record, space users.Space, value string) bool {
	l, ok := r.Data.(*users.Line)
	if !ok || !slices.ContainsFunc(r.Keys(), func(k users.Key) bool { return k.Space == space && k.Value == value }) {
		return false
	}

	switch space {
	case users.SpaceInternal:
		l.Internal = ""
	case users.SpaceNumber:
		l.Number = ""
	default:
		return false
	}
	return true
}
