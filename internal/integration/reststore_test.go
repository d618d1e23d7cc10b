package integration_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/reststore"
	"github.com/usher-go/usher/users/sqlstore"
	"github.com/usher-go/usher/users/storetest"
)

// elsewhere is a service that keeps people, in this process.
type elsewhere struct{ *memstore.Store }

var _ reststore.Service = elsewhere{}

func (e elsewhere) Put(ctx context.Context, rec users.Record, version uint64) error {
	return e.write(ctx, users.Write{ID: rec.ID, Version: version, Record: &rec})
}

func (e elsewhere) Delete(ctx context.Context, id users.ID, version uint64) error {
	return e.write(ctx, users.Write{ID: id, Version: version})
}

func (e elsewhere) write(ctx context.Context, w users.Write) error {
	err := e.Apply(ctx, users.Batch{Import: "elsewhere", Writes: []users.Write{w}})
	if c := new(users.Conflict); errors.As(err, &c) && len(c.Stale) > 0 {
		return reststore.Stale
	}
	return err
}

// People elsewhere, and everything else in the host's database.
func TestContractBesideSQL(t *testing.T) {
	storetest.Run(t, func(t *testing.T) users.Store {
		beside := migrated(t, memory(t), &sqlstore.Options{Prefix: "usher_"})
		return reststore.New(elsewhere{memstore.New()}, beside, nil)
	})
}

// unreachable is the service for one whose deletions do not get there.
type unreachable struct{ elsewhere }

var errUnreachable = errors.New("no route to host")

func (unreachable) Delete(context.Context, users.ID, uint64) error { return errUnreachable }

// What is unfinished of a deletion is found in the host's database, and ended,
// when another import deletes the person.
func TestRestDeletedBySomebodyElseBesideSQL(t *testing.T) {
	beside := migrated(t, memory(t), &sqlstore.Options{Prefix: "usher_"})
	service := elsewhere{memstore.New()}
	store := reststore.New(service, beside, nil)
	rec := users.Record{Head: users.Head{ID: "Ada-1", Account: "acme"}, Data: &users.Profile{Email: "ada@example.com"}}
	require.NoError(t, store.Apply(t.Context(), users.Batch{Import: "given", Writes: []users.Write{{ID: rec.ID, Record: &rec}}}))
	deletion := func(imp users.ID) users.Batch {
		return users.Batch{Import: imp, Rows: []users.RowNote{{Row: 1}}, Writes: []users.Write{{Row: 1, ID: rec.ID, Version: 1}}}
	}
	require.ErrorIs(t, reststore.New(unreachable{service}, beside, nil).Apply(t.Context(), deletion("first")), errUnreachable)
	require.NoError(t, store.Apply(t.Context(), deletion("second")))
	for imp, want := range map[users.ID]int{"first": 0, "second": 1} {
		n := 0
		for _, err := range store.Journal(t.Context(), imp, 0) {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, want, n, imp)
	}
}
