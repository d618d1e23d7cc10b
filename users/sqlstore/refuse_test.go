package sqlstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/sqlstore"
)

func TestFindRefusesTooManyKeys(t *testing.T) {
	_, err := sqlstore.New(nil, nil).Find(t.Context(), make([]users.Key, users.MaxFind+1))
	require.EqualError(t, err, "sqlstore: find: 501 keys, at most 500")
}

func TestListRefusesWhatNoPageAnswered(t *testing.T) {
	for _, after := range []string{"?", "bm90aGluZw", "AA"} {
		_, err := sqlstore.New(nil, nil).List(t.Context(), users.Query{Scope: users.Scope{All: true}, After: after})
		require.EqualError(t, err, "sqlstore: list: after: not the end of a page")
	}
}

func TestOptionsAreRefusedByEveryMethod(t *testing.T) {
	for _, x := range []struct {
		name string
		opts sqlstore.Options
	}{
		{"quote", sqlstore.Options{Prefix: `x"; DROP TABLE people; --`}},
		{"capital", sqlstore.Options{Prefix: "Usher_"}},
		{"digit", sqlstore.Options{Prefix: "usher2_"}},
		{"too long", sqlstore.Options{Prefix: "abcdefghijklmnopqrstu"}},
		{"dialect", sqlstore.Options{Dialect: 99}},
	} {
		t.Run(x.name, func(t *testing.T) {
			ctx, s := t.Context(), sqlstore.New(nil, &x.opts)
			_, want := sqlstore.Schema(&x.opts)
			require.Error(t, want)
			require.Equal(t, want, s.Migrate(ctx))
			require.Equal(t, want, s.Apply(ctx, users.Batch{Import: "i1"}))
			_, err := s.Find(ctx, []users.Key{users.ByID("ada")})
			require.Equal(t, want, err)
			_, err = s.List(ctx, users.Query{})
			require.Equal(t, want, err)
			require.Equal(t, want, s.Amend(ctx, "i1", nil))
			require.Equal(t, want, s.Discard(ctx, "i1"))
			n := 0
			for _, err := range s.Journal(ctx, "i1", 0) {
				require.Equal(t, want, err)
				n++
			}
			require.Equal(t, 1, n)
		})
	}
}
