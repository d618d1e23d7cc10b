package storetest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/users"
	"github.com/usher-go/usher/users/memstore"
	"github.com/usher-go/usher/users/storetest"
)

func TestFaultyPassesOn(t *testing.T) {
	storetest.Run(t, func(*testing.T) users.Store { return storetest.NewFaulty(memstore.New()) })
}

// What the other Store cannot, a Faulty cannot: it says so, and the cases that
// ask for it do not bind it.
func TestFaultyPassesOnWhatNotEveryStoreCan(t *testing.T) {
	ctx := t.Context()
	plain := storetest.NewFaulty(struct{ users.Store }{memstore.New()})
	plain.Before = func(op string, n int) error { return errors.New("called") }
	require.ErrorIs(t, plain.Amend(ctx, "i1", nil), errors.ErrUnsupported)
	require.ErrorIs(t, plain.Discard(ctx, "i1"), errors.ErrUnsupported)
	require.Zero(t, plain.Calls(storetest.OpAmend)+plain.Calls(storetest.OpDiscard))
	require.Zero(t, plain.MaxWrites())
	require.Equal(t, 7, storetest.NewFaulty(limited{memstore.New(), 7}).MaxWrites())
	for _, c := range storetest.Cases() {
		if strings.HasPrefix(c.Name, "amend/") {
			require.NotEmpty(t, c.Skipped(plain), c.Name)
			require.Empty(t, c.Skipped(storetest.NewFaulty(memstore.New())), c.Name)
		}
	}
}

func TestFaulty(t *testing.T) {
	errFault := errors.New("fault")
	second := func(of string) func(string, int) error {
		return func(op string, n int) error {
			if op == of && n == 2 {
				return errFault
			}
			return nil
		}
	}
	type calls struct {
		name string
		op   string
		call func(context.Context, users.Store, int) error
	}
	for _, x := range []calls{
		{"find", storetest.OpFind, func(ctx context.Context, s users.Store, _ int) error {
			_, err := s.Find(ctx, []users.Key{users.ByID("u1")})
			return err
		}},
		{"list", storetest.OpList, func(ctx context.Context, s users.Store, _ int) error {
			_, err := s.List(ctx, users.Query{Kind: users.KindUser, Scope: users.Scope{All: true}})
			return err
		}},
		{"apply", storetest.OpApply, func(ctx context.Context, s users.Store, n int) error {
			return s.Apply(ctx, users.Batch{Import: "i1", Rows: []users.RowNote{{Row: users.RowAt(0, n)}}})
		}},
		{"amend", storetest.OpAmend, func(ctx context.Context, s users.Store, _ int) error {
			return s.(users.Amender).Amend(ctx, "i1", nil)
		}},
		{"discard", storetest.OpDiscard, func(ctx context.Context, s users.Store, _ int) error {
			return s.(users.Amender).Discard(ctx, "i1")
		}},
		{"journal", storetest.OpJournal, func(ctx context.Context, s users.Store, _ int) error {
			for _, err := range s.Journal(ctx, "i1", 0) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		for _, when := range []string{"before", "after"} {
			t.Run(x.name+" "+when, func(t *testing.T) {
				ctx, inner := t.Context(), memstore.New()
				f := storetest.NewFaulty(inner)
				if when == "before" {
					f.Before = second(x.op)
				} else {
					f.After = second(x.op)
				}
				require.NoError(t, x.call(ctx, f, 1))
				require.ErrorIs(t, x.call(ctx, f, 2), errFault)
				require.NoError(t, x.call(ctx, f, 3))
				require.Equal(t, 3, f.Calls(x.op))
				if x.op != storetest.OpApply {
					return
				}
				want := []users.RowID{users.RowAt(0, 1), users.RowAt(0, 2), users.RowAt(0, 3)}
				if when == "before" {
					want = []users.RowID{want[0], want[2]}
				}
				var done []users.RowID
				for e, err := range inner.Journal(ctx, "i1", 0) {
					require.NoError(t, err)
					done = append(done, e.Row)
				}
				require.Equal(t, want, done)
			})
		}
	}
}

// What a journal yielded before it was left is not called a failure.
func TestFaultyJournalLeftEarly(t *testing.T) {
	f := storetest.NewFaulty(memstore.New())
	ctx := t.Context()
	require.NoError(t, f.Apply(ctx, users.Batch{Import: "i1", Rows: []users.RowNote{{Row: 1}, {Row: 2}}}))
	f.After = func(string, int) error { return errors.New("fault") }
	n := 0
	for _, err := range f.Journal(ctx, "i1", 0) {
		require.NoError(t, err)
		n++
		break
	}
	require.Equal(t, 1, n)
}
