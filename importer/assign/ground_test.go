package assign_test

import (
	"context"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
)

// tctx is the context of a *testing.T or a *rapid.T.
func tctx(t require.TestingT) context.Context {
	return t.(interface{ Context() context.Context }).Context()
}

// state is everybody's data: the roles by themselves, other fields by name.
func state(t require.TestingT, store *memstore.Store) map[users.ID]string {
	out := map[users.ID]string{}
	page, err := store.List(tctx(t), users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}, Limit: 1000})
	require.NoError(t, err)
	for _, r := range page.Records {
		out[r.ID] = string(r.ID)
		for _, f := range r.Fields() {
			switch v := r.Field(f); {
			case v == "":
			case f == "roles":
				out[r.ID] += "," + v
			default:
				out[r.ID] += "," + f + "=" + v
			}
		}
	}
	return out
}
