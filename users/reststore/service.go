package reststore

import (
	"context"
	"errors"

	"github.com/usher-go/usher/users"
)

// A Service keeps people and writes one of them a call: an API, an identity provider. The
// host implements it. It gets records of kind user only.
//
// Several goroutines may use a Service. Every method must fail when its context is done. A
// Service must keep the id that it is given, and must return a record as it was put. A value
// that it changes itself (a name in other letters) counts as another program's change. It
// may set times itself. The version of a record must be 1 when the record is created, and
// must rise by one with every change by any program. A service whose entity tags are not
// numbers keeps the version in an attribute of its own.
type Service interface {
	// Find must return the people who have any of keys: ids, and the keys and links of
	// [users.Record.Index] of users. It may return other people too, and one person
	// twice: people without any of the keys are dropped. It gets at most [Options].Find
	// keys.
	Find(ctx context.Context, keys []users.Key) ([]users.Record, error)

	// List must return one page of people, as [users.Store] says. A query that the
	// service cannot answer must be an error, and not fewer people.
	List(ctx context.Context, q users.Query) (users.Page, error)

	// Put must create rec if version is 0. Otherwise it must replace the record with
	// its id, if that is still at the version (If-Match). rec.Version is the version
	// after the call. Put must return
	//
	//   - an error that wraps [Stale] if the record is at another version, does not
	//     exist, or exists already;
	//   - an error that wraps [Taken] if another person has a unique value. The Store
	//     finds out who, unless the error is a [*users.Conflict] that says it;
	//   - an error that wraps a [*users.Denied] if a rule of the service forbids the
	//     write, with the field and a code that the host has a message for.
	//
	// After any other error it is not known whether the record was written. The Store
	// asks the service again before it reports anything.
	Put(ctx context.Context, rec users.Record, version uint64) error

	// Delete must delete the record with the id, if it is still at the version. Its
	// errors are those of Put.
	Delete(ctx context.Context, id users.ID, version uint64) error
}

// A Refusal is the error by which a [Service] says that it wrote nothing. The Store turns
// it into a [*users.Conflict].
type Refusal string

// The refusals, after the HTTP answers 412 and 409.
const (
	Stale Refusal = "reststore: the record is not at that version"
	Taken Refusal = "reststore: somebody else holds what must be unique"
)

// Error returns the reason.
func (r Refusal) Error() string { return string(r) }

// isRefusal reports whether the service said that it wrote nothing.
func isRefusal(err error) bool {
	var conflict *users.Conflict
	var denied *users.Denied
	return errors.Is(err, Stale) || errors.Is(err, Taken) || errors.As(err, &conflict) || errors.As(err, &denied)
}
