package integration_test

import (
	"context"
	"errors"
	"testing"

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
