package reststore

import (
	"context"
	"errors"

	"github.com/usher-go/usher/users"
)

// A Service keeps people, and writes one of them a call: an API, an identity
// provider. The host implements it. It sees records of kind user and no others.
//
// A Service must be safe for use by several goroutines, and must fail when its
// context is done. It must keep an id that is given to it, and answer a record
// as it was put: what it changes of its own (a name in other letters) is taken
// for somebody else's change. Times it may set itself. A record has a version,
// which is 1 when it is made and rises by one with every change, whoever makes
// it; a service whose entity tags are no numbers keeps the number in an
// attribute of its own.
type Service interface {
	// Find answers the people who stand under any of keys: their ids, and the
	// keys and links of [users.Record.Index] of users. It may answer others too,
	// and one twice: who stands under none of the keys is left out again. It gets
	// at most [Options].Find keys.
	Find(ctx context.Context, keys []users.Key) ([]users.Record, error)

	// List answers one page of people, as [users.Store] says. A query it cannot
	// answer must be an error, and not fewer people.
	List(ctx context.Context, q users.Query) (users.Page, error)

	// Put makes rec if version is 0, else puts it in the place of the record that
	// has its id, if that still is at the version (If-Match). rec.Version is the
	// one it has then. It must return
	//   - an error that wraps [Stale] if the record is at another version, is
	//     gone, or is there already;
	//   - one that wraps [Taken] if somebody else holds what must be unique; who
	//     that is is found out, unless the error is a [*users.Conflict] that says it;
	//   - one that wraps a [*users.Denied] if a rule of the service's own forbids
	//     it, with the field and a code that the host has words for.
	// After any other error it is not known whether the record was written, and
	// the service is asked again before anything is said about it.
	Put(ctx context.Context, rec users.Record, version uint64) error

	// Delete deletes the record that has the id, if it still is at the version.
	// Its errors are those of Put.
	Delete(ctx context.Context, id users.ID, version uint64) error
}

// A Refusal is how a [Service] says that it wrote nothing. It reaches nobody
// else: a Store answers a [*users.Conflict].
type Refusal string

// The refusals, after the HTTP answers 412 and 409.
const (
	Stale Refusal = "reststore: the record is not at that version"
	Taken Refusal = "reststore: somebody else holds what must be unique"
)

// Error says why.
func (r Refusal) Error() string { return string(r) }

// refused reports whether the service said that it wrote nothing.
func refused(err error) bool {
	var conflict *users.Conflict
	var denied *users.Denied
	return errors.Is(err, Stale) || errors.Is(err, Taken) || errors.As(err, &conflict) || errors.As(err, &denied)
}
